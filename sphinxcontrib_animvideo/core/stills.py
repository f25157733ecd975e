"""Still pictures of a finished video, for paper."""

from __future__ import annotations

from pathlib import Path

from .asset import Asset, Clip
from .encoder import write_strip

_GAP = 0.025
"""Between two frames, as a part of a frame's width."""


def filmstrip(asset: Asset, clip: Clip, count: int) -> Path:
    """Return a PNG with frames of *clip* side by side, from the first to the last one.

    It is made when it is first asked for, and kept beside the videos.

    Parameters
    ----------
    count
        How many frames; all where the video has fewer.

    Raises
    ------
    EncoderError
        The video cannot be read.
    """
    video = asset.path(clip.files[0])
    path = video.with_name(f"{video.stem}-filmstrip-{count}.png")
    if not path.exists():
        last, count = clip.frame_count - 1, min(count, clip.frame_count)
        wanted = [round(last * number / (count - 1)) for number in range(count)]
        unfinished = path.with_suffix(f".{id(wanted)}.png")
        write_strip(video, wanted, round(clip.width * _GAP), unfinished)
        unfinished.replace(path)
    return path
