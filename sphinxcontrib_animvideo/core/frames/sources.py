"""Recognizes the kinds of sources, and finds the pictures of sources that hold several."""

from __future__ import annotations

import glob
import io
import os
import re
import stat
import sys
from collections.abc import Mapping, Set
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from ...errors import FrameError

if TYPE_CHECKING:
    from matplotlib.animation import Animation
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FRAME_KINDS = (
    "a Matplotlib figure or axes, an array, a PIL image, an image file, or PNG or JPEG bytes"
)


def current_figure() -> Figure:
    """Return pyplot's current figure; FrameError if there is none."""
    from matplotlib import pyplot as plt

    if not plt.get_fignums():
        raise FrameError(
            "there is no current figure to capture. Create one, or pass the source to capture."
        )
    return plt.gcf()


def figure_of(source: Any) -> Figure | None:
    """Return the figure that a frame of *source* shows, if it shows one.

    Axes, artists, arrays of axes, and the grids of seaborn belong to a figure.
    """
    if source is None:
        return current_figure()
    if isinstance(source, np.ndarray) and source.dtype == object and source.size:
        source = source.flat[0]
    if is_axes(source):
        return root_figure(source)
    owner = source if is_figure(source) else getattr(source, "figure", None)
    return owner if is_figure(owner) else None


def is_figure(source: object) -> bool:
    """Whether *source* is a Matplotlib figure."""
    return _is_loaded(source, "matplotlib.figure", "Figure")


def is_axes(source: object) -> bool:
    """Whether *source* is a Matplotlib axes."""
    return _is_loaded(source, "matplotlib.axes", "Axes")


def is_animation(source: object) -> bool:
    """Whether *source* is a Matplotlib animation."""
    return _is_loaded(source, "matplotlib.animation", "Animation")


def is_frame_source(source: object) -> bool:
    """Whether *source* is one picture, rather than an iterable of them."""
    if hasattr(source, "__array__") and hasattr(source, "shape"):  # not a stack of them
        shape = source.shape
        return len(shape) < 3 or (len(shape) == 3 and shape[2] in (1, 3, 4))
    single = (str, os.PathLike, bytes, bytearray, io.BytesIO)
    return (
        isinstance(source, single)
        or is_pil_image(source)
        or hasattr(source, "_repr_png_")
        or (source is not None and figure_of(source) is not None)
    )


_CONVERSIONS = {
    "bokeh": "bokeh.io.export.get_screenshot_as_png(plot)",
    "altair": "vl_convert.vegalite_to_png(chart.to_json())",
    "cairo": "numpy.frombuffer(surface.get_data(), numpy.uint8)",
    "pandas": "table.to_numpy()",
    "plotly": 'figure.to_image("png")',
    "polars": "table.to_numpy()",
    "pygame": "pygame.surfarray.array3d(surface).swapaxes(0, 1)",
    "pyvista": "plotter.screenshot()",
    "pyvistaqt": "plotter.screenshot()",
    "torch": "tensor.detach().cpu().numpy()",
    "xarray": 'dataset["name"]',
    "vispy": "canvas.render()",
}
"""By package, how an object of it becomes an array or the bytes of an image."""


def refuse(source: Any, reason: str = "") -> NoReturn:
    """Raise the error for an object that cannot become a frame."""
    kind = type(source)
    package = kind.__module__.partition(".")[0]
    known = "it to write_video" if is_animation(source) else _CONVERSIONS.get(package, "")
    advice = f"Pass {known}." if known else f"Use {FRAME_KINDS}."
    name = f"{package}.{kind.__name__}" if package in _CONVERSIONS else kind.__name__
    raise FrameError(f"an object of type {name} cannot become a frame{reason}. {advice}")


def is_refused(source: object) -> bool:
    """Whether *source* can be iterated, but its items are no pictures: tables, mappings, plots."""
    kind = type(source)
    is_named = kind.__name__ in ("DataFrame", "LazyFrame", "Series") and hasattr(source, "columns")
    package = kind.__module__.partition(".")[0]
    is_plot = package in _CONVERSIONS and not hasattr(source, "__array__")
    return isinstance(source, (Mapping, Set)) or is_named or is_plot


def animations_of(value: Any) -> list[Animation]:
    """Return the animation that *value* is, or those among the items of a list, tuple, or
    dictionary, and in the lists, tuples, and dictionaries in it.
    """
    found: dict[int, Animation] = {}
    for item in _items(value):
        for inner in _items(item):
            if is_animation(inner):
                found[id(inner)] = inner
    return list(found.values())


def _items(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, (list, tuple)) else [value]


def files_like(pattern: str | os.PathLike[str]) -> list[str]:
    """Return the file of this name; else those that match the pattern, in natural order.

    Natural order is 9 before 10.

    Raises
    ------
    FrameError
        There is none.
    """
    name = os.fspath(pattern)
    mode = _mode(name)
    if stat.S_ISDIR(mode):
        raise FrameError(
            f"{name} is a directory. To use the images in it, pass a pattern such as "
            f"{os.path.join(name, '*.png')!r}."  # noqa: PTH118
        )
    if mode:
        return [name]
    found = [path for path in glob.glob(name, recursive=True) if not Path(path).is_dir()]
    if not found:
        brackets = " If the brackets are part of the name, use glob.escape()." * ("[" in name)
        raise FrameError(f"no file in {Path.cwd()} matches {name!r}.{brackets}")
    return sorted(
        found,
        key=lambda name: [int(p) if p.isdecimal() else p for p in re.split(r"(\d+)", name)],
    )


def _mode(path: str) -> int:
    """Return what the system knows of the kind of a file; 0 if there is none."""
    try:
        return Path(path).stat().st_mode
    except (OSError, ValueError):  # ValueError: no file can have such a name
        return 0


def _is_loaded(source: object, module: str, name: str) -> bool:
    # An object of a class can only exist if its module is loaded; arrays never load Matplotlib.
    # Another thread may be loading it at this moment; then the class may be missing.
    loaded = getattr(sys.modules.get(module), name, None)
    return loaded is not None and isinstance(source, loaded)


def is_pil_image(source: object) -> bool:
    """Whether *source* is a Pillow image."""
    return _is_loaded(source, "PIL.Image", "Image")


def is_path(source: object) -> bool:
    """Whether *source* is the path of a file."""
    return isinstance(source, (str, os.PathLike))


def root_figure(axes: Axes) -> Figure:
    """Return the figure that holds *axes*, also those of a subfigure."""
    import matplotlib

    knows_root = matplotlib.__version_info__ >= (3, 10)
    return axes.get_figure(root=True) if knows_root else axes.figure.figure
