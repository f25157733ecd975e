"""The recording of one figure: its animations are played, or a movie writer saves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from .animations import SET_LENGTH, are_endless

if TYPE_CHECKING:
    from matplotlib.animation import Animation
    from matplotlib.figure import Figure

    from .tracks import Track


@dataclass(eq=False)
class FigureRecording:
    """A figure whose frames are being recorded."""

    figure: Figure
    rate: Fraction
    dpi: float | None
    animations: Sequence[Animation]
    """Those that it shows; none if the code itself grabs the frames."""
    played: bool
    """Whether its animations are played, rather than saved by the code."""
    track: Track | None = None
    """The clip; none while the same frames are in that of another recording of the figure."""
    hold: float | None = None
    caption: str | None = None
    """Of the next frame."""

    @property
    def endless(self) -> bool:
        """Whether its animations do not say how many frames they have."""
        return are_endless(self.animations)

    def truncated(self, frame_count: int) -> str:
        """Return a message that the animation was ended after so many frames."""
        after = (
            "" if self.played else " The code stopped at save(); the lines after it did not run."
        )
        return (
            f"an animation of unknown length was truncated at {frame_count} frames (max-frames). "
            f"{SET_LENGTH}{after}"
        )
