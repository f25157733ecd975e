"""``write_video``: writes an animation, or several pictures, as a video file."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from typing import Any, Unpack

from .core.capture.sequence import sequence_of
from .core.encoding.timeline import frame_rate
from .core.model.options import PYTHON, options_of
from .errors import OptionError
from .keywords import VideoOptions
from .script_video import is_code, workers_of, write_code
from .video import Video
from .writer import VideoWriter


def write_video(
    path: str | os.PathLike[str],
    source: Any,
    fps: float | Fraction | str | None = None,
    *,
    jobs: int = 0,
    executor: Any = None,
    **options: Unpack[VideoOptions],
) -> Video:
    """Write a video file of an animation, or of several pictures.

    Parameters
    ----------
    path
        The file to write; its extension selects the format.
    source
        A Matplotlib ``Animation`` or a list of them, of which those on one figure advance
        together; a stack of arrays, of shape (frames, height, width) or (frames, height, width,
        channels) with 1, 3, or 4 channels; the name of an animated image or a video; a file name
        pattern such as ``"frames/*.png"``, in natural order; or an iterable of anything that
        :meth:`VideoWriter.capture` accepts, which is consumed only as frames are written. Code
        that can be run again is drawn by several processes: the name of a script, as
        ``"wave.py"`` or ``"wave.py:make_frames"``, or a function without parameters, of a module
        or of the running script, which captures frames or returns what the others are.
    fps
        Frames per second. Defaults to the rate of the interval of the animation, or of the
        pictures of the file, else 25.
    jobs
        Number of processes that draw a script or a function; 0 is the number of CPUs.
    executor
        Where they run, instead of this machine: an executor, that is, an object with a method
        ``submit``, or ``"processes"``, ``"mpi"``, ``"dask:ADDRESS"``, or ``"MODULE:FUNCTION"``.
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
    known = options_of(PYTHON)["fps"]
    option = None if fps is None else known.read(fps)
    if is_code(source):
        return write_code(Path(path), source, option, options, workers_of(jobs, executor))
    if jobs or executor:
        raise OptionError(
            "{option} is only available for a script or a function, which other processes can run.",
            option="jobs" if jobs else "executor",
        )
    sequence = sequence_of(source)
    rate = frame_rate(option=option, step=sequence.step, default=known.default)
    options.setdefault("total", sequence.total)
    with VideoWriter(path, rate, **options) as writer:
        sequence.capture_all(writer.capture)
    return writer.video
