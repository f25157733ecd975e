"""Draws a figure to pixels, in memory and without side effects on a window."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from typing import Any

import numpy as np
from matplotlib.animation import Animation
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from numpy.typing import NDArray

from ....errors import FrameError, RedrawError
from ..drawing import Drawing
from .fonts import TextRenderer
from .layout import SteadyEngine
from .observer import Observer, observing
from .scene import Scene

Pixels = NDArray[np.uint8]

_RETRY = 32
"""Frames after which an incremental redraw is tried again for a figure where it was impossible."""
_FIRST_COMPARED = 8
"""The first frame that is compared with a full redraw: any change in every frame is found there."""
_THEN_COMPARED = 128
"""The next one, after which they become ever rarer. A full redraw takes as long as five to twenty
incremental ones, so that more of them would slow short videos down."""


class Redrawer:
    """Draws one figure repeatedly.

    Every frame has the pixels of Matplotlib's own full redraw. What has not changed since the
    frame before is not drawn again. Frames 8, 128, 256, 512, ... and the last one are compared with
    a full redraw.

    Parameters
    ----------
    figure
        What to draw. Artists marked ``animated`` are drawn, as when saving.
    dpi
        Dots per inch; ``None`` is the figure's own.
    incremental
        ``False`` draws everything for every frame.
    describe
        Whether to note what is drawn.
    once
        Whether this is likely to be the only frame of the figure, which is drawn in full then:
        that takes less time than to prepare for the next ones.
    """

    def __init__(
        self,
        figure: Figure,
        dpi: float | None = None,
        incremental: bool = True,
        describe: bool = False,
        once: bool = False,
    ) -> None:
        self.figure = figure
        self.dpi = dpi
        self._incremental = incremental
        self._frame_count = 0
        self._full_until = 1 if once or _settles(figure) else 0
        self._pixels: Pixels | None = None
        self._scene: Scene | None = None
        self._renderer: TextRenderer | None = None
        self._observer = Observer() if describe else None
        self.drawing: Drawing | None = None
        """What the last frame shows, if that is described."""

    def size(self) -> tuple[int, int]:
        """Return width and height in pixels, without drawing."""
        inches = self.figure.get_size_inches()
        dpi = self.dpi or self.figure.dpi
        # Agg truncates; the small addition is Matplotlib's own guard against 639.9999.
        width, height = (int(length * dpi + 1e-6) for length in inches)
        return width, height

    def frame(self) -> Pixels:
        """Return the figure as it looks now: RGBA pixels of shape (height, width, 4).

        The next frame may overwrite the array. If nothing has changed, it is the same object as
        the time before.

        Raises
        ------
        FrameError
            The figure has no pixels.
        RedrawError
            The frame was compared with a full redraw, and differs.
        """
        if min(self.size()) < 1:
            raise FrameError(
                f"the figure has {self.size()[0]} x {self.size()[1]} pixels, but a frame needs at "
                "least 1 x 1. Increase figsize or dpi."
            )
        self._frame_count += 1
        try:
            with self._saving() as canvas:
                self._pixels = self._draw(canvas)
        except BaseException:
            self._scene = None  # only some of the artists were redrawn
            raise
        return self._pixels

    def finish(self) -> None:
        """Compare the last frame with a full redraw.

        Raises
        ------
        RedrawError
            They differ.
        """
        if self._scene is None:
            return
        with self._saving() as canvas:
            if self._can_be_incremental():
                try:
                    self._compare(self._draw_incrementally(canvas), canvas)
                except RedrawError:
                    raise
                except Exception:
                    return  # the code has changed the figure since, and it cannot be drawn

    def _draw(self, canvas: FigureCanvasAgg) -> Pixels:
        if not self._can_be_incremental():
            self._scene = None
            with self._observing(canvas.get_renderer()), self._steady_layout():
                FigureCanvasAgg.draw(canvas)
            return np.asarray(canvas.buffer_rgba())
        if self._frame_count <= self._full_until:
            self._scene = None
            return self._draw_in_full(canvas)
        try:
            pixels = self._draw_incrementally(canvas)
        except OverflowError:  # a path that is too long; Matplotlib tells what to do
            return self._draw_in_full(canvas)
        if self._is_compared():
            assert self._scene
            self._compare(pixels, canvas)
            self._scene.look_again()
        return pixels

    def _can_be_incremental(self) -> bool:
        figure = self.figure
        waiting = figure.canvas.callbacks.callbacks.get("draw_event", {}).values()
        return (
            self._incremental
            and type(figure) is Figure
            and "draw" not in vars(figure)
            and figure.get_visible()
            and figure.get_agg_filter() is None
            and figure.suppressComposite is None
            # Animations do nothing while a figure is being saved.
            and all(isinstance(getattr(ref(), "__self__", None), Animation) for ref in waiting)
        )

    def _draw_in_full(self, canvas: FigureCanvasAgg, describe: bool = True) -> Pixels:
        """Let Matplotlib draw the whole figure, with cached glyphs."""
        size = _size(canvas)
        if self._renderer is None or _size_of(self._renderer) != size:
            self._renderer = TextRenderer(*size)
        self._renderer.clear()
        with (
            self._observing(self._renderer) if describe else nullcontext(),
            self._steady_layout(),
        ):
            self.figure.draw(self._renderer)
        return np.asarray(self._renderer.buffer_rgba())

    def _draw_incrementally(self, canvas: FigureCanvasAgg) -> Pixels:
        size = _size(canvas)
        if self._scene is None or not self._scene.is_valid(size):
            self._scene = Scene(self.figure, size, self._observer)
        before = self._pixels
        if not self._scene.update() and before is not None and before.base is self._scene.pixels:
            return before
        if self._observer:
            self.drawing = self._scene.drawing
        if self._scene.is_all_unknown():
            self._full_until = self._frame_count + _RETRY
        return self._scene.pixels[:]

    @contextmanager
    def _observing(self, renderer: RendererAgg) -> Iterator[None]:
        """Note what is drawn inside this block, if that is described."""
        if self._observer is None:
            yield
            return
        with observing(renderer, self._observer):
            yield
        self.drawing = self._observer.drawing(self.figure)

    def _is_compared(self) -> bool:
        """Whether the current frame is compared with a full redraw."""
        number = self._frame_count
        is_power_of_2 = number & (number - 1) == 0
        return number == _FIRST_COMPARED or (is_power_of_2 and number >= _THEN_COMPARED)

    def _compare(self, pixels: Pixels, canvas: FigureCanvasAgg) -> None:
        assert self._scene
        misplaced = self._scene.misplaced()
        # The layout engine has run for this frame; running it again could move artists further.
        with _attributes(self.figure, _layout_engine=None):
            expected = self._draw_in_full(canvas, describe=False)
        if misplaced or not np.array_equal(pixels.view(np.uint32), expected.view(np.uint32)):
            artists = misplaced or self._scene.outdated()
            names = ", ".join(map(_name_of, artists)) or "an artist"
            raise RedrawError(
                f"{names} changed in a way that the incremental redraw did not detect, and was "
                "drawn as before.",
                option="redraw",
                hint='To redraw everything for every frame, set {option} to "full".',
            )

    def _steady_layout(self) -> AbstractContextManager[None]:
        engine = self.figure.get_layout_engine()
        return _attributes(self.figure, _layout_engine=engine and SteadyEngine(engine))

    @contextmanager
    def _saving(self) -> Iterator[FigureCanvasAgg]:
        """Put the figure into the state in which Matplotlib saves it, inside this block."""
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


def _settles(figure: Figure) -> bool:
    """Whether the axes of a figure are placed by what is drawn, and move when it is first drawn."""
    locators = [axes.get_axes_locator() for axes in figure.axes]
    # Matplotlib's own ones place insets and colorbars by the position of other axes.
    return figure.get_layout_engine() is not None or not all(
        locator is None or type(locator).__module__.startswith("matplotlib.")
        for locator in locators
    )


def _name_of(artist: Artist) -> str:
    """Return a description of an artist for users."""
    kind = type(artist).__name__
    if isinstance(artist, Axes):
        name = artist.get_title()
    elif isinstance(artist, Axis):
        name = artist.get_label_text()
    else:
        name = artist.get_text() if isinstance(artist, Text) else str(artist.get_label())
    named = f" {name!r}" if name and not name.startswith("_") else ""
    axes = getattr(artist, "axes", None)
    title = axes.get_title() if axes is not None and axes is not artist else ""
    return kind + named + (f" in the axes {title!r}" if title else "")


def _size(canvas: FigureCanvasAgg) -> tuple[float, float, float]:
    """Return width, height and dpi of a renderer; Matplotlib decides how they are rounded."""
    return _size_of(canvas.get_renderer())


def _size_of(renderer: RendererAgg) -> tuple[float, float, float]:
    return renderer.width, renderer.height, renderer.dpi


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
