"""What came of a job."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import AnimvideoError
from ..capture.nondeterminism import NondeterminismHint
from ..model.asset import Asset
from ..model.job import Job


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


def error_at(error: AnimvideoError, job: Job) -> AnimvideoError:
    """Return a copy of an error that is placed at *job*, unless it has a place of its own."""
    copy = AnimvideoError.from_json(error.to_json())
    return copy.at(job.location.file, job.location.line)
