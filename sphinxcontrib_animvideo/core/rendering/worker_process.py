"""A worker process, as the build sees it: started, given tasks, timed, and killed."""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ...errors import AnimvideoError, CrashError
from ..model.system import HAS_PROCESS_GROUPS
from . import messages, windows_job
from .messages import Message, StepDone, Task
from .printed_output import read_output, shorten_output
from .process_errors import crash_error, timeout_error
from .process_tree import kill_group

_START_DEADLINE = 300.0
"""Seconds for a worker to load Matplotlib, which may have to scan all fonts first."""
_FINISH_DEADLINE = 3600.0
"""Seconds for all encoders of a job to end after its code; each has a deadline of its own."""
_GRACE = 3.0
"""Seconds between asking the code to stop and killing it, and for a process to end."""
_CHECK_INTERVAL = 0.2
"""Seconds between two looks at how much the code has printed."""
_MAX_MESSAGE = 1 << 26
"""Bytes; the hashes of a million frames are less."""


class InterruptedTask(BaseException):
    """The worker was closed while a task ran."""


@dataclass
class TaskResult:
    """What came of a task."""

    done: list[StepDone] = field(default_factory=list)
    """One for each step that succeeded, in order."""
    error: AnimvideoError | None = None
    """Why the step after those failed."""


@dataclass
class _Run:
    """The state of a task while it runs."""

    task: Task
    result: TaskResult = field(default_factory=TaskResult)
    index: int = 0
    """Of the current step."""
    encoding: bool = False
    """Whether the code of the current step has ended."""
    stopping: bool = False
    """Whether the code was asked to stop."""
    stopped: messages.Stopped | None = None
    again: Task | None = None
    """The task to run instead."""

    def limit_output(self) -> None:
        """Shorten what the current step has printed, if it is too much."""
        # More than is shown in the end, so that it is not shortened too often.
        shorten_output(self.task.steps[self.index].folder, 8 * self.task.limits.max_output)

    @property
    def patience(self) -> float:
        """Seconds to wait for the next message."""
        if self.stopping or self.is_complete:
            return _GRACE
        return _FINISH_DEADLINE if self.encoding else self.task.steps[self.index].job.timeout

    @property
    def is_complete(self) -> bool:
        """Whether only the end of the process is missing."""
        done = len(self.result.done) == len(self.task.steps)
        return done or self.result.error is not None or self.again is not None

    def ended(self, status: int) -> TaskResult | Task:
        """Return what came of the task whose process has ended."""
        if self.again:
            return self.again
        step = self.task.steps[self.index]
        if self.is_complete:
            return self.result
        if self.stopping:
            self.result.error = timeout_error(step.job, self.stopped)
        else:
            printed = read_output(step.folder, self.task.limits.max_output)
            self.result.error = crash_error(step, status, printed, self.stopped)
        return self.result


class WorkerProcess:
    """One worker process, which is started again after it had to be killed.

    Parameters
    ----------
    method
        ``fork`` or ``spawn``.
    variables
        Environment variables of the process; see :func:`.variables.fixed_variables`.
    """

    def __init__(self, method: str, variables: Mapping[str, str]) -> None:
        self._method = method
        self._variables = variables
        self._process: subprocess.Popen[bytes] | None = None
        self._messages: queue.Queue[Message | None] = queue.Queue()
        self._child: int | None = None
        self._closed = self._is_ready = False
        self._lock = threading.Lock()
        self._cancelled: Task | None = None
        self.name = uuid.uuid4().hex
        """By which it claims segments."""

    def run(self, task: Task, on_frames: Callable[[int, int], None]) -> TaskResult | Task:
        """Run *task*; *on_frames* is called with the step and its number of frames so far.

        Returns what came of it, or the task to run instead.
        """
        self._start()
        self._send(task)
        run = _Run(task)

        def is_unwanted() -> bool:
            run.limit_output()
            return self._cancelled is task and not run.stopping

        while True:
            message = self._next(run.patience, is_unwanted)
            if message is None:  # nothing came in time, or nobody needs the result
                if run.stopping or run.is_complete or not self._ask_to_stop():
                    self._kill()
                    message = messages.Exited(-signal.SIGTERM)
                run.stopping = True
            match message:
                case messages.StepStarted(index) if index < len(task.steps):
                    run.index, run.encoding = index, False
                case messages.Encoding():
                    run.encoding = True
                case messages.Started(pid):
                    self._child = pid
                case messages.FramesCaptured(count):
                    on_frames(run.index, count)
                case messages.Stopped():
                    run.stopped = message
                case messages.StepDone():
                    run.result.done.append(message)
                case messages.StepFailed(error):
                    run.result.error = error
                case messages.RestartNeeded(index, changes) if index < len(task.steps):
                    run.again = task.changed(index, changes)
                case messages.Exited(status):
                    self._child = None
                    return run.ended(status)

    def cancel(self, task: Task) -> None:
        """Stop *task*, whose result nobody needs; may be called from another thread."""
        self._cancelled = task

    def close(self) -> None:
        """Kill the process and all that it started; may be called from another thread."""
        with self._lock:
            self._closed = True
            self._kill()

    def _start(self) -> None:
        with self._lock:
            if self._closed:
                raise InterruptedTask
            if self._process and self._process.poll() is None:
                return
            self._messages = queue.Queue()
            self._is_ready = False
            self._process = _launch(self._method, self._variables)
            threading.Thread(
                target=_read_messages, args=(self._process, self._messages), daemon=True
            ).start()
        message = self._next(_START_DEADLINE)
        self._is_ready = isinstance(message, messages.Ready)
        if not self._is_ready:
            self._kill()
            status = message.status if isinstance(message, messages.Exited) else "unknown"
            raise CrashError(
                f"a worker process could not be started (exit status {status}). Does "
                f"`{sys.executable} -c 'import matplotlib.pyplot'` work?"
            )

    def _send(self, task: Task) -> None:
        assert self._process
        assert self._process.stdin
        try:
            self._process.stdin.write(pickle.dumps(task))
            self._process.stdin.flush()
        except OSError:
            pass  # the process died; its end is the next message

    def _next(self, timeout: float, gives_up: Callable[[], bool] = lambda: False) -> Message | None:
        """Return the next message; ``None`` if none came in time, or *gives_up* says so."""
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            if gives_up():
                return None
            try:
                message = self._messages.get(timeout=min(left, _CHECK_INTERVAL))
            except queue.Empty:
                if self._process and self._process.poll() is not None:
                    return self._last_message()
                continue
            return message or self._end()
        return None

    def _last_message(self) -> Message:
        """Return the next message of a process that has ended, or that it has ended."""
        with contextlib.suppress(queue.Empty):
            # The pipe may hold messages that were not read yet.
            return self._messages.get(timeout=_GRACE) or self._end()
        return self._end()  # something that it has forked keeps the pipe open

    def _end(self) -> Message:
        """Return that the process has ended, or has closed its channel, and is killed then."""
        if self._closed:
            raise InterruptedTask
        assert self._process
        process = self._process
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=_GRACE)
        self._kill()
        return messages.Exited(process.returncode)

    def _ask_to_stop(self) -> bool:
        """Ask the code to say where it is, and to end; False if that is impossible."""
        pid = self._child or (self._process.pid if self._process else None)
        if not HAS_PROCESS_GROUPS or pid is None:
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
        if process.stdin:
            with contextlib.suppress(OSError):  # what is still buffered has nowhere to go
                process.stdin.close()
        if self._is_ready and self._method == "fork":
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=_GRACE)  # it ends all that it has started or adopted
        if HAS_PROCESS_GROUPS:
            if child:
                kill_group(child)
            kill_group(process.pid)
        else:
            windows_job.kill(process)
        process.kill()
        process.wait()


def _launch(method: str, variables: Mapping[str, str]) -> subprocess.Popen[bytes]:
    path = [entry for entry in sys.path if entry]
    program = (
        f"import sys; sys.path[:] = {path!r}; "
        f"from {__package__}.worker import main; main({method!r}, {os.getpid()})"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parent,  # its empty matplotlibrc hides that of the machine
        env={**os.environ, **variables},
        start_new_session=True,  # Ctrl-C reaches the build alone, which ends its workers
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    if os.name == "nt":
        windows_job.end_with_this_process(process)
    return process


def _read_messages(process: subprocess.Popen[bytes], found: queue.Queue[Message | None]) -> None:
    assert process.stdout
    with process.stdout:
        while line := process.stdout.readline(_MAX_MESSAGE):
            with contextlib.suppress(ValueError):  # of a process killed in the middle of a line
                found.put(messages.decode(line))
    found.put(None)
