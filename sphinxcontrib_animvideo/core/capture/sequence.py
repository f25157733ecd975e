"""All frames of a source for one video: animations, a file, or an iterable of pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from operator import length_hint
from typing import TYPE_CHECKING, Any, Protocol

from ...errors import LimitError
from ..encoding.picture_files import pictures_in, step_of
from ..frames.sources import animations_of, is_path

if TYPE_CHECKING:
    from matplotlib.animation import Animation


class Capture(Protocol):
    """A method that adds a frame to a video."""

    def __call__(self, source: Any, *, hold: float | None = None) -> None: ...


@dataclass(frozen=True)
class FrameSequence:
    """The frames of one video."""

    step: float | Fraction | None
    """Seconds from each frame to the next, if they are constant and known."""
    total: int | None
    """Number of frames, if it is known."""
    capture_all: Callable[[Capture], None]
    """Passes each frame to a function, in order."""


def sequence_of(source: Any) -> FrameSequence:
    """Return the frames of *source*, which is consumed only as they are captured.

    Parameters
    ----------
    source
        As for :func:`.write_video`.

    Raises
    ------
    FrameError
        *source* is of no such kind; from ``capture_all``: a picture cannot become a frame.
    """
    animations = animations_of(source)
    return _animated(animations) if animations else _pictured(source)


def _animated(animations: Sequence[Animation]) -> FrameSequence:
    from .animations import (
        SET_LENGTH,
        are_endless,
        by_figure,
        figure_of_animation,
        frame_count_of,
        shortest_interval,
    )
    from .playing import play

    def capture_all(capture: Capture) -> None:
        for together in by_figure(animations):
            for _ in play(together):
                try:
                    capture(figure_of_animation(together[0]))
                except LimitError as error:
                    if are_endless(together):
                        error.message += f" {SET_LENGTH}"
                    raise

    total = frame_count_of(animations[0]) if len(animations) == 1 else None
    return FrameSequence(shortest_interval(animations), total, capture_all)


def _pictured(source: Any) -> FrameSequence:
    pictures = pictures_in(source)
    total = length_hint(pictures) or (0 if is_path(source) else length_hint(source))
    first = next(pictures, None)

    def capture_all(capture: Capture) -> None:
        for picture, hold in chain([first] if first else (), pictures):
            capture(picture, hold=hold)

    return FrameSequence(step_of(first[0]) if first else None, total or None, capture_all)
