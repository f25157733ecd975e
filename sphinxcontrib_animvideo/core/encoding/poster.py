"""The poster: the still picture shown before playback."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from io import BytesIO
from math import floor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..frames.arrays import Frame
from ..model.asset import VideoFile
from .decoder import decode_frames
from .probe import count_frames
from .video_file import video_file

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

Pictures = tuple[bytes, bytes]
"""A picture as PNG and as WebP, of which the latter may be empty."""
_LOSSLESS = {"lossless": True, "method": 2, "quality": 40}
_LOSSY = {"quality": 90}
_DENSE = 0.5
_MAX_SIDE = 16383
"""Pixels; the format has 14 bits for them."""


class PosterPicker:
    """Picks the still picture from the frames as they pass by, and encodes it beside the drawing.

    Parameters
    ----------
    wanted
        As *poster* of :class:`.ClipWriter`.
    fps
        Frames per second of the clip.
    """

    def __init__(self, wanted: str | int | float | None, fps: Fraction) -> None:
        self._keep_latest = wanted == "last"
        self._wanted = floor(Fraction(str(wanted)) * fps) if isinstance(wanted, float) else wanted
        self._kept: Frame | None = None
        self._size = (0, 0)
        self._encoded: Future[Pictures] | None = None
        if wanted == "first":
            self._wanted = 0

    def see(self, first: int, count: int, frame: Frame, size: tuple[int, int]) -> None:
        """Take note of a frame that is repeated *count* times from number *first* on.

        *size* is the width and height of the video in pixels.
        """
        if self._keep_latest:
            self._kept = frame.copy()  # the canvas draws the next frame into the same memory
            self._size = size
        elif isinstance(self._wanted, int) and first <= self._wanted < first + count:
            # No file is opened in the thread: it would be taken for one that the code opens.
            thread = ThreadPoolExecutor(1, "animvideo-poster")
            self._encoded = thread.submit(_encode, _padded(frame, size))
            thread.shutdown(wait=False)

    def pictures(self) -> Pictures | None:
        """Return the picture, if its frame has come."""
        if self._encoded:
            return self._encoded.result()
        return None if self._kept is None else _encode(_padded(self._kept, self._size))


def decoded_poster(
    video: Path, fps: Fraction, size: tuple[int, int], wanted: str | int | float | None
) -> Pictures:
    """Return the picture that :class:`PosterPicker` could not know, from the file *video*.

    Only at the end is it known which frame is in the middle, or that the wanted number is beyond
    the end, where the last frame stands in for it.
    """
    written, _ = count_frames(video, fps)
    index = written // 2 if wanted == "middle" else written - 1
    (pixels,) = decode_frames(video, [index], size, fps)
    return _encode(pixels)


def write_poster(pictures: Pictures, path: Path) -> tuple[VideoFile, VideoFile | None]:
    """Write the PNG to *path*, and beside it a WebP for pages, if it is smaller."""
    png, webp = pictures
    path.write_bytes(png)
    poster = video_file("png", path, "image/png")
    if not 0 < len(webp) < len(png):
        return poster, None
    smaller = path.with_suffix(".webp")
    smaller.write_bytes(webp)
    return poster, video_file("webp", smaller, "image/webp")


def _padded(frame: Frame, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return a copy of a frame, in the size of the video."""
    missing = ((0, size[1] - frame.shape[0]), (0, size[0] - frame.shape[1]), (0, 0))
    return np.pad(frame, missing, mode="edge") if np.any(missing) else frame.copy()


def _encode(pixels: NDArray[np.uint8]) -> Pictures:
    from PIL import Image

    picture = Image.fromarray(pixels).convert("RGB")
    # To search for the smallest file takes five times the time for 3 % fewer bytes.
    return _saved(picture, "PNG", {}), _webp(picture)


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
    content = _saved(picture, "WEBP", _LOSSLESS)
    if len(content) > _DENSE * picture.width * picture.height:
        content = _saved(picture, "WEBP", _LOSSY)
    return content


def _saved(picture: Image.Image, format: str, options: dict[str, Any]) -> bytes:
    file = BytesIO()
    picture.save(file, format, **options)
    return file.getvalue()
