"""The marker ``@pytest.mark.animvideo``: how the video of a test is recorded."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ..errors import OptionError

if TYPE_CHECKING:
    from fractions import Fraction

_NAME = "animvideo"


@dataclass(frozen=True)
class Settings:
    """What the marker may say."""

    fps: Fraction | None = None
    """Frames per second. Default: the rate of an animation that is recorded first, else 25."""
    style: tuple[str, ...] = ()
    """Matplotlib style, or a list of them, in which the test runs. Default: as it is."""
    max_frames: int | None = None
    """Most frames; more are an error. Default: 5000."""
    dpi: float | None = None
    """Dots per inch of figures. Default: each figure's own."""
    quality: str | int = "good"
    """A word or a number, as for ``VideoWriter``. Default: ``good``."""
    redraw: str = "incremental"
    """``incremental`` or ``full``, as for ``VideoWriter``. Default: ``incremental``."""
    tolerance: float = 0
    """By how much a frame may differ from the baseline: the root of the mean square, of 255
    levels. Default: 0."""
    suffix: str = ".mp4"
    """Suffix of the file, which says the format. Default: ``.mp4``."""


_NAMES = [field.name for field in fields(Settings)]
USAGE = (
    f"{_NAME}({', '.join(f'{name}=' for name in _NAMES)}): how the fixture animvideo records the "
    "video of this test."
)


def settings_of(item: pytest.Item) -> Settings:
    """Return what the markers of a test say; the one that is nearest to it counts.

    The test fails if one of them is wrong.
    """
    given: dict[str, Any] = {}
    for mark in item.iter_markers(_NAME):
        if mark.args:
            raise misuse(f"it takes no argument without a name; it was given {mark.args[0]!r}.")
        given = {**mark.kwargs, **given}
    try:
        return Settings(**{name: _read(name, value) for name, value in given.items()})
    except OptionError as error:
        raise misuse(error.message) from None


def _read(name: str, value: Any) -> Any:
    from ..core.model.formats import format_of  # most runs have no marker
    from ..core.model.options import OPTIONS

    if name not in _NAMES:
        raise misuse(f"it has no {name}.{_hint(name)} Allowed: {', '.join(_NAMES)}.")
    if name == "tolerance":
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 255:
            raise misuse(f"tolerance= takes a number from 0 to 255; it was given {value!r}.")
        return float(value)
    if name == "suffix":
        format_of(Path(f"video{value}"))
        return value
    return OPTIONS[name.replace("_", "-")].read(value, f"{name}=")


def _hint(name: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, _NAMES, n=1)
    return f" Did you mean {close[0]}?" if close else ""


def misuse(problem: str) -> BaseException:
    """Return what a test with a wrong marker fails with."""
    return pytest.fail.Exception(f"@pytest.mark.{_NAME}: {problem}", pytrace=False)
