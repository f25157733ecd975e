"""The process that runs the user's code.

Started as a fresh interpreter by :mod:`.pool`. Where the system can fork, it loads Matplotlib
once and forks a child for every task; elsewhere it runs one task itself and ends. Tasks come as
pickles on standard input; events go back as lines of JSON.
"""

from __future__ import annotations

import faulthandler
import json
import os
import pickle
import random
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any

from ...errors import AnimvideoError, OptionError, ScriptError
from ..cache.dependencies import Tracker, file_dependency
from ..capture.api import capture, recording
from ..capture.nondeterminism import Watch
from ..capture.recorder import EnoughFrames, Recorder, RunAgain
from ..capture.user_code import Stopped, UserCode, compile_code, stop_at_signal
from ..model.asset import Failure
from ..model.job import Job
from .messages import Limits, Step, Task
from .worker_process import kill_group

_REPORT_EVERY = 0.1
"""Seconds between two reports of progress."""

Send = Callable[[dict[str, Any]], None]


def main(method: str) -> None:
    """Serve tasks until standard input ends. *method* is ``fork`` or ``spawn``."""
    # Standard output belongs to the events; whatever user code prints goes elsewhere.
    events = os.dup(1)
    tasks = os.fdopen(os.dup(0), "rb")
    sys.stdin = open(os.devnull)  # noqa: SIM115, PTH123
    os.dup2(sys.stdin.fileno(), 0)
    _redirect(os.devnull)

    def send(event: dict[str, Any]) -> None:
        os.write(events, (json.dumps(event) + "\n").encode())

    _preload(draw=method == "fork")
    send({"event": "ready"})
    while True:
        try:
            task: Task = pickle.load(tasks)
        except EOFError:
            return
        if method == "spawn":
            _serve(task, send, tasks.fileno())
            os._exit(0)  # waiting for no thread that the code has left behind
        child = os.fork()
        if child == 0:
            os.setpgid(0, 0)
            send({"event": "started", "pid": os.getpid()})
            try:
                _serve(task, send, tasks.fileno())
            finally:
                os._exit(0)
        # Still a zombie, its number cannot be given to another process: what it started and
        # left behind can be killed with certainty.
        os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        kill_group(child)
        _, status = os.waitpid(child, 0)
        send({"event": "exit", "status": os.waitstatus_to_exitcode(status)})


def _preload(draw: bool) -> None:
    import matplotlib.animation
    import matplotlib.figure
    import matplotlib.pyplot
    import PIL.Image  # noqa: F401

    from ..capture.backend import install

    install()
    if draw:  # finds fonts and fills Matplotlib's caches once for all children
        figure = matplotlib.figure.Figure()
        figure.subplots().plot([0, 1])
        figure.canvas.draw()


def _serve(task: Task, send: Send, parent: int) -> None:
    """Run all steps of a task; the first failure ends it."""
    threading.Thread(target=_die_with_parent, args=(parent,), daemon=True).start()
    _limit_memory(task.limits.max_memory)
    tracker = Tracker(task.steps[0].job.source_dir)
    user_code = UserCode(task.limits.max_memory)
    watch = Watch() if task.watched else None

    def stopped_at(place: tuple[str, int] | None) -> None:
        send({"event": "stopped", "place": place})

    if hasattr(signal, "SIGTERM") and os.name == "posix":
        stop_at_signal(signal.SIGTERM, user_code, stopped_at)
    main_module = ModuleType("__main__")
    previous: Job | None = None
    for index, step in enumerate(task.steps):
        output = Path(step.folder, "output.txt")
        faults = _redirect(str(output))
        send({"event": "step", "index": index})
        try:
            result = _run_step(
                step, previous, main_module, tracker, user_code, watch, task.limits, send
            )
        except RunAgain as again:
            result = {"event": "again", "index": index, "changes": again.changes}
        except Stopped:
            return
        except Exception as error:
            known = error if isinstance(error, AnimvideoError) else _mistake_of_ours(error)
            failure = Failure.of(known, step.job.place.file, step.job.place.line)
            result = {"event": "failed", "index": index, "failure": asdict(failure)}
        finally:
            faulthandler.disable()
            faults.close()
            sys.stdout.flush()
            sys.stderr.flush()
        send(result)
        if result["event"] != "done":
            return
        previous = step.job


def _mistake_of_ours(error: Exception) -> AnimvideoError:
    return AnimvideoError(
        f"animvideo itself failed ({type(error).__name__}: {error}). Please report it.",
        detail="".join(traceback.format_exception(error)),
    )


def _run_step(
    step: Step,
    previous: Job | None,
    main_module: ModuleType,
    tracker: Tracker,
    user_code: UserCode,
    watch: Watch | None,
    limits: Limits,
    send: Send,
) -> dict[str, Any]:
    from ..capture.backend import play, text_rendering

    job = step.job
    user_code.add(job.code_place.file)
    recorder = Recorder(
        job.settings,
        limits,
        Path(step.folder) if step.encode else None,
        step.steady_rate,
        step.incremental,
        _Reporter(send),
        play,
    )
    namespace = main_module.__dict__
    _enter(job, main_module)
    named = [file_dependency(path, job.folder) for path in job.depends]
    try:
        with tracker.tracking(), recording(recorder):
            _set_up(job, previous)
            with (
                user_code.errors_at_user_lines(),
                watch.watching() if watch else nullcontext(),
            ):
                _run_code(job, previous, namespace, recorder)
        send({"event": "finishing"})
        clips = recorder.finish()
    except BaseException:
        recorder.abort()
        raise
    found = [*tracker.found(job.folder), *named]
    return {
        "event": "done",
        "clips": [asdict(clip) for clip in clips],
        "notes": [asdict(note) for note in recorder.notes],
        "text": text_rendering(),
        "remark": step.remark,
        "suspects": [asdict(suspect) for suspect in watch.suspects] if watch else [],
        "dependencies": [asdict(dependency) for dependency in found],
    }


def _run_code(
    job: Job, previous: Job | None, namespace: dict[str, Any], recorder: Recorder
) -> None:
    from ..frames.grabber import animations_in

    before = {id(moving) for moving in animations_in(namespace)}
    try:
        if previous is None and job.settings.pre_code:
            exec(compile(job.settings.pre_code, "animvideo_pre_code", "exec"), namespace)
        exec(compile_code(job.code, job.code_place), namespace)
        if job.function:
            recorder.record(_callable(job, namespace)())
    except SystemExit as error:
        if error.code not in (None, 0):
            raise
    except EnoughFrames:
        return
    left = [] if job.function else animations_in(namespace)
    for moving in (*left, *recorder.shown):
        if id(moving) not in before:
            recorder.record_animation(moving)


def _callable(job: Job, namespace: dict[str, Any]) -> Callable[[], Any]:
    function = namespace.get(job.function)
    if callable(function):
        return function  # type: ignore[no-any-return]
    names = [name for name, value in namespace.items() if _is_function_of(value)]
    hint = f" It has: {', '.join(names)}." if names else " It defines none."
    what = "is not callable" if job.function in namespace else "does not exist"
    raise ScriptError(
        f"the callable {job.function!r} {what} in {Path(job.script).name}.{hint}",
        job.place.file,
        job.place.line,
    )


def _is_function_of(value: Any) -> bool:
    return callable(value) and getattr(value, "__module__", None) == "__main__"


def _enter(job: Job, main_module: ModuleType) -> None:
    """Make this process look as if it had been started to run the script."""
    os.chdir(job.folder)
    script_folder = str(Path(job.script).parent) if job.script else job.folder
    for folder in (job.folder, script_folder):
        if folder not in sys.path:
            sys.path.insert(0, folder)
    sys.argv = [job.script or job.code_place.file]
    main_module.__dict__.update(
        __name__="__main__", __file__=job.script or job.code_place.file, capture=capture
    )
    sys.modules["__main__"] = main_module


def _set_up(job: Job, previous: Job | None) -> None:
    """Give every job the same start, whatever ran before or is configured on this machine."""
    import matplotlib as mpl
    import numpy as np
    from matplotlib import pyplot as plt

    settings = job.settings
    random.seed(settings.seed)
    np.random.seed(settings.seed)
    if previous is None or previous.settings.style != settings.style:
        mpl.rcdefaults()
        for style in settings.style:
            _use_style(style, job)
        for name, value in settings.rcparams:
            try:
                mpl.rcParams[name] = value
            except (KeyError, ValueError) as error:
                reason = str(error).splitlines()[0].strip("'\"")
                raise OptionError(f"animvideo_rcparams: {name}: {reason}") from None
    if job.close_figures:
        plt.close("all")


def _use_style(style: str, job: Job) -> None:
    from matplotlib import style as styles

    files = [Path(folder, style) for folder in (job.folder, job.source_dir)]
    found = [str(file) for file in files if style.endswith(".mplstyle") and file.is_file()]
    if not found and style not in ("default", *styles.available):
        raise OptionError(
            f"there is no Matplotlib style {style!r}. Allowed: a .mplstyle file, or one of "
            f"default, {', '.join(styles.available)}."
        )
    try:
        styles.use(found[0] if found else style)
    except (OSError, ValueError) as error:
        raise OptionError(f"the Matplotlib style {style!r} cannot be read: {error}.") from None


class _Reporter:
    """Sends the number of frames, not too often."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._last = 0.0

    def __call__(self, frame_count: int) -> None:
        now = time.monotonic()
        if now - self._last >= _REPORT_EVERY:
            self._last = now
            self._send({"event": "frames", "count": frame_count})


def _redirect(path: str) -> Any:
    """Send all output, also that of C code and of a crash, to a file, which is returned."""
    file = open(path, "w", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115, PTH123
    for stream in (1, 2):
        os.dup2(file.fileno(), stream)
    faulthandler.enable(file)
    return file


def _die_with_parent(parent: int) -> None:
    """Wait for the end of the pipe that tasks come through: then nobody wants the result."""
    while os.read(parent, 1):
        pass
    if os.name == "posix":
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def _limit_memory(mebibytes: int) -> None:
    if sys.platform == "linux":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        limit = mebibytes << 20
        if hard != resource.RLIM_INFINITY:
            limit = min(limit, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
