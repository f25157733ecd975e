"""Numbers that tell how shapes are drawn.

They depend on what is drawn, not on how: positions are fractions of the axes, colors are levels
from 0 to 1, and lengths are points. So another layout, or another way to draw letters, hardly moves
them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Box = tuple[float, float, float, float]
"""Left, bottom, width, and height in pixels: that of which positions are fractions."""

MIXTURES = 5
"""Numbers into which the features of a shape are mixed."""
_SCALE = 4000

# The places of a shape: one; x and y of eight points; brightness at 16 places, and grain.
POINTS, CELLS = 8, 17
_X, _CELL, _PLACES = 1, 17, 34
# Its style: one; color of the edge; width of the line; color of the face; dashes; marker.
EDGE, LINE, FACE, DASHES, MARKER, STYLES = 1, 5, 6, 10, 11, 15

HERE, UNIT = np.eye(3), (0.0, 0.0, 1.0, 1.0)
"""The transform that does nothing, and the box of what is given as fractions already."""
_FAR = 2.0
"""Sizes of the axes, up to which positions outside of them count."""


@dataclass(eq=False)
class Shape:
    """What is kept of a call of the renderer."""

    kind: str
    """``line``, ``patch``, ``collection``, ``image``, …"""
    style: Sequence[float]
    """One; color of the edge and width of the line; color of the face; dashes; marker."""
    points: Floats
    """Some of the points, of shape (8, 2); where their order means nothing, means of waves."""
    matrix: Floats
    """The transform of the points to pixels."""
    box: Box
    """The axes, or the figure."""
    colors: Floats | None = None
    """Brightness at some places, and grain."""
    weight: float = 1
    """Zero where its place depends on the size of letters, as that of a legend does."""
    extent: Sequence[float] | None = None
    """The mean of all points and their range, in x and y, if it is not that of *points*."""

    def look(self) -> str:
        """Return colors and widths for people."""
        style, words = self.style, []
        if style[FACE + 3]:
            words.append(f"fill {hex_of(style[FACE : FACE + 4])}")
        if style[LINE]:
            words.append(f"{hex_of(style[EDGE : EDGE + 4])} {style[LINE] * 4:.3g}pt")
        if style[DASHES]:
            words.append("dashed")
        if any(style[MARKER:]):
            words.append(f"marker {style[MARKER] * 5:.2g} x {style[MARKER + 1] * 5:.2g}pt")
        return ", ".join(words)

    def place(self) -> str:
        """Return the place and the size for people, as fractions of the axes."""
        x, y, width, height = self.extent or extent_of(_points_of([self]))
        return f"around {x:.3f} {y:.3f}, size {width:.3f} x {height:.3f}"


def mixtures(shapes: Sequence[Shape]) -> NDArray[np.int64]:
    """Return five mixtures of the features of each shape, as integers.

    They are sums of all products of a place and a style, so that a color is tied to the place
    where it is, with weights that depend on the kind of shape.
    """
    places, styles = _places_of(shapes), np.array([shape.style for shape in shapes])
    styles *= np.array([[shape.weight * _SCALE] for shape in shapes])
    kinds = np.array([shape.kind for shape in shapes])
    mixed = np.zeros((len(shapes), MIXTURES))
    for kind in set(kinds):
        chosen = kinds == kind
        parts = (places[chosen] @ _weights(str(kind))).reshape(-1, MIXTURES, STYLES)
        mixed[chosen] = np.einsum("nms,ns->nm", parts, styles[chosen])
    mixed[np.isnan(mixed)] = 0
    return np.rint(mixed).astype(np.int64)


def pooled(shapes: Sequence[Shape]) -> Shape:
    """Return one shape that stands for many of a kind when they are described to people."""
    style = np.mean([shape.style for shape in shapes], axis=0).tolist()
    extent = extent_of(_points_of(shapes))
    return replace(shapes[0], style=style, extent=extent)


@cache
def _weights(kind: str) -> Floats:
    """Return weights from -1 to 1 that are the same everywhere."""
    count = _PLACES * MIXTURES * STYLES
    levels = np.frombuffer(hashlib.shake_256(kind.encode()).digest(count), np.uint8)
    return (levels.astype(float) / 127.5 - 1).reshape(_PLACES, MIXTURES * STYLES)


def _places_of(shapes: Sequence[Shape]) -> Floats:
    """Return a row for each shape: one; x and y of eight points; brightness; grain."""
    places = np.zeros((len(shapes), _PLACES))
    places[:, 0] = 1
    places[:, _X : _X + 2 * POINTS] = _points_of(shapes).reshape(len(shapes), -1)
    for row, shape in zip(places, shapes, strict=True):
        if shape.colors is not None:
            row[_CELL:] = shape.colors
    return places


def _points_of(shapes: Sequence[Shape]) -> Floats:
    """Return the points of all shapes as fractions of their boxes, of shape (shapes, 8, 2)."""
    points = np.array([shape.points for shape in shapes])
    matrices = np.array([shape.matrix for shape in shapes])
    boxes = np.array([shape.box for shape in shapes])[:, None]
    moved = points @ matrices[:, :2, :2].transpose(0, 2, 1) + matrices[:, None, :2, 2]
    return near((moved - boxes[..., :2]) / boxes[..., 2:])


def extent_of(points: Floats) -> Sequence[float]:
    """Return the mean of points, of any shape (..., 2), and their range."""
    points = points.reshape(-1, 2)
    return [*points.mean(axis=0), *np.ptp(points, axis=0)]


def near(points: Floats) -> Floats:
    """Return points of which those that are far away are moved to the edge, and NaN to -1."""
    near = np.minimum(np.maximum(points, -_FAR), 1 + _FAR)
    near[np.isnan(near)] = -1
    return near


def hex_of(color: Iterable[float]) -> str:
    """Return a color as in CSS; alpha only if it is not 1."""
    return _hex_of(tuple(color))


@lru_cache(1000)
def _hex_of(color: tuple[float, ...]) -> str:
    levels = [round(255 * min(max(float(part), 0), 1)) for part in color]
    return "#" + bytes(levels[:3] if levels[3:] == [255] else levels).hex()
