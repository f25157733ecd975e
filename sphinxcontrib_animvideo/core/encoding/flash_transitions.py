"""Finds the transitions of the colors of cells; see :mod:`.flash_detector` for the definitions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Colors = NDArray[np.uint32]
"""One color for each cell of a grid, of shape (rows, columns): the four bytes of RGBA."""
Numbers = NDArray[np.float32]
Cells = NDArray[np.intp]
Signs = NDArray[np.int8]

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
# Not for matmul, which uses threads: they burn a processor each while they wait for more work.


class Luminances:
    """Finds the transitions of the relative luminance of each cell."""

    def __init__(self, colors: Colors) -> None:
        luminance = _weighted(linear_light(colors.ravel()), _LUMINANCE)
        self._lowest, self._highest = luminance.copy(), luminance.copy()
        self._direction = np.zeros(luminance.shape, np.int8)

    def advance(self, changed: Cells, linear: Numbers) -> tuple[Cells, Signs]:
        """Return the cells that make a transition, and its sign: 1 up, -1 down."""
        luminance = _weighted(linear, _LUMINANCE)
        # The valley and the peak since the last transition.
        lowest = np.minimum(self._lowest[changed], luminance)
        highest = np.maximum(self._highest[changed], luminance)
        direction = self._direction[changed]
        rises = (luminance - lowest >= _LUMINANCE_STEP) & (lowest < _DARK) & (direction <= 0)
        falls = (highest - luminance >= _LUMINANCE_STEP) & (luminance < _DARK) & (direction >= 0)
        np.copyto(lowest, luminance, where=falls)
        np.copyto(highest, luminance, where=rises)
        self._lowest[changed], self._highest[changed] = lowest, highest
        moves = rises | falls
        cells, signs = changed[moves], np.where(rises[moves], np.int8(1), np.int8(-1))
        self._direction[cells] = signs
        return cells, signs


class Reds:
    """Finds the transitions of each cell from and to a saturated red."""

    def __init__(self, count: int) -> None:
        # The latest two states: a saturated red, and the color farthest from it before or after.
        self._red = np.zeros((count, 2), np.float32)
        self._other = np.zeros((count, 2), np.float32)
        self._is_red = np.zeros(count, np.bool_)
        self._was_red = np.zeros(count, np.bool_)

    def advance(self, changed: Cells, linear: Numbers, before: Colors) -> tuple[Cells, Signs]:
        """Return the cells that make a transition, and its sign: 1 to red, -1 from red.

        *before* are the colors that the cells had.
        """
        r, g, b = linear
        others = g + b + 2 * _GLARE
        saturated = (r + _GLARE) * (1 - _SATURATED_RED) >= others * _SATURATED_RED
        concerned = np.flatnonzero(saturated | self._was_red[changed])
        if not concerned.size:
            return concerned, np.zeros(0, np.int8)
        cells, saturated = changed[concerned], saturated[concerned]
        color = _chromaticity(linear[:, concerned] + _GLARE)
        new = ~self._was_red[cells]
        if new.any():
            self._other[cells[new]] = _chromaticity(linear_light(before[concerned[new]]) + _GLARE)
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
        moves = enters | leaves
        return cells[moves], np.where(enters[moves], np.int8(1), np.int8(-1))


def linear_light(colors: Colors) -> Numbers:
    """Return the linear red, green, and blue of colors, from 0 to 1, of shape (3, colors)."""
    levels = np.ascontiguousarray(colors).view(np.uint8).reshape(-1, 4)
    return _LINEAR.take(levels.T[:3])


def _weighted(linear: Numbers, weights: Numbers) -> Numbers:
    """Return the sum of the three rows, each multiplied by its weight."""
    found: Numbers = linear[0] * weights[0] + linear[1] * weights[1] + linear[2] * weights[2]
    return found


def _chromaticity(linear: Numbers) -> Numbers:
    """Return u' and v' of the CIE 1976 UCS diagram."""
    x, y, z = (_weighted(linear, weights) for weights in _XYZ)
    found: Numbers = np.stack([4 * x, 9 * y], axis=1) / (x + 15 * y + 3 * z)[:, np.newaxis]
    return found


def _distance(one: Numbers, other: Numbers) -> Numbers:
    found: Numbers = np.hypot(*(one - other).T)
    return found
