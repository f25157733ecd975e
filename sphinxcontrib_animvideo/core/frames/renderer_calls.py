"""Makes shapes of the calls of Matplotlib's renderer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .shapes import (
    CELLS,
    DASHES,
    EDGE,
    FACE,
    HERE,
    LINE,
    MARKER,
    POINTS,
    STYLES,
    UNIT,
    Box,
    Floats,
    Shape,
    extent_of,
    near,
)

_LUMINANCE = 0.299, 0.587, 0.114
_MANY_ROWS = 5000
"""From so many on, matmul uses threads, which burn a processor each while they wait for work."""
_MANY, _PIXELS = 4000, 48
"""Points of a shape, and rows and columns of a picture, that are looked at."""


def shape_of(kind: str, method: str, args: Sequence[Any], box: Box, scale: float) -> Shape:
    """Return what is kept of a call of the renderer.

    Parameters
    ----------
    kind
        Of the shape.
    method, args
        The call.
    box
        The axes, or the figure.
    scale
        Points per pixel.
    """
    return _OF[method](kind, args, box, scale)


def _path(kind: str, args: Sequence[Any], box: Box, scale: float) -> Shape:
    gc, path, transform, *face = args
    return Shape(kind, _style_of(gc, face), _picked(path.vertices), _matrix(transform), box)


def _markers(kind: str, args: Sequence[Any], box: Box, scale: float) -> Shape:
    gc, marker, marker_transform, path, transform, *face = args
    style = _style_of(gc, face)
    if _is_in_place(path.vertices, transform):
        return Shape(kind, style, _picked(marker.vertices), _matrix(marker_transform), box)
    style[MARKER:] = _marker_of(marker, _matrix(marker_transform), scale)
    return Shape(kind, style, _picked(path.vertices), _matrix(transform), box)


def _collection(kind: str, args: Sequence[Any], box: Box, scale: float) -> Shape:
    _, transform, paths, transforms, offsets, offset_transform, faces, edges, widths = args[:9]
    faces, edges, matrix = _colors(faces), _colors(edges), _matrix(transform)
    colors = faces if len(faces) else edges
    style = _style_of_colors(faces, edges, widths)
    are_in_place = not len(offsets) or _is_in_place(offsets, offset_transform)
    if len(paths) == 1 and are_in_place:
        return Shape(kind, style, _picked(paths[0].vertices), matrix, box)
    if len(paths) == 1:
        own = transforms[0] if len(transforms) else HERE
        style[MARKER:] = _marker_of(paths[0], own @ matrix, scale)
        return _cloud(kind, style, _relative(offsets, _matrix(offset_transform), box), colors)
    vertices = [path.vertices for path in paths]
    lengths = np.array([0, *map(len, vertices)])
    has_points, starts = lengths[1:] > 0, lengths.cumsum()[:-1]
    if are_in_place:
        points = np.concatenate(vertices)[starts[has_points]]
        return _cloud(kind, style, _relative(points, matrix, box), colors)
    # Where they are, and the middle of each, which is the tip of an arrow.
    middles = np.concatenate(vertices)[(starts + lengths[1:] // 2)[has_points]]
    places = np.resize(np.asarray(offsets), (len(paths), 2))[has_points]
    points = _relative(places, _matrix(offset_transform), box) + _moved(middles, matrix) / box[2]
    return _cloud(kind, style, points, colors)


def _mesh(kind: str, args: Sequence[Any], box: Box, scale: float) -> Shape:
    _, transform, width, height, coordinates, _, _, faces, *_ = args
    faces = _colors(faces)
    points = _picked(np.asarray(coordinates).reshape(-1, 2))
    style, colors = _style_of_colors(faces), None
    if len(faces) == width * height:
        style, colors = _pixels(faces.reshape(height, width, 4))
    return Shape(kind, style, points, _matrix(transform), box, colors)


def _triangles(kind: str, args: Sequence[Any], box: Box, scale: float) -> Shape:
    _, points, colors, transform = args
    points = _relative(np.reshape(points, (-1, 2)), _matrix(transform), box)
    colors = _colors(colors)
    return _cloud(kind, _style_of_colors(colors), points, colors)


def _image(kind: str, args: Sequence[Any], box: Box, scale: float) -> Shape:
    x, y, image = args[1:4]
    height, width = image.shape[:2]
    corners = np.array([[x, y], [x + width, y + height]], float)
    style, colors = _pixels(image, 255)
    # Images are rounded to pixels, so their place counts less.
    points = _picked(_relative(corners, HERE, box) * 0.2)
    return Shape(kind, style, points, HERE, UNIT, colors)


_OF: dict[str, Callable[[str, Sequence[Any], Box, float], Shape]] = {
    "draw_path": _path,
    "draw_markers": _markers,
    "draw_path_collection": _collection,
    "draw_quad_mesh": _mesh,
    "draw_gouraud_triangles": _triangles,
    "draw_image": _image,
}
CALLS = frozenset(_OF)
"""Methods of the renderer's Agg object that draw shapes."""


# -- parts of the numbers --------------------------------------------------------------------


def _matrix(transform: Any) -> Floats:
    found = transform.get_matrix() if hasattr(transform, "get_matrix") else transform
    return HERE if found is None else np.array(found)


def _is_in_place(offsets: Any, transform: Any) -> bool:
    """Whether the only path of a collection is no marker, as that of ``fill_between``.

    Matplotlib draws it like a marker, with an offset of zero. Its size is that of the data, which
    depends on the layout.
    """
    return len(offsets) == 1 and not np.any(offsets) and np.array_equal(_matrix(transform), HERE)


def _relative(points: Any, matrix: Floats, box: Box) -> Floats:
    left, bottom, width, height = box
    return np.asarray((_moved(points, matrix) - (left, bottom)) / (width, height))


def _moved(points: Any, matrix: Floats) -> Floats:
    if len(points) < _MANY_ROWS:
        return np.asarray(points @ matrix[:2, :2].T + matrix[:2, 2])
    (a, c, e), (b, d, f) = matrix[:2]
    x, y = np.asarray(points).T
    return np.stack([a * x + c * y + e, b * x + d * y + f], axis=1)


def _brightness(colors: Floats) -> Floats:
    red, green, blue = (colors[..., channel] for channel in range(3))
    return np.asarray(red * _LUMINANCE[0] + green * _LUMINANCE[1] + blue * _LUMINANCE[2])


def _picked(points: Any) -> Floats:
    """Return eight of the points."""
    points = np.asarray(points)
    return points[_numbers(len(points))] if len(points) else np.full((POINTS, 2), np.nan)


@lru_cache(1000)
def _numbers(count: int) -> NDArray[np.int64]:
    return (np.linspace(0, 1, POINTS) * (count - 1) + 0.5).astype(np.int64)


def _cloud(kind: str, style: Sequence[float], points: Floats, colors: Floats) -> Shape:
    """Return points whose order means nothing: in 3D axes, it is that of their distances."""
    step = 1 + len(points) // _MANY
    brightness = np.resize(_brightness(colors), len(points))[::step]
    points = points[::step]
    finite = np.isfinite(points).all(axis=1)
    points, brightness = near(points[finite]), brightness[finite]
    means, cells = np.zeros((POINTS, 2)), np.zeros(CELLS)
    extent: Sequence[float] = (-1, -1, 0, 0)
    if len(points):
        extent = extent_of(points)
        across, up = np.exp(2j * np.pi * points.T)
        waves = np.array([across, up, across * up, across * up.conj(), across**2, up**2])
        means[:-2] = waves.mean(axis=1).view(float).reshape(-1, 2)
        means[-2] = extent[:2]
        cells[: 2 * len(waves)] = (waves * brightness).mean(axis=1).view(float)
    return Shape(kind, style, means, HERE, UNIT, cells, extent=extent)


def _no_style() -> list[float]:
    return [1.0, *(0.0,) * (STYLES - 1)]


def _style_of(gc: Any, face: Sequence[Any]) -> list[float]:
    """Return the style of a path."""
    style = _no_style()
    if width := gc._linewidth:
        rgb = gc._rgb
        style[EDGE : EDGE + len(rgb)] = rgb
        style[LINE] = width / 4
        dashes = gc._dashes[1]
        style[DASHES] = 0 if dashes is None else sum(dashes) / 10
    if face and face[0] is not None:
        style[FACE : FACE + 4] = (*face[0], 1)[:4]
        if gc._forced_alpha:
            style[FACE + 3] = gc._alpha
    return style


def _style_of_colors(faces: Floats, edges: Floats | None = None, widths: Any = ()) -> list[float]:
    """Return the style of something with many colors."""
    style = _no_style()
    if len(faces):
        style[FACE : FACE + 4] = faces.mean(axis=0)
    if edges is not None and len(edges):
        style[EDGE : EDGE + 4] = edges.mean(axis=0)
        style[LINE] = np.mean(widths) / 4 if len(widths) else 0
    return style


def _marker_of(marker: Any, matrix: Floats, scale: float) -> Sequence[float]:
    """Return the size and the shape of a marker."""
    points = marker.vertices @ matrix[:2, :2].T * (scale / 5)
    if not len(points):
        return (0,) * 4
    across, up = points.std(axis=0)
    return across, up, points[:, 1].mean(), np.abs(points[:, 0] * points[:, 1]).mean()


def _colors(colors: Any) -> Floats:
    return np.asarray(colors, float).reshape(-1, 4)


def shape_of_image(image: Any) -> Shape:
    """Return what is kept of an image in axes: its data, as its pixels depend on the layout."""
    values = image.get_array()
    picked = _thinned(values)
    if values.ndim == 2:
        colors = image.cmap(image.norm(picked))
    else:
        levels = 255 if values.dtype == np.uint8 else 1
        colors = np.ma.filled(picked.astype(float), 0) / levels
    style = _no_style()
    channels = colors.mean(axis=(0, 1))
    style[FACE : FACE + 4] = (*channels, 1)[:4]
    alpha = image.get_alpha()
    style[FACE + 3] *= 1 if alpha is None else float(np.mean(alpha))
    left, right, bottom, top = image.get_extent()
    corners = image.axes.transData.transform([[left, bottom], [right, top]])
    brightness = _brightness(colors)
    return Shape(
        "image", style, _picked(corners), HERE, image.axes.bbox.bounds, _coarse(brightness)
    )


def _pixels(pixels: Any, largest: float = 1) -> tuple[list[float], Floats]:
    """Return the style of a picture, and its coarse features."""
    picked = _thinned(pixels) / largest
    return _style_of_colors(picked.reshape(-1, 4)), _coarse(_brightness(picked))


def _thinned(pixels: Any) -> Any:
    """Return some of the rows and columns of a picture, which are enough."""
    rows, columns = (max(1, -(-length // _PIXELS)) for length in pixels.shape[:2])
    return pixels[::rows, ::columns]


def _coarse(brightness: Floats) -> Floats:
    """Return the coarse features of a picture: 4 x 4 cosines, as in JPEG, and its grain."""
    found = np.zeros(CELLS)
    if brightness.size:
        cosines = _cosines(len(brightness)) @ brightness @ _cosines(brightness.shape[1]).T
        found[:-1] = cosines.ravel()
        grain = np.abs(brightness[:, 1:] - brightness[:, :-1])
        found[-1] = grain.mean() if grain.size else 0
    return found


@lru_cache(100)
def _cosines(length: int) -> Floats:
    """Return the means of four cosines, as a matrix of shape (4, length)."""
    places = (np.arange(length) + 0.5) / length
    return np.asarray(np.cos(np.pi * np.outer(np.arange(4), places)) / length)
