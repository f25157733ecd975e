"""Text drawn from memory: glyphs and layouts that were made before.

From Matplotlib 3.11 on, a text is laid out by a shaping library and drawn glyph by glyph, which
is most of the time of a frame whose labels change. Both depend on nothing but their arguments.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font

_MOST = 4096
"""Glyphs, and layouts, that are kept."""

_DRAWS_GLYPHS = hasattr(FT2Font, "_render_glyph") and hasattr(FT2Font, "_layout")


class TextRenderer(RendererAgg):
    """An Agg renderer that draws what is written for the second time from memory."""

    def __init__(self, width: float, height: float, dpi: float) -> None:
        super().__init__(width, height, dpi)
        self._fonts: dict[Any, _Font] = {}
        self._glyphs: dict[Any, _Bitmap] = {}

    def _prepare_font(self, font_prop: FontProperties) -> Any:
        if not _DRAWS_GLYPHS:
            return super()._prepare_font(font_prop)
        size = font_prop.get_size_in_points()
        key = hash(font_prop), size  # a hash is what makes two of them equal for Matplotlib
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
        remembered = ((_Glyphs(font, self._glyphs), *place) for font, *place in glyphs)
        super()._draw_text_glyphs_and_boxes(gc, x, y, angle, remembered, boxes)


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


class _Bitmap(NamedTuple):
    """The picture of a glyph: what ``FT2Font._render_glyph`` returns."""

    buffer: Any
    left: int
    top: int


class _Glyphs:
    """A font that draws each glyph once for each of the 64 x 64 places within a pixel."""

    def __init__(self, font: FT2Font, glyphs: dict[Any, _Bitmap]) -> None:
        self._font = font
        self._glyphs = glyphs

    def set_size(self, size: float, dpi: float) -> None:
        self._size = size, dpi

    def _set_transform(self, matrix: Any, offset: Any) -> None:
        self._matrix = matrix
        self._offset = offset  # in 1/64 of a pixel

    def _render_glyph(self, index: int, flags: Any, mode: Any) -> _Bitmap:
        (columns, right), (rows, up) = (divmod(length, 64) for length in self._offset)
        key = (id(self._font), self._size, self._matrix.tobytes(), right, up, index, flags, mode)
        glyph = self._glyphs.get(key)
        if glyph is None:
            _make_room(self._glyphs)
            self._font.set_size(*self._size)
            self._font._set_transform(self._matrix, [right, up])
            drawn = self._font._render_glyph(index, flags, mode)
            glyph = self._glyphs[key] = _Bitmap(np.array(drawn.buffer), drawn.left, drawn.top)
        return _Bitmap(glyph.buffer.copy(), glyph.left + columns, glyph.top + rows)


def _make_room(memory: dict[Any, Any]) -> None:
    if len(memory) >= _MOST:
        memory.clear()
