"""Filmstrips: frames of a video side by side, for print."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from ..model.asset import Asset, Clip
from .decoder import decode_frames
from .derived import index_in_file, kept_beside, video_of
from .probe import count_frames

if TYPE_CHECKING:
    from PIL.Image import Image

_GAP = 0.025
"""Between two frames, as a part of a frame's width."""
_RULE = 1 / 1200
"""Width of the line in each gap, as a part of the width of the strip: a hairline of 0.4 pt in a
column of text."""
_GRAY = 160
"""Level of that line, which is seen beside white and black."""


@dataclass(frozen=True)
class Filmstrip:
    """A picture with frames of a video side by side."""

    path: Path
    """A PNG."""
    breadth: float
    """Its width, in widths of the video."""
    frames: tuple[int, ...]
    """The numbers of its frames in the clip, counted from 0."""


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
    video, fps = video_of(asset, clip)
    count = min(count, clip.frame_count)
    last = clip.frame_count - 1
    numbers = tuple(round(last * index / max(count - 1, 1)) for index in range(count))

    def make(path: Path) -> None:
        _strip(video, fps, numbers, clip.frame_count).save(path)

    path = kept_beside(video, f"strip-{count}.png", make)
    gap, _ = _gap_and_rule(clip.width, count)
    return Filmstrip(path, count + (count - 1) * gap / clip.width, numbers)


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


def _strip(video: Path, fps: Fraction, numbers: tuple[int, ...], frame_count: int) -> Image:
    """Return frames of a video side by side, with a line in each gap."""
    import numpy as np
    from PIL.Image import fromarray

    written, size = count_frames(video, fps)
    wanted = [index_in_file(number, frame_count, written) for number in numbers]
    distinct = sorted(set(wanted))
    frames = dict(zip(distinct, decode_frames(video, distinct, size, fps), strict=True))
    width, rule = _gap_and_rule(size[0], len(numbers))
    gap = np.full((size[1], width, 3), 255, np.uint8)
    gap[:, (width - rule) // 2 : (width + rule) // 2] = _GRAY
    parts = [part for index in wanted for part in (gap, frames[index])]
    return fromarray(np.hstack(parts[1:]))


def _gap_and_rule(width: int, count: int) -> tuple[int, int]:
    """Return the widths of the gaps between *count* frames and of the lines in them, in pixels."""
    rule = max(1, round(_RULE * width * count))
    margin = max(rule, round((_GAP * width - rule) / 2))
    return 2 * margin + rule, rule
