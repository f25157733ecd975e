"""The canvases that figures have while they are recorded, saved, or played."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from matplotlib._pylab_helpers import Gcf
from matplotlib.animation import Animation
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from .api import current_recorder


class RecordedCanvas(FigureCanvasAgg):
    """An Agg canvas that tells the recorder about new animations and saved figures."""

    def __init__(self, figure: Figure | None = None) -> None:
        super().__init__(figure)
        self.was_drawn = False
        """Whether the code has drawn the figure since it was shown."""

    def mpl_connect(self, s: str, func: Callable[..., Any]) -> int:
        """Tell the recorder about new animations, which connect to the figure."""
        animation = getattr(func, "__self__", None)
        recorder = current_recorder()
        if recorder and isinstance(animation, Animation):
            recorder.animations.add([animation])
        return int(super().mpl_connect(s, func))

    def print_figure(self, *args: Any, **kwargs: Any) -> Any:
        """Write the figure to a file, as ``savefig`` asks for."""
        if recorder := current_recorder():
            recorder.saved_figures += 1
        stale = self.figure.stale
        try:
            return super().print_figure(*args, **kwargs)
        finally:
            self.figure.stale = stale  # a window would show no other picture


class SavingCanvas(RecordedCanvas):
    """The canvas of a figure that is saved or played: it is drawn when a frame is grabbed.

    It replaces the figure's canvas until :meth:`release`.
    """

    def __init__(self, figure: Figure) -> None:
        before = figure.canvas
        self._before: FigureCanvasBase = (
            before._before if isinstance(before, SavingCanvas) else before
        )
        self._size = figure.get_size_inches()
        super().__init__(figure)
        replace_canvas(self._before, self)

    def draw_idle(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing: saving asks the canvas to draw each frame."""

    def start_event_loop(self, timeout: float = 0) -> None:
        """Do nothing: a pause between two frames is not seen."""

    @contextmanager
    def frame(self, facecolor: Any) -> Iterator[None]:
        """Let the figure look inside this block as it is saved.

        It has the color *facecolor*, and the size that it had at first, as with Matplotlib's movie
        writers.
        """
        figure = self.figure
        if tuple(figure.get_size_inches()) != tuple(self._size):
            figure.set_size_inches(self._size)
        color = to_rgba(facecolor)
        # To set the same color again would make the figure look changed, and all that is on it.
        if color == figure.get_facecolor():
            yield
        else:
            with figure._cm_set(facecolor=color):
                yield

    def release(self) -> None:
        """Give the figure its own canvas again."""
        replace_canvas(self, self._before)


def open_figures() -> list[Figure]:
    """Return the figures that pyplot knows."""
    return [manager.canvas.figure for manager in Gcf.get_all_fig_managers()]


def note_shown(figure: Figure) -> None:
    """Note that a window would show no other picture of *figure* now than the latest frame."""
    figure.stale = False
    if isinstance(figure.canvas, RecordedCanvas):
        figure.canvas.was_drawn = False


def replace_canvas(canvas: FigureCanvasBase, other: FigureCanvasBase) -> None:
    """Let the figure of *canvas*, and its window, have the *other* one."""
    canvas.figure.set_canvas(other)
    if manager := canvas.manager:
        manager.canvas = other
        other.manager = manager
