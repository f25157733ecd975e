"""Filmstrips: frames of a video side by side, for print."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from ...errors import CacheError
from ..model.asset import Asset, Clip
from ..model.formats import FORMATS
from .decoder import decode_frames
from .probe import count_frames

if TYPE_CHECKING:
    from PIL.Image import Image

_GAP = 0.025
"""Between two frames, as a part of a frame's width."""


@dataclass(frozen=True)
class Filmstrip:
    """A picture with frames of a video side by side."""

    path: Path
    """A PNG."""
    breadth: float
    """Its width, in widths of the video."""


def filmstrip(asset: Asset, clip: Clip, count: int) -> Filmstrip:
    """Return frames of *clip* side by side, from the first to the last one.

    The picture is made when it is first asked for, and kept beside the videos.

    Parameters
    ----------
    count
        How many frames; all where the video has fewer.

    Raises
    ------
    AnimvideoError
        The video cannot be read, or the picture cannot be written.
    """
    file = clip.files[0]
    video = asset.path(file)
    count = min(count, clip.frame_count)
    path = video.with_name(f"{video.stem}-filmstrip-{count}.png")
    if not path.exists():
        try:
            strip = _strip(video, count, FORMATS[file.format].rate(Fraction(clip.fps)))
            # Renamed at the end: another build may look at the same moment.
            with TemporaryDirectory(prefix="filmstrip-", dir=path.parent) as folder:
                unfinished = Path(folder, path.name)
                strip.save(unfinished)
                unfinished.replace(path)
        except OSError as error:
            raise CacheError(
                f"cannot write to the directory {path.parent} ({error.strerror}). "
                "Make it writable.",
                option="cache-dir",
                hint="Or set {option} to a writable directory.",
            ) from error
    return Filmstrip(path, count + (count - 1) * _GAP)


def picture_of_frame(video: Path, size: tuple[int, int], fps: Fraction, index: int = 0) -> bytes:
    """Return a frame of a video as a PNG.

    Parameters
    ----------
    size
        Width and height of the video.
    fps
        Its frames per second.
    index
        Which frame.
    """
    from PIL.Image import fromarray

    (pixels,) = decode_frames(video, [index], size, fps)
    picture = BytesIO()
    fromarray(pixels).save(picture, "png")
    return picture.getvalue()


def _strip(video: Path, count: int, fps: Fraction) -> Image:
    """Return *count* frames of a video side by side, with white gaps."""
    import numpy as np
    from PIL.Image import fromarray

    written, size = count_frames(video, fps)  # a GIF may hold fewer frames than it was given
    wanted = [round((written - 1) * number / max(count - 1, 1)) for number in range(count)]
    frames = dict(
        zip(sorted(set(wanted)), decode_frames(video, sorted(set(wanted)), size, fps), strict=True)
    )
    gap = np.full((size[1], round(size[0] * _GAP), 3), 255, np.uint8)
    parts = [part for number in wanted for part in (gap, frames[number])]
    return fromarray(np.hstack(parts[1:]))
