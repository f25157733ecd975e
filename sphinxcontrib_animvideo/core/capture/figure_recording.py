"""The recording of one figure: its animations are played, or a movie writer saves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .animations import SET_LENGTH

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from .tracks import Track


@dataclass(eq=False)
class FigureRecording:
    """A figure whose frames are being recorded, and the clip that they form."""

    figure: Figure
    track: Track
    endless: bool
    """Whether it shows animations that do not say how many frames they have."""
    played: bool
    """Whether its animations are played, rather than saved by the code."""
    hold: float | None = None
    caption: str | None = None
    """Of the next frame."""

    def truncated(self, frame_count: int) -> str:
        """Return a message that the animation was ended after so many frames."""
        after = "" if self.played else " The code after save() was not run."
        return (
            f"an animation of unknown length was truncated at {frame_count} frames (max-frames). "
            f"{SET_LENGTH}{after}"
        )
