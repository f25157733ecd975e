"""Rendering again what was rendered, to find code that draws something else each time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..cache.store import Cache
from ..capture.nondeterminism import Suspect
from ..model.asset import Asset, Clip, Failure
from ..model.fingerprint import changed_frames
from ..model.humanize import count
from ..model.job import Job
from .messages import Limits, Trial
from .render import Report, Result, render


@dataclass(frozen=True)
class Unsteady:
    """A job that made something else the second time."""

    job: Job
    what: str
    """What differs, and since which frame."""
    suspects: tuple[Suspect, ...]
    """Lines that may be the reason."""

    @property
    def message(self) -> str:
        """For the author."""
        lines = [
            f"{_place(suspect, self.job)} {suspect.what}" if suspect.line else suspect.what
            for suspect in self.suspects
        ]
        why = "; ".join(lines) or "nothing that is known to cause it was seen"
        return f"the code draws something else each time it runs: {self.what}. Why: {why}."


def render_again(
    first: Mapping[Job, Result],
    folder: Path,
    limits: Limits,
    report: Report,
    workers: int = 0,
    method: str = "auto",
) -> list[Unsteady]:
    """Render jobs a second time, under conditions that should not matter, and compare.

    Parameters
    ----------
    first
        What came of them the first time.
    folder
        For the second videos; an empty one.
    limits, report, workers, method
        As in :func:`.render.render`.
    """
    # Of those that found the asset of another one, that one is enough.
    rendered = {
        job: result
        for job, result in first.items()
        if isinstance(result.outcome, Asset) and not result.cached
    }

    def once_more(name: str, jobs: Sequence[Job], trial: Trial) -> dict[Job, Result]:
        return render(jobs, Cache(folder / name), limits, report, workers, method, trial)

    second = once_more("second", list(rendered), Trial(hash_seed=1, watched=True))
    unsteady = [
        Unsteady(job, what, second[job].suspects)
        for job, result in rendered.items()
        if (what := _difference(result, second[job]))
    ]
    unexplained = [found.job for found in unsteady if not found.suspects]
    third = once_more("third", unexplained, Trial()) if unexplained else {}
    by_hash = {job for job, result in third.items() if not _difference(first[job], result)}
    return [
        Unsteady(found.job, found.what, (_HASHES,)) if found.job in by_hash else found
        for found in unsteady
    ]


_HASHES = Suspect(
    "it depends on the order of a set, or on hash(), which PYTHONHASHSEED decides", "", 0
)


def _difference(first: Result, second: Result) -> str:
    """Return what differs; nothing if all frames are the same."""
    if isinstance(second.outcome, Failure):
        return f"the second time it failed ({second.outcome.message.rstrip('.')})"
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
            total = max(one.frame_count, other.frame_count)
            more = f", and {len(frames) - 1} more" if len(frames) > 1 else ""
            yield f"frame {frames[0]}{of}, of {total}{more}"
        elif one.files != other.files:
            yield f"the frames{of} are the same, but not the files"


def _clips(result: Result) -> tuple[Clip, ...]:
    return result.outcome.clips if isinstance(result.outcome, Asset) else ()


def _place(suspect: Suspect, job: Job) -> str:
    inside = suspect.file == job.code_place.file
    return f"line {suspect.line}" if inside else f"{suspect.file}:{suspect.line}"
