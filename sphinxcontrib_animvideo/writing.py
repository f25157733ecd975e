"""``write_video``: writes an animation, or several pictures, as a video file."""

from __future__ import annotations

import os
from fractions import Fraction
from operator import length_hint
from typing import Any, Unpack

from .core.frames.sources import is_animation, pictures_in
from .core.model.options import PYTHON, options_of
from .keywords import VideoOptions
from .video import Video
from .writer import VideoWriter


def write_video(
    path: str | os.PathLike[str],
    source: Any,
    fps: float | Fraction | str | None = None,
    **options: Unpack[VideoOptions],
) -> Video:
    """Write a video file of an animation, or of several pictures.

    Parameters
    ----------
    path
        The file to write; its extension selects the format.
    source
        A Matplotlib ``Animation``; a stack of arrays, of shape (frames, height, width) or
        (frames, height, width, channels) with 1, 3, or 4 channels; a file name pattern such as
        ``"frames/*.png"``, in natural order; or an iterable of anything that
        :meth:`VideoWriter.capture` accepts, which is consumed only as frames are written.
    fps
        Frames per second. Defaults to the animation's own rate, else 25.
    **options
        As for :class:`VideoWriter`. *total* defaults to the length of *source*, if it has one.

    Returns
    -------
    Video

    Raises
    ------
    AnimvideoError
        As from :class:`VideoWriter` and its methods. No new file is written, and an existing one
        is kept.

    Examples
    --------
    >>> import numpy as np
    >>> from sphinxcontrib_animvideo import write_video
    >>> write_video("fade.mp4", np.linspace(0, 1, 50)[:, None, None] * np.ones((50, 120, 160)))
    Video(path=..., width=160, height=120, fps=Fraction(25, 1), frame_count=50)
    """
    if is_animation(source):
        return _write_animation(path, source, fps, options)
    pictures = pictures_in(source)
    options.setdefault("total", length_hint(pictures) or None)
    with VideoWriter(path, 25 if fps is None else fps, **options) as writer:
        for picture in pictures:
            writer.capture(picture)
    return writer.video


def _write_animation(
    path: str | os.PathLike[str],
    animation: Any,
    fps: float | Fraction | str | None,
    options: VideoOptions,
) -> Video:
    from .core.capture.backend import animation_rate, for_each_frame

    if fps is None:
        fps = animation_rate(animation, options_of(PYTHON)["fps"].default)
    options.setdefault("total", getattr(animation, "_save_count", None))
    with VideoWriter(path, fps, **options) as writer:
        for_each_frame(animation, float(writer.fps), writer.capture)
    return writer.video
