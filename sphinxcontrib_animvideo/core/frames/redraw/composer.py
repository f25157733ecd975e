"""Draws display lists to pixels, with as few calls of the renderer as possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import is_

import numpy as np
from matplotlib.artist import Artist

from ..drawing import Drawing
from .display_list import NOWHERE, Box, Call, DisplayListRenderer, union
from .state import State

_RESTLESS = 8
"""Frames for which an artist that has changed is expected to change again."""


@dataclass(eq=False)
class Item:
    """An artist, and the renderer calls of its last drawing."""

    artist: Artist
    calls: list[Call] = field(default_factory=list)
    drawing: Drawing | None = None
    """What it shows, if that is described."""
    state: State | None = None
    """``None`` if it is not known what the drawing depends on."""
    changed: bool = True
    """Whether it was redrawn for this frame."""
    times: int = 0
    """How often it was redrawn."""
    changed_at: int = 0
    """The number of the last frame for which it was redrawn."""
    restless: bool = False
    """Whether it is expected to change again, and so is drawn above the snapshot."""
    quiet: bool = False
    """Whether it is checked for changes together with other items."""
    reserved: Box = NOWHERE
    """The box in which a restless item may draw without invalidating the snapshot."""
    enlarged: int = 0
    """How often the item has drawn outside of this box."""


class Composer:
    """Draws items in order, starting from a copy of the pixels below the changing ones.

    What is drawn to separate pixels can be drawn in any order. So the calls of an artist that is
    not expected to change may go to the snapshot even if they come after one that is, unless they
    touch it, or something else that does.

    Parameters
    ----------
    renderer
        Its pixels are drawn into.
    """

    def __init__(self, renderer: DisplayListRenderer) -> None:
        self._renderer = renderer
        self._snapshot = np.empty_like(renderer.pixels)
        self._planned: list[Item] = []
        self._above: list[Item | Call] = []
        self._frame = 0

    def compose(self, items: Sequence[Item]) -> None:
        """Draw *items*."""
        self._frame += 1
        for item in items:
            if item.changed:
                item.times += 1
                item.changed_at = self._frame
        if not self._fits(items):
            self._plan(items)
        np.copyto(self._renderer.pixels, self._snapshot)
        for part in self._above:
            for call in part.calls if isinstance(part, Item) else (part,):
                call.play(self._renderer.agg)

    def is_composed_of(self, items: Sequence[Item]) -> bool:
        """Whether the pixels show exactly these items."""
        return len(items) == len(self._planned) and all(map(is_, items, self._planned))

    def _fits(self, items: Sequence[Item]) -> bool:
        """Whether the copied pixels are still up to date."""
        return self.is_composed_of(items) and all(map(self._is_as_planned, items))

    def _is_as_planned(self, item: Item) -> bool:
        if item.changed:
            return item.restless and _is_inside(item)
        return not item.restless or self._is_restless(item)

    def _is_restless(self, item: Item) -> bool:
        return item.times > 1 and item.changed_at > self._frame - _RESTLESS

    def _plan(self, items: Sequence[Item]) -> None:
        below: list[Call] = []
        self._above = []
        taken: list[Box] = []
        for item in items:
            item.restless = self._is_restless(item)
            if item.restless:
                if not _is_inside(item):
                    item.reserved = _enlarged(item)
                taken.append(item.reserved)
                self._above.append(item)
                continue
            for call in item.calls:
                extent = call.extent
                if any(map(extent.meets, taken)):
                    self._above.append(call)
                    if not any(box.holds(extent) for box in taken):
                        taken.append(extent)
                else:
                    below.append(call)
        self._planned = list(items)
        self._renderer.play(below)
        np.copyto(self._snapshot, self._renderer.pixels)


def _is_inside(item: Item) -> bool:
    return all(item.reserved.holds(call.extent) for call in item.calls)


def _enlarged(item: Item) -> Box:
    """Return the reserved box, enlarged to hold all calls, with a larger margin each time."""
    item.enlarged += 1
    needed = union(call.extent for call in item.calls)
    limits = union(call.clip for call in item.calls)
    return item.reserved.stretched(needed, 2**item.enlarged - 2).cut(limits)
