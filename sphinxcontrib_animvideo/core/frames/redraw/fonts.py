"""Draws text from cached glyphs, layouts, and sizes.

To measure a text, to lay it out, and to draw its glyphs takes most of the time of a frame whose
labels change, and of each full redraw. From Matplotlib 3.11 on, a shaping library lays texts out.
The results depend on nothing but the arguments and the font, so all renderers share them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numpy as np
from matplotlib import ft2font
from matplotlib.backends.backend_agg import RendererAgg, get_hinting_flag
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font
from numpy.typing import NDArray

_MOST = 4096
"""Maximum number of cached glyphs, of layouts, and of sizes."""

_Value = TypeVar("_Value")

_DRAWS_GLYPHS = hasattr(FT2Font, "_render_glyph") and hasattr(FT2Font, "_layout")


_glyphs: dict[_Glyph, tuple[NDArray[np.uint8], int, int]] = {}
_layouts: dict[Any, Any] = {}
_sizes: dict[Any, tuple[float, float, float]] = {}


class TextRenderer(RendererAgg):
    """An Agg renderer that caches text."""

    def _prepare_font(self, font_prop: FontProperties) -> Any:
        font = super()._prepare_font(font_prop)
        return _Font(font, font_prop.get_size_in_points(), self.dpi) if _DRAWS_GLYPHS else font

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: Any
    ) -> tuple[float, float, float]:
        """Return the size of a text, as Matplotlib does."""
        measure: Any = super().get_text_width_height_descent
        if ismath:
            return measure(s, prop, ismath)  # type: ignore[no-any-return]
        # Font properties do not say which font is found for them; that can change.
        font, size = super()._prepare_font(prop), prop.get_size_in_points()
        key = font, size, self.dpi, get_hinting_flag(), s
        return _cached(_sizes, key, lambda: measure(s, prop, ismath))

    def _draw_text_glyphs_and_boxes(
        self, gc: Any, x: float, y: float, angle: float, glyphs: Any, boxes: Any
    ) -> None:
        """Draw text as Matplotlib does, but render each glyph once per subpixel position."""
        cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        how = angle, get_hinting_flag(), gc.get_antialiased()
        for font, size, index, slant, extend, dx, dy in glyphs:
            # FreeType counts in 1/64 of a pixel, and upwards.
            column, right = divmod(round(64 * (x + dx * cos - dy * sin)), 64)
            row, up = divmod(round(64 * (self.height - y + dx * sin + dy * cos)), 64)
            key = _Glyph(font, size, self.dpi, index, slant, extend, right, up, *how)
            pixels, left, top = _cached(_glyphs, key, key.draw)
            bottom = int(self.height) - row - top + len(pixels)
            self._renderer.draw_text_image(pixels, left + column, bottom, 0, gc)
        super()._draw_text_glyphs_and_boxes(gc, x, y, angle, (), boxes)


class _Glyph(NamedTuple):
    """Everything that the image of a glyph depends on."""

    font: Any
    size: float
    dpi: float
    number: int
    slant: float
    extend: float
    right: int
    up: int
    angle: float
    hinting: Any
    antialiased: bool

    def draw(self) -> tuple[NDArray[np.uint8], int, int]:
        """Return its pixels, and the column and the row, upwards, of their top left corner."""
        cos, sin = math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))
        shape = [[self.extend, self.extend * self.slant], [0, 1]]
        matrix = 0x10000 * np.array([[cos, -sin], [sin, cos]]) @ shape
        self.font.set_size(self.size, self.dpi)
        self.font._set_transform(matrix.round().astype(int), [self.right, self.up])
        mode = ft2font.RenderMode.NORMAL if self.antialiased else ft2font.RenderMode.MONO
        bitmap = self.font._render_glyph(self.number, self.hinting, mode)
        pixels = np.array(bitmap.buffer)
        return pixels if self.antialiased else pixels * np.uint8(255), bitmap.left, bitmap.top


class _Font:
    """A font of one size that lays out each text once."""

    def __init__(self, font: FT2Font, size: float, dpi: float) -> None:
        self._font = font
        self._size = size, dpi

    def __getattr__(self, name: str) -> Any:
        return getattr(self._font, name)

    def _layout(self, text: str, **options: Any) -> Any:
        key = (self._font, *self._size, text, *map(str, options.values()))
        return _cached(_layouts, key, lambda: list(self._font._layout(text, **options)))


def _cached(cache: dict[Any, _Value], key: Any, make: Callable[[], _Value]) -> _Value:
    """Return the value of *key* in a cache, which is made if it is not there."""
    value = cache.get(key)
    if value is None:
        value = make()
        if len(cache) >= _MOST:
            cache.clear()
        cache[key] = value
    return value
