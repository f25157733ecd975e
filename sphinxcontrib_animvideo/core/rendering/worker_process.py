"""The worker processes, seen from the build: started, fed, timed and killed here."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import platform
import queue
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...errors import AnimvideoError, CrashError, NoProgressError
from ..cache.environment import Environment
from ..model.asset import Failure
from .messages import Step, Task

_START_DEADLINE = 300.0
"""Seconds for a worker to load Matplotlib, which may have to look at all fonts first."""
_FINISH_DEADLINE = 3600.0
"""Seconds for all encoders of a job to end after its code; each has a deadline of its own."""
_GRACE = 3.0
"""Seconds between asking the code to stop and killing it."""


class Interrupted(BaseException):
    """The pool was closed while a task ran."""


@dataclass
class Outcome:
    """What a worker made of a task."""

    done: list[dict[str, Any]] = field(default_factory=list)
    """One event for each step that succeeded, in order."""
    failure: Failure | None = None
    """Why the step after those did not."""


def default_method() -> str:
    """Return how workers are made on this system.

    Forking a process that has loaded Matplotlib is ten times quicker than a new interpreter,
    but not safe on macOS, and unknown on Windows.
    """
    return "fork" if os.name == "posix" and sys.platform != "darwin" else "spawn"


class Worker:
    """One worker process, restarted when it had to be killed.

    Parameters
    ----------
    method
        ``fork`` or ``spawn``.
    variables
        Environment variables of the process; see :func:`fixed_variables`.
    """

    def __init__(self, method: str, variables: Mapping[str, str]) -> None:
        self._method = method
        self._variables = variables
        self._process: subprocess.Popen[bytes] | None = None
        self._events: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._child: int | None = None
        self._closed = False
        self._lock = threading.Lock()

    def run(self, task: Task, on_frames: Callable[[int, int], None]) -> Outcome:
        """Run *task*; *on_frames* is told the step and its number of frames as they come."""
        while True:
            outcome = self._run_once(task, on_frames)
            if isinstance(outcome, Outcome):
                return outcome
            task = outcome

    def close(self) -> None:
        """Kill the process and all that it started; may be called from another thread."""
        with self._lock:
            self._closed = True
            self._kill()

    def _run_once(self, task: Task, on_frames: Callable[[int, int], None]) -> Outcome | Task:
        self._start()
        self._send(task)
        outcome = Outcome()
        current = 0
        again: Task | None = None
        stopped_at: list[Any] | None = None
        stopping = finishing = False
        while True:
            step = task.steps[current]
            patience = _FINISH_DEADLINE if finishing else step.job.timeout
            event = self._next(_GRACE if stopping else patience)
            kind = event["event"]
            if kind == "silence":
                if stopping or not self._ask_to_stop():
                    self._kill()
                    kind, event = "exit", {"status": -signal.SIGTERM}
                stopping = True
            if kind == "step":
                current, finishing = event["index"], False
            elif kind == "finishing":
                finishing = True
            elif kind == "started":
                self._child = event["pid"]
            elif kind == "frames":
                on_frames(current, event["count"])
            elif kind == "stopped":
                stopped_at = event["place"]
            elif kind == "done":
                outcome.done.append(event)
            elif kind == "failed":
                outcome.failure = Failure(**event["failure"])
            elif kind == "again":
                again = task.changed(event["index"], event["changes"])
            elif kind == "exit":
                self._child = None
                if again:
                    return again
                if stopping:
                    outcome.failure = _timeout(step, stopped_at)
                elif not outcome.failure and len(outcome.done) < len(task.steps):
                    outcome.failure = _crash(step, event["status"])
                return outcome

    def _start(self) -> None:
        with self._lock:
            if self._closed:
                raise Interrupted
            if self._process and self._process.poll() is None:
                return
            self._events = queue.Queue()
            self._process = _launch(self._method, self._variables)
            threading.Thread(
                target=_read_events, args=(self._process, self._events), daemon=True
            ).start()
        event = self._next(_START_DEADLINE)
        if event["event"] != "ready":
            self._kill()
            raise CrashError(
                f"a worker process did not start (status {event.get('status')}). Does "
                f"`{sys.executable} -c 'import matplotlib.pyplot'` work?"
            )

    def _send(self, task: Task) -> None:
        assert self._process
        assert self._process.stdin
        try:
            self._process.stdin.write(pickle.dumps(task))
            self._process.stdin.flush()
        except OSError:
            pass  # it died; its end is the next event

    def _next(self, timeout: float) -> dict[str, Any]:
        try:
            event = self._events.get(timeout=timeout)
        except queue.Empty:
            return {"event": "silence"}
        if event is not None:
            return event
        if self._closed:
            raise Interrupted
        assert self._process
        status = self._process.wait()
        self._kill()
        return {"event": "exit", "status": status}

    def _ask_to_stop(self) -> bool:
        """Ask the code to say where it is and end; False where there is no way to."""
        pid = self._child or (self._process.pid if self._process else None)
        if os.name != "posix" or pid is None:
            return False
        try:
            os.kill(pid, signal.SIGTERM)
        except ProcessLookupError:
            return False
        return True

    def _kill(self) -> None:
        process, self._process = self._process, None
        child, self._child = self._child, None
        if process is None:
            return
        if os.name == "posix":
            if child:
                kill_group(child)
            kill_group(process.pid)
        elif process.poll() is None:
            subprocess.run(
                ["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False
            )
        process.kill()
        process.wait()
        if process.stdin:
            with contextlib.suppress(OSError):  # what was still buffered has nowhere to go
                process.stdin.close()


def kill_group(pid: int) -> None:
    """Kill a process and all that it has started."""
    # macOS refuses for processes that have ended and were not yet waited for.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _launch(method: str, variables: Mapping[str, str]) -> subprocess.Popen[bytes]:
    path = [entry for entry in sys.path if entry]
    program = (
        f"import sys; sys.path[:] = {path!r}; "
        f"from sphinxcontrib_animvideo.core.rendering.worker import main; main({method!r})"
    )
    return subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parent,  # where an empty matplotlibrc hides that of the machine
        env={**os.environ, **variables},
        start_new_session=True,  # Ctrl-C reaches the build alone, which ends its workers
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def fixed_variables(environment: Environment, hash_seed: int = 0) -> dict[str, str]:
    """Return the variables that could change what code draws, with one value for all machines."""
    variables = {
        "MPLBACKEND": "agg",
        "PYTHONHASHSEED": str(hash_seed),
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",  # no __pycache__ in the documentation's folders
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
        # Sums depend on how they are shared out; one job per CPU is the parallelism.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        # The last digit of a sine depends on the instructions it is made with: only those that
        # every processor has.
        "NPY_DISABLE_CPU_FEATURES": environment.numpy_features,
        "IMAGEIO_FFMPEG_EXE": environment.ffmpeg,
    }
    if platform.machine().lower() in {"x86_64", "amd64"}:
        variables |= {
            "OPENBLAS_CORETYPE": "Prescott",
            "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-FMA,-FMA4",
        }
    return variables


def _read_events(
    process: subprocess.Popen[bytes], events: queue.Queue[dict[str, Any] | None]
) -> None:
    assert process.stdout
    with process.stdout:
        for line in process.stdout:
            try:
                events.put(json.loads(line))
            except ValueError:
                continue  # a process that was killed in the middle of a line
    events.put(None)


def _timeout(step: Step, place: list[Any] | None) -> Failure:
    error = NoProgressError(
        f"no new frame for {step.job.timeout:g} seconds (timeout), so the code was stopped. Is "
        "there a loop that never ends? If it needs the time, raise timeout (animvideo_timeout).",
        *(place or ()),
    )
    return _failure(error, step)


def _crash(step: Step, status: int) -> Failure:
    file, line, said = _last_words(step)
    if status == 0:
        what = (
            "the process ended before the code did, without an error: os._exit() or something "
            "like it was called"
        )
    elif status < 0:
        name = (
            signal.Signals(-status).name if -status in set(signal.Signals) else f"signal {-status}"
        )
        what = f"the process that ran the code was killed by {name}"
        if name == "SIGKILL":
            what += ", as the system does when memory runs out"
    else:
        what = f"the process that ran the code ended with status {status}"
    return _failure(CrashError(f"{what}.", file, line, said), step)


def _failure(error: AnimvideoError, step: Step) -> Failure:
    return Failure.of(error, step.job.place.file, step.job.place.line)


def _last_words(step: Step) -> tuple[str | None, int | None, str]:
    """Return the line of the user's code that a crash report names, and the end of the output."""
    try:
        text = Path(step.folder, "output.txt").read_text("utf-8", errors="replace")
    except OSError:
        return None, None, ""
    file = step.job.code_place.file
    match = re.search(rf'File "{re.escape(file)}", line (\d+)', text)
    report = text.find("Fatal Python error")
    said = text[:report] if report >= 0 else text
    said = said[-2000:].strip()
    return (file, int(match[1]), said) if match else (None, None, said)
