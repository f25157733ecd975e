"""Converts arrays to pixels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import FrameError, OptionError
from .sources import is_refused, refuse

_NOT_COLORS = "If they are not colors, draw the array with imshow()."
_PASS_COLORMAP = "Or pass {option}, vmin=, and vmax=."

Frame = NDArray[np.uint8]
"""uint8, of shape (height, width, 4): RGBA, C-contiguous, opaque."""


class ColorMapping:
    """Maps the values of arrays to colors.

    Arrays with 3 or 4 channels already hold colors. Arrays with one channel are shades of gray,
    unless one of the first four parameters is given: then they are mapped, as by Matplotlib's
    ``imshow``.

    Parameters
    ----------
    cmap, vmin, vmax, norm, bad
        As for :class:`.VideoWriter`. Limits that are not given are the smallest and the largest
        finite value of the first array that has any.
    warn
        Called with a message about arrays that may not look as intended.

    Raises
    ------
    OptionError
        Matplotlib does not accept a value.
    """

    def __init__(
        self,
        cmap: Any = None,
        vmin: float | None = None,
        vmax: float | None = None,
        norm: Any = None,
        bad: Any = None,
        warn: Callable[[str], None] = lambda message: None,
    ) -> None:
        self._warn = warn
        self._highest, self._white = 0, 255
        self._mapping: Any = None
        self._bad: NDArray[np.uint8] | None = None
        if norm is not None and not (vmin is None and vmax is None):
            raise OptionError("give either norm= or vmin= and vmax=, not both.")
        try:
            if any(value is not None for value in (cmap, vmin, vmax, norm)):
                self._mapping = _mapping(cmap, vmin, vmax, norm, bad)
            elif bad is not None:
                from matplotlib.colors import to_rgba

                self._bad = np.rint(np.array(to_rgba(bad)) * 255).astype(np.uint8)
        except (KeyError, ValueError, TypeError) as error:
            raise OptionError(f"Matplotlib does not accept these colors: {error.args[0]}") from None

    def pixels_of(self, source: Any) -> NDArray[np.uint8]:
        """Return an array as RGBA pixels of shape (height, width, 4).

        Raises
        ------
        FrameError
            *source* is not an array, or its shape, dtype, or values are not those of colors.
        """
        array = _array(source)
        if self._mapping is not None and array.shape[2] == 1:
            return self._map(array[:, :, 0])
        is_bad = _bad_values(array)
        if is_bad is not None and self._bad is None:
            raise FrameError(
                f"the array has {int(is_bad.sum())} values that are masked, NaN, or infinite. "
                "Replace them first, for example with numpy.nan_to_num(array) or array.filled(0).",
                option="bad",
                hint="Or pass {option} to set their color.",
            )
        if is_bad is not None:
            array = np.where(is_bad, 0, np.ma.getdata(array)).astype(array.dtype)
        levels = _levels(np.ma.getdata(array))
        height, width, channels = levels.shape
        if channels == 1:
            self._note_range(np.ma.getdata(array))
        pixels = np.empty((height, width, 4), np.uint8)
        for channel in range(3):  # four times as fast as all of them at once
            pixels[:, :, channel] = levels[:, :, channel if channels > 1 else 0]
        pixels[:, :, 3] = levels[:, :, 3] if channels == 4 else 255
        if is_bad is not None:
            pixels[is_bad.any(axis=2)] = np.asarray(self._bad)
        return pixels

    def _map(self, array: NDArray[Any]) -> NDArray[np.uint8]:
        """Return the colors of an array of shape (height, width)."""
        values = np.ma.masked_invalid(array)  # as imshow does, so that they decide no limits
        norm = self._mapping.norm
        try:
            if norm.vmin is None or norm.vmax is None:
                if values.count() == 0:
                    bad = np.rint(self._mapping.cmap.get_bad() * 255).astype(np.uint8)
                    return np.tile(bad, (*array.shape, 1))
                norm.autoscale_None(values)
                if values.min() == values.max():
                    self._warn(
                        f"the first array has only the value {values.min():.9g}, which sets the "
                        "limits of the colormap for the whole video. Pass vmin= and vmax=."
                    )
            mapped: NDArray[np.uint8] = self._mapping.to_rgba(values, bytes=True)
        except (ValueError, TypeError) as error:
            raise FrameError(
                f"Matplotlib cannot map the array to colors with vmin={norm.vmin} and "
                f"vmax={norm.vmax} ({error}). Limits that are not given come from the first array; "
                "pass both."
            ) from None
        return mapped

    def _note_range(self, array: NDArray[Any]) -> None:
        if array.dtype.newbyteorder("=") == np.uint16:
            self._white = 65535
        self._highest = self._white if array.dtype.kind in "bf" else max(self._highest, array.max())

    def finish(self) -> None:
        """Warn if all integers were too small to be seen: masks, labels, and 12-bit data."""
        if 0 < self._highest <= self._white // 16:
            self._warn(
                f"the largest value of the arrays is {self._highest}, which is nearly black: the "
                f"values are shades of gray from 0 to {self._white}. To show a mask, labels, or "
                "data of fewer bits, pass cmap=, vmin=, and vmax= to VideoWriter or write_video, "
                "or draw the array with imshow()."
            )


def _mapping(cmap: Any, vmin: float | None, vmax: float | None, norm: Any, bad: Any) -> Any:
    from matplotlib import colormaps
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    for limit in (vmin, vmax):
        if limit is not None and not np.isfinite(float(limit)):
            raise ValueError(f"vmin and vmax must be finite, not {limit}")
    colormap = colormaps[cmap or "gray"] if cmap is None or isinstance(cmap, str) else cmap
    if bad is not None:
        colormap = colormap.with_extremes(bad=bad)
    return ScalarMappable(norm or Normalize(vmin, vmax), colormap)


def _array(source: Any) -> NDArray[Any]:
    """Return an array of three dimensions, the last one being 1, 3 or 4 channels."""
    if isinstance(source, (int, float, complex)) or is_refused(source):
        refuse(source)
    is_masked = isinstance(source, np.ma.MaskedArray)
    try:
        array = np.asanyarray(source) if is_masked else np.asarray(source)
    except Exception as error:
        refuse(source, f" ({error})")
    if array.dtype == object and not isinstance(source, np.ndarray):
        refuse(source)
    if array.dtype.kind not in "buif":
        raise FrameError(
            f"an array of dtype {array.dtype} cannot become a frame. Use integers, floats, or "
            "bools; convert it first, for example with array.astype(float)."
        )
    if array.ndim == 2:
        array = array[:, :, np.newaxis]
    if array.ndim != 3 or array.shape[2] not in (1, 3, 4) or 0 in array.shape:
        raise FrameError(
            f"an array of shape {np.shape(source)} cannot become a frame. The shape must be "
            "(height, width), or (height, width, channels) with 1, 3, or 4 channels."
        )
    found: NDArray[Any] = array
    return found


def _bad_values(array: NDArray[Any]) -> NDArray[np.bool_] | None:
    """Return where values are masked, NaN or infinite, or ``None``."""
    bad = np.ma.getmaskarray(array) if isinstance(array, np.ma.MaskedArray) else None
    if array.dtype.kind == "f":
        infinite = ~np.isfinite(np.ma.getdata(array))
        bad = infinite if bad is None else bad | infinite
    return bad if bad is not None and bad.any() else None


def _levels(array: NDArray[Any]) -> NDArray[np.uint8]:
    """Return samples of any allowed type as 0..255."""
    if array.dtype == np.uint8:
        return array
    if array.dtype == np.bool_:
        return np.where(array, np.uint8(255), np.uint8(0))
    if array.dtype.newbyteorder("=") == np.uint16:
        return ((array.astype(np.uint32) + 128) // 257).astype(np.uint8)
    low, high = array.min(), array.max()
    if array.dtype.kind == "f":
        # What rounds to 0 or 255 is accepted: resizing and converting colors give such values.
        if low * 255 < -0.5 or high * 255 > 255.5:
            raise FrameError(
                f"the array's floats range from {low:.9g} to {high:.9g}, but must be from 0 to 1. "
                "Divide by the largest possible value (255 for 8-bit images), or clip them. "
                f"{_NOT_COLORS}",
                option="cmap",
                hint=_PASS_COLORMAP,
            )
        rounded: NDArray[np.uint8] = np.rint(array * 255).clip(0, 255).astype(np.uint8)
        return rounded
    if low < 0 or high > 255:
        raise FrameError(
            f"the array's integers range from {low} to {high}, but must be from 0 to 255 "
            f"(or, with dtype uint16, from 0 to 65535). {_NOT_COLORS}",
            option="cmap",
            hint=_PASS_COLORMAP,
        )
    levels: NDArray[np.uint8] = array.astype(np.uint8)
    return levels


def raw_pixels(data: bytes | bytearray | memoryview, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return bytes of *size* (width, height) as an array with 1, 3, or 4 channels.

    Raises
    ------
    FrameError
        The number of bytes does not match.
    """
    width, height = size
    channels, rest = divmod(len(data), width * height)
    if rest or channels not in (1, 3, 4):
        raise FrameError(
            f"{len(data)} raw bytes do not fit {width} x {height} pixels, which need "
            f"{width * height} (gray), {3 * width * height} (RGB), or {4 * width * height} (RGBA)."
        )
    return np.frombuffer(data, np.uint8).reshape(height, width, channels)


def on_white(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return *pixels* composited onto white, as ``Animation.save`` does."""
    if _is_opaque(pixels):
        return pixels
    wide = pixels[:, :, 3:].astype(np.uint16)
    composited = np.full_like(pixels, 255)
    blended = pixels[:, :, :3] * wide + np.uint16(255) * (255 - wide)
    composited[:, :, :3] = (blended + 127) // 255
    return composited


def _is_opaque(pixels: NDArray[np.uint8]) -> bool:
    if pixels.flags.c_contiguous:  # four channels at a time
        together = np.bitwise_and.reduce(pixels.view(np.uint32), axis=None)
        return bool(np.array([together]).view(np.uint8)[3] == 255)
    return bool(pixels[:, :, 3].min() == 255)
