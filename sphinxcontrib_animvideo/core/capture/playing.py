"""Plays Matplotlib animations as a window does, frame by frame."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import count

from matplotlib.animation import Animation
from matplotlib.colors import to_rgba
from matplotlib.typing import ColorType

from ..encoding.timeline import sets_rate
from .animations import figure_of_animation, frame_count_of, interval_of, shortest_interval
from .canvases import SavingCanvas, open_figures

_FAST = 0.04
"""Seconds from frame to frame of what is shown as fast as possible."""


def play(animations: Sequence[Animation]) -> Generator[None]:
    """Draw the frames of the animations of one figure; yield when the figure shows the next one.

    Each animation advances at its own interval. The end is that of the longest animation that says
    how many frames it has; until then, shorter ones repeat or stay as they are, as in a window. The
    code ends it earlier by stopping the animations or closing the figure.
    """
    figure = figure_of_animation(animations[0])
    was_open = figure in open_figures()
    shortest = shortest_interval(animations)
    step = shortest if shortest and sets_rate(shortest) else _FAST
    canvas = SavingCanvas(figure)
    canvas._is_saving = True  # else drawing would start the timers of the animations
    with ExitStack() as stack:
        stack.callback(canvas.release)
        players = [_Player(animation, step) for animation in animations]
        for player in players:
            player.start()  # what stops the timer here has no effect in a window
            stack.enter_context(player.noticing_stops())
        leading = [player for player in players if player.has_known_length] or players
        for frame in count():
            for player in players:
                player.advance(frame * step)
            if not any(player.is_running for player in leading):
                return
            if was_open and figure not in open_figures():
                return
            for player in players:
                player.repeat(frame * step)
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
        self._due = 0.0
        """Seconds at which the next frame is drawn."""
        self._is_over = False
        """Whether there are no more frames, in this pass."""
        self._is_repeating = False
        self._is_stopped = False
        """Whether the code has stopped its timer."""
        self._was_stopped = False
        """Whether that was before the current frame, which is shown else."""
        self.has_known_length = frame_count_of(animation) is not None
        animation._draw_was_started = True  # else Matplotlib warns that it was never shown

    @property
    def is_running(self) -> bool:
        """Whether it is in its first pass, and shows a frame now."""
        return not (self._is_over or self._is_repeating or self._was_stopped)

    def start(self) -> None:
        """Begin with the first frame, as Matplotlib does when it saves."""
        try:
            self._animation._init_draw()
        except StopIteration:
            self._is_over = True
        self._frames = self._animation.new_saved_frame_seq()

    def advance(self, seconds: float) -> None:
        """Draw the frame that is due *seconds* after the start, if any."""
        self._was_stopped = self._is_stopped
        interval = max(interval_of(self._animation) or 0, self._step)  # the code may change it
        if self._is_stopped:
            self._due = seconds + interval  # it goes on from when it is started again
        if self._is_over or self._is_stopped or seconds < self._due - self._step / 2:
            return
        self._due += interval
        try:
            # An update function that raises StopIteration ends it, as in a window.
            self._animation._draw_next_frame(next(self._frames), blit=False)
        except StopIteration:
            self._is_over = True

    def repeat(self, seconds: float) -> None:
        """Begin again, if there are no more frames and the animation repeats."""
        if self._is_over and not self._is_stopped and getattr(self._animation, "_repeat", False):
            self._is_over, self._is_repeating = False, True
            self._due = seconds + getattr(self._animation, "_repeat_delay", 0) / 1000
            self.start()
            self.advance(seconds)

    @contextmanager
    def noticing_stops(self) -> Iterator[None]:
        """Notice in this block when the code stops the timer of the animation, or starts it."""
        timer = self._animation.event_source
        if timer is None:  # it was shown to its end
            yield
            return
        stop, start, before = timer.stop, timer.start, dict(vars(timer))

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
            for name in ("stop", "start"):
                del vars(timer)[name]
                if name in before:  # of another animation that has the same timer
                    setattr(timer, name, before[name])


def _on_white(color: ColorType) -> tuple[float, ...]:
    red, green, blue, alpha = to_rgba(color)  # composited as Animation.save() does
    return (*(alpha * level + 1 - alpha for level in (red, green, blue)), 1.0)
