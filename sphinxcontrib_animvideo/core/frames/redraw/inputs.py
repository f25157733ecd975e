"""Finds the attributes that the drawing of an artist depends on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from functools import cache
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
"""Classes whose drawing depends only on what is checked here. Subclasses are not included."""

_VIEWLESS = (text.Text, legend.Legend, axis.XAxis, axis.YAxis)
"""Classes that depend on the limits of their axes only through their own transform."""

_USER_CODE = (ticker.FuncFormatter, colors.FuncNorm, scale.FuncScale, scale.FuncTransform)
PLAIN = {int, float, str, bool, bytes, complex, type(None)}
"""Classes of values that cannot change."""
_NOT_LOOKED_INTO = (Artist, cbook.CallbackRegistry, Enum, type)
_NOT_DRAWN = {
    *("stale_callback", "_remove_method", "_callbacks", "_picker", "_contains", "_renderer"),
    "colorbar",
}


class UnknownError(Exception):
    """The artist may depend on something that is not checked."""


class Inputs:
    """What *artist* draws, and all that this depends on.

    Raises
    ------
    UnknownError
        It may depend on something else.
    """

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
            # There are many ticks, and code changes them through their methods only.
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
            if type(value) not in PLAIN and name not in _NOT_DRAWN:
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
            case "colormap":
                # The colors that it was made of, often 256, do not matter once there is a table.
                self.dicts[id(vars(value))] = vars(value)
                self._visit(vars(value).get("_lut"))
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
    """Return how values of a class are compared."""
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
    if kind in PLAIN or issubclass(kind, _NOT_LOOKED_INTO):
        return "plain"
    for base, name in kinds.items():
        if issubclass(kind, base):
            return name
    if issubclass(kind, _USER_CODE):
        return "unknown"
    if _is_matplotlibs(kind):
        return "colormap" if issubclass(kind, colors.Colormap) else "helper"
    # A locator, norm, or arrow style of the user's own may depend on anything.
    return "unknown" if any(map(_is_matplotlibs, kind.__mro__)) else "plain"


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
    """Raise UnknownError if the drawing of *member* may depend on something not known here."""
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
        unknown |= member._loc_real == 0  # "best" depends on everything in the axes
    elif isinstance(member, axis.Axis):
        # Aligned labels depend on the ticks of other axes.
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


def _check_node(node: transforms.TransformNode) -> None:
    """Raise UnknownError if a transform is of a class of the user's own."""
    if not _is_matplotlibs(type(node)) or isinstance(node, _USER_CODE):
        raise UnknownError
    if not node.is_affine:
        for value in vars(node).values():
            if isinstance(value, transforms.TransformNode):
                _check_node(value)


def _is_matplotlibs(thing: Any) -> bool:
    return str(thing.__module__).startswith(("matplotlib.", "mpl_toolkits."))
