"""Notes what artists draw, while they draw it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import methodcaller
from typing import Any

from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.text import Text

from ..drawing import PIXELS, Drawing, Label, Part, Ticks
from ..renderer_calls import CALLS, shape_of, shape_of_image
from ..shapes import Box

_CONTAINERS = {"figure", "subfigure", "axes"}
_AXES = {"matplotlib.axis", "axis3d", "grid3d", "pane3d"}
_KINDS = {"line2d": "line", "patch": "patch", "legend": "handle", "table": "table"}
"""Kinds of shapes, by group."""
_OTHER_KINDS = {
    "draw_path": "collection",
    "draw_markers": "collection",
    "draw_path_collection": "collection",
    "draw_quad_mesh": "mesh",
    "draw_gouraud_triangles": "triangles",
    "draw_image": PIXELS,
}
"""The same, by method of the renderer. Names of classes change with the version."""


class Observer:
    """Collects the parts of what is drawn.

    Matplotlib groups the calls of an artist between ``open_group`` and ``close_group``.
    """

    def __init__(self) -> None:
        self._whole: Box = (0, 0, 1, 1)
        self._scale = 1.0
        self._parts: list[Part | _Picture] = []
        self._groups: list[str] = []
        self._tick: str | None = None
        """The axis whose tick is being drawn, as ``x``."""
        self._ticks: dict[str, list[str]] = {}
        self._grids: list[str] = []

    def begin(self, renderer: RendererAgg) -> None:
        """Forget what was drawn before; *renderer* draws now."""
        self._whole = (0, 0, renderer.width, renderer.height)
        self._scale = 72 / renderer.dpi
        self._parts, self._groups, self._tick = [], [], None
        self._ticks, self._grids = {}, []

    def drawing(self, artist: Artist) -> Drawing:
        """Return what was drawn of *artist*, a figure or one of its parts."""
        parts: list[Part] = []
        images: Iterator[AxesImage] | None = None
        for part in self._parts:
            if not isinstance(part, _Picture):
                parts.append(part)
                continue
            images = images or iter(_images_of(artist))
            if image := next(images, None):
                parts.append(shape_of_image(image))
            else:
                parts.append(shape_of(PIXELS, "draw_image", part.args, part.box, self._scale))
        return Drawing(parts)

    def open_group(self, name: str, gid: str | None = None) -> None:
        """Take note that an artist begins."""
        # A text without a place opens a group, and leaves it open.
        if self._groups[-1:] == ["text"] and name != "patch":
            self._groups.pop()
        if name.endswith("tick"):
            self._tick = name.removesuffix("tick")
        if name not in _CONTAINERS:
            self._groups.append(name)

    def close_group(self, name: str) -> None:
        """Take note that an artist ends."""
        if name.endswith("tick"):
            self._tick = None
        if name in self._groups:
            while self._groups.pop() != name:
                pass
        if name in _AXES:
            self._parts += [
                Ticks(axis, tuple(self._ticks.get(axis, ())), axis in self._grids)
                for axis in dict.fromkeys([*self._ticks, *self._grids])
            ]
            self._ticks, self._grids = {}, []

    def text(self, gc: Any, text: str, size: float, artist: Text | None) -> None:
        """Take note of one line of text."""
        if self._tick and text.strip():
            self._ticks.setdefault(self._tick, []).append(text)
            return
        role = self._role_of(artist)
        place = ""
        if artist and role == "text":  # others are moved by what is beside them
            x, y = artist.get_position()
            if not (isinstance(x, float | int) and isinstance(y, float | int)):
                x, y = artist.get_unitless_position()
            place = f"{x:.6g} {y:.6g}"
        self._parts.append(Label(role, text, gc.get_rgb(), size, place))

    def call(self, method: str, args: Sequence[Any]) -> None:
        """Take note of a call of the renderer."""
        groups = self._groups
        group = groups[0] if groups else ""
        if group in _AXES or "text" in groups:
            if self._tick and _clip_of(args[0]):  # tick marks are not clipped
                self._grids.append(self._tick)
            return
        if method == "draw_path_collection" and not len(args[2]):
            return  # Matplotlib asks whether the renderer has an argument
        box = _clip_of(args[0])
        if method == "draw_image" and box:
            self._parts.append(_Picture(args, box))
            return
        kind = _KINDS.get(group) or _OTHER_KINDS[method]
        shape = shape_of(kind, method, args, box or self._whole, self._scale)
        if group == "legend" or (box is None and group == "patch"):
            shape.weight = 0
        elif box is None:
            shape.weight = 0.25
        self._parts.append(shape)

    def _role_of(self, artist: Text | None) -> str:
        if "legend" in self._groups:
            return "legend"
        figure = artist.figure if artist is not None else None
        if artist is None or figure is None:
            return "text"
        if self._groups[0] in _AXES:
            axes = [axis for axes in figure.axes for axis in axes._axis_map.items()]
            return next((f"{name} label" for name, axis in axes if axis.label is artist), "offset")
        if artist is getattr(figure, "_suptitle", None):
            return "figure title"
        axes = artist.axes
        titles = (axes.title, axes._left_title, axes._right_title) if axes else ()
        return "title" if artist in titles else "text"


@dataclass(eq=False)
class _Picture:
    """A call of the renderer that may come from an image in axes."""

    args: Sequence[Any]
    box: Box


def _images_of(artist: Artist) -> list[AxesImage]:
    """Return the images in axes that are shown of a figure, or of an artist that is one."""
    shown: list[Artist] = [artist]
    if isinstance(artist, Figure):
        drawn = [axes for axes in artist.axes if axes.get_visible()]
        order = methodcaller("get_zorder")
        shown = [image for axes in drawn for image in sorted(axes.images, key=order)]
    images = [image for image in shown if isinstance(image, AxesImage) and image.get_visible()]
    return [image for image in images if image.get_array() is not None and _is_clipped(image)]


def _is_clipped(artist: Artist) -> bool:
    return artist.get_clip_on() and bool(artist.get_clip_box() or artist.get_clip_path())


def _clip_of(gc: Any) -> Box | None:
    """Return the box to which a call is clipped."""
    rectangle = gc.get_clip_rectangle()
    if rectangle is None:
        path, transform = gc.get_clip_path()
        if path is None:
            return None
        rectangle = path.get_extents(transform)
    corners = rectangle.get_points()
    (left, bottom), (right, top) = corners
    return (left, bottom, right - left, top - bottom) if right > left and top > bottom else None


class _Tee:
    """Stands for the Agg object of a renderer, and passes its calls on."""

    def __init__(self, agg: Any, observer: Observer) -> None:
        self._agg = agg
        for method in CALLS:
            setattr(self, method, self._both(getattr(agg, method), method, observer))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._agg, name)

    @staticmethod
    def _both(draw: Any, method: str, observer: Observer) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            observer.call(method, args)
            return draw(*args, **kwargs)

        return call


@contextmanager
def observing(renderer: RendererAgg, observer: Observer) -> Iterator[None]:
    """Let *observer* take note of what is drawn inside this block."""
    agg: Any = renderer._renderer
    own: Any = renderer
    observer.begin(renderer)
    observe_text(renderer, observer)
    own._renderer = _Tee(agg, observer)
    own._update_methods()
    try:
        yield
    finally:
        own._renderer = agg
        own._update_methods()
        for name in ("open_group", "close_group", "draw_text", "draw_tex"):
            delattr(own, name)


def observe_text(renderer: RendererAgg, observer: Observer) -> None:
    """Let *observer* take note of artists and texts, but not of other calls."""
    own: Any = renderer
    draw_text = renderer.draw_text

    def text(gc: Any, x: Any, y: Any, s: str, prop: Any, *args: Any, **kwargs: Any) -> None:
        mtext = kwargs.get("mtext", args[2] if len(args) > 2 else None)
        observer.text(gc, s, prop.get_size_in_points(), mtext)
        draw_text(gc, x, y, s, prop, *args, **kwargs)

    own.open_group, own.close_group = observer.open_group, observer.close_group
    own.draw_text = own.draw_tex = text
