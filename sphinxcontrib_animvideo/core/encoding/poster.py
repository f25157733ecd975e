"""The poster: the still picture shown before playback."""

from __future__ import annotations

from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..frames.arrays import Frame
from ..model.asset import VideoFile
from .decoder import decode_frames
from .probe import count_frames
from .video_file import video_file

if TYPE_CHECKING:
    from PIL import Image

_LOSSLESS = {"lossless": True, "method": 2, "quality": 40}
_LOSSY = {"quality": 90}
_DENSE = 0.5
_MAX_SIDE = 16383
"""Pixels; the format has 14 bits for them."""


class PosterPicker:
    """Picks the still picture from the frames as they pass by."""

    def __init__(self, wanted: str | int | float, fps: Fraction, path: Path) -> None:
        self.path = path
        self._fps = fps
        self._keep_latest = wanted == "last"
        self._wanted = int(wanted * fps) if isinstance(wanted, float) else wanted
        self._kept: Frame | None = None
        if wanted == "first":
            self._wanted = 0

    def see(self, first: int, count: int, frame: Frame) -> None:
        """Take note of a frame that is repeated *count* times from number *first* on."""
        passes_by = isinstance(self._wanted, int) and first <= self._wanted < first + count
        if passes_by or self._keep_latest:
            self._kept = frame.copy()  # the canvas draws the next frame into the same memory

    def finish(
        self, video: Path, fps: Fraction, size: tuple[int, int]
    ) -> tuple[VideoFile, VideoFile | None]:
        """Write the picture, in the *size* of the file *video*, which has *fps*.

        Returns the PNG, and a WebP for pages, if it is smaller.
        """
        from PIL import Image

        if self._kept is not None:
            kept = self._kept[:, :, :3]
            missing = ((0, size[1] - kept.shape[0]), (0, size[0] - kept.shape[1]), (0, 0))
            pixels = np.pad(kept, missing, mode="edge")
        else:
            # Only at the end is it known which frame is in the middle, or that the wanted number
            # is beyond the end, where the last frame stands in for it.
            written, _ = count_frames(video, fps)
            index = written // 2 if self._wanted == "middle" else written - 1
            (pixels,) = decode_frames(video, [index], size, fps)
        picture = Image.fromarray(np.ascontiguousarray(pixels))
        picture.save(self.path, optimize=True)
        poster = video_file("png", self.path, "image/png")
        content = _webp(picture)
        if not 0 < len(content) < poster.size:
            return poster, None
        smaller = self.path.with_suffix(".webp")
        smaller.write_bytes(content)
        return poster, video_file("webp", smaller, "image/webp")


def _webp(picture: Image.Image) -> bytes:
    """Return a picture as WebP; nothing if WebP cannot hold it, or this Pillow cannot write it.

    Plots are lossless: the other kind of WebP halves the resolution of colors, so that thin lines
    become pale, and is often larger for them. A lossless file of more than ``_DENSE`` bytes per
    pixel holds a photograph or a field of colors, where ``_LOSSY`` shows no difference and takes a
    sixth. The 43 posters of our own documentation take 1733 kB and 51 ms each as PNG, 971 kB as
    lossless WebP, 712 kB and 23 ms each with this function, and 607 kB if all were lossy. More
    effort than ``_LOSSLESS`` takes twice the time for 2 % fewer bytes.
    """
    from PIL import features

    if not features.check("webp") or max(picture.size) > _MAX_SIDE:
        return b""
    content = _encoded(picture, _LOSSLESS)
    if len(content) > _DENSE * picture.width * picture.height:
        content = _encoded(picture, _LOSSY)
    return content


def _encoded(picture: Image.Image, options: dict[str, Any]) -> bytes:
    file = BytesIO()
    picture.save(file, "WEBP", **options)
    return file.getvalue()
