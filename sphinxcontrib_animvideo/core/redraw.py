"""Drawing a figure to pixels, in memory and without side effects on a user's window."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ..errors import FrameError


class Redrawer:
    """Draws one figure again and again.

    Parameters
    ----------
    figure
        What to draw. Artists marked ``animated`` are drawn, as when saving.
    dpi
        Dots per inch; ``None`` is the figure's own.
    """

    def __init__(self, figure: Figure, dpi: float | None = None) -> None:
        self.figure = figure
        self.dpi = dpi

    def size(self) -> tuple[int, int]:
        """Return width and height in pixels, without drawing."""
        inches = self.figure.get_size_inches()
        dpi = self.dpi or self.figure.dpi
        # Agg truncates; the small addition is Matplotlib's own guard against 639.9999.
        width, height = (int(length * dpi + 1e-6) for length in inches)
        return width, height

    def frame(self) -> NDArray[np.uint8]:
        """Return the figure as it looks now: height x width x 4, RGBA, possibly transparent.

        The array is the canvas's own buffer; the next frame overwrites it.
        """
        if min(self.size()) < 1:
            raise FrameError(
                f"the figure has {self.size()[0]} x {self.size()[1]} pixels; a frame needs at "
                "least 1 x 1. Make figsize or dpi larger."
            )
        with self._saving() as canvas:
            FigureCanvasAgg.draw(canvas)
            return np.asarray(canvas.buffer_rgba())

    @contextmanager
    def _saving(self) -> Iterator[FigureCanvasAgg]:
        """Put the figure in the state in which Matplotlib saves it, for as long as this lasts."""
        figure, canvas = self.figure, self.figure.canvas
        with ExitStack() as stack:
            if not isinstance(canvas, FigureCanvasAgg):
                stack.callback(figure.set_canvas, canvas)
                canvas = FigureCanvasAgg(figure)
            # Without a manager a change of dpi does not resize the window; while "saving",
            # animated artists are drawn and waiting animations do not start.
            stack.enter_context(_attributes(canvas, manager=None, _is_saving=True))
            if self.dpi and self.dpi != figure.dpi:
                stack.enter_context(_attributes(figure, dpi=self.dpi))
            yield canvas


@contextmanager
def _attributes(target: Any, **values: Any) -> Iterator[None]:
    before = {name: getattr(target, name) for name in values}
    try:
        for name, value in values.items():
            setattr(target, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(target, name, value)
