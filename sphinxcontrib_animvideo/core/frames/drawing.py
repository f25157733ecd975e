"""What a frame shows, as far as it does not depend on how letters are drawn.

A frame is a list of parts: texts, tick labels, and shapes. It is described by lines for people
(:meth:`Drawing.lines`), and by a few numbers that move when any shape does
(:func:`motion_of`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from .renderer_calls import shape_of
from .shapes import Shape, hex_of, mixtures, pooled

if TYPE_CHECKING:
    from .arrays import Frame


@dataclass(eq=False)
class Label:
    """A text."""

    role: str
    """``title``, ``x label``, ``legend``, ``text``, …"""
    text: str
    color: Sequence[float]
    """Red, green, blue, and maybe alpha, from 0 to 1."""
    size: float
    """Points."""
    place: str
    """Its x and y, in the coordinates of the code; empty where its role decides that."""


@dataclass(eq=False)
class Ticks:
    """The tick labels of an axis."""

    axis: str
    labels: tuple[str, ...]
    has_grid: bool


Part = Label | Ticks | Shape

SHAPES, PICTURES, TEXTS = slice(0, 5), slice(5, 8), 8
"""Which numbers of :func:`motion_of` move with what."""
NUMBERS = 9
"""How many there are."""
_MANY = 12
"""Shapes of a kind that have a line each; more of them have one line together."""
PIXELS = "pixels"
"""The kind of shapes that are drawn as pixels, which depend on the layout."""
_STILL = np.zeros(NUMBERS, np.int64)
"""The motion of what has none."""


class Drawing:
    """What is drawn of a frame, or of one artist.

    Parameters
    ----------
    parts
        From bottom to top.
    pieces
        Drawings that it consists of besides.
    """

    def __init__(self, parts: Sequence[Part] = (), pieces: Sequence[Drawing] = ()) -> None:
        self._parts = parts
        self._pieces = pieces
        self._motion: NDArray[np.int64] | None = None

    @property
    def parts(self) -> Iterator[Part]:
        """All parts, from bottom to top."""
        yield from self._parts
        for piece in self._pieces:
            yield from piece.parts

    def lines(self) -> tuple[str, ...]:
        """Return a line for each part; those that are repeated, and many of a kind, are counted."""
        lines: list[str] = []
        for _, parts in groupby(self.parts, _kind_of):
            alike = list(parts)
            shapes = [part for part in alike if isinstance(part, Shape)]
            if len(shapes) > _MANY:
                lines.append(f"{len(shapes)} x {_line(pooled(shapes))}")
            else:
                lines += map(_line, alike)
        counted = ((line, sum(1 for _ in same)) for line, same in groupby(lines))
        return tuple(f"{count} x {line}" if count > 1 else line for line, count in counted)

    @classmethod
    def of_picture(cls, frame: Frame) -> Drawing:
        """Return the drawing of a frame that no figure was drawn for."""
        height, width = frame.shape[:2]
        args = None, 0, 0, frame
        return cls([shape_of("picture", "draw_image", args, (0, 0, width, height), 1)])


def motion_of(drawings: Sequence[Drawing]) -> NDArray[np.int64]:
    """Return numbers that move with every shape, with every picture, and with every text.

    There is a row for each drawing; many of them take less time together.
    """
    pieces = {id(piece): piece for one in drawings for piece in (one, *one._pieces)}
    new = [piece for piece in pieces.values() if piece._motion is None]
    placed: list[tuple[Drawing, Shape]] = []
    for piece in new:
        piece._motion = _STILL
        shapes = [part for part in piece._parts if isinstance(part, Shape) and part.weight]
        placed += [(piece, shape) for shape in shapes]
        if texts := [part for part in piece._parts if isinstance(part, Label)]:
            piece._motion = _STILL.copy()
            piece._motion[TEXTS] = sum(crc32(_words_of(text).encode()) for text in texts)
    mixed = mixtures([shape for _, shape in placed]) if placed else ()
    for (piece, shape), numbers in zip(placed, mixed, strict=True):
        if piece._motion is _STILL:
            piece._motion = _STILL.copy()
        assert piece._motion is not None
        if shape.kind == PIXELS:
            piece._motion[PICTURES] += numbers[:3]
        else:
            piece._motion[SHAPES] += numbers
    rows = []
    for one in drawings:
        moving = [m for piece in (one, *one._pieces) if (m := piece._motion) is not None]
        rows.append(np.sum([m for m in moving if m is not _STILL] or [_STILL], axis=0))
    return np.array(rows)


def _kind_of(part: Part) -> object:
    return (part.kind, part.weight > 0) if isinstance(part, Shape) else part


def _words_of(label: Label) -> str:
    at = f" at {label.place}" if label.place else ""
    return f"{label.role} {hex_of(label.color)} {label.size:g}pt{at}: {label.text}"


def _line(part: Part) -> str:
    """Return the description of a part for people."""
    if isinstance(part, Label):
        return _words_of(part)
    if isinstance(part, Ticks):
        grid = " with grid" if part.has_grid else ""
        return f"{part.axis} ticks{grid}: {' | '.join(part.labels)}"
    head = f"{part.kind} {part.look()}".rstrip()
    return f"{head}: {part.place()}" if part.weight else head
