"""The keyword arguments of ``VideoWriter`` and ``write_video``: types, documentation, checks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypedDict, TypeVar

from .core.model.options import PYTHON, options_of
from .core.model.text import suggestion
from .errors import OptionError

T = TypeVar("T")

_NO_LIMIT = "Maximum number of frames; more are an error. Defaults to no limit."
"""Of ``max_frames``: the default of builds, which run unattended, does not apply to scripts."""


class VideoOptions(TypedDict, total=False):
    """The keyword arguments of :class:`VideoWriter`; see :mod:`.core.model.options`."""

    dpi: float | None
    max_frames: int | None
    redraw: str
    quality: str | int
    target_size: int | str | None
    cmap: Any
    vmin: float | None
    vmax: float | None
    norm: Any
    bad: Any
    raw_size: tuple[int, int] | None
    keep_unfinished: bool
    extra_args: Sequence[str]
    progress: bool | None
    total: int | None
    hash_frames: bool
    check_flashes: bool
    on_frame: Callable[[int], None] | None


def documented(cls: type[T]) -> type[T]:
    """Insert the descriptions of the keyword arguments into the docstring of a class."""
    entries = []
    for name in VideoOptions.__annotations__:
        option = options_of(PYTHON)[name.replace("_", "-")]
        default = (
            "" if option.default in (None, (), False) else f" Defaults to ``{option.default!r}``."
        )
        text = re.sub(r"(?<![`:])`([^`]+)`(?!`)", r"``\1``", option.help)
        if name == "max_frames":
            text, default = _NO_LIMIT, ""
        entries += [f"    {name}", f"        {text}{default}"]
    assert cls.__doc__
    cls.__doc__ = cls.__doc__.replace("    **options", "\n".join(entries))
    return cls


def read_keywords(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of all keyword arguments, checked."""
    known = options_of(PYTHON)
    for name in given:
        if name not in VideoOptions.__annotations__:
            hint = suggestion(name, [*VideoOptions.__annotations__, "fps"])
            raise TypeError(f"unexpected keyword argument {name!r}.{hint}")
    if given.get("target_size") is not None and given.get("quality") is not None:
        raise OptionError(
            "{option} and quality= cannot be combined: the target size decides the quality.",
            option="target-size",
        )
    values: dict[str, Any] = {}
    for name in VideoOptions.__annotations__:
        option = known[name.replace("_", "-")]
        default = None if name == "max_frames" else option.default
        value = given.get(name)
        values[name] = default if value is None else option.read(value)
    return values
