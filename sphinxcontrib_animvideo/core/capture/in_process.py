"""Recording in this process, of code that cannot be run again: gallery examples and cells."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ...errors import AnimvideoError, Spelling
from ..frames.sources import animations_in, figure_of
from ..model.asset import Asset
from ..model.settings import Limits, Settings
from .api import current_recorder, recording, redirect
from .backend import close
from .recorder import Recorder


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
    """

    def __init__(
        self,
        settings: Settings,
        limits: Limits,
        spell: Spelling,
        on_frame: Callable[[int], None] = lambda frame_count: None,
    ) -> None:
        folder = Path(tempfile.mkdtemp(prefix="animvideo-"))
        super().__init__(
            settings,
            limits,
            folder,
            steady_rate=False,
            incremental=True,
            on_frame=on_frame,
        )
        self._spell = spell
        self._figures: list[Any] = []
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)

    def capture(
        self, source: Any = None, hold: float | None = None, caption: str | None = None
    ) -> None:
        super().capture(source, hold, caption)
        if figure := figure_of(source):
            self._figures.append(figure)

    def begin_saving(self, figure: Any, animation: Any, fps: float, dpi: float | None) -> None:
        super().begin_saving(figure, animation, fps, dpi)
        self._figures.append(figure)

    def take(self, namespace: dict[str, Any]) -> Asset | None:
        """Return what was captured since the last call, with the new animations of *namespace*.

        The captured figures are closed. ``None`` if there are no frames.
        """
        with recording(self):
            for animation in animations_in(namespace):
                self.record_animation(animation)
        if not self.frame_count:
            return None
        asset = Asset(str(self.folder), self.finish(), tuple(self.notes))
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
    def _restart_if_wrong(self) -> Iterator[None]:
        try:
            yield
        except AnimvideoError as error:
            error.message, error.hint = error.explain(self._spell), ""
            raise


def begin_recording(settings: Settings, limits: Limits, spell: Spelling) -> None:
    """Send the captures of this process to a new recorder from now on."""
    if before := redirect(InProcessRecorder(settings, limits, spell)):
        before.abort()


def current_in_process_recorder() -> InProcessRecorder:
    """Return the recorder that :func:`begin_recording` has started."""
    recorder = current_recorder()
    assert isinstance(recorder, InProcessRecorder), "begin_recording must be called first"
    return recorder
