"""Still pictures of a finished video, for paper."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ..errors import CacheError
from .asset import Asset, Clip
from .encoder import probe, write_strip

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
    video = asset.path(clip.files[0])
    count = min(count, clip.frame_count)
    path = video.with_name(f"{video.stem}-filmstrip-{count}.png")
    if not path.exists():
        try:
            # Renamed at the end: another build may look at the same moment.
            with TemporaryDirectory(prefix="filmstrip-", dir=path.parent) as folder:
                unfinished = Path(folder, path.name)
                write_strip(video, _spread(video, count), round(clip.width * _GAP), unfinished)
                unfinished.replace(path)
        except OSError as error:
            raise CacheError(
                f"the folder {path.parent} cannot be written ({error.strerror}). "
                "Make it writable, or set animvideo_cache_dir to a folder that is."
            ) from error
    return Filmstrip(path, count + (count - 1) * _GAP)


def _spread(video: Path, count: int) -> list[int]:
    """Return the numbers of *count* frames, from the first to the last one."""
    written, _ = probe(video)  # a GIF may hold fewer frames than it was given
    return [round((written - 1) * number / max(count - 1, 1)) for number in range(count)]
