"""The timeline of a video: a constant frame rate, on which holds become repeated frames."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import Any

from ...errors import FrameError
from ..model.number import exact
from ..model.text import shown
from ..model.values import RATE

SHORTEST_STEP = Fraction(1, 100)
"""Seconds. A shorter interval or pause asks for no rate in particular: "as fast as possible"."""
LONGEST_HOLD = 1_000_000
"""Seconds for which a frame is shown."""


def frame_rate(
    *,
    option: Fraction | None = None,
    explicit: float | Fraction | None = None,
    step: float | Fraction | None = None,
    default: Fraction,
) -> Fraction:
    """Return the frame rate of a video. The first parameter that is known decides it.

    Parameters
    ----------
    option
        The rate that the user has set for the video.
    explicit
        The rate that the code passes to ``save`` or to a movie writer.
    step
        Seconds from each frame to the next: the interval of an animation, a constant pause, or
        the duration of the pictures of a file. Ignored if it is shorter than ``SHORTEST_STEP``.
    default
        The configured rate.
    """
    if option is not None:
        return option
    if explicit is not None:
        return _simplest(_explicit(explicit))
    if step is not None and sets_rate(step):
        return rate_of_step(step)
    return default


def rate_of_step(step: float | Fraction) -> Fraction:
    """Return the frame rate of a constant step of so many seconds."""
    return _simplest(1 / _seconds(step))


def sets_rate(step: float | Fraction) -> bool:
    """Whether a constant step of so many seconds sets the frame rate."""
    return _seconds(step) >= SHORTEST_STEP


def ignored_step(step: float | Fraction, default: Fraction) -> str:
    """Return a message for a step that does not set the frame rate."""
    return (
        f"using the default rate of {float(default):g} frames per second, because intervals below "
        f'10 ms (here {float(1000 * step):g} ms) mean "as fast as possible". Set fps to use '
        "another rate."
    )


def _explicit(fps: Any) -> Fraction:
    try:
        return Fraction(RATE.read(fps))
    except (ValueError, TypeError, ArithmeticError):
        raise FrameError(f"fps must be {RATE.allowed}, not {shown(fps)}.") from None


def _seconds(step: Any) -> Fraction:
    try:
        return exact(step, 0, LONGEST_HOLD)
    except (ValueError, TypeError, ArithmeticError):
        raise FrameError(
            "a pause or the interval of an animation must be a number of seconds from 0 to "
            f"{LONGEST_HOLD}, not {shown(step)}."
        ) from None


def _simplest(rate: Fraction) -> Fraction:
    """Return the rate that a float stands for: 60 for 1 / 0.016666666666666666."""
    simple = rate.limit_denominator(1001)  # that of 30000/1001, the rate of television
    is_same = abs(simple / rate - 1) < Fraction(1, 10**9)
    return simple if is_same else rate.limit_denominator(100_000)


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
        self.capture_count = 0
        self.dropped_count = 0
        """Captures that are too short to fill a frame."""
        self._end = Fraction(0)  # in frames

    @property
    def seconds(self) -> float:
        """How long the video is so far."""
        return float(self.frame_count / self.fps)

    @property
    def dropped(self) -> str:
        """A message about the captures that are not in the video; empty if there are none."""
        if not self.dropped_count:
            return ""
        return (
            f"{self.dropped_count} of {self.capture_count} captures are not in the video, because "
            f"each lasts less than one frame (1/{float(self.fps):g} s). Increase fps, or hold them "
            "longer."
        )

    def advance(self, hold: float | None = None) -> int:
        """Return how many frames the next capture fills.

        *hold* is in seconds; ``None`` is one frame. The ends of the captures are rounded, not
        their lengths, so that errors do not add up: a hold shorter than a frame may fill none.
        """
        count = self.frames_for(hold)
        self._end += self._length(hold)
        self.frame_count += count
        self.capture_count += 1
        self.dropped_count += count == 0
        return count

    def frames_for(self, hold: float | None = None) -> int:
        """Return what :meth:`advance` would, and change nothing.

        Raises
        ------
        FrameError
            *hold* is not a number above 0.
        """
        # Not round(), which rounds halves up or down in turn and could drop a whole frame.
        return floor(self._end + self._length(hold) + Fraction(1, 2)) - self.frame_count

    def _length(self, hold: float | None) -> Fraction:
        if hold is None:
            return Fraction(1)
        try:
            seconds = exact(hold, 0, LONGEST_HOLD)
        except (ValueError, TypeError, ArithmeticError):
            seconds = Fraction(0)
        if isinstance(hold, str) or not seconds:
            raise FrameError(f"hold must be a positive number of seconds, not {shown(hold)}.")
        return seconds * self.fps
