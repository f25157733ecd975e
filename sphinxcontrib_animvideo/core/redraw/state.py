"""What the drawing of an artist depends on, and whether that is still as it was.

Matplotlib marks an artist that was changed through its methods as *stale*, and invalidates the
transforms above one that was changed. This module adds what that leaves out: attributes, helper
objects (norms, colormaps, locators, fonts) and the bytes of arrays that were changed in place.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from functools import cache
from itertools import chain, repeat
from operator import attrgetter, is_, is_not
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

import numpy as np
from matplotlib import (
    axis,
    cbook,
    collections,
    colorbar,
    colors,
    contour,
    image,
    legend,
    lines,
    offsetbox,
    patches,
    quiver,
    scale,
    spines,
    text,
    ticker,
    transforms,
)
from matplotlib.artist import Artist
from matplotlib.path import Path

_KNOWN_NAMES: dict[Any, str] = {
    lines: "Line2D AxLine",
    patches: "Annulus Arrow Circle CirclePolygon Ellipse FancyArrow FancyArrowPatch FancyBboxPatch "
    "PathPatch Polygon Rectangle RegularPolygon StepPatch Wedge",
    colorbar: "_ColorbarSpine",
    collections: "AsteriskPolygonCollection CircleCollection EllipseCollection EventCollection "
    "FillBetweenPolyCollection LineCollection PatchCollection PathCollection PolyCollection "
    "PolyQuadMesh QuadMesh RegularPolyCollection StarPolygonCollection TriMesh",
    contour: "QuadContourSet",
    image: "AxesImage FigureImage NonUniformImage PcolorImage",
    text: "Text Annotation",
    spines: "Spine",
    axis: "XAxis YAxis XTick YTick",
    legend: "Legend",
    offsetbox: "DrawingArea HPacker TextArea VPacker",
    quiver: "Quiver Barbs",
}
KNOWN = {
    getattr(module, name)
    for module, names in _KNOWN_NAMES.items()
    for name in names.split()
    if hasattr(module, name)
}
"""Classes whose drawing depends on nothing but what is looked at here. Not their subclasses."""

_VIEWLESS = (text.Text, legend.Legend, axis.XAxis, axis.YAxis)
"""Classes that look at the limits of their axes only where their own transform does."""

_USER_CODE = (ticker.FuncFormatter, colors.FuncNorm, scale.FuncScale, scale.FuncTransform)
_PLAIN = {int, float, str, bool, bytes, complex, type(None)}
_NOT_LOOKED_INTO = (Artist, cbook.CallbackRegistry, Enum, type)
_NOT_DRAWN = {
    *("stale_callback", "_remove_method", "_callbacks", "_picker", "_contains", "_renderer"),
    "colorbar",
}
_DIGESTED = 1 << 18
"""Bytes from which on arrays are compared by a checksum, not with a copy."""

_get_stale = attrgetter("_stale")


class UnknownError(Exception):
    """The artist may depend on something that is not looked at."""


class Mark:
    """Written to ``Artist._stale`` of artists that were looked at.

    As good as False there; overwritten by every change, as well as by everyone else who draws.
    """

    def __bool__(self) -> bool:
        return False


class State:
    """What the drawing of some artists depends on, as it is now.

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
        found = _Finder(artist)
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
        """Return one state of all artists whose states are given, to ask once for all."""

        def together(name: str) -> list[Any]:
            return [*chain.from_iterable(map(attrgetter(name), states))]

        names = ("_flagged", "_watches", "_axes", "_dicts", "_lists", "_arrays")
        things = (together(name) for name in names)
        before = zip(*(state._before for state in states), strict=True)
        return cls(mark, *things, before=tuple([*chain.from_iterable(each)] for each in before))

    def changed(self) -> bool:
        """Whether one of the artists may look other than it did."""
        return (
            any(map(is_not, map(_get_stale, self._flagged), repeat(self._mark)))
            or any(watch.changed() for watch in self._watches)
            or not all(
                _same(look(), then) for look, then in zip(self._looks(), self._before, strict=True)
            )
        )

    def _looks(self) -> tuple[Callable[[], list[Any]], ...]:
        """Return the ways to look at what is compared, the cheap ones first."""
        return (
            lambda: [*chain.from_iterable(map(_limits, self._axes))],
            lambda: [*map(len, self._dicts)],
            lambda: [*chain.from_iterable(map(dict.values, self._dicts))],
            lambda: [*map(len, self._lists)],
            lambda: [*chain.from_iterable(self._lists)],
            lambda: [*map(_bytes, self._arrays)],
        )


class _Finder:
    """Finds all that the drawing of an artist depends on."""

    def __init__(self, artist: Artist) -> None:
        self.nodes: dict[int, transforms.TransformNode] = {}
        self.dicts: dict[int, dict[Any, Any]] = {}
        self.lists: dict[int, list[Any]] = {}
        self.arrays: dict[Any, Any] = {}
        if not artist.get_visible():
            _check(artist, artist)
            self.family = [artist]
            self.dicts[id(artist)] = vars(artist)
            return
        self.family = list(_family(artist))
        for member in self.family:
            _check(member, artist)
        if isinstance(artist, axis.Axis):
            # Ticks are many, and nobody changes them but through their methods.
            looked_into: Iterable[Artist] = (artist, artist.label, artist.offsetText)
            self.family += artist.axes.spines.values()  # where the ticks stand
        else:
            looked_into = self.family
        for member in looked_into:
            self._visit_attributes(vars(member))
        for node in _nodes_of(artist):
            self._visit_node(node)

    def _visit_attributes(self, attributes: dict[str, Any]) -> None:
        self.dicts[id(attributes)] = attributes
        for name, value in attributes.items():
            if type(value) not in _PLAIN and name not in _NOT_DRAWN:
                self._visit(value)

    def _visit(self, value: Any) -> None:
        kind: Any = type(value)
        match _kind_of(kind):
            case "array":
                self._visit_array(value)
            case "transform":
                self._visit_node(value)
            case "path":
                self._visit_array(value.vertices)
                self._visit(value.codes)
            case "tuple":
                for item in value:
                    self._visit(item)
            case "list":
                if id(value) not in self.lists:
                    self.lists[id(value)] = value
                    for item in value:
                        self._visit(item)
            case "dict":
                if id(value) not in self.dicts:
                    self.dicts[id(value)] = value
                    for item in value.values():
                        self._visit(item)
            case "function":
                if not _is_matplotlibs(value):
                    raise UnknownError
            case "helper":
                attributes = getattr(value, "__dict__", None)
                if attributes is not None and id(attributes) not in self.dicts:
                    self._visit_attributes(attributes)
            case "unknown":
                raise UnknownError

    def _visit_array(self, array: Any) -> None:
        self.arrays[id(array)] = np.ma.getdata(array)
        if np.ma.isMaskedArray(array):
            self.arrays[id(array), "mask"] = np.ma.getmaskarray(array)

    def _visit_node(self, node: Any) -> None:
        if isinstance(node, transforms.TransformedPath):
            self._visit(node._path)
            node = node._transform
        if node is not None and id(node) not in self.nodes:
            _check_node(node)
            self.nodes[id(node)] = node


@cache
def _kind_of(kind: Any) -> str:
    """Return how values of a class are looked at."""
    kinds = {
        np.ndarray: "array",
        transforms.TransformNode: "transform",
        Path: "path",
        tuple: "tuple",
        list: "list",
        dict: "dict",
        FunctionType: "function",
        MethodType: "function",
        BuiltinFunctionType: "function",
    }
    if kind in _PLAIN or issubclass(kind, _NOT_LOOKED_INTO):
        return "plain"
    for base, name in kinds.items():
        if issubclass(kind, base):
            return name
    if issubclass(kind, _USER_CODE):
        return "unknown"
    if _is_matplotlibs(kind):
        return "helper"
    # Someone's own locator, norm, arrow style, ... may depend on anything.
    return "unknown" if any(map(_is_matplotlibs, kind.__mro__)) else "plain"


class _Watch(transforms.TransformNode):
    """Learns whether any of some transforms and boxes has changed."""

    def __init__(self, nodes: list[transforms.TransformNode]) -> None:
        super().__init__()
        self._nodes = nodes
        self._affine = all(node.is_affine for node in nodes)
        self.set_children(*nodes)
        self._values = self._look()
        self._invalid = self._VALID

    def changed(self) -> bool:
        """Whether one of them has another value."""
        if self._invalid == self._VALID:
            return False
        # Invalidated is not changed: the dpi, for instance, may be back to what it was.
        if self._invalid == self._INVALID_FULL and not self._affine:
            return True
        if not all(map(np.array_equal, self._look(), self._values)):
            return True
        self._invalid = self._VALID
        return False

    def _look(self) -> list[Any]:
        # A node tells of its next change only after its value was asked for.
        return [
            node.get_affine().get_matrix().copy()
            if isinstance(node, transforms.Transform)
            else node.get_points().copy()
            for node in self._nodes
        ]


def name_of(artist: Artist) -> str:
    """Return what tells a user which artist it is."""
    kind = type(artist).__name__
    if isinstance(artist, axis.Axis):
        name = artist.get_label_text()
    else:
        name = artist.get_text() if isinstance(artist, text.Text) else str(artist.get_label())
    named = f" {name!r}" if name and not name.startswith("_") else ""
    axes = getattr(artist, "axes", None)
    title = axes.get_title() if axes is not None and axes is not artist else ""
    return kind + named + (f" in the axes {title!r}" if title else "")


def _family(artist: Artist) -> Iterator[Artist]:
    """Return *artist* and all that it draws."""
    yield artist
    for child in _children(artist):
        yield from _family(child)


def _children(artist: Artist) -> Iterable[Artist]:
    if isinstance(artist, axis.Axis):
        # Its get_children() would compute the ticks.
        major, minor = (vars(artist).get(name, ()) for name in ("majorTicks", "minorTicks"))
        return [artist.label, artist.offsetText, *major, *minor]
    own = [vars(artist).get(name) for name in ("_bbox_patch", "arrow_patch")]
    return [*artist.get_children(), *filter(None, own)]


def _check(member: Artist, artist: Artist) -> None:
    """Raise UnknownError if *member* of the family can be drawn in ways not known here."""
    kind = type(member)
    unknown = kind not in KNOWN or "draw" in vars(member) or member.get_agg_filter() is not None
    if isinstance(member, text.Text):
        unknown |= bool(member.get_usetex())
    if kind is text.Annotation:
        for system in (member.xycoords, member.anncoords):
            pair = system if isinstance(system, tuple) else (system,)
            unknown |= not all(isinstance(name, str) for name in pair)
        unknown |= bool({"patchA", "patchB"} & {*(member.arrowprops or {})})
    elif kind is patches.FancyArrowPatch and member is artist:
        unknown |= member.patchA is not None or member.patchB is not None
    elif kind is legend.Legend:
        unknown |= member._loc_real == 0  # "best" looks at all that is in the axes
    elif isinstance(member, axis.Axis):
        # Aligned labels look at the ticks of other axes.
        groups = member.axes.figure._align_label_groups
        unknown |= len(groups[member.axis_name].get_siblings(member.axes)) > 1
    if unknown:
        raise UnknownError


def _nodes_of(artist: Artist) -> Iterator[transforms.TransformNode]:
    """Return the transforms that *artist* uses without having them as attributes."""
    axes = artist.axes
    if isinstance(artist, axis.Axis):
        transform_of = getattr(axes, f"get_{artist.axis_name}axis_transform")
        yield from map(transform_of, ("grid", "tick1", "tick2"))
        yield from (axes.transAxes, axes.bbox)
    elif isinstance(artist, legend.Legend):
        yield artist.get_bbox_to_anchor()
    if axes is not None and type(artist) not in _VIEWLESS:
        yield axes.transData


def _limits(axis: axis.Axis) -> Iterable[float]:
    return map(float, (*axis.get_view_interval(), axis.get_minpos()))


def _check_node(node: transforms.TransformNode) -> None:
    """Raise UnknownError if code of a user takes part in a transform."""
    if not _is_matplotlibs(type(node)) or isinstance(node, _USER_CODE):
        raise UnknownError
    if not node.is_affine:
        for value in vars(node).values():
            if isinstance(value, transforms.TransformNode):
                _check_node(value)


def _is_matplotlibs(thing: Any) -> bool:
    return str(thing.__module__).startswith(("matplotlib.", "mpl_toolkits."))


def _same(now: list[Any], before: list[Any]) -> bool:
    if len(now) != len(before):
        return False
    return all(map(is_, now, before)) or all(map(_equal, now, before))


def _equal(now: Any, before: Any) -> bool:
    return now is before or (type(now) is type(before) and type(now) in _PLAIN and now == before)


def _bytes(array: Any) -> bytes | int:
    data = bytes(array.tobytes())
    return data if len(data) < _DIGESTED else zlib.crc32(data)
