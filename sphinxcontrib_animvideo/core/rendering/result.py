"""What came of a job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...errors import AnimvideoError
from ..cache.store import Cache
from ..capture.nondeterminism import NondeterminismHint
from ..model.asset import Asset
from ..model.job import Job
from .messages import StepDone
from .printed_output import take_output
from .process_errors import CRASH_REPORT
from .worker_process import TaskResult


@dataclass(frozen=True)
class Result:
    """What came of one job."""

    job: Job
    outcome: Asset | AnimvideoError
    cached: bool = False
    output: str = ""
    """What the code printed, warnings included."""
    remark: str = ""
    """What is worth logging about it."""
    hints: tuple[NondeterminismHint, ...] = ()
    """What may make it come out differently the next time, if that was looked for."""
    quiet: bool = False
    """Whether the cause of the error is reported for another job."""

    def __post_init__(self) -> None:
        if isinstance(self.outcome, AnimvideoError):
            self.outcome.combination = self.job.combination


def error_at(error: AnimvideoError, job: Job) -> AnimvideoError:
    """Return a copy of an error that is placed at *job*, unless it has a place of its own."""
    copy = AnimvideoError.from_json(error.to_json())
    return copy.at(job.location.file, job.location.line)


def results_of(
    outcome: TaskResult,
    chain: Sequence[Job],
    wanted: set[Job],
    folders: Sequence[Path],
    cache: Cache,
    max_output: int,
) -> dict[Job, Result]:
    """Return what came of the jobs of a chain, with the complete videos in the cache.

    Parameters
    ----------
    outcome
        What came of the task that has run them.
    wanted
        The jobs that count. The one that has failed counts as well.
    folders
        Where the files of each job are.
    max_output
        Bytes of what a job may have printed.
    """
    failed = len(outcome.done)
    found: dict[Job, Result] = {}
    for index, (job, folder) in enumerate(zip(chain, folders, strict=True)):
        # The error has the rest.
        output = take_output(folder, max_output).partition(CRASH_REPORT)[0]
        if index < failed and job in wanted:
            done = outcome.done[index]
            if (made := _commit(cache, job, folder, done)) is not None:
                found[job] = Result(job, made, output=output, remark=done.remark, hints=done.hints)
        elif index == failed and outcome.error:
            found[job] = Result(job, outcome.error, output=output)
        elif index > failed and outcome.error and job in wanted:
            error = type(outcome.error)(
                "not run because an earlier directive of this context failed "
                f"({chain[failed].location})."
            )
            found[job] = Result(job, error_at(error, job), quiet=True)
    return found


def _commit(cache: Cache, job: Job, folder: Path, done: StepDone) -> Asset | AnimvideoError | None:
    """Return the stored videos; ``None`` if other processes complete them."""
    if done.error:
        return done.error
    if done.clips is None:
        return None
    asset = Asset(str(folder), done.clips, done.notes, done.text_rendering)
    try:
        return cache.commit(job, folder, asset, done.dependencies)
    except AnimvideoError as error:
        return error_at(error, job)
