"""Recording in this process: an example that runs once, and is asked after each part of it."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..frames.grabber import animations_in, figure_of
from ..model.asset import Asset
from ..model.job import Settings
from ..rendering.messages import Limits
from .api import current_recorder, recording, redirect
from .recorder import Recorder


class ExampleRecorder(Recorder):
    """Records an example; its code cannot be run again, so that a wrong frame is an error.

    Parameters
    ----------
    settings, limits
        From the configuration.
    report
        As in :class:`.Recorder`.
    """

    def __init__(
        self,
        settings: Settings,
        limits: Limits,
        report: Callable[[int], None] = lambda frame_count: None,
    ) -> None:
        folder = Path(tempfile.mkdtemp(prefix="animvideo-"))
        super().__init__(
            settings,
            limits,
            folder,
            steady_rate=False,
            incremental=True,
            report=report,
            play=_play,
        )
        self._figures: list[Any] = []
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)

    def capture(
        self, source: Any = None, hold: float | None = None, caption: str | None = None
    ) -> None:
        super().capture(source, hold, caption)
        if figure := figure_of(source):
            self._figures.append(figure)

    def begin_saving(self, figure: Any, moving: Any, fps: float, dpi: float | None) -> None:
        super().begin_saving(figure, moving, fps, dpi)
        self._figures.append(figure)

    def take(self, namespace: dict[str, Any]) -> Asset | None:
        """Return what was captured since the last call, with the new animations of *namespace*.

        The figures that are seen in it are closed. ``None`` if there is nothing.
        """
        with recording(self):
            for moving in animations_in(namespace):
                self.record_animation(moving)
        if not self.frame_count:
            return None
        asset = Asset(str(self.folder), self.finish(), tuple(self.notes))
        if self._figures:
            from .backend import close

            close(self._figures)
        self._forget()
        return asset

    def abort(self) -> None:
        super().abort()
        self._forget()

    def _forget(self) -> None:
        self._main, self._tracks = None, []
        self._figures, self.notes = [], []

    @contextmanager
    def _right_frames(self) -> Iterator[None]:
        yield


def begin_example(settings: Settings, limits: Limits) -> None:
    """Give what this process captures from now on to a new recorder."""
    if before := redirect(ExampleRecorder(settings, limits)):
        before.abort()


def example_recorder() -> ExampleRecorder:
    """Return the recorder of the example that runs."""
    recorder = current_recorder()
    assert isinstance(recorder, ExampleRecorder), "begin_example comes first"
    return recorder


def _play(moving: Any, fps: float) -> None:
    from .backend import play

    play(moving, fps)
