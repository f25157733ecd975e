"""What a person would see in the window of a figure, as captures of a recorder."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..encoding.timeline import rate_of_step, sets_rate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from .recorder import Recorder


class Window:
    """Tells a recorder what is shown when code pauses, processes events, or waits.

    Parameters
    ----------
    recorder
        What captures are passed to.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._pause_rate: Fraction | None = None
        self._flushed: tuple[Figure, Any] | None = None

    def pause(self, figure: Figure, seconds: float, has_changed: bool) -> None:
        """Show *figure* for *seconds*; a constant pause sets the frame rate.

        *has_changed* is whether it has changed since the last event.
        """
        source: Any = figure
        if self._flushed and self._flushed[0] is figure and not has_changed:
            (_, source), self._flushed = self._flushed, None  # shown since then
        else:
            self.settle()
        if self._is_recorded(figure, has_changed):
            return
        steady = sets_rate(seconds)
        if self._recorder.is_first_capture and (not steady or self._can_be_steady(seconds)):
            self._pause_rate = rate_of_step(seconds) if steady else None
            self._recorder.begin_pauses(seconds)
        elif self._pause_rate and steady and self._pause_rate != rate_of_step(seconds):
            self._vary_rate()
        self._recorder.capture(source, hold=seconds if steady else None)

    def flush_events(self, figure: Figure) -> None:
        """Show *figure*, which has changed, for one frame, or for the pause that follows."""
        self.settle()
        if not self._is_recorded(figure, has_changed=True):
            self._flushed = figure, self._recorder.keep(figure)

    def show(self, figures: Sequence[Figure]) -> None:
        """Record what is animated on *figures*, which are shown until they are closed."""
        self.settle()
        recorded = self._recorder.recorded_figures
        self._record_waiting([figure for figure in figures if figure not in recorded])

    def settle(self) -> None:
        """Capture what was shown last, for one frame."""
        if self._flushed:
            (_, source), self._flushed = self._flushed, None
            if self._pause_rate:
                self._vary_rate()
            self._recorder.capture(source)

    def _can_be_steady(self, seconds: float) -> bool:
        """Whether the rate of the video may be that of a pause; longer ones are held frames."""
        recorder = self._recorder
        return recorder.settings.fps is None and recorder.steady_rate and seconds <= 1

    def _vary_rate(self) -> None:
        self._pause_rate = None
        self._recorder.vary_rate()

    def _is_recorded(self, figure: Figure, has_changed: bool) -> bool:
        """Whether what a window shows of *figure* now is in another clip.

        Its animations are recorded, if they were not yet: a window would begin to play them.
        """
        recorder = self._recorder
        if figure in recorder.recorded_figures or self._record_waiting([figure]):
            return True
        return recorder.animations.has_recorded(figure) and not has_changed

    def _record_waiting(self, figures: Sequence[Figure]) -> bool:
        """Record the animations on *figures*; return whether there are any."""
        animations = self._recorder.animations
        if not animations.waiting_on(*figures):
            return False
        animations.delete_replaced()
        waiting = animations.waiting_on(*figures)
        self._recorder.record_animations(waiting)
        return bool(waiting)
