"""Records the calls that artists make to the Agg renderer, so that they can be replayed.

Agg's result depends on nothing but the order of the calls and their arguments, so calls that are
repeated with the same arguments give the same pixels.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from numpy.typing import NDArray

from ..drawing import Drawing
from .fonts import TextRenderer
from .frozen import frozen
from .observer import Observer, observe_text


class Box(NamedTuple):
    """Pixels from *left* to before *right*, and from row *top* to before *bottom*."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether the two have a pixel in common."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def holds(self, other: Box) -> bool:
        """Whether *other* is inside."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and self.right >= other.right
            and self.bottom >= other.bottom
        )

    def join(self, other: Box) -> Box:
        """Return the smallest box around both."""
        if self.left >= self.right:
            return other
        if other.left >= other.right:
            return self
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def stretched(self, other: Box, margin: float) -> Box:
        """Return a box around both, with a margin where *other* is outside."""
        if self.left >= self.right:
            return other
        return Box(
            self.left if self.left <= other.left else other.left - margin,
            self.top if self.top <= other.top else other.top - margin,
            self.right if self.right >= other.right else other.right + margin,
            self.bottom if self.bottom >= other.bottom else other.bottom + margin,
        )

    def cut(self, other: Box) -> Box:
        """Return the intersection of two boxes."""
        return Box(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )


_MANY = 10_000
_SNAP = 1
"""Pixels by which Agg moves horizontal and vertical lines, to align them with the pixel grid."""
NOWHERE = Box(0, 0, 0, 0)
EVERYWHERE = Box(-math.inf, -math.inf, math.inf, math.inf)


class Call:
    """One call of the renderer. Its arguments are copies, so later changes do not affect it."""

    __slots__ = ("_extent", "_height", "_scale", "_width", "args", "kwargs", "method")

    def __init__(
        self,
        method: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        size: tuple[int, int],
        scale: float,
    ) -> None:
        self.method = method
        self.args = args
        self.kwargs = kwargs
        self._width, self._height = size
        self._scale = scale
        self._extent: Box | None = None

    def play(self, agg: Any) -> None:
        """Draw it."""
        getattr(agg, self.method)(*self.args, **self.kwargs)

    @property
    def clip(self) -> Box:
        """Box of its clipping rectangle: nothing is drawn outside of it."""
        context = self.args[4] if self.method == "draw_text_image" else self.args[0]
        corners = context._cliprect
        if corners is None:
            return EVERYWHERE
        (left, bottom), (right, top) = corners
        # Agg rounds to the nearest pixel; one more pixel is a safety margin.
        return Box(left - 2, self._height - top - 2, right + 2, self._height - bottom + 2)

    @property
    def extent(self) -> Box:
        """Box that contains everything drawn; it may be larger than necessary."""
        if self._extent is None:
            measure = getattr(self, f"_extent_of_{self.method}", None)
            box = measure(*self.args) if measure else EVERYWHERE
            self._extent = self.clip.cut(box)
        return self._extent

    def _extent_of_draw_path(self, gc: Any, path: Any, transform: Any, face: Any = None) -> Box:
        if gc._sketch:
            return EVERYWHERE
        pad = self._reach(gc, path)
        if not self._is_slanted(gc, path, transform):
            pad += _SNAP
        return self._around(path.vertices, transform, pad)

    def _extent_of_draw_markers(
        self, gc: Any, marker: Any, marker_transform: Any, path: Any, transform: Any, *face: Any
    ) -> Box:
        if gc._sketch:
            return EVERYWHERE
        centers = self._around(path.vertices, transform, 0)
        around = self._around(marker.vertices, marker_transform, 0)
        pad = self._reach(gc, marker) + 2 * _SNAP
        height = self._height  # both boxes have their rows counted from the top
        return Box(
            centers.left + around.left - pad,
            centers.top + around.top - height - pad,
            centers.right + around.right + pad,
            centers.bottom + around.bottom - height + pad,
        )

    def _extent_of_draw_text_image(
        self, image: Any, x: float, y: float, angle: float, gc: Any
    ) -> Box:
        height, width = image.shape[:2]
        if angle:
            width = height = math.hypot(width, height)
            return Box(x - width - 2, y - height - 2, x + width + 2, y + height + 2)
        return Box(x - 1, y - height - 1, x + width + 1, y + 1)

    def _extent_of_draw_image(self, gc: Any, x: float, y: float, image: Any) -> Box:
        height, width = image.shape[:2]
        bottom = self._height - y
        return Box(x - 2, bottom - height - 2, x + width + 2, bottom + 2)

    def _reach(self, gc: Any, path: Any) -> float:
        """Return the maximum distance in pixels of what a path draws from its vertices."""
        half = gc._linewidth * self._scale / 2
        has_miters = gc.get_joinstyle() == "miter" and len(path.vertices) > 2
        # Miters end at four half widths, the corners of caps at 1.42. Half a pixel each keeps
        # two boxes that do not meet from sharing one.
        return float(half * (4 if has_miters else 1.42) + 0.5)

    def _is_slanted(self, gc: Any, path: Any, matrix: NDArray[np.float64]) -> bool:
        """Whether the first line is slanted; Agg does not snap such a path to pixels."""
        if gc.get_snap() is not None or path.codes is not None or len(path.vertices) < 2:
            return False
        (x0, y0), (x1, y1) = path.vertices[:2] @ matrix[:2, :2].T + matrix[:2, 2]
        # Parts outside may be clipped before Agg decides. With NaN all comparisons are false.
        seen = all(0 <= x <= self._width for x in (x0, x1)) and all(
            0 <= y <= self._height for y in (y0, y1)
        )
        return bool(seen and abs(x1 - x0) > 0.001 and abs(y1 - y0) > 0.001)

    def _around(self, vertices: Any, matrix: NDArray[np.float64], pad: float) -> Box:
        if len(vertices) > _MANY:  # checking all of them costs more than it saves
            return EVERYWHERE
        points = np.ma.getdata(vertices) @ matrix[:2, :2].T + matrix[:2, 2]
        points = points[np.isfinite(points).all(axis=1)]
        if not len(points):
            return NOWHERE
        (left, bottom), (right, top) = points.min(axis=0), points.max(axis=0)
        return Box(left - pad, self._height - top - pad, right + pad, self._height - bottom + pad)


_KEPT_AS_THEY_ARE = (
    *("draw_path", "draw_markers", "draw_path_collection", "draw_quad_mesh"),
    *("draw_gouraud_triangles", "draw_image"),
)


class _Recorder:
    """Replaces the Agg object of a renderer, and records the calls."""

    def __init__(self, size: tuple[int, int], scale: float, observer: Observer | None) -> None:
        self.calls: list[Call] = []
        self._observer = observer
        self._size = size
        self._scale = scale

        for method in _KEPT_AS_THEY_ARE:
            setattr(self, method, partial(self._keep, method))

    def _keep(self, method: str, *args: Any, **kwargs: Any) -> None:
        self.calls.append(Call(method, frozen(args), kwargs, self._size, self._scale))
        if self._observer and method != "draw_text_image":
            self._observer.call(method, args)

    def draw_text_image(self, image: Any, *args: Any) -> None:
        # Before Matplotlib 3.11 it is a font, which draws the next text into the same memory.
        pixels = image if isinstance(image, np.ndarray) else np.array(image)
        self._keep("draw_text_image", pixels, *args)

    def copy_from_bbox(self, *args: Any) -> None:
        raise NotImplementedError("a frame that is being recorded has no pixels yet")


class DisplayListRenderer(TextRenderer):
    """An Agg renderer that records what artists draw, and draws it to the pixels later."""

    def __init__(
        self, width: float, height: float, dpi: float, observer: Observer | None = None
    ) -> None:
        super().__init__(width, height, dpi)
        self._observer = observer
        self._renderer: Any
        self.agg = self._renderer
        """The real Agg object."""
        self.pixels: NDArray[np.uint8] = np.asarray(self.agg)
        """Height x width x 4, RGBA: what it draws into."""
        self._recorder = _Recorder((int(width), int(height)), dpi / 72, observer)
        if observer:
            observe_text(self, observer)

    def record(self, artist: Artist) -> tuple[list[Call], Drawing | None]:
        """Let *artist* draw itself, and return the calls, and what an observer saw."""
        calls: list[Call] = []
        self._recorder.calls = calls
        self._renderer = self._recorder
        self._filter_renderers.clear()  # an error may have left one there
        self._update_methods()
        if self._observer:
            self._observer.begin(self)
        artist.draw(self)
        return calls, self._observer.drawing(artist) if self._observer else None

    def play(self, calls: Iterable[Call]) -> None:
        """Draw *calls* to the pixels, with nothing below."""
        self.agg.clear()
        for call in calls:
            call.play(self.agg)


def union(boxes: Iterable[Box]) -> Box:
    """Return the smallest box around all."""
    joined = NOWHERE
    for box in boxes:
        joined = joined.join(box)
    return joined
