"""Finds flashes in a sequence of pictures, as WCAG 2.2 defines them.

Success criterion 2.3.1, "Three Flashes or Below Threshold", and the thresholds below are defined in
https://www.w3.org/TR/WCAG22/#dfn-general-flash-and-red-flash-thresholds and explained in
https://www.w3.org/WAI/WCAG22/Understanding/three-flashes-or-below-threshold.html:

- A *transition* is the change between a peak and the valley next to it.
- A *general flash* is a pair of opposing transitions of the relative luminance of 0.1 or more, the
  darker state of which is below 0.8.
- A *red flash* is a pair of opposing transitions from or to a saturated red, for which
  R / (R + G + B) is at least 0.8, if the states are more than 0.2 apart in the chromaticity diagram
  CIE 1976 UCS.
- More than three flashes of a kind in one second fail, if the area in which they occur together is
  more than a quarter of any rectangle of 341 x 256 CSS pixels.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .flash_transitions import Cells, Colors, Luminances, Numbers, Reds, Signs, linear_light

_Mask = NDArray[np.bool_]

FIELD = 341, 256
"""Width and height in CSS pixels of 10 degrees of the visual field."""
SAFE_AREA = FIELD[0] * FIELD[1] / 4
"""CSS pixels; flashes that together cover no more of a field are safe."""
_TRANSITIONS = 8
"""Of four flashes, the first number that is not allowed in a second."""
_TOGETHER = Fraction(1, 16)
"""Seconds within which transitions are simultaneous: half of what one takes of four flashes."""
_TILE = 4
"""Cells along a side of a tile in which transitions up and down compensate each other."""


@dataclass(frozen=True)
class Flashes:
    """A part of a video that flashes more than three times in a second."""

    kind: Literal["general", "red"]
    first: int
    """Number of the frame with the first transition, from 0."""
    last: int
    """Number of the last frame at whose time there were too many flashes in the second before."""
    per_second: int
    """Flashes in a second, at most."""
    area: float
    """Part of the picture that flashes at the same time, from 0 to 1, at most."""
    box: tuple[float, float, float, float]
    """Left, top, right, and bottom of that area, from 0 to 1."""


class FlashDetector:
    """Finds the flashes in a sequence of pictures that are divided into cells.

    Flashes are counted in each cell. What fails is an area whose cells have all had more than three
    in the second before, and now make a transition together. Where as many become darker as become
    brighter, something moves, or it is noise; such a pattern is balanced and does not count.

    Parameters
    ----------
    cell
        Width and height of a cell in CSS pixels.
    fps
        Frames per second.
    """

    def __init__(self, cell: tuple[float, float], fps: Fraction) -> None:
        self._cell = cell
        self._fps = fps
        self._latest: Colors | None = None
        self.found: list[Flashes] = []

    def see(self, number: int, colors: Colors) -> None:
        """Take note of the picture that is shown from the frame *number* on."""
        if self._latest is None:
            self._start(colors)
            return
        changed = np.flatnonzero(colors != self._latest)
        if not changed.size:
            return
        before = self._latest.ravel()[changed]
        self._latest = colors
        linear = linear_light(colors.ravel()[changed])
        for area, cells, signs in (
            (self._general_area, *self._general.advance(changed, linear)),
            (self._red_area, *self._red.advance(changed, linear, before)),
        ):
            if cells.size and (flashes := area.add(number, cells, signs)):
                self._note(flashes)

    def may_flash_if_repeated(self, number: int) -> bool:
        """Return whether more can be found if the first second follows from frame *number* on."""
        areas = (self._general_area, self._red_area) if self._latest is not None else ()
        return any(area.may_flash_if_repeated(number) for area in areas)

    def _start(self, colors: Colors) -> None:
        self._latest = colors
        self._general = Luminances(colors)
        self._red = Reds(colors.size)
        self._general_area = _FlashingArea("general", colors.shape, self._cell, self._fps)
        self._red_area = _FlashingArea("red", colors.shape, self._cell, self._fps)

    def _note(self, flashes: Flashes) -> None:
        """Add what was found, or extend what was found a moment ago."""
        for index, known in enumerate(self.found):
            if known.kind == flashes.kind and known.last >= flashes.first:
                larger = max(known, flashes, key=lambda each: each.area)
                self.found[index] = replace(
                    larger,
                    first=min(known.first, flashes.first),
                    last=flashes.last,
                    per_second=max(known.per_second, flashes.per_second),
                )
                return
        self.found.append(flashes)


class _FlashingArea:
    """Counts the flashes of each cell in the last second, and measures where they are too many."""

    def __init__(
        self,
        kind: Literal["general", "red"],
        shape: tuple[int, int],
        cell: tuple[float, float],
        fps: Fraction,
    ) -> None:
        self._kind = kind
        self._shape = shape
        self._second = fps
        self._safe = SAFE_AREA / (cell[0] * cell[1])
        columns, rows = (max(round(FIELD[axis] / cell[axis]), 1) for axis in (0, 1))
        self._field = min(rows, shape[0]), min(columns, shape[1])
        self._counts = np.zeros(shape[0] * shape[1], np.int32)
        self._in_first_second: NDArray[np.int32] | None = None
        self._recent: deque[tuple[int, Cells]] = deque()
        self._latest = np.full(self._counts.shape, -1, np.int64)
        self._signs = np.zeros(self._counts.shape, np.int8)

    def add(self, number: int, cells: Cells, signs: Signs) -> Flashes | None:
        """Add transitions; return what there is now of too many flashes."""
        self._forget(number)
        self._recent.append((number, cells))
        self._counts[cells] += 1
        self._latest[cells], self._signs[cells] = number, signs
        if len(self._recent) < _TRANSITIONS:
            return None
        flashing = self._counts >= _TRANSITIONS
        flashing &= self._latest > number - float(self._second * _TOGETHER)
        if np.count_nonzero(flashing) <= self._safe or self._largest(flashing) <= self._safe:
            return None
        first = next(number for number, cells in self._recent if flashing[cells].any())
        per_second = int(np.median(self._counts[flashing])) // 2
        area = float(flashing.mean())
        return Flashes(self._kind, first, number, per_second, area, self._box(flashing))

    def may_flash_if_repeated(self, number: int) -> bool:
        """As :meth:`FlashDetector.may_flash_if_repeated`."""
        if self._in_first_second is None:  # a short video
            return bool(self._recent)
        self._forget(number)
        most = self._counts + self._in_first_second + 1  # one from the end to the start
        return bool(np.count_nonzero(most >= _TRANSITIONS) > self._safe)

    def _forget(self, number: int) -> None:
        """Forget the transitions that were more than a second before frame *number*."""
        if self._in_first_second is None and number >= self._second:
            self._in_first_second = self._counts.copy()
        while self._recent and self._recent[0][0] <= number - self._second:
            self._counts[self._recent.popleft()[1]] -= 1

    def _largest(self, flashing: _Mask) -> float:
        """Return how many cells flash in the field in which most of them do."""
        unbalanced = np.where(flashing, self._signs, 0).reshape(self._shape)
        sums = np.zeros((self._shape[0] + 1, self._shape[1] + 1), np.float32)
        sums[1:, 1:] = _without_balance(unbalanced).cumsum(0).cumsum(1)
        rows, columns = self._field
        bands = sums[rows:] - sums[:-rows]
        return float((bands[:, columns:] - bands[:, :-columns]).max())

    def _box(self, flashing: _Mask) -> tuple[float, float, float, float]:
        grid = flashing.reshape(self._shape)
        rows, columns = (np.flatnonzero(grid.any(axis=axis)) for axis in (1, 0))
        height, width = self._shape
        return (
            *(float(columns[0] / width), float(rows[0] / height)),
            *(float((columns[-1] + 1) / width), float((rows[-1] + 1) / height)),
        )


def _without_balance(signs: Signs) -> Numbers:
    """Return the part of each cell that counts, from 0 to 1, for the signs of its transitions."""
    rows, columns = (range(0, length, _TILE) for length in signs.shape)

    def summed(values: NDArray[np.int8]) -> NDArray[np.float32]:
        bands = np.add.reduceat(values, rows, axis=0, dtype=np.float32)
        found: NDArray[np.float32] = np.add.reduceat(bands, columns, axis=1)
        return found

    moving = np.abs(signs)
    part = np.abs(summed(signs)) / np.maximum(summed(moving), 1)
    spread = part.repeat(_TILE, axis=0).repeat(_TILE, axis=1)[: signs.shape[0], : signs.shape[1]]
    return np.asarray(moving * spread, np.float32)
