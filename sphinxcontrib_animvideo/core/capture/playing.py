"""Plays Matplotlib animations as a window does, frame by frame."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import count

from matplotlib._pylab_helpers import Gcf
from matplotlib.animation import Animation
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.typing import ColorType

from ..encoding.timeline import sets_rate
from .animations import figure_of_animation, frame_count_of, interval_of, shortest_interval
from .saving_canvas import SavingCanvas

_FAST = 0.04
"""Seconds from frame to frame of what is shown as fast as possible."""


def play(animations: Sequence[Animation]) -> Generator[None]:
    """Draw the frames of the animations of one figure; yield when the figure shows the next one.

    Each animation advances at its own interval. The end is that of the longest animation that says
    how many frames it has; until then, shorter ones repeat or stay as they are, as in a window. The
    code ends it earlier by stopping the animations or closing the figure.
    """
    figure = figure_of_animation(animations[0])
    was_open = _is_open(figure)
    shortest = shortest_interval(animations)
    step = shortest if shortest and sets_rate(shortest) else _FAST
    canvas = SavingCanvas(figure)
    canvas._is_saving = True  # else drawing would start the timers of the animations
    with ExitStack() as stack:
        stack.callback(canvas.release)
        players = [_Player(animation, step) for animation in animations]
        for player in players:
            stack.enter_context(player.noticing_stops())
            player.restart()
        leading = [player for player in players if player.has_known_length] or players
        for frame in count():
            moving = [player for player in players if player.advance(frame * step)]
            if not any(player in moving and not player.is_repeating for player in leading):
                return
            if was_open and not _is_open(figure):
                return
            for player in players:
                if player not in moving and player.can_repeat:
                    player.is_repeating = True
                    player.restart()
                    player.advance(frame * step)
            with canvas.frame(_on_white(figure.get_facecolor())):
                yield


class _Player:
    """One animation that is played.

    Parameters
    ----------
    animation
        What is played.
    step
        Seconds from each frame of the video to the next.
    """

    def __init__(self, animation: Animation, step: float) -> None:
        self._animation = animation
        self._step = step
        self._interval = max(interval_of(animation) or 0, step)
        self._due = 0.0
        self._is_stopped = False
        self.is_repeating = False
        self.has_known_length = frame_count_of(animation) is not None
        animation._draw_was_started = True  # else Matplotlib warns that it was never shown

    def restart(self) -> None:
        """Begin with the first frame, as Matplotlib does when it saves."""
        self._animation._init_draw()
        self._frames = self._animation.new_saved_frame_seq()

    def advance(self, seconds: float) -> bool:
        """Draw the frame that is due *seconds* after the start, if any.

        Return False if the animation has no more frames or was stopped before.
        """
        if self._is_stopped:
            return False
        if seconds < self._due - self._step / 2:
            return True
        try:
            # An update function that raises StopIteration ends it, as in a window.
            self._animation._draw_next_frame(next(self._frames), blit=False)
        except StopIteration:
            return False
        self._due += self._interval
        return True

    @property
    def can_repeat(self) -> bool:
        """Whether it begins again when it has no more frames."""
        return not self._is_stopped and getattr(self._animation, "_repeat", False)

    @contextmanager
    def noticing_stops(self) -> Iterator[None]:
        """Notice in this block when the code stops the timer of the animation, or starts it."""
        timer = self._animation.event_source
        if timer is None:  # it was shown to its end
            yield
            return
        stop, start = timer.stop, timer.start

        def stopped() -> None:
            self._is_stopped = True
            stop()

        def started(interval: int | None = None) -> None:
            self._is_stopped = False
            start(*(() if interval is None else (interval,)))

        timer.stop, timer.start = stopped, started
        try:
            yield
        finally:
            timer.stop, timer.start = stop, start


def _on_white(color: ColorType) -> tuple[float, ...]:
    red, green, blue, alpha = to_rgba(color)  # composited as Animation.save() does
    return (*(alpha * level + 1 - alpha for level in (red, green, blue)), 1.0)


def _is_open(figure: Figure) -> bool:
    return any(manager.canvas.figure is figure for manager in Gcf.get_all_fig_managers())
