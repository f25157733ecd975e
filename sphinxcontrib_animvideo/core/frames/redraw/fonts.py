"""Draws text from cached glyphs and layouts.

From Matplotlib 3.11 on, a text is laid out by a shaping library and drawn glyph by glyph, which
is most of the time of a frame whose labels change. Both depend on nothing but their arguments.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from matplotlib import ft2font
from matplotlib.backends.backend_agg import RendererAgg, get_hinting_flag
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font
from numpy.typing import NDArray

_MOST = 4096
"""Maximum number of cached glyphs, and of cached layouts."""

_DRAWS_GLYPHS = hasattr(FT2Font, "_render_glyph") and hasattr(FT2Font, "_layout")


class TextRenderer(RendererAgg):
    """An Agg renderer that caches text."""

    def __init__(self, width: float, height: float, dpi: float) -> None:
        super().__init__(width, height, dpi)
        self._fonts: dict[Any, _Font] = {}
        self._glyphs: dict[_Glyph, tuple[NDArray[np.uint8], int, int]] = {}

    def _prepare_font(self, font_prop: FontProperties) -> Any:
        if not _DRAWS_GLYPHS:
            return super()._prepare_font(font_prop)
        size = font_prop.get_size_in_points()
        key = hash(font_prop), size  # Matplotlib compares font properties by their hashes
        if key in self._fonts:
            self._fonts[key].clear()
            self._fonts[key].set_size(size, self.dpi)
        else:
            _make_room(self._fonts)
            self._fonts[key] = _Font(super()._prepare_font(font_prop))
        return self._fonts[key]

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
            key = _Glyph(font, size, index, slant, extend, right, up, *how)
            if key not in self._glyphs:
                _make_room(self._glyphs)
                self._glyphs[key] = key.draw(self.dpi)
            pixels, left, top = self._glyphs[key]
            bottom = int(self.height) - row - top + len(pixels)
            self._renderer.draw_text_image(pixels, left + column, bottom, 0, gc)
        super()._draw_text_glyphs_and_boxes(gc, x, y, angle, (), boxes)


class _Glyph(NamedTuple):
    """Everything that the image of a glyph depends on."""

    font: Any
    size: float
    number: int
    slant: float
    extend: float
    right: int
    up: int
    angle: float
    hinting: Any
    antialiased: bool

    def draw(self, dpi: float) -> tuple[NDArray[np.uint8], int, int]:
        """Return its pixels, and the column and the row, upwards, of their top left corner."""
        cos, sin = math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))
        shape = [[self.extend, self.extend * self.slant], [0, 1]]
        matrix = 0x10000 * np.array([[cos, -sin], [sin, cos]]) @ shape
        self.font.set_size(self.size, dpi)
        self.font._set_transform(matrix.round().astype(int), [self.right, self.up])
        mode = ft2font.RenderMode.NORMAL if self.antialiased else ft2font.RenderMode.MONO
        bitmap = self.font._render_glyph(self.number, self.hinting, mode)
        pixels = np.array(bitmap.buffer)
        return pixels if self.antialiased else pixels * np.uint8(255), bitmap.left, bitmap.top


class _Font:
    """A font of one size that lays out each text once."""

    def __init__(self, font: FT2Font) -> None:
        self._font = font
        self._layouts: dict[Any, Any] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._font, name)

    def _layout(self, text: str, **options: Any) -> Any:
        key = (text, *map(str, options.values()))
        if key not in self._layouts:
            _make_room(self._layouts)
            self._layouts[key] = list(self._font._layout(text, **options))
        return self._layouts[key]


def _make_room(memory: dict[Any, Any]) -> None:
    if len(memory) >= _MOST:
        memory.clear()
