"""Renders videos again, to find code that draws something different each time it runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...errors import AnimvideoError, NondeterministicError
from ..cache.store import Cache
from ..capture.nondeterminism import NondeterminismHint, described
from ..model.asset import Asset, Clip
from ..model.fingerprint import changed_frames
from ..model.humanize import count
from ..model.job import Job
from ..model.settings import Limits
from .executors import Workers
from .messages import RunConditions
from .render import Progress, Result, render


@dataclass(frozen=True)
class NondeterministicVideo:
    """A job whose video came out differently the second time."""

    job: Job
    what: str
    """What differs, and from which frame on."""
    hints: tuple[NondeterminismHint, ...]
    """Lines that may be the cause."""

    @property
    def error(self) -> NondeterministicError:
        """The warning for the author."""
        lines = described(self.hints, self.job.code_location.file)
        reason = lines or "no known cause was found"
        return NondeterministicError(
            f"the code draws something different each time it runs: {self.what}. Reason: {reason}.",
            file=self.job.location.file,
            line=self.job.location.line,
        )


def render_again(
    first: Mapping[Job, Result],
    cache: Cache,
    limits: Limits,
    progress: Progress,
    workers: Workers | None = None,
) -> list[NondeterministicVideo]:
    """Render jobs a second time, under conditions that should not matter, and compare.

    Parameters
    ----------
    first
        What came of them the first time.
    cache
        For the second videos; an empty one.
    limits, progress, workers
        As in :func:`.render.render`.
    """
    # Jobs that found the asset of another one need not be rendered again.
    rendered = {
        job: result
        for job, result in first.items()
        if isinstance(result.outcome, Asset) and not result.cached
    }

    def once_more(name: str, jobs: Sequence[Job], conditions: RunConditions) -> dict[Job, Result]:
        own = Cache(cache.folder / name, cache.arithmetic)
        return render(jobs, own, limits, progress, workers, conditions)

    second = once_more(
        "second", list(rendered), RunConditions(hash_seed=1, detect=True, parallel=False)
    )
    nondeterministic = [
        NondeterministicVideo(job, what, second[job].hints)
        for job, result in rendered.items()
        if (what := _difference(result, second[job]))
    ]
    unexplained = [found.job for found in nondeterministic if not found.hints]
    third = once_more("third", unexplained, RunConditions(parallel=False)) if unexplained else {}
    by_hash = {job for job, result in third.items() if not _difference(first[job], result)}
    return [
        NondeterministicVideo(found.job, found.what, (_HASHES,)) if found.job in by_hash else found
        for found in nondeterministic
    ]


_HASHES = NondeterminismHint(
    "it depends on the order of a set or on hash(), which vary with PYTHONHASHSEED", "", 0
)


def _difference(first: Result, second: Result) -> str:
    """Return what differs; nothing if all frames are the same."""
    if isinstance(second.outcome, AnimvideoError):
        return f"the second time it failed ({second.outcome.explain().rstrip('.')})"
    return "; ".join(_differences(_clips(first), _clips(second)))


def _differences(first: Sequence[Clip], second: Sequence[Clip]) -> Iterator[str]:
    if len(first) != len(second):
        yield f"{count(len(second), 'video')} instead of {len(first)}"
        return
    for number, (one, other) in enumerate(zip(first, second, strict=True), 1):
        assert one.fingerprint
        assert other.fingerprint
        of = f" of video {number}" if len(first) > 1 else ""
        if frames := changed_frames(one.fingerprint, other.fingerprint):
            total = count(max(one.frame_count, other.frame_count), "frame")
            verb = "differs" if len(frames) == 1 else "differ"
            yield f"{len(frames)} of {total}{of} {verb}, the first is frame {frames[0] + 1}"
        elif one.files != other.files:
            yield f"the frames{of} are the same, but the files differ"


def _clips(result: Result) -> tuple[Clip, ...]:
    return result.outcome.clips if isinstance(result.outcome, Asset) else ()
