"""Ends processes together with what they have started, whatever way their parent ends.

Linux has what this needs: a signal at the death of the parent, and a process that adopts orphans.
Elsewhere on POSIX, process groups and the end of a pipe have to do; on Windows, see
:mod:`.windows_job`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ..model.system import HAS_FORK, KILL
from . import windows_job

# <linux/prctl.h>
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_ROUNDS = 1000
"""How often the children of killed processes are looked for."""


def end_with_parent(parent: int) -> None:
    """Let the system kill this process when *parent*, or the thread that started it, ends.

    Unlike a thread that waits for the parent, it works while code holds the GIL. Does nothing on
    other systems than Linux.
    """
    _prctl(_PR_SET_PDEATHSIG, KILL)
    if sys.platform == "linux" and os.getppid() != parent:
        os._exit(1)  # it has ended meanwhile


def start_program(
    program: str, arguments: Sequence[str] = (), stdout: int | None = None
) -> subprocess.Popen[bytes]:
    """Start a Python program that ends when this process ends in any way; see above.

    Parameters
    ----------
    program
        Python code, in which ``sys`` is imported.
    """
    begin = f"import sys; from {__name__} import end_with_parent; end_with_parent({os.getpid()}); "
    process = subprocess.Popen(
        [sys.executable, "-c", begin + program, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=stdout,
    )
    if os.name == "nt":
        windows_job.end_with_this_process(process)
    return process


def outlive_parent() -> None:
    """Undo :func:`end_with_parent`."""
    _prctl(_PR_SET_PDEATHSIG, 0)


def adopt_orphans() -> None:
    """Become the parent of all processes below this one whose parent ends; on Linux only."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def kill_group(pid: int) -> None:
    """Kill a process and all that it has started, but for what has left its process group."""
    # macOS refuses for processes that have ended and were not yet waited for.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, KILL)


def kill_children() -> None:
    """Kill what this process has started or adopted, and what those have started."""
    for _ in range(_ROUNDS):
        children = _children()
        if not children:
            return
        for pid in children:
            with suppress(ProcessLookupError, PermissionError, ChildProcessError):
                os.kill(pid, KILL)
                os.waitpid(pid, 0)


def _children() -> list[int]:
    """Return the children of this process; none on other systems than Linux."""
    found: list[int] = []
    for path in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):
            found += map(int, path.read_text("ascii").split())
    return found


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def default_method() -> str:
    """Return how workers are started on this system.

    Forking a process that has loaded Matplotlib is ten times faster than a new interpreter, but
    unsafe on macOS and unavailable on Windows.
    """
    return "fork" if HAS_FORK and sys.platform != "darwin" else "spawn"
