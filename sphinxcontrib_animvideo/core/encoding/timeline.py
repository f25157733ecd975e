"""The timeline of a video: a constant frame rate, on which holds become repeated frames."""

from __future__ import annotations

from fractions import Fraction

from ...errors import FrameError

SCREEN_RATE = 60
"""Rates above this carry no intent: "as fast as possible"."""


def natural_rate(seconds: float, default: Fraction) -> Fraction:
    """Return the frame rate that a constant step of *seconds* asks for.

    Steps too short for a screen ask for no rate in particular; they give *default*.
    """
    step = Fraction(str(seconds)) if seconds > 0 else Fraction(0)
    if step * SCREEN_RATE < 1:
        return default
    return 1 / step


class Timeline:
    """Counts out frames at a constant rate, without drift.

    Parameters
    ----------
    fps
        Frames per second.
    """

    def __init__(self, fps: Fraction) -> None:
        self.fps = fps
        self.frame_count = 0
        self._end = Fraction(0)  # in frames

    @property
    def seconds(self) -> float:
        """How long the video is so far."""
        return float(self.frame_count / self.fps)

    def advance(self, hold: float | None = None) -> int:
        """Return how many frames the next capture fills.

        *hold* is in seconds; ``None`` is one frame. The ends of the captures are rounded, not
        their lengths, so that errors do not add up: a hold shorter than a frame may fill none.
        """
        count = self.frames_for(hold)
        self._end += self._length(hold)
        self.frame_count += count
        return count

    def frames_for(self, hold: float | None = None) -> int:
        """Return what :meth:`advance` would, and change nothing.

        Raises
        ------
        FrameError
            *hold* is not a number above 0.
        """
        return round(self._end + self._length(hold)) - self.frame_count

    def _length(self, hold: float | None) -> Fraction:
        if hold is None:
            return Fraction(1)
        if isinstance(hold, str) or not 0 < hold < 1e6:
            raise FrameError(f"hold must be a number of seconds above 0, not {hold!r}.")
        return Fraction(str(hold)) * self.fps
