"""Drawing a figure to pixels, in memory and without side effects on a user's window."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from operator import is_
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.animation import Animation
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ...errors import FrameError, RedrawError
from .composer import Composer, Item
from .display_list import Call, RecordingRenderer
from .fonts import TextRenderer
from .scene import artists_of, neighbours_of, place_titles, titles_of
from .state import State, UnknownError, name_of

Pixels = NDArray[np.uint8]

_RETRY = 32
"""Frames after which a figure that could not be redrawn incrementally is looked at again."""


class Redrawer:
    """Draws one figure again and again.

    Every frame has the pixels of Matplotlib's own full redraw. What has not changed since the
    frame before is not drawn again; frames 1, 2, 4, 8, ... and the last one are compared with a
    full redraw.

    Parameters
    ----------
    figure
        What to draw. Artists marked ``animated`` are drawn, as when saving.
    dpi
        Dots per inch; ``None`` is the figure's own.
    incremental
        ``False`` draws everything for every frame.
    """

    def __init__(self, figure: Figure, dpi: float | None = None, incremental: bool = True) -> None:
        self.figure = figure
        self.dpi = dpi
        self._incremental = incremental
        self._frame_count = 0
        self._full_until = 1
        self._pixels: Pixels | None = None
        self._scene: _Scene | None = None
        self._renderer: TextRenderer | None = None

    def size(self) -> tuple[int, int]:
        """Return width and height in pixels, without drawing."""
        inches = self.figure.get_size_inches()
        dpi = self.dpi or self.figure.dpi
        # Agg truncates; the small addition is Matplotlib's own guard against 639.9999.
        width, height = (int(length * dpi + 1e-6) for length in inches)
        return width, height

    def frame(self) -> Pixels:
        """Return the figure as it looks now: height x width x 4, RGBA, possibly transparent.

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
                f"the figure has {self.size()[0]} x {self.size()[1]} pixels; a frame needs at "
                "least 1 x 1. Make figsize or dpi larger."
            )
        self._frame_count += 1
        with self._saving() as canvas:
            if not self._can_be_incremental():
                self._scene = None
                FigureCanvasAgg.draw(canvas)
                pixels = np.asarray(canvas.buffer_rgba())
            elif self._frame_count <= self._full_until:
                # Figures of which there is but one frame end here, and those of unknown artists.
                self._scene = None
                pixels = self._draw_in_full()
            else:
                pixels = self._draw_incrementally()
                if self._frame_count & (self._frame_count - 1) == 0:
                    self._compare(pixels)
        self._pixels = pixels
        return pixels

    def finish(self) -> None:
        """Compare the last frame with a full redraw.

        Raises
        ------
        RedrawError
            They differ.
        """
        if self._scene is None:
            return
        with self._saving():
            if self._can_be_incremental():
                self._compare(self._draw_incrementally())

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

    def _draw_in_full(self) -> Pixels:
        """Let Matplotlib draw the figure, with glyphs from memory."""
        figure = self.figure
        size = *figure.bbox.size, figure.dpi
        renderer = self._renderer
        if renderer is None or (renderer.width, renderer.height, renderer.dpi) != size:
            renderer = self._renderer = TextRenderer(*size)
        renderer.clear()
        figure.draw(renderer)
        return np.asarray(renderer.buffer_rgba())

    def _draw_incrementally(self) -> Pixels:
        figure = self.figure
        settings = (*figure.bbox.size, figure.dpi), [*dict.values(mpl.rcParams)]
        if self._scene is None or not self._scene.has(settings):
            self._scene = _Scene(figure, settings)
        before = self._pixels
        if not self._scene.update() and before is not None and before.base is self._scene.pixels:
            return before
        if self._scene.is_all_unknown():
            self._full_until = self._frame_count + _RETRY
        return self._scene.pixels[:]

    def _compare(self, pixels: Pixels) -> None:
        assert self._scene
        # The layout was made for this frame; to make it again could move things further.
        with _attributes(self.figure, _layout_engine=None):
            expected = self._draw_in_full()
        if not np.array_equal(pixels.view(np.uint32), expected.view(np.uint32)):
            names = ", ".join(map(name_of, self._scene.outdated())) or "an artist"
            raise RedrawError(
                f"{names} changed in a way that cannot be seen from outside, and was drawn as "
                'before. Set redraw to "full": then all is drawn for every frame.'
            )
        self._scene.look_again()

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


class _Scene:
    """The artists of a figure with what is kept of them, while size and settings are the same."""

    def __init__(self, figure: Figure, settings: tuple[Any, list[Any]]) -> None:
        self._figure = figure
        self._size, self._parameters = settings
        self._renderer = RecordingRenderer(*self._size)
        self._composer = Composer(self._renderer.agg, self._renderer.pixels)
        self._items: dict[int, Item] = {}
        self._quiet: list[Item] = []
        self._state_of_quiet: State | None = None
        self._titles: dict[Axes, Any] = {}
        self.pixels = self._renderer.pixels

    def has(self, settings: tuple[Any, list[Any]]) -> bool:
        size, parameters = settings
        return size == self._size and all(map(is_, parameters, self._parameters))

    def update(self) -> bool:
        """Draw what has changed; return whether anything has."""
        self._find_changes(list(artists_of(self._figure, self._renderer)))
        titles: dict[Axes, list[Item]] = {}
        for item in self._items.values():
            axes = item.artist.axes
            if type(axes) is Axes and item.artist in titles_of(axes):
                titles.setdefault(axes, []).append(item)
            elif item.changed:
                self._draw(item)
        for axes, of_axes in titles.items():
            self._place_titles(axes, of_axes)
            for item in of_axes:
                if item.changed:
                    self._draw(item)
        self._figure.stale = False
        items = list(self._items.values())
        if not any(item.changed for item in items) and self._composer.is_composed_of(items):
            return False
        self._composer.compose(items)
        if self._state_of_quiet is None:
            for item in items:
                item.quiet = item.state is not None and not item.restless
            self._quiet = [item for item in items if item.quiet]
            self._state_of_quiet = State.of_all(
                [item.state for item in items if item.state and item.quiet]
            )
        return True

    def is_all_unknown(self) -> bool:
        """Whether nothing but the background is ever kept."""
        _background, *others = self._items.values()
        return all(item.state is None for item in others)

    def outdated(self) -> list[Artist]:
        """Return the artists that would be drawn other than they were."""
        return [
            item.artist
            for item in self._items.values()
            if item.state and not self._looks_as(item.calls, self._renderer.record(item.artist))
        ]

    def look_again(self) -> None:
        """Take the artists' present state for the one in which they were drawn."""
        for item in self._items.values():
            if item.state:
                self._look(item)

    def _find_changes(self, artists: Sequence[Artist]) -> None:
        before, self._items = self._items, {}
        for artist in artists:
            self._items[id(artist)] = before.get(id(artist)) or Item(artist)
        if self._state_of_quiet and self._state_of_quiet.changed():
            self._state_of_quiet = None
        # Most artists do not change from one frame to the next: ask for all of them at once.
        quiet = self._quiet if self._state_of_quiet else ()
        for item in quiet:
            item.changed = False
        for item in self._items.values():
            if not (quiet and item.quiet):
                item.changed = item.state is None or item.state.changed()

    def _draw(self, item: Item) -> None:
        item.state = None  # in case of an error
        item.calls = self._renderer.record(item.artist)
        self._look(item)

    def _look(self, item: Item) -> None:
        item.state = None
        with suppress(UnknownError):
            item.state = State.of(item.artist)
        if item.quiet:
            self._state_of_quiet = None

    def _place_titles(self, axes: Axes, titles: Sequence[Item]) -> None:
        if not any(title.get_text() for title in titles_of(axes)):
            return
        neighbours = neighbours_of(axes)
        around = [axis for other in neighbours for axis in (other.xaxis, other.yaxis)]
        around += [other.spines["outline"] for other in neighbours if "outline" in other.spines]
        key = (
            axes._autotitlepos,
            {
                other: (other.axison, *other.bbox.bounds, *other.viewLim.bounds)
                for other in neighbours
            },
        )
        if self._titles.get(axes) == key and not any(
            item.changed for item in (*titles, *self._items_of(around))
        ):
            return
        self._titles[axes] = key
        places = [item.artist.get_position() for item in titles]
        laid_out = place_titles(axes, self._renderer)
        for item, place in zip(titles, places, strict=True):
            if not item.changed and item.artist.get_position() == place:
                self._look(item)
            else:
                item.changed = True
        if laid_out:
            for item in self._items_of(around):
                if item.state:
                    self._look(item)

    def _items_of(self, artists: Iterable[Artist]) -> list[Item]:
        return [self._items[id(artist)] for artist in artists if id(artist) in self._items]

    def _looks_as(self, calls: Sequence[Call], others: Sequence[Call]) -> bool:
        def picture_of(calls: Sequence[Call]) -> Pixels:
            self._renderer.agg.clear()
            for call in calls:
                call.play(self._renderer.agg)
            return self.pixels.copy()

        return np.array_equal(picture_of(calls), picture_of(others))


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
