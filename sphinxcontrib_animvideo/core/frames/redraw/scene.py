"""The artists of a figure, with the cached drawing of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from operator import is_
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ..drawing import Drawing
from .composer import Composer, Item
from .display_list import Call, DisplayListRenderer
from .drawing_order import artists_of
from .inputs import UnknownError
from .layout import Layout
from .observer import Observer
from .state import Mark, State
from .titles import neighbors_of, place_titles, titles_of


class Scene:
    """The artists of a figure; valid while its size and the rcParams stay the same.

    *size* is width and height in pixels, and dpi.
    """

    def __init__(
        self, figure: Figure, size: tuple[float, float, float], observer: Observer | None = None
    ) -> None:
        self._figure = figure
        self._size = size
        self._settings = _settings()
        self._renderer = DisplayListRenderer(*self._size, observer)
        self._composer = Composer(self._renderer)
        self._layout = Layout(figure, self._renderer)
        self._mark = Mark()
        self._items: dict[tuple[int, int], Item] = {}  # by artist and how often it was drawn before
        self._state_of_quiet: State | None = None
        self._titles: dict[Axes, Any] = {}
        self.pixels = self._renderer.pixels
        """What it draws into: height x width x 4, RGBA."""

    def is_valid(self, size: tuple[float, float, float]) -> bool:
        """Whether the size and the rcParams are still the same."""
        return size == self._size and all(map(is_, _settings(), self._settings))

    def update(self) -> bool:
        """Redraw what has changed; return whether anything has changed."""
        self._find_changes()
        if self._layout.update(self._items.values()):
            self._find_changes()
        titles: dict[Axes, list[Item]] = {}
        unknown = False
        for item in self._items.values():
            if unknown and item.state:  # drawing the previous item may have changed this one
                item.changed = item.changed or item.state.changed()
            axes = item.artist.axes
            if type(axes) is Axes and item.artist in titles_of(axes):
                titles.setdefault(axes, []).append(item)
            elif item.changed:
                self._draw(item)
                unknown = unknown or item.state is None
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
            self._gather_quiet(items)
        return True

    @property
    def drawing(self) -> Drawing:
        """What the last frame shows, if that is described."""
        items = self._items.values()
        return Drawing(pieces=[item.drawing for item in items if item.drawing])

    def is_all_unknown(self) -> bool:
        """Whether nothing but the background can be reused."""
        _background, *others = self._items.values()
        return all(item.state is None for item in others)

    def outdated(self) -> list[Artist]:
        """Return the artists whose drawing is out of date."""
        return [
            item.artist
            for item in self._items.values()
            if item.state and not self._looks_as(item.calls, self._renderer.record(item.artist)[0])
        ]

    def misplaced(self) -> list[Axes]:
        """Return the axes that the layout engine moves, though it was not run for this frame."""
        return self._layout.run() if self._layout.was_skipped else []

    def look_again(self) -> None:
        """Take the current state of the artists as the state in which they were drawn."""
        for item in self._items.values():
            if item.state:
                self._look(item)

    def _find_changes(self) -> None:
        before, self._items = self._items, {}
        for artist in artists_of(self._figure, self._renderer):
            key = id(artist), 0
            while key in self._items:  # Matplotlib draws an artist that was added twice, twice
                key = key[0], key[1] + 1
            self._items[key] = before.get(key) or Item(artist)
        if self._state_of_quiet and self._state_of_quiet.changed():
            self._state_of_quiet = None
        # Most artists do not change from one frame to the next; they were checked together.
        asked = self._state_of_quiet is not None
        for item in self._items.values():
            is_quiet = asked and item.quiet
            item.changed = not is_quiet and (item.state is None or item.state.changed())

    def _gather_quiet(self, items: Sequence[Item]) -> None:
        for item in items:
            item.quiet = item.state is not None and not item.restless
        states = [item.state for item in items if item.state and item.quiet]
        self._state_of_quiet = State.of_all(states, self._mark)

    def _draw(self, item: Item) -> None:
        item.state = None  # in case of an error
        item.calls, item.drawing = self._renderer.record(item.artist)
        self._look(item)

    def _look(self, item: Item) -> None:
        item.state = None
        with suppress(UnknownError):
            item.state = State.of(item.artist, self._mark)
        if item.quiet:
            self._state_of_quiet = None

    def _place_titles(self, axes: Axes, titles: Sequence[Item]) -> None:
        if not any(title.get_text() for title in titles_of(axes)):
            return
        neighbors = neighbors_of(axes)
        around = [axis for other in neighbors for axis in (other.xaxis, other.yaxis)]
        around += [other.spines["outline"] for other in neighbors if "outline" in other.spines]
        key = (
            axes._autotitlepos,
            {
                other: (other.axison, *other.bbox.bounds, *other.viewLim.bounds)
                for other in neighbors
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
        keys = ((id(artist), 0) for artist in artists)
        return [self._items[key] for key in keys if key in self._items]

    def _looks_as(self, calls: Sequence[Call], others: Sequence[Call]) -> bool:
        def picture_of(calls: Sequence[Call]) -> NDArray[np.uint8]:
            self._renderer.play(calls)
            return self.pixels.copy()

        return np.array_equal(picture_of(calls), picture_of(others))


def _settings() -> list[Any]:
    return [*dict.values(mpl.rcParams)]
