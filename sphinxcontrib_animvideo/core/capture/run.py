"""Runs the code of jobs in this process, so that what it shows and captures is recorded."""

from __future__ import annotations

import inspect
import os
import random
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ...errors import OptionError, ScriptError
from ..cache.dependencies import Dependency, Tracker, file_dependency
from ..frames.grabber import FrameGrabber
from ..frames.sources import animations_of
from ..model.job import Job
from ..model.settings import Settings
from .animations import Animations
from .api import capture, recording
from .control_flow import EnoughFrames, is_clean
from .forks import forks_end_here
from .inline_functions import refuse_to_send
from .nondeterminism import NondeterminismDetector, NondeterminismHint
from .recorder import Recorder
from .styles import installed_style, use_style
from .threads import wait_for_threads
from .user_code import PRE_CODE, UserCode, compile_code

if TYPE_CHECKING:
    from matplotlib.animation import Animation


def load_matplotlib(draw: bool) -> None:
    """Load Matplotlib with our backend.

    Parameters
    ----------
    draw
        Whether to draw something, which loads what is needed for it, finds fonts, and fills
        Matplotlib's caches: all jobs that are forked then save that time.
    """
    import matplotlib.animation
    import matplotlib.figure
    import matplotlib.pyplot
    import PIL.Image

    from .backend import install

    install()
    if draw:
        import numpy.random  # noqa: F401

        PIL.Image.init()
        figure = matplotlib.figure.Figure()
        figure.subplots().plot([0, 1])
        grabber = FrameGrabber()
        for _ in range(2):  # the second one is drawn incrementally
            grabber.take(figure)


def load_mathtext() -> None:
    """Let Matplotlib make the parser of its mathematical text, which takes 0.1 s.

    Logarithmic axes need it, and labels such as ``$x^2$``.
    """
    from matplotlib.mathtext import MathTextParser

    MathTextParser("agg").parse("$x^2$")


class CodeRunner:
    """Runs jobs one after the other, in one namespace.

    Parameters
    ----------
    source_dir
        Files below it that the code opens are dependencies.
    memory_limit
        In MiB; named in the error when memory runs out.
    detect
        Whether to look for code that may draw something else the next time.
    """

    def __init__(self, source_dir: str, memory_limit: int, detect: bool) -> None:
        self.user_code = UserCode(memory_limit)
        self._tracker = Tracker(source_dir)
        self._detector = NondeterminismDetector() if detect else None
        self._main_module = ModuleType("__main__")
        self.animations = Animations()
        """Those that the code has created so far."""
        self._previous: Job | None = None
        self._named: list[Dependency] = []

    def run(self, job: Job, recorder: Recorder) -> None:
        """Run the code of *job*, and give what it captures to *recorder*."""
        self.user_code.add(job.code_location.file)
        self.user_code.add(job.location.file)
        _enter(job, self._main_module)
        self._tracker.add(job.folder)
        self._named = [file_dependency(path, job.folder) for path in job.depends]
        watching = self._detector.watching() if self._detector else nullcontext()
        with self._tracker.tracking(), recording(recorder):
            _set_up(job, self._previous)
            styles = map(installed_style, job.settings.style)
            self._named += [file_dependency(str(path), job.folder) for path in styles if path]
            with self.user_code.errors_at_user_lines(), watching:
                if job.file:
                    recorder.record_file(Path(job.file))
                else:
                    self._run_code(job, self._main_module.__dict__, recorder)
        self._previous = job

    def _run_code(self, job: Job, namespace: dict[str, Any], recorder: Recorder) -> None:
        recorder.animations.add(animations_of(namespace))
        before = recorder.animations.waiting()
        try:
            if self._previous is None and job.settings.pre_code:
                with forks_end_here():
                    exec(compile(job.settings.pre_code, PRE_CODE, "exec"), namespace)
            code = compile_code(job.code, job.code_location)
            if not job.function:
                namespace.update(job.values)
            with forks_end_here():
                exec(code, namespace)
            if job.function:
                function = _callable(job, namespace)
                before = recorder.animations.waiting()
                with forks_end_here():
                    recorder.record(function(**job.values))
        except SystemExit as error:
            if not is_clean(error):
                raise
        except EnoughFrames:
            return
        with forks_end_here():
            wait_for_threads(self.user_code.contains)
        if not job.function:
            recorder.animations.add(animations_of(namespace))
        _record_new(recorder, before)
        if not recorder.frame_count:  # a look at all objects takes long
            recorder.animations.add_existing()
            _record_new(recorder, before)

    def dependencies(self, job: Job) -> list[Dependency]:
        """Return what was read so far, as seen from *job* that ran last, and what it names."""
        return [*self._tracker.found(job.folder), *self._named]

    @property
    def rewritten(self) -> list[str]:
        """The files that the code has read after it had written them."""
        return sorted(self._tracker.rewritten)

    @property
    def hints(self) -> list[NondeterminismHint]:
        """What may make the code draw something else the next time, if that is looked for."""
        return self._detector.hints if self._detector else []


def _record_new(recorder: Recorder, before: Sequence[Animation]) -> None:
    """Record the animations that were not waiting before."""
    recorder.record_animations([a for a in recorder.animations.remaining() if a not in before])


def _callable(job: Job, namespace: dict[str, Any]) -> Callable[[], Any]:
    function: Any = namespace.get(job.function)
    if callable(function):
        _check_parameters(function, job)
        return function  # type: ignore[no-any-return]
    names = [name for name, value in namespace.items() if _is_function_of(value, namespace)]
    hint = f"It defines: {', '.join(names)}." if names else "It defines no functions."
    what = "is not callable" if job.function in namespace else "does not exist"
    raise ScriptError(
        f"{job.function!r} {what} in {Path(job.script or job.location.file).name}. {hint}",
        file=job.location.file,
        line=job.location.line,
    )


def _check_parameters(function: Callable[..., Any], job: Job) -> None:
    """Raise an error if a callable cannot be called with the parameters of the sweep, if any."""
    try:
        signature = inspect.signature(function)
    except (ValueError, TypeError):  # of some callables it is not known
        return
    try:
        signature.bind(**job.values)
    except TypeError as error:
        if not job.parameters:
            raise ScriptError(
                f"{job.function}{signature} cannot be called without arguments ({error}). Give "
                "each parameter a default.",
                file=job.location.file,
                line=job.location.line,
            ) from None
        raise OptionError(
            f"{job.function}{signature} cannot be called with the parameters of {{option}} "
            f"({error}). Give it one parameter for each of them: "
            f"{', '.join(name for name, _ in job.parameters)}.",
            option="sweep",
            file=job.location.file,
            line=job.location.line,
        ) from None


def _is_function_of(value: Any, namespace: dict[str, Any]) -> bool:
    return callable(value) and getattr(value, "__module__", None) == namespace["__name__"]


def _enter(job: Job, main_module: ModuleType) -> None:
    """Make this process look as if it had been started to run the script."""
    os.chdir(job.folder)
    script_folder = str(Path(job.script).parent) if job.script else job.folder
    for folder in (job.folder, script_folder):
        if folder not in sys.path:
            sys.path.insert(0, folder)
    sys.argv = [job.script or job.code_location.file]
    main_module.__dict__.update(__name__="__main__", capture=capture)
    # Of inline code there is none, as in a notebook: multiprocessing would import the document.
    main_module.__dict__.pop("__file__", None)
    if job.script:
        main_module.__dict__["__file__"] = job.script
    refuse_to_send(is_inline=not job.script)
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
            use_style(style, (job.folder, job.source_dir), "dark" if job.is_dark else "style")
        _set_rcparams(settings)
    if job.close_figures:
        plt.close("all")


def _set_rcparams(settings: Settings) -> None:
    import matplotlib as mpl

    for name, value in settings.rcparams:
        try:
            mpl.rcParams[name] = value
        except (KeyError, ValueError) as error:
            reason = str(error.args[0] if error.args else error).splitlines()[0]
            raise OptionError(
                f"invalid rcParam in {{option}}: {name}: {reason}", option="rcparams"
            ) from None
