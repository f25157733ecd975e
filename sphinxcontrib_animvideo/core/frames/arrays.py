"""Converts arrays to pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import FrameError, OptionError
from .sources import FRAME_KINDS

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
        As for :class:`.VideoWriter`. Limits that are not given come from the first array.

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
    ) -> None:
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
            mapped: NDArray[np.uint8] = self._mapping.to_rgba(array[:, :, 0], bytes=True)
            return mapped
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
        pixels = np.empty((height, width, 4), np.uint8)
        for channel in range(3):  # four times as fast as all of them at once
            pixels[:, :, channel] = levels[:, :, channel if channels > 1 else 0]
        pixels[:, :, 3] = levels[:, :, 3] if channels == 4 else 255
        if is_bad is not None:
            pixels[is_bad.any(axis=2)] = np.asarray(self._bad)
        return pixels


def _mapping(cmap: Any, vmin: float | None, vmax: float | None, norm: Any, bad: Any) -> Any:
    from matplotlib import colormaps
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    colormap = colormaps[cmap or "gray"] if cmap is None or isinstance(cmap, str) else cmap
    if bad is not None:
        colormap = colormap.with_extremes(bad=bad)
    return ScalarMappable(norm or Normalize(vmin, vmax), colormap)


def _array(source: Any) -> NDArray[Any]:
    """Return an array of three dimensions, the last one being 1, 3 or 4 channels."""
    if isinstance(source, (int, float, complex, dict, set)):
        raise FrameError(
            f"an object of type {type(source).__name__} cannot become a frame. Use {FRAME_KINDS}."
        )
    try:
        array = np.asanyarray(source)
    except Exception as error:
        raise FrameError(
            f"an object of type {type(source).__name__} cannot become a frame ({error}). Use "
            f"{FRAME_KINDS}."
        ) from None
    if array.dtype == object and not isinstance(source, np.ndarray):
        raise FrameError(
            f"an object of type {type(source).__name__} cannot become a frame. Use {FRAME_KINDS}."
        )
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
        if low < 0 or high > 1:
            raise FrameError(
                f"the array's floats range from {low:g} to {high:g}, but must be from 0 to 1. "
                "Divide by the largest possible value (255 for 8-bit images), or clip them.",
                option="cmap",
                hint="If they are not colors, pass {option}, vmin=, and vmax=.",
            )
        rounded: NDArray[np.uint8] = np.rint(array * 255).astype(np.uint8)
        return rounded
    if low < 0 or high > 255:
        raise FrameError(
            f"the array's integers range from {low} to {high}, but must be from 0 to 255 "
            "(or, with dtype uint16, from 0 to 65535).",
            option="cmap",
            hint="If they are not colors, pass {option}, vmin=, and vmax=.",
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
