"""Frames of a video as numbered pictures, for animations in PDF files."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from pathlib import Path

from ...errors import EncoderError
from ..model.asset import Asset, Clip
from .decoder import read_frames
from .derived import index_in_file, kept_beside, video_of
from .probe import count_frames

_LONGEST_SIDE = 1000
"""In pixels, to which larger frames are scaled down: 160 dpi over the width of a page's text."""
_QUALITY = 85
"""Of JPEG: about half the size of PNG, which keeps the artifacts of the video losslessly."""


@dataclass(frozen=True)
class AnimationFrames:
    """The pictures of an animation."""

    paths: tuple[Path, ...]
    """JPEG files, in order."""
    fps: Fraction
    """At which the animation is as fast as the video."""


def animation_frames(asset: Asset, clip: Clip, most: int) -> AnimationFrames:
    """Return every frame of *clip*, or every second, third, and so on, as numbered pictures.

    The pictures are made when they are first asked for, and kept beside the videos.

    Parameters
    ----------
    most
        The maximum number of pictures.

    Raises
    ------
    AnimvideoError
        The video cannot be read, or the pictures cannot be written.
    """
    video, fps = video_of(asset, clip)
    step = ceil(clip.frame_count / most)
    numbers = range(0, clip.frame_count, step)

    def make(folder: Path) -> None:
        folder.mkdir()
        _write(video, fps, numbers, folder, clip.frame_count)

    folder = kept_beside(video, f"every-{step}", make)
    paths = tuple(folder / f"{index}.jpg" for index in range(len(numbers)))
    return AnimationFrames(paths, clip.rate / step)


def _write(video: Path, fps: Fraction, numbers: range, folder: Path, frame_count: int) -> None:
    """Write frames of a video to a folder, read one by one: together they can be gigabytes."""
    from PIL.Image import fromarray

    written, (width, height) = count_frames(video, fps)
    factor = min(1, _LONGEST_SIDE / max(width, height))
    size = max(1, round(width * factor)), max(1, round(height * factor))
    wanted = [index_in_file(number, frame_count, written) for number in numbers]
    done = 0
    for index, pixels in enumerate(read_frames(video, size, fps, shrink=factor < 1)):
        while done < len(wanted) and wanted[done] == index:
            picture, path = fromarray(pixels), folder / f"{done}.jpg"
            picture.save(path, quality=_QUALITY, subsampling=0, optimize=True)
            done += 1
        if done == len(wanted):
            return
    raise EncoderError(f"frame {wanted[done]} of {video.name} cannot be decoded.")
