"""The errors of a process that ran user code and did not end as it should."""

from __future__ import annotations

import re
import signal

from ...errors import CrashError, RenderTimeoutError
from ..model.job import Job
from .channel import CHANNEL_LOST
from .messages import Step, Stopped

CRASH_REPORT = "Fatal Python error"
"""How the report of the faulthandler begins, at the end of what the code printed."""


def timeout_error(job: Job, stopped: Stopped | None) -> RenderTimeoutError:
    """Return the error for code that captured no frame for too long."""
    error = RenderTimeoutError(
        f"no new frame for {job.timeout:g} seconds, so the code was stopped. Is there an endless "
        "loop?",
        option="timeout",
        hint="If the code needs more time, increase {option}.",
    )
    if stopped and stopped.file and stopped.line:
        error.at(stopped.file, stopped.line)
    return error.at(job.location.file, job.location.line)


def crash_error(step: Step, status: int, printed: str, stopped: Stopped | None) -> CrashError:
    """Return the error for a process that ended with *status* before its code did.

    Parameters
    ----------
    printed
        What the code printed, and the report of a crash.
    stopped
        Where the code was, if a signal has stopped it.
    """
    own, crashed, _ = printed.partition(CRASH_REPORT)
    error = CrashError(_describe(status, stopped), detail=own[-2000:].strip())
    file = step.job.code_location.file
    if match := re.search(rf'File "{re.escape(file)}", line (\d+)', printed) if crashed else None:
        error.at(file, int(match[1]))
    if stopped and stopped.file and stopped.line:
        error.at(stopped.file, stopped.line)
    return error.at(step.job.location.file, step.job.location.line)


def _describe(status: int, stopped: Stopped | None) -> str:
    if stopped:
        return "the code was stopped by a SIGTERM signal from another process."
    if status == CHANNEL_LOST:
        return (
            "the code has closed or replaced file descriptors that it did not open, as with "
            "os.closerange(), so its result was lost. Close only what the code has opened."
        )
    if status == 0:
        return (
            "the process ended before the code did, without an error. Does the code call "
            "os._exit()?"
        )
    if status > 0:
        return f"the process that ran the code exited with status {status}."
    known = -status in set(signal.Signals)
    name = signal.Signals(-status).name if known else f"signal {-status}"
    reason = ", as happens when memory or CPU time runs out" if name == "SIGKILL" else ""
    return f"the process that ran the code was killed by {name}{reason}."
