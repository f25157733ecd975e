"""Sweeps in documents: one video for each combination of the values of parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..core.model.asset import Asset, Clip
from ..core.model.job import Job
from ..core.model.sweep_code import default_of, swept_jobs
from ..errors import AnimvideoError, OptionError, SweepError
from .collection import Source, VideoRequest
from .log import warn

Outcomes = Mapping[Source, Asset | AnimvideoError]


def sweep_of(job: Job, written: Mapping[str, Any], most: int) -> tuple[tuple[Job, ...], int]:
    """Return the jobs of a directive, and the number of the one that is shown first.

    Parameters
    ----------
    written
        The options of the directive.
    most
        How many combinations there may be.

    Raises
    ------
    OptionError
        The code cannot be swept.
    """
    sweep = written.get("sweep")
    if not sweep:
        if "sweep-default" in written:
            raise OptionError("{option} is only available with :sweep:.", option="sweep-default")
        return (job,), 0
    if job.file:
        message = "{option} requires code; it cannot be used with an image or video file."
        raise OptionError(message, option="sweep")
    if job.nofigs:
        raise OptionError("{option} cannot be combined with :nofigs:.", option="sweep")
    default = default_of(sweep, written.get("sweep-default"))
    return swept_jobs(job, sweep, most), default


def warn_differences(requests: Iterable[VideoRequest], outcomes: Outcomes) -> None:
    """Warn about sweeps whose videos differ in what readers expect to stay."""
    for request in requests:
        if request.sweep:
            for message in _differences(request, outcomes):
                warn(SweepError(message), str(request.first.location))


def _differences(request: VideoRequest, outcomes: Outcomes) -> Iterator[str]:
    found = [
        (source.combination, outcome.clips)
        for source in request.variants[0]
        if isinstance(source, Job) and isinstance(outcome := outcomes[source], Asset)
    ]
    if differing := _first_unlike((name, len(clips)) for name, clips in found):
        yield f"the combinations of this sweep give different numbers of videos: {differing}."
        return
    for clips in zip(*([(name, clip) for clip in clips] for name, clips in found), strict=True):
        if differing := _first_unlike((name, _size(clip)) for name, clip in clips):
            yield (
                f"the videos of this sweep have different sizes: {differing}. The picture changes "
                "its shape when the reader chooses another value. Set the figsize of the figure, "
                "and do not crop the frames to what is drawn."
            )
        if differing := _first_unlike((name, clip.frame_count) for name, clip in clips):
            yield (
                f"the videos of this sweep have different numbers of frames: {differing}. Where a "
                "video is shorter, readers see its last frame instead. If that is intended, add "
                "'animvideo.sweep' to suppress_warnings."
            )


def _first_unlike(pairs: Iterable[tuple[str, Any]]) -> str:
    """Return what the first combination has, and what the first that differs has; or nothing."""
    pairs = list(pairs)
    for name, value in pairs:
        if value != pairs[0][1]:
            return f"{pairs[0][1]} with {pairs[0][0]}, {value} with {name}"
    return ""


def _size(clip: Clip) -> str:
    return f"{clip.width}x{clip.height}"
