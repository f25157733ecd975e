"""Describes a video while its frames are encoded.

Every frame has nine numbers (see :func:`.motion_of`), and some frames have their parts in
words: 0, 32, 256, 2048, ..., and the last one.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ..frames.drawing import NUMBERS, Drawing, motion_of
from ..model.description import Description

_TOGETHER = 32
"""Frames that are measured together, which takes less time."""
_MAX_BYTES = 1 << 26
"""Of the numbers; those of four million frames."""

Motion = NDArray[np.int16]
"""Of shape (frames, 9). The numbers are taken modulo 65,536."""


class Describer:
    """Collects what the frames of a clip, or of one of its segments, show."""

    def __init__(self) -> None:
        self._lines: dict[str, tuple[str, ...]] = {}
        self._waiting: list[Drawing] = []
        self._motion: list[Motion] = []
        self._latest: tuple[int, Drawing] | None = None

    def see(self, first: int, count: int, drawing: Drawing | None) -> None:
        """Take note of a frame that is repeated *count* times from number *first* on.

        Without a *drawing*, nothing is known of it.
        """
        if drawing is None:
            return
        self._waiting += [drawing] * count
        if len(self._waiting) >= _TOGETHER:
            self._measure()
        for number in range(first, first + count):
            if _is_in_words(number):
                self._lines[str(number)] = drawing.lines()
        self._latest = first + count - 1, drawing

    @property
    def description(self) -> Description | None:
        """The description of all frames so far, if anything was noted."""
        if self._latest is None:
            return None
        number, drawing = self._latest
        self._measure()
        lines = {**self._lines, str(number): drawing.lines()}
        return Description(lines, pack(np.concatenate(self._motion)))

    def _measure(self) -> None:
        if self._waiting:
            self._motion.append(motion_of(self._waiting).astype(np.int16))
            self._waiting = []


def joined(descriptions: Iterable[Description | None], frame_count: int) -> Description | None:
    """Return the description of a clip from those of its segments."""
    segments = [one for one in descriptions if one]
    if not segments:
        return None
    lines = {number: lines for segment in segments for number, lines in segment.lines.items()}
    wanted = {
        number: lines[number]
        for number in sorted(lines, key=int)
        if _is_in_words(int(number)) or int(number) == frame_count - 1
    }
    return Description(wanted, pack(np.concatenate([unpack(one.motion) for one in segments])))


def pack(motion: Motion) -> str:
    """Return the numbers as text: base64 of the zlib-compressed changes between frames.

    The first bytes of all changes come before the second ones, and one number of all frames before
    the next one, which makes the text shorter.
    """
    changes = np.diff(motion, axis=0, prepend=np.zeros_like(motion[:1]))
    planes = changes.T.astype("<i2").copy().view(np.uint8).reshape(-1, 2).T.tobytes()
    return base64.b64encode(zlib.compress(planes, 9)).decode()


def unpack(text: str) -> Motion:
    """Return the numbers in a text made by :func:`pack`; ValueError if the text is damaged."""
    try:
        unpacking = zlib.decompressobj()
        data = unpacking.decompress(base64.b64decode(text, validate=True), _MAX_BYTES)
        if not unpacking.eof or unpacking.unused_data:
            raise ValueError("incomplete, or too long")
        planes = np.frombuffer(data, np.uint8).reshape(2, -1)
        changes = planes.T.copy().view("<i2").reshape(NUMBERS, -1).T
    except (ValueError, zlib.error, binascii.Error):
        raise ValueError("the numbers of its frames are damaged") from None
    return changes.cumsum(axis=0, dtype=np.int16)


def _is_in_words(number: int) -> bool:
    """Whether the parts of a frame are described in words."""
    is_power_of_2 = number & (number - 1) == 0
    return number == 0 or (number > 31 and is_power_of_2 and number.bit_length() % 3 == 0)
