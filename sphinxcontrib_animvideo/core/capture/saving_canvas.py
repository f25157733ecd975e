"""The canvas of a figure while it is saved as a video."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure


class SavingCanvas(FigureCanvasAgg):
    """The canvas of a figure that is being saved: it is drawn when a frame is grabbed.

    It replaces the figure's canvas until :meth:`release`.
    """

    def __init__(self, figure: Figure) -> None:
        self._before = figure.canvas
        self._size = figure.get_size_inches()
        super().__init__(figure)

    def draw_idle(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing: saving asks the canvas to draw each frame."""

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
        self.figure.set_canvas(self._before)
