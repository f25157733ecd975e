"""Runs the layout engine of a figure when what it makes room for has changed.

An engine measures all labels several times, which can take ten times as long as drawing the rest of
a frame. Its result depends on how far labels, titles, and legends extend beyond their axes. After a
run that has moved no axes, another run is needed only if that has changed.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist, _get_tightbbox_for_layout_only
from matplotlib.axes import Axes
from matplotlib.axes._base import _AxesBase
from matplotlib.axis import Axis
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine, TightLayoutEngine
from matplotlib.offsetbox import AnnotationBbox, OffsetBox
from matplotlib.text import Text
from matplotlib.transforms import Bbox, BboxBase

from .composer import Item
from .titles import titles_of

_SETTLED = 1e-14
"""Of the width or height of the figure. Solving the same equations again moves axes by less."""
_NOISE = 1e-9
"""In pixels, by which the same outlines may differ."""
_NEVER_CLIPPED = (_AxesBase, Axis, AnnotationBbox, OffsetBox)
"""What ``Axes.get_default_bbox_extra_artists`` measures even if it is said to be clipped."""


class _Outline(NamedTuple):
    """The room that an artist needs."""

    item: Item
    owner: Artist
    """The axes that the artist extends, or the artist itself if it is in none."""
    takes_part: bool
    """Whether the artist was said to be in the layout."""
    box: BboxBase | None
    """In pixels; ``None`` if the engine ignores the artist."""


class Layout:
    """The layout engine of a figure, and what it has made room for."""

    def __init__(self, figure: Figure, renderer: RendererBase) -> None:
        self._figure = figure
        self._renderer = renderer
        self._outlines: dict[int, _Outline] = {}
        """By the identity of the item."""
        self._rooms: dict[Artist, BboxBase] = {}
        """The union of all outlines of an owner, at the last run that has moved nothing."""
        self._arguments: Any = None
        """Of a run that has moved nothing; ``None`` if the last one has."""
        self.was_skipped = False
        """Whether the engine did not run for the last frame because it would have moved nothing."""

    def update(self, items: Collection[Item]) -> bool:
        """Run the engine if necessary; return whether it has run.

        The items know whether they have changed since the last frame.
        """
        self.was_skipped = False
        if not self._figure.get_layout_engine() or not self._figure.axes:
            return False
        if self._is_settled(items):
            self.was_skipped = True
            return False
        self._arguments = None
        if not self.run() and self._can_settle():
            self._arguments = self._current_arguments()
            self._outlines = {id(item): self._outline(item) for item in items}
            owners = {outline.owner for outline in self._outlines.values()}
            self._rooms = {owner: self._room(owner) for owner in owners}
        return True

    def run(self) -> list[Axes]:
        """Run the engine; return the axes that it has moved."""
        engine = SteadyEngine(self._figure.get_layout_engine())
        engine.execute(self._figure)
        return engine.moved

    def _can_settle(self) -> bool:
        engine = self._figure.get_layout_engine()
        known = type(engine) in (ConstrainedLayoutEngine, TightLayoutEngine)
        return known and not self._figure.subfigs

    def _is_settled(self, items: Collection[Item]) -> bool:
        if self._arguments is None or self._arguments != self._current_arguments():
            return False
        before, self._outlines = self._outlines, {}
        replaced = []
        for item in items:
            old = before.pop(id(item), None)
            if old and not item.changed and item.artist.get_in_layout() is old.takes_part:
                self._outlines[id(item)] = old
            else:
                self._outlines[id(item)] = new = self._outline(item)
                replaced += [old, new]
        replaced += before.values()
        touched = {outline.owner for outline in replaced if outline and outline.box is not None}
        return all(_is_close(self._room(owner), self._rooms.get(owner)) for owner in touched)

    def _room(self, owner: Artist) -> BboxBase:
        outlines = [outline for outline in self._outlines.values() if outline.owner is owner]
        boxes = [outline.box for outline in outlines if outline.box is not None]
        return Bbox.union(boxes) if boxes else Bbox.null()

    def _outline(self, item: Item) -> _Outline:
        artist = item.artist
        owner = artist.axes or artist
        takes_part = artist.get_in_layout()
        box = self._box(artist) if takes_part and artist.get_visible() else None
        if box is not None and not np.isfinite(box.extents).all():
            box = None
        return _Outline(item, owner, takes_part, box)

    def _box(self, artist: Artist) -> BboxBase | None:
        """Return what the engine measures of *artist*."""
        axes = artist.axes
        if axes is None:
            box = artist.get_tightbbox(self._renderer)
            if not isinstance(artist, Text) or box is None:
                return box
            # The engine moves the titles of a figure, and only their size matters.
            is_upright = artist is self._figure._supylabel
            return Bbox.from_bounds(0, 0, *((box.width, 0) if is_upright else (0, box.height)))
        if not isinstance(artist, _NEVER_CLIPPED) and artist._fully_clipped_to_axes():
            return None
        box = _get_tightbbox_for_layout_only(artist, self._renderer)
        if artist in titles_of(axes) and box.width > 0:  # as in Axes.get_tightbbox
            middle = (box.x0 + box.x1) / 2
            box = Bbox.from_extents(middle - 0.5, box.y0, middle + 0.5, box.y1)
        return box and Bbox.union([axes.bbox, box])

    def _current_arguments(self) -> Any:
        """Return what the engine knows beside the outlines."""
        figure = self._figure
        engine = figure.get_layout_engine()
        grids = []
        for axes in figure.axes:
            spec = axes.get_subplotspec()
            grid = spec and spec.get_gridspec()
            grids.append(
                grid and (spec, tuple(grid.get_width_ratios()), tuple(grid.get_height_ratios()))
            )
        return (
            engine,
            engine and {name: np.ravel(value).tolist() for name, value in engine.get().items()},
            dict(vars(figure.subplotpars)),
            grids,
            [box.bounds for _, box in _boxes(figure)],
            [(axes, axes.get_in_layout(), axes.get_visible()) for axes in figure.axes],
        )


class SteadyEngine:
    """Runs the layout engine of a figure, and leaves axes in place that it moves by rounding only.

    Solving the same equations again gives other last digits. Where an edge is in the middle between
    two pixels, Matplotlib's own redraws let it jump from one to the other.
    """

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self.moved: list[Axes] = []
        """The axes that the last run has moved."""

    def execute(self, figure: Figure) -> None:
        before = [(axes, box, box.frozen()) for axes, box in _boxes(figure)]
        self.moved = []
        with suppress(ValueError):  # as Figure.draw does
            self._engine.execute(figure)
        for axes, box, old in before:
            if not np.allclose(box.extents, old.extents, rtol=0, atol=_SETTLED):
                self.moved.append(axes)
            elif box.bounds != old.bounds:
                box.set(old)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)


def _boxes(figure: Figure) -> list[tuple[Axes, Bbox]]:
    return [(axes, box) for axes in figure.axes for box in (axes._position, axes._originalPosition)]


def _is_close(room: BboxBase, other: BboxBase | None) -> bool:
    other = Bbox.null() if other is None else other
    return np.allclose(room.extents, other.extents, rtol=0, atol=_NOISE)
