"""A recorder for code that only prepares something for later directives."""

from __future__ import annotations

from typing import Any

from ..model.asset import Clip
from .recorder import Recorder


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

    def record_animations(self, *args: Any) -> None:
        """Do nothing."""

    def begin_saving(self, *args: Any) -> None:
        """Do nothing."""

    def grab(self) -> None:
        """Do nothing."""

    def finish(self) -> tuple[Clip, ...]:
        """Return nothing."""
        return ()
