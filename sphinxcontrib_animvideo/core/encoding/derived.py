"""Pictures that are made from a video when they are asked for, and kept beside it in the cache."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from ...errors import CacheError
from ..model.asset import Asset, Clip
from ..model.formats import FORMATS
from .unfinished import renamed_when_complete


def video_of(asset: Asset, clip: Clip) -> tuple[Path, Fraction]:
    """Return the file that pictures of a clip are taken from, and its frames per second."""
    file = clip.files[0]
    return asset.path(file), FORMATS[file.format].rate(clip.rate)


def kept_beside(video: Path, name: str, make: Callable[[Path], None]) -> Path:
    """Return the file or folder with pictures of a video, made when it is first asked for.

    Parameters
    ----------
    video
        The video in the cache.
    name
        What is added to the name of the video.
    make
        Creates the file or folder with the given path.

    Raises
    ------
    CacheError
        The cache cannot be written to.
    """
    path = video.with_name(f"{video.stem}-{name}")
    if path.exists():
        return path
    try:
        with renamed_when_complete(path) as unfinished:  # another build may look meanwhile
            make(unfinished)
    except OSError as error:
        raise CacheError(
            f"cannot write to the directory {path.parent} ({error.strerror}). Make it writable.",
            option="cache-dir",
            hint="Or set {option} to a writable directory.",
        ) from error
    return path


def index_in_file(number: int, frame_count: int, written: int) -> int:
    """Return which frame of a file shows frame *number* of a clip; the last one shows the last.

    A GIF may hold fewer frames than it was given.

    Parameters
    ----------
    frame_count
        Number of frames of the clip.
    written
        Number of frames in the file.
    """
    return round(number * (written - 1) / max(frame_count - 1, 1))
