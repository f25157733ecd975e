"""Turns sources into frames: figures, axes, arrays, and images become RGBA pixels."""

from __future__ import annotations

import base64
import io
import os
from contextlib import ExitStack, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...errors import FrameError, LimitError
from .arrays import ColorMapping, Frame, on_white, raw_pixels
from .drawing import Drawing
from .sources import figure_of, is_axes, is_figure, is_path, is_pil_image, refuse, root_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from .redraw import Redrawer

_BY_WAY_OF = {"LAB": "RGB", "La": "LA"}
"""Image modes that Pillow cannot convert to RGBA correctly, and the mode to convert to first."""
_FIGURES = 4
"""Number of figures whose state is kept."""


@dataclass(frozen=True)
class KeptFrame:
    """A figure as it looked at an earlier moment."""

    figure: Figure
    pixels: Frame
    pixel_ratio: int
    drawing: Drawing | None


class FrameGrabber:
    """Turns sources into frames; keeps what makes redrawing the same figure cheaper.

    Parameters
    ----------
    dpi
        Dots per inch of figures; ``None`` is each figure's own.
    max_pixels
        Maximum number of pixels of a frame.
    incremental
        Whether to redraw only what has changed in a figure; the frames are the same.
    colors
        How arrays become colors; ``None`` is the default :class:`.arrays.ColorMapping`.
    raw_size
        Width and height of bytes that are raw pixels; ``None``: bytes are image files.
    pixel_ratio
        Factor on *dpi*, for high-DPI screens.
    describe
        Whether to note what frames show.
    """

    def __init__(
        self,
        dpi: float | None = None,
        max_pixels: int | None = None,
        incremental: bool = True,
        colors: ColorMapping | None = None,
        raw_size: tuple[int, int] | None = None,
        pixel_ratio: int = 1,
        describe: bool = False,
    ) -> None:
        self.pixel_ratio = 1
        """Pixels of the latest frame per CSS pixel, along a side."""
        self.drawing: Drawing | None = None
        """What the latest frame shows, if that is described."""
        self._describe = describe
        self._dpi = dpi
        self._finer = pixel_ratio
        self._max_pixels = max_pixels
        self._incremental = incremental
        self._colours = colors or ColorMapping()
        self._raw_size = raw_size
        self._redrawers: dict[int, Redrawer] = {}
        self._latest: tuple[Any, Frame] | None = None

    def take(self, source: Any) -> Frame:
        """Return *source* as it looks now. The next call may overwrite the array.

        Transparent pixels are composited onto white. A figure that has not changed since the
        last call gives the same array object.

        Raises
        ------
        FrameError
            *source* cannot become a frame, or has no pixels.
        LimitError
            It has more pixels than allowed.
        RedrawError
            A frame that was drawn incrementally turned out wrong.
        """
        if isinstance(source, KeptFrame):
            self.pixel_ratio, self.drawing = source.pixel_ratio, source.drawing
            return source.pixels
        if not is_axes(source):
            source = figure_of(source) or source
        if isinstance(source, io.BytesIO):
            source = source.getvalue()
        drawn = is_figure(source) or is_axes(source)
        self.pixel_ratio = self._finer if drawn else 1
        if is_figure(source):
            pixels = self._figure(source)
        elif is_axes(source):
            pixels = self._axes(source)
        elif self._raw_size and isinstance(source, (bytes, bytearray, memoryview)):
            pixels = self._colours.pixels_of(raw_pixels(source, self._raw_size))
        elif isinstance(source, (str, os.PathLike, bytes, bytearray)) or is_pil_image(source):
            pixels = self._image(source)
        elif hasattr(source, "_repr_png_") and not hasattr(source, "__array__"):
            pixels = self._image(_png_of(source))
        else:
            pixels = self._colours.pixels_of(source)
        if self._latest and self._latest[0] is pixels:
            return self._latest[1]
        height, width = pixels.shape[:2]
        self._check(width, height)
        frame = np.ascontiguousarray(on_white(pixels))
        if self._describe and not drawn:
            self.drawing = Drawing.of_picture(frame)
        self._latest = pixels, frame
        return frame

    def keep(self, figure: Figure) -> KeptFrame:
        """Return *figure* as it looks now, as a source that does not change any more."""
        pixels = self.take(figure).copy()
        return KeptFrame(figure, pixels, self.pixel_ratio, self.drawing)

    def finish(self, saw_all: bool = True) -> None:
        """Check the last frames that were drawn incrementally, and the range of arrays.

        Parameters
        ----------
        saw_all
            Whether this process has taken all frames; only then is the range known.

        Raises
        ------
        RedrawError
            One of them turned out wrong.
        """
        for redrawer in self._redrawers.values():
            redrawer.finish()
        if saw_all:
            self._colours.finish()

    def _check(self, width: int, height: int) -> None:
        if self._max_pixels is not None and width * height > self._max_pixels:
            raise LimitError(
                f"a frame of {width} x {height} has {width * height} pixels, which exceeds the "
                f"limit of {self._max_pixels}. Reduce figsize or dpi.",
                option="max-pixels",
                hint="Or increase {option}.",
            )

    def _dpi_of(self, figure: Figure) -> float | None:
        if self._finer == 1:
            return self._dpi
        return (self._dpi or figure.dpi) * self._finer

    def _figure(self, figure: Figure) -> NDArray[np.uint8]:
        from .redraw import Redrawer

        redrawer = self._redrawers.get(id(figure))
        if redrawer is None:
            if len(self._redrawers) >= _FIGURES:  # code that makes a figure for each frame
                self._redrawers.pop(next(iter(self._redrawers))).finish()
            redrawer = Redrawer(
                figure,
                self._dpi_of(figure),
                self._incremental,
                self._describe,
                once=bool(self._redrawers),
            )
            self._redrawers[id(figure)] = redrawer
        self._check(*redrawer.size())
        pixels = redrawer.frame()
        self.drawing = redrawer.drawing
        return pixels

    def _axes(self, axes: Axes) -> NDArray[np.uint8]:
        """Draw the figure and cut out the inside of *axes*, without its frame and ticks."""
        figure = root_figure(axes)
        decoration = [*axes.spines.values(), *axes._axis_map.values()]
        with ExitStack() as stack:
            for artist in decoration:
                if artist.get_visible():
                    artist.set_visible(False)
                    stack.callback(artist.set_visible, True)
            pixels = self._figure(figure)
            # Lengths scale with the dpi of the drawing, which may not be the figure's own.
            box = axes.get_window_extent()
            scale = (self._dpi_of(figure) or figure.dpi) / figure.dpi
        left, right = round(box.x0 * scale), round(box.x1 * scale)
        top, bottom = (len(pixels) - round(y * scale) for y in (box.y1, box.y0))
        inside = pixels[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
        if inside.size == 0:
            raise FrameError(
                "the axes cover no pixels of their figure. Increase their size or the dpi."
            )
        return inside

    def _image(self, source: Any) -> NDArray[np.uint8]:
        from PIL import Image, ImageOps, UnidentifiedImageError

        shown = f"image file {_shortened(os.fspath(source))!r}" if is_path(source) else "the image"
        opened: Any = io.BytesIO(source) if isinstance(source, (bytes, bytearray)) else source
        try:
            with nullcontext(source) if is_pil_image(source) else Image.open(opened) as image:
                self._check(*image.size)
                upright = ImageOps.exif_transpose(image)
                if upright.mode[0] in "IF":  # more than 8 bits, which Pillow cuts off
                    return self._colours.pixels_of(np.asarray(upright))
                mode = _BY_WAY_OF.get(upright.mode, upright.mode)
                return np.asarray(upright.convert(mode).convert("RGBA"))
        except FrameError:  # its size or its values
            raise
        except FileNotFoundError:
            raise FrameError(
                f"{shown} does not exist. Relative paths start at {Path.cwd()}."
            ) from None
        except IsADirectoryError:
            raise FrameError(f"{shown} is a directory.") from None
        except UnidentifiedImageError:
            raise FrameError(
                f"{shown} is not in a format that Pillow can read. Use PNG or JPEG."
            ) from None
        except (OSError, ValueError, SyntaxError) as error:
            raise FrameError(
                f"{shown} cannot be read as an image: {error}. Is it complete?"
            ) from None


def _shortened(name: str) -> str:
    return name if len(name) < 200 else name[:200] + "…"


def _png_of(source: Any) -> bytes:
    """Return what the method by which notebooks display an object gives, as PNG bytes."""
    data = source._repr_png_()
    if isinstance(data, tuple):  # with metadata
        data = data[0]
    if isinstance(data, str):
        with suppress(ValueError):
            data = base64.b64decode(data, validate=False)
    if not isinstance(data, bytes):
        refuse(source, ", because its _repr_png_() returns no PNG")
    return data


def frame(source: Any = None, dpi: float | None = None) -> Frame:
    """Return the pixels of a figure or another source.

    Parameters
    ----------
    source
        As for :meth:`.VideoWriter.capture`. Defaults to the current figure.
    dpi
        Dots per inch of a figure. Defaults to its own.

    Returns
    -------
    numpy.ndarray
        uint8, of shape (height, width, 4): red, green, blue, and alpha, which is always 255.

    Raises
    ------
    FrameError
        *source* cannot become a frame.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from sphinxcontrib_animvideo import frame
    >>> frame(plt.figure(figsize=(4, 3), dpi=100)).shape
    (300, 400, 4)
    """
    return FrameGrabber(dpi, incremental=False).take(source).copy()
