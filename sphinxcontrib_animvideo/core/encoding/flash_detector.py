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

Colors = NDArray[np.uint32]
"""One color for each cell of a grid, of shape (rows, columns): the four bytes of RGBA."""
_Numbers = NDArray[np.float32]
_Cells = NDArray[np.intp]
_Mask = NDArray[np.bool_]

FIELD = 341, 256
"""Width and height in CSS pixels of 10 degrees of the visual field."""
SAFE_AREA = FIELD[0] * FIELD[1] / 4
"""CSS pixels; flashes that together cover no more of a field are safe."""
_TRANSITIONS = 8
"""Of four flashes, the first number that is not allowed in a second."""
_LUMINANCE_STEP = np.float32(0.1 - 1e-6)
_DARK = np.float32(0.8)
_SATURATED_RED = np.float32(0.8)
_CHROMATICITY_STEP = np.float32(0.2)
_GLARE = np.float32(0.005)
"""White light that a screen reflects, in parts of its own: nearly black has no color."""

_LEVELS = np.arange(256) / 255
_CURVE = np.where(_LEVELS <= 0.04045, _LEVELS / 12.92, ((_LEVELS + 0.055) / 1.055) ** 2.4)
_LINEAR = _CURVE.astype(np.float32)
"""The linear value of each level of sRGB."""
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)
_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ],
    np.float32,
)


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
    in the second before.

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
        linear = _linear(colors.ravel()[changed])
        for area, cells in (
            (self._general_area, changed[self._general.advance(changed, linear)]),
            (self._red_area, self._red.advance(changed, linear, before)),
        ):
            if cells.size and (flashes := area.add(number, cells)):
                self._note(flashes)

    def may_flash_if_repeated(self, number: int) -> bool:
        """Return whether more can be found if the first second follows from frame *number* on."""
        areas = (self._general_area, self._red_area) if self._latest is not None else ()
        return any(area.may_flash_if_repeated(number) for area in areas)

    def _start(self, colors: Colors) -> None:
        self._latest = colors
        self._general = _Luminances(_linear(colors.ravel()) @ _LUMINANCE)
        self._red = _Reds(colors.size)
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


class _Luminances:
    """Finds the transitions of the relative luminance of each cell."""

    def __init__(self, luminance: _Numbers) -> None:
        self._lowest, self._highest = luminance.copy(), luminance.copy()
        self._direction = np.zeros(luminance.shape, np.int8)

    def advance(self, changed: _Cells, linear: _Numbers) -> _Mask:
        """Return which of the *changed* cells make a transition to their new colors."""
        luminance = linear @ _LUMINANCE
        # The valley and the peak since the last transition.
        lowest = np.minimum(self._lowest[changed], luminance)
        highest = np.maximum(self._highest[changed], luminance)
        direction = self._direction[changed]
        rises = (luminance - lowest >= _LUMINANCE_STEP) & (lowest < _DARK) & (direction <= 0)
        falls = (highest - luminance >= _LUMINANCE_STEP) & (luminance < _DARK) & (direction >= 0)
        np.copyto(lowest, luminance, where=falls)
        np.copyto(highest, luminance, where=rises)
        self._lowest[changed], self._highest[changed] = lowest, highest
        moves: _Mask = rises | falls
        self._direction[changed[moves]] = np.where(rises[moves], 1, -1)
        return moves


class _Reds:
    """Finds the transitions of each cell from and to a saturated red."""

    def __init__(self, count: int) -> None:
        # The latest two states: a saturated red, and the color farthest from it before or after.
        self._red = np.zeros((count, 2), np.float32)
        self._other = np.zeros((count, 2), np.float32)
        self._is_red = np.zeros(count, np.bool_)
        self._was_red = np.zeros(count, np.bool_)

    def advance(self, changed: _Cells, linear: _Numbers, before: Colors) -> _Cells:
        """Return the cells that make a transition from the colors *before*."""
        linear = linear + _GLARE
        saturated = linear[:, 0] >= _SATURATED_RED * linear.sum(axis=1)
        concerned = np.flatnonzero(saturated | self._was_red[changed])
        if not concerned.size:
            return concerned
        cells, saturated = changed[concerned], saturated[concerned]
        color = _chromaticity(linear[concerned])
        new = ~self._was_red[cells]
        if new.any():
            self._other[cells[new]] = _chromaticity(_linear(before[concerned[new]]) + _GLARE)
            self._red[cells[new]] = color[new]
            self._was_red[cells[new]] = True
        is_red, other, red = self._is_red[cells], self._other[cells], self._red[cells]
        from_other, from_red = _distance(color, other), _distance(color, red)
        enters = ~is_red & saturated & (from_other > _CHROMATICITY_STEP)
        leaves = is_red & (from_red > _CHROMATICITY_STEP)
        is_red = (is_red | enters) & ~leaves
        self._is_red[cells] = is_red
        apart = _distance(other, red)
        redder = enters | (is_red & saturated & (from_other > apart))
        self._red[cells[redder]] = color[redder]
        farther = leaves | (~is_red & (from_red > apart))
        self._other[cells[farther]] = color[farther]
        found: _Cells = cells[enters | leaves]
        return found


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
        self._recent: deque[tuple[int, _Cells]] = deque()

    def add(self, number: int, cells: _Cells) -> Flashes | None:
        """Add transitions; return what there is now of too many flashes."""
        self._forget(number)
        self._recent.append((number, cells))
        self._counts[cells] += 1
        if len(self._recent) < _TRANSITIONS:
            return None
        flashing = self._counts >= _TRANSITIONS
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

    def _largest(self, flashing: _Mask) -> int:
        """Return how many cells flash in the field in which most of them do."""
        sums = np.zeros((self._shape[0] + 1, self._shape[1] + 1), np.int32)
        sums[1:, 1:] = flashing.reshape(self._shape).cumsum(0).cumsum(1)
        rows, columns = self._field
        bands = sums[rows:] - sums[:-rows]
        return int((bands[:, columns:] - bands[:, :-columns]).max())

    def _box(self, flashing: _Mask) -> tuple[float, float, float, float]:
        grid = flashing.reshape(self._shape)
        rows, columns = (np.flatnonzero(grid.any(axis=axis)) for axis in (1, 0))
        height, width = self._shape
        return (
            *(float(columns[0] / width), float(rows[0] / height)),
            *(float((columns[-1] + 1) / width), float((rows[-1] + 1) / height)),
        )


def _linear(colors: Colors) -> _Numbers:
    """Return the linear red, green, and blue of colors, from 0 to 1."""
    levels = np.ascontiguousarray(colors).view(np.uint8).reshape(-1, 4)
    return _LINEAR[levels[:, :3]]


def _chromaticity(linear: _Numbers) -> _Numbers:
    """Return u' and v' of the CIE 1976 UCS diagram."""
    x, y, z = _XYZ @ linear.T
    found: _Numbers = np.stack([4 * x, 9 * y], axis=1) / (x + 15 * y + 3 * z)[:, np.newaxis]
    return found


def _distance(one: _Numbers, other: _Numbers) -> _Numbers:
    found: _Numbers = np.hypot(*(one - other).T)
    return found
