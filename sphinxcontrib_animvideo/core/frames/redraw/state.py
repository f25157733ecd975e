"""Detects whether anything that the drawing of an artist depends on has changed.

Matplotlib marks an artist that was changed through its methods as *stale*, and invalidates the
transforms above one that was changed. This module adds what that leaves out: attributes, helper
objects (norms, colormaps, locators, fonts) and the bytes of arrays that were changed in place.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, repeat
from operator import attrgetter, is_, is_not
from typing import Any

import numpy as np
from matplotlib import axis, transforms
from matplotlib.artist import Artist

from .inputs import PLAIN, Inputs

_DIGESTED = 1 << 18
"""Size in bytes above which arrays are compared by checksum instead of with a copy."""

_get_stale = attrgetter("_stale")


class Mark:
    """Written to ``Artist._stale`` of artists that were checked.

    As good as False there; overwritten by every change, as well as by everyone else who draws.
    """

    def __bool__(self) -> bool:
        return False


class State:
    """The current values that the drawing of some artists depends on.

    Parameters
    ----------
    mark
        On the artists, as long as nothing happens to them.
    flagged
        Artists that have it.
    watches
        Of the transforms.
    axes
        The :class:`~matplotlib.axis.Axis` objects whose limits matter.
    dicts, lists
        Attributes and other values; they are compared by identity.
    arrays
        Compared byte by byte.
    """

    def __init__(
        self,
        mark: Mark,
        flagged: list[Artist],
        watches: list[_Watch],
        axes: list[axis.Axis],
        dicts: list[dict[Any, Any]],
        lists: list[list[Any]],
        arrays: list[Any],
        *,
        before: tuple[list[Any], ...] | None = None,
    ) -> None:
        self._mark = mark
        self._flagged = flagged
        self._watches = watches
        self._axes = axes
        self._dicts = dicts
        self._lists = lists
        self._arrays = arrays
        self._before = before or tuple(look() for look in self._looks())

    @classmethod
    def of(cls, artist: Artist, mark: Mark) -> State:
        """Return the state of one artist, and mark it.

        Raises
        ------
        UnknownError
            It may depend on something else.
        """
        found = Inputs(artist)
        for member in found.family:
            member._stale = mark
        return cls(
            mark,
            found.family,
            [_Watch(list(found.nodes.values()))],
            [artist] if isinstance(artist, axis.Axis) else [],
            list(found.dicts.values()),
            list(found.lists.values()),
            list(found.arrays.values()),
        )

    @classmethod
    def of_all(cls, states: Sequence[State], mark: Mark) -> State:
        """Combine the states of several artists into one, so that they are checked together."""

        def together(name: str) -> list[Any]:
            return [*chain.from_iterable(map(attrgetter(name), states))]

        names = ("_flagged", "_watches", "_axes", "_dicts", "_lists", "_arrays")
        things = (together(name) for name in names)
        before = zip(*(state._before for state in states), strict=True)
        return cls(mark, *things, before=tuple([*chain.from_iterable(each)] for each in before))

    def changed(self) -> bool:
        """Whether one of the artists may look different."""
        return (
            any(map(is_not, map(_get_stale, self._flagged), repeat(self._mark)))
            or any(watch.changed() for watch in self._watches)
            or not all(
                _same(look(), then) for look, then in zip(self._looks(), self._before, strict=True)
            )
        )

    def _looks(self) -> tuple[Callable[[], list[Any]], ...]:
        """Return the comparisons to make, cheapest first."""
        return (
            lambda: [*chain.from_iterable(map(_limits, self._axes))],
            lambda: [*map(len, self._dicts)],
            lambda: [*chain.from_iterable(map(dict.values, self._dicts))],
            lambda: [*map(len, self._lists)],
            lambda: [*chain.from_iterable(self._lists)],
            lambda: [*map(_bytes, self._arrays)],
        )


class _Watch(transforms.TransformNode):
    """Detects whether any of several transforms and boxes has changed."""

    def __init__(self, nodes: list[transforms.TransformNode]) -> None:
        super().__init__()
        self._nodes = nodes
        self._affine = all(node.is_affine for node in nodes)
        self.set_children(*nodes)
        self._values = self._look()
        self._invalid = self._VALID

    def changed(self) -> bool:
        """Whether any of them has a different value."""
        if self._invalid == self._VALID:
            return False
        # An invalidated node may have its old value: the dpi, for instance, may be restored.
        if self._invalid == self._INVALID_FULL and not self._affine:
            return True
        if not all(map(np.array_equal, self._look(), self._values)):
            return True
        self._invalid = self._VALID
        return False

    def _look(self) -> list[Any]:
        # A node reports its next change only after its value was read.
        return [
            node.get_affine().get_matrix().copy()
            if isinstance(node, transforms.Transform)
            else node.get_points().copy()
            for node in self._nodes
        ]


def _limits(axis: axis.Axis) -> Iterable[float]:
    return map(float, (*axis.get_view_interval(), axis.get_minpos()))


def _same(now: list[Any], before: list[Any]) -> bool:
    if len(now) != len(before):
        return False
    return all(map(is_, now, before)) or all(map(_equal, now, before))


def _equal(now: Any, before: Any) -> bool:
    return now is before or (type(now) is type(before) and type(now) in PLAIN and now == before)


def _bytes(array: Any) -> bytes | int:
    data = bytes(array.tobytes())
    return data if len(data) < _DIGESTED else zlib.crc32(data)
