"""The process that runs user code.

Started as a new interpreter by :mod:`.worker_process`. Where the system can fork, it loads
Matplotlib once and forks a child for every task; elsewhere it runs one task itself and ends. Tasks
come as pickles on standard input; messages go back through what was standard output.
"""

from __future__ import annotations

import faulthandler
import os
import pickle
import select
import signal
import sys
import threading
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import IO, Any

from ..capture.control_flow import StoppedBySignal
from ..capture.run import CodeRunner, load_mathtext, load_matplotlib
from ..capture.user_code import stop_at_signal
from ..model.system import HAS_PROCESS_GROUPS, KILL, resource
from . import messages
from .channel import Channel
from .messages import StepDone, Task
from .printed_output import OUTPUT_FILE
from .process_tree import (
    adopt_orphans,
    end_with_parent,
    kill_children,
    kill_group,
    outlive_parent,
)
from .step import run_step


def main(method: str, parent: int) -> None:
    """Run tasks until standard input ends. *method* is ``fork`` or ``spawn``."""
    end_with_parent(parent)
    adopt_orphans()
    # Standard output belongs to the messages; what user code prints goes elsewhere.
    channel = Channel(1)
    tasks = os.fdopen(os.dup(0), "rb")
    sys.stdin = open(os.devnull)  # noqa: SIM115, PTH123
    os.dup2(sys.stdin.fileno(), 0)
    _redirect(os.devnull)
    load_matplotlib(draw=method == "fork")
    channel.send(messages.Ready())
    if method == "spawn":
        task = _next_task(tasks)
        threading.Thread(target=_end_with_pipe, args=(tasks.fileno(),), daemon=True).start()
        _run_task(task, channel)
        kill_children()
        os._exit(0)  # waiting for no thread that the code has left behind
    outlive_parent()  # from now on the end of the pipe says when the build has ended
    ends = _signal_of_ended_children()
    for number in count():
        task = _next_task(tasks)
        child = _fork(task, channel, tasks)
        if number == 1:  # after two tasks there are likely to be others, which need not load it
            with suppress(Exception):  # code that needs it will tell
                load_mathtext()
        status = _end_of(child, tasks.fileno(), ends)
        channel.send(messages.Exited(status))


def _next_task(tasks: IO[bytes]) -> Task:
    """Return the next task; the process ends where there is none."""
    try:
        task: Task = pickle.load(tasks)
    except (EOFError, pickle.UnpicklingError):  # the build has ended
        os._exit(0)
    return task


def _signal_of_ended_children() -> int:
    """Return the end of a pipe that can be read when a child has ended."""
    readable, writable = os.pipe()
    os.set_blocking(writable, False)
    os.set_blocking(readable, False)
    signal.set_wakeup_fd(writable, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    return readable


def _fork(task: Task, channel: Channel, tasks: IO[bytes]) -> int:
    """Run a task in a child, and return its process id."""
    worker = os.getpid()
    child = os.fork()
    if child == 0:
        end_with_parent(worker)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(tasks.fileno())
        os.setpgid(0, 0)
        channel.move_to_this_process()
        channel.send(messages.Started(os.getpid()))
        try:
            _run_task(task, channel)
        finally:
            os._exit(0)
    return child


def _end_of(child: int, tasks: int, ends: int) -> int:
    """Wait for the end of *child*, and return its exit status; what it has started is killed."""
    is_wanted = _wait(child, tasks, ends)
    # While it is a zombie its number cannot be given to another process, so what it has left
    # behind can be killed safely.
    kill_group(child)
    _, status = os.waitpid(child, 0)
    kill_children()
    if not is_wanted:
        os._exit(0)
    return os.waitstatus_to_exitcode(status)


def _wait(child: int, tasks: int, ends: int) -> bool:
    """Wait for the end of *child*; return False if the build ends before."""
    while True:
        readable, _, _ = select.select([tasks, ends], [], [])
        if ends in readable:
            os.read(ends, 1024)
        if os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT | os.WNOHANG):
            return True
        if tasks in readable:
            return False


def _run_task(task: Task, channel: Channel) -> None:
    """Run all steps of a task; the first error ends it."""
    send = channel.send
    _limit_memory(task.limits.max_memory)
    runner = CodeRunner(task.steps[0].job.source_dir, task.limits.max_memory, task.detect)

    def report_stop(place: tuple[str, int] | None) -> None:
        send(messages.Stopped(*(place or (None, None))))

    if HAS_PROCESS_GROUPS:
        stop_at_signal(signal.SIGTERM, runner.user_code, report_stop)
    for index, step in enumerate(task.steps):
        faults = _redirect(str(Path(step.folder, OUTPUT_FILE)))
        send(messages.StepStarted(index))
        try:
            result = run_step(index, task, runner, send)
        except StoppedBySignal:
            return
        finally:
            faulthandler.disable()
            with suppress(OSError):  # the code has closed it
                faults.close()
            for stream in (sys.stdout, sys.stderr):
                with suppress(Exception):  # it may be an object of the code
                    stream.flush()
        send(result)
        if not isinstance(result, StepDone):
            return


def _redirect(path: str) -> Any:
    """Send all output, also that of C code and of a crash, to a file, which is returned."""
    # Appending, as the build shortens a file that grows too long.
    file = open(path, "a", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115, PTH123
    for stream in (1, 2):
        os.dup2(file.fileno(), stream)
    faulthandler.enable(file)
    return file


def _end_with_pipe(tasks: int) -> None:
    """Wait for the end of the pipe that tasks come through: then nobody needs the result."""
    with suppress(OSError):  # the code has closed it
        while os.read(tasks, 1):
            pass
        if HAS_PROCESS_GROUPS:
            os.killpg(0, KILL)
        os._exit(1)


def _limit_memory(mebibytes: int) -> None:
    if sys.platform == "linux" and resource:
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        limit = mebibytes << 20
        if hard != resource.RLIM_INFINITY:
            limit = min(limit, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
