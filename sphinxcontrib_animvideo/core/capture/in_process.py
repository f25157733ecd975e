"""Recording in this process, of code that cannot be run again: gallery examples and cells."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import AnimvideoError, LimitError, Spelling
from ..encoding.segments import SEGMENT_FRAMES, SegmentFolder
from ..frames.sources import figure_of
from ..model.asset import Asset
from ..model.settings import Limits, Settings
from .animations import SET_LENGTH
from .api import recording
from .backend import BACKEND, close, recording_canvases, replacing_backends
from .canvases import open_figures
from .figure_recording import FigureRecording
from .movie_writers import recording_writers
from .recorder import Recorder
from .styles import use_style
from .tracks import SteadyOrNot
from .window import Window

if TYPE_CHECKING:
    from matplotlib.animation import Animation
    from matplotlib.figure import Figure


class InProcessRecorder(Recorder):
    """Records code that runs once; a frame that was drawn wrong is an error.

    Parameters
    ----------
    settings, limits
        As in :class:`.Recorder`.
    spell
        How the front end spells the options in errors that the code raises.
    on_frame
        As in :class:`.Recorder`.
    folder
        Where the files go; a temporary folder if it is ``None``.
    """

    def __init__(
        self,
        settings: Settings,
        limits: Limits,
        spell: Spelling,
        on_frame: Callable[[int], None] = lambda frame_count: None,
        folder: Path | None = None,
    ) -> None:
        if folder is None:
            folder = Path(tempfile.mkdtemp(prefix="animvideo-"))
            weakref.finalize(self, _remove, folder, os.getpid())
        super().__init__(
            settings,
            limits,
            folder,
            steady_rate=True,
            incremental=True,
            on_frame=on_frame,
            segments=SegmentFolder(folder / "segments", SEGMENT_FRAMES),
        )
        self._spell = spell
        self.reported: tuple[str, ...] = ()
        """What is worth telling about the asset that was taken last."""
        self._earlier_figures = open_figures()
        self._figures: weakref.WeakSet[Figure] = weakref.WeakSet()

    def capture(
        self, source: Any = None, hold: float | None = None, caption: str | None = None
    ) -> None:
        super().capture(source, hold, caption)
        if figure := figure_of(source):
            self._figures.add(figure)

    def _begin(self, recording: FigureRecording) -> None:
        self._figures.add(recording.figure)
        super()._begin(recording)

    def take(self, animations: Iterable[Animation]) -> Asset | None:
        """Return what was recorded since the last call, with the *animations* of the code.

        The recorded figures that the code has created are closed. ``None`` if there are no frames.
        """
        self.animations.add(animations)
        self.record_animations(self.animations.remaining())
        if not self.frame_count:
            return None
        clips = self.finish()
        assert self.segments
        self.segments.discard()
        asset = Asset(str(self.folder), clips, tuple(self.notes))
        self.reported = tuple(dict.fromkeys(self.remarks))
        close(figure for figure in self._figures if figure not in self._earlier_figures)
        self._forget()
        return asset

    def abort(self) -> None:
        super().abort()
        self._forget()

    def _forget(self) -> None:
        self._main, self._tracks, self._recordings = None, [], []
        self.window, self._grabber = Window(self), self._factory.grabber()
        self._figures, self.notes, self.remarks = weakref.WeakSet(), [], []

    def begin_pauses(self, seconds: float) -> None:
        frames, number = self._grabber, len(self._tracks) + 1
        fps = self._rate(step=seconds)
        track = SteadyOrNot(
            self._factory.track(f"{number}", fps, frames),
            self._factory.track(f"{number}-varying", self.settings.default_fps, frames),
        )
        self._tracks.append(track)
        self._main = track

    def vary_rate(self) -> None:
        if isinstance(self._main, SteadyOrNot):
            self._main.choose_varying()

    def _end_endless(self, recording: FigureRecording) -> None:
        if recording.played:
            super()._end_endless(recording)
        raise LimitError(
            f"an animation of unknown length has more than {self.settings.max_frames} frames. "
            f"{SET_LENGTH}",
            option="max-frames",
            hint="Or increase {option}.",
        )

    @contextmanager
    def _restart_if_wrong(self) -> Iterator[None]:
        try:
            yield
        except AnimvideoError as error:
            error.message, error.hint = error.explain_alone(self._spell), ""
            raise


def _remove(folder: Path, process: int) -> None:
    """Remove a folder, but not at the end of a fork of the process that has created it."""
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def recording_in_process(recorder: Recorder, figures: Iterable[Figure] = ()) -> Iterator[None]:
    """Record what the code in this block captures, animates, and shows in this process.

    *figures* are those that the code may use besides the open ones of pyplot.
    """
    from matplotlib import is_interactive
    from matplotlib import pyplot as plt

    existing = {*figures, *open_figures()}
    backend, interactive = plt.get_backend(), is_interactive()
    _switch_backend(BACKEND)
    plt.ioff()  # as in a script, where plt.show() blocks
    try:
        with (
            replacing_backends(),
            recording_canvases(existing),
            recording(recorder),
            recording_writers(),
        ):
            yield
    finally:
        _switch_backend(backend)
        plt.interactive(interactive)


@contextmanager
def style_and_seed(written: Mapping[str, Any]) -> Iterator[None]:
    """Use the style and the seed among the given options inside this block."""
    import random

    import numpy as np
    from matplotlib import rc_context

    if "seed" in written:
        random.seed(written["seed"])
        np.random.seed(written["seed"])
    with rc_context():
        for style in written.get("style", ()):
            use_style(style, (str(Path.cwd()),), "style")
        yield


def _switch_backend(name: str) -> None:
    from matplotlib import pyplot as plt
    from matplotlib._pylab_helpers import Gcf

    # Before version 3.10 Matplotlib closes the open figures.
    figures = dict(Gcf.figs)
    Gcf.figs.clear()
    plt.switch_backend(name)
    Gcf.figs.update(figures)


_active: tuple[InProcessRecorder, ExitStack] | None = None
"""The recorder of the gallery example that is running, and how to end its recording."""


def begin_recording(settings: Settings, limits: Limits, spell: Spelling) -> None:
    """Record what happens in this process from now on, with a new recorder."""
    global _active
    end_recording()
    recorder, stack = InProcessRecorder(settings, limits, spell), ExitStack()
    stack.enter_context(recording_in_process(recorder))
    _active = recorder, stack


def end_recording() -> None:
    """End what :func:`begin_recording` has started, if anything."""
    global _active
    if _active:
        recorder, stack = _active
        _active = None
        stack.close()
        recorder.abort()


atexit.register(end_recording)  # before the modules that it needs are unloaded


def current_in_process_recorder() -> InProcessRecorder:
    """Return the recorder that :func:`begin_recording` has started."""
    assert _active, "begin_recording must be called first"
    return _active[0]
