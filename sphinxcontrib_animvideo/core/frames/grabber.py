"""What frames are taken from: figures, axes, arrays, images. Each becomes RGBA pixels here."""

from __future__ import annotations

import glob
import io
import os
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...errors import FrameError, LimitError
from .arrays import KINDS, Colours, Frame, on_white, raw_pixels

if TYPE_CHECKING:
    from matplotlib.animation import Animation
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from .redraw import Redrawer

_BY_WAY_OF = {"LAB": "RGB", "La": "LA"}
"""Modes of images that Pillow makes wrong RGBA of, or none, and where it is right."""
_FIGURES = 4
"""Figures of which it is known what has changed."""


class FrameTaker:
    """Turns sources into frames; remembers what makes drawing the same figure again cheaper.

    Parameters
    ----------
    dpi
        Dots per inch of figures; ``None`` is each figure's own.
    max_pixels
        Most pixels of a frame.
    incremental
        Whether what has not changed in a figure may be reused; the frames are the same.
    colours
        How arrays become colours; ``None`` is :class:`.arrays.Colours` with its defaults.
    raw_size
        Width and height of bytes that are pixels; ``None``: bytes are image files.
    pixel_ratio
        By how much finer figures are drawn than *dpi* says, for screens with finer pixels.
    """

    def __init__(
        self,
        dpi: float | None = None,
        max_pixels: int | None = None,
        incremental: bool = True,
        colours: Colours | None = None,
        raw_size: tuple[int, int] | None = None,
        pixel_ratio: int = 1,
    ) -> None:
        self.pixel_ratio = 1
        """Pixels of the latest frame, along a side, for one where it is shown."""
        self._dpi = dpi
        self._finer = pixel_ratio
        self._max_pixels = max_pixels
        self._incremental = incremental
        self._colours = colours or Colours()
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
            *source* is none of the kinds of sources, or has no pixels.
        LimitError
            It has more pixels than allowed.
        RedrawError
            A frame that was drawn incrementally proved to be wrong.
        """
        if source is None:
            source = current_figure()
        drawn = is_figure(source) or is_axes(source)
        self.pixel_ratio = self._finer if drawn else 1
        if is_figure(source):
            pixels = self._figure(source)
        elif is_axes(source):
            pixels = self._axes(source)
        elif self._raw_size and isinstance(source, (bytes, bytearray, memoryview)):
            pixels = self._colours.pixels_of(raw_pixels(source, self._raw_size))
        elif isinstance(source, (str, os.PathLike, bytes, bytearray)) or _is_pil(source):
            pixels = self._image(source)
        elif hasattr(source, "_repr_png_") and not hasattr(source, "__array__"):
            pixels = self._image(source._repr_png_())
        else:
            pixels = self._colours.pixels_of(source)
        if self._latest and self._latest[0] is pixels:
            return self._latest[1]
        height, width = pixels.shape[:2]
        self._check(width, height)
        frame = np.ascontiguousarray(on_white(pixels))
        self._latest = pixels, frame
        return frame

    def finish(self) -> None:
        """Check the last frames that were drawn incrementally.

        Raises
        ------
        RedrawError
            One of them proved to be wrong.
        """
        for redrawer in self._redrawers.values():
            redrawer.finish()

    def _check(self, width: int, height: int) -> None:
        if self._max_pixels is not None and width * height > self._max_pixels:
            raise LimitError(
                f"a frame of {width} x {height} has {width * height} pixels, more than "
                f"animvideo_max_pixels ({self._max_pixels}) allows. Make figsize or dpi smaller."
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
            redrawer = Redrawer(figure, self._dpi_of(figure), self._incremental)
            self._redrawers[id(figure)] = redrawer
        self._check(*redrawer.size())
        return redrawer.frame()

    def _axes(self, axes: Axes) -> NDArray[np.uint8]:
        """Draw the figure and cut out the inside of *axes*, without its frame and ticks."""
        figure = _root_figure(axes)
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
            raise FrameError("the axes cover no pixel of their figure. Make them or dpi larger.")
        return inside

    def _image(self, source: Any) -> NDArray[np.uint8]:
        from PIL import Image, ImageOps, UnidentifiedImageError

        shown = f"image file {os.fspath(source)!r}" if _is_path(source) else "the image"
        opened: Any = io.BytesIO(source) if isinstance(source, (bytes, bytearray)) else source
        try:
            with nullcontext(source) if _is_pil(source) else Image.open(opened) as image:
                self._check(*image.size)
                upright = ImageOps.exif_transpose(image)
                if upright.mode[0] in "IF":  # more than 8 bits, which Pillow cuts off
                    return self._colours.pixels_of(np.asarray(upright))
                mode = _BY_WAY_OF.get(upright.mode, upright.mode)
                return np.asarray(upright.convert(mode).convert("RGBA"))
        except FileNotFoundError:
            raise FrameError(
                f"{shown} does not exist in {Path.cwd()}, from where it is sought."
            ) from None
        except UnidentifiedImageError:
            raise FrameError(
                f"{shown} is of no kind that Pillow can read. PNG and JPEG always are."
            ) from None
        except (OSError, ValueError, SyntaxError) as error:
            raise FrameError(
                f"{shown} cannot be read as an image: {error}. Is it complete?"
            ) from None


def frame(source: Any = None, dpi: float | None = None) -> Frame:
    """Return a figure, or any other source, as pixels.

    Parameters
    ----------
    source
        What :meth:`.VideoWriter.capture` takes. Default: the current figure.
    dpi
        Dots per inch of a figure; ``None`` is its own.

    Returns
    -------
    numpy.ndarray
        uint8, of shape (height, width, 4): red, green, blue and alpha, which is 255 everywhere.

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
    return FrameTaker(dpi).take(source).copy()


def current_figure() -> Figure:
    """Return pyplot's current figure; a FrameError where there is none."""
    from matplotlib import pyplot as plt

    if not plt.get_fignums():
        raise FrameError("there is no current figure to capture. Make one, or name the source.")
    return plt.gcf()


def figure_of(source: Any) -> Figure | None:
    """Return the figure that a frame of *source* shows, if it shows one."""
    if source is None:
        return current_figure()
    if is_axes(source):
        source = _root_figure(source)
    return source if is_figure(source) else None


def is_figure(source: object) -> bool:
    """Whether *source* is a Matplotlib figure."""
    return _is_loaded(source, "matplotlib.figure", "Figure")


def is_axes(source: object) -> bool:
    """Whether *source* is a Matplotlib axes."""
    return _is_loaded(source, "matplotlib.axes", "Axes")


def is_animation(source: object) -> bool:
    """Whether *source* is a Matplotlib animation."""
    return _is_loaded(source, "matplotlib.animation", "Animation")


def is_frame_source(source: object) -> bool:
    """Whether *source* is one picture, rather than an iterable of them."""
    if isinstance(source, np.ndarray):  # not a stack of them
        return source.ndim < 3 or (source.ndim == 3 and source.shape[2] in (1, 3, 4))
    single = (str, os.PathLike, bytes, bytearray)
    return is_figure(source) or is_axes(source) or isinstance(source, single) or _is_pil(source)


def animations_in(namespace: dict[str, Any]) -> list[Animation]:
    """Return the animations among the values, and in lists and dictionaries among them, once."""
    found: dict[int, Animation] = {}
    for value in namespace.values():
        inner = value.values() if isinstance(value, dict) else value
        inner = list(inner) if isinstance(value, (dict, list, tuple)) else [value]
        found |= {id(item): item for item in inner if is_animation(item)}
    return list(found.values())


def pictures_in(source: Any) -> Iterator[Any]:
    """Return the pictures of an iterable, of a stack of arrays, or of a pattern of file names.

    Raises
    ------
    FrameError
        *source* is none of them, or no file has such a name.
    """
    if isinstance(source, (str, os.PathLike)):
        return iter(_files_like(os.fspath(source)))
    if is_frame_source(source):
        return iter([source])
    try:
        return iter(source)
    except TypeError:
        raise FrameError(
            f"a {type(source).__name__} is no iterable of pictures; give a Matplotlib Animation, "
            f"a list, an array or a generator. Of single pictures, {KINDS} can be frames."
        ) from None


def _files_like(pattern: str) -> list[str]:
    """Return the files of a pattern in natural order: 9 before 10."""
    found = glob.glob(pattern, recursive=True)
    if not found:
        raise FrameError(f"no file has a name like {pattern!r} in {Path.cwd()}.")
    return sorted(
        found,
        key=lambda name: [int(p) if p.isdecimal() else p for p in re.split(r"(\d+)", name)],
    )


def _is_loaded(source: object, module: str, name: str) -> bool:
    # Whoever has such an object has imported its module; arrays alone never load Matplotlib.
    loaded = sys.modules.get(module)
    return loaded is not None and isinstance(source, getattr(loaded, name))


def _is_pil(source: object) -> bool:
    return _is_loaded(source, "PIL.Image", "Image")


def _is_path(source: object) -> bool:
    return isinstance(source, (str, os.PathLike))


def _root_figure(axes: Axes) -> Figure:
    """Return the figure that holds *axes*, also those of a subfigure."""
    import matplotlib

    knows_root = matplotlib.__version_info__ >= (3, 10)
    return axes.get_figure(root=True) if knows_root else axes.figure.figure
