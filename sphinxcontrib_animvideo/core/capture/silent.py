"""A recorder for code that only prepares something for later directives."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..model.asset import Clip
from .figure_recording import FigureRecording
from .recorder import Recorder

if TYPE_CHECKING:
    from matplotlib.animation import Animation


class SilentRecorder(Recorder):
    """Records nothing, but knows which animations the code has created."""

    def capture(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing."""

    def keep(self, figure: Any) -> None:
        """Do nothing."""

    def begin_pauses(self, seconds: float) -> None:
        """Do nothing."""

    def record(self, *args: Any) -> None:
        """Do nothing."""

    def record_animations(self, animations: Sequence[Animation]) -> None:
        """Play nothing, which Matplotlib would warn about when it deletes the animations."""
        for animation in animations:
            animation._draw_was_started = True

    def vary_rate(self) -> None:
        """Do nothing."""

    def grab(self, recording: FigureRecording) -> None:
        """Do nothing."""

    def _rate(self, **kwargs: Any) -> Fraction:
        """Return a rate, whatever the code asks for."""
        return self.settings.default_fps

    def complete(self) -> bool:
        """Return that there is nothing to wait for."""
        return True

    def finish(self) -> tuple[Clip, ...]:
        """Return nothing."""
        return ()
