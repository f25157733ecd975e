"""The frames of a Matplotlib animation, one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.capture import backend


class _Handing(backend.FigureWriter):
    """A movie writer that writes nothing: it hands on the figure for each frame."""

    def __init__(self, fps: float, hand_on: Callable[[Any], None]) -> None:
        super().__init__(fps=fps)
        self._hand_on = hand_on

    def _begin(self, outfile: Any, dpi: float | None) -> None:
        pass

    def _grab(self) -> None:
        self._hand_on(self.fig)


def save(moving: Any, fps: float, hand_on: Callable[[Any], None]) -> None:
    """Call *hand_on* with the figure of a Matplotlib animation, for each of its frames."""
    # A file name is wanted; nothing is written to it.
    backend.save(moving, "animation", _Handing(fps, hand_on))
