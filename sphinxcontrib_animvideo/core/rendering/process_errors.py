"""The errors of a process that ran user code and did not end as it should."""

from __future__ import annotations

import re
import signal
from pathlib import Path

from ...errors import CrashError, RenderTimeoutError
from ..model.job import Job
from .messages import Step, Stopped

OUTPUT_FILE = "output.txt"
"""Name of the file with what the code printed, in the folder of its step."""
CRASH_REPORT = "Fatal Python error"
"""How the report of the faulthandler begins, at the end of that file."""


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


def crash_error(step: Step, status: int) -> CrashError:
    """Return the error for a process that ended with *status* before its code did."""
    file, line, printed = _last_output(step)
    error = CrashError(_describe(status), file=file, line=line, detail=printed)
    return error.at(step.job.location.file, step.job.location.line)


def _describe(status: int) -> str:
    if status == 0:
        return (
            "the process ended before the code did, without an error. Does the code call "
            "os._exit()?"
        )
    if status > 0:
        return f"the process that ran the code exited with status {status}."
    known = -status in set(signal.Signals)
    name = signal.Signals(-status).name if known else f"signal {-status}"
    reason = ", as happens when the system runs out of memory" if name == "SIGKILL" else ""
    return f"the process that ran the code was killed by {name}{reason}."


def _last_output(step: Step) -> tuple[str | None, int | None, str]:
    """Return the line of the user's code that a crash report names, and the end of the output."""
    try:
        text = Path(step.folder, OUTPUT_FILE).read_text("utf-8", errors="replace")
    except OSError:
        return None, None, ""
    file = step.job.code_location.file
    match = re.search(rf'File "{re.escape(file)}", line (\d+)', text)
    printed = text.partition(CRASH_REPORT)[0][-2000:].strip()
    return (file, int(match[1]), printed) if match else (None, None, printed)
