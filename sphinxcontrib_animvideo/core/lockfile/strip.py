"""A picture that shows frames of a video before and now, for places that play no videos."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from .frame_diff import FrameImages

_WIDTH = 320  # pixels of a frame
_GAP = 8
_TEXT = 14
_PAPER, _INK = "white", "#333333"


def write_strip(pictures: Sequence[FrameImages], path: Path) -> None:
    """Write a PNG: a column for each frame, with the rows before and now."""
    font = ImageFont.load_default(_TEXT)
    label = max(int(font.getlength(what)) for what in ("before", "now")) + 2 * _GAP
    line = _TEXT + 2 * _GAP
    columns = [[_small(one.expected), _small(one.actual)] for one in pictures]
    width, height = columns[0][0].size
    size = label + len(columns) * (width + _GAP), line + 2 * (height + _GAP)
    strip = Image.new("RGB", size, _PAPER)
    draw = ImageDraw.Draw(strip)
    rows = [line + row * (height + _GAP) for row in range(2)]
    for what, top in zip(("before", "now"), rows, strict=True):
        draw.text((_GAP, top + height // 2), what, _INK, font, anchor="lm")
    for column, (one, images) in enumerate(zip(pictures, columns, strict=True)):
        left = label + column * (width + _GAP)
        draw.text((left, _GAP), f"frame {one.frame + 1}", _INK, font)
        for image, top in zip(images, rows, strict=True):
            strip.paste(image, (left, top))
    strip.save(path, optimize=True)


def _small(path: Path) -> Image.Image:
    with Image.open(path) as image:
        width = min(_WIDTH, image.width)
        height = max(1, round(image.height * width / image.width))
        return image.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
