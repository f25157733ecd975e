"""The marker ``@pytest.mark.animvideo``: how the video of a test is recorded."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ..errors import AnimvideoError, OptionError

if TYPE_CHECKING:
    from fractions import Fraction

    from ..core.model.formats import Format

_NAME = "animvideo"


@dataclass(frozen=True)
class MarkerOptions:
    """The arguments of the marker; each is an option in :mod:`.core.model.options`."""

    fps: Fraction | None = None
    """Defaults to the rate of an animation that is recorded first, else 25."""
    style: tuple[str, ...] = ()
    """Defaults to the current style."""
    max_frames: int | None = None
    dpi: float | None = None
    quality: str | int = "good"
    redraw: str = "incremental"
    tolerance: float = 0
    suffix: str = ".mp4"
    check_flashes: bool = True

    def without_loss(self) -> MarkerOptions:
        """Return the options with which every pixel is kept, if the format can do that."""
        can_keep = "lossless" in self.format.qualities
        return replace(self, quality="lossless") if can_keep else self

    @property
    def format(self) -> Format:
        """The format that the suffix selects."""
        from ..core.model.formats import format_of  # most runs have no marker

        return format_of(Path(f"video{self.suffix}"))


_NAMES = [field.name for field in fields(MarkerOptions)]
USAGE = (
    f"{_NAME}({', '.join(f'{name}=' for name in _NAMES)}): how the fixture animvideo records the "
    "video of this test."
)


def marker_options(item: pytest.Item) -> MarkerOptions:
    """Return the arguments of the markers of a test; the closest marker takes precedence.

    The test fails if one of them is wrong.
    """
    given: dict[str, Any] = {}
    for mark in item.iter_markers(_NAME):
        if mark.args:
            raise misuse(f"it takes keyword arguments only, but was given {mark.args[0]!r}.")
        given = {**mark.kwargs, **given}
    try:
        options = MarkerOptions(**{name: _read(name, value) for name, value in given.items()})
        if "quality" in given:
            from ..core.model.settings import check_formats

            check_formats((options.format.name,), options.quality)
        return options
    except OptionError as error:
        raise misuse(error.explain()) from None


def _read(name: str, value: Any) -> Any:
    from ..core.model.formats import format_of  # most runs have no marker
    from ..core.model.options import MARKER, options_of, unknown_option

    known = {option.replace("-", "_"): option for option in options_of(MARKER)}
    if name not in known:
        raise unknown_option(name, known, lambda name: name, noun="argument")
    read = options_of(MARKER)[known[name]].read(value)
    if name == "suffix":
        format_of(Path(f"video{read}"))
    return read


def misuse(problem: str) -> BaseException:
    """Return the exception with which a test with a wrong marker fails."""
    return pytest.fail.Exception(f"@pytest.mark.{_NAME}: {problem}", pytrace=False)


def report_nothing(item: pytest.Function) -> None:
    """Fail a test that has the marker but gives no frames; warn if its class has the marker."""
    __tracebackhide__ = True
    problem = (
        "the test returned nothing, so no video was recorded or compared. Return an animation or "
        "an iterable of pictures, or use the fixture animvideo."
    )
    if item.get_closest_marker("mpl_image_compare"):
        problem += " The marker mpl_image_compare takes what the test returns; remove one of them."
    _report(item, problem)


def report_unseen(item: pytest.Function, what: str) -> None:
    """As :func:`report_nothing`, for a test whose result is not seen; *what* it is."""
    __tracebackhide__ = True
    _report(
        item,
        f"what {what} returns cannot be compared. Use the fixture animvideo, or a test function "
        "that is not asynchronous and not in a unittest.TestCase.",
    )


def _report(item: pytest.Function, problem: str) -> None:
    __tracebackhide__ = True
    if any(mark.name == "animvideo" for mark in item.own_markers):
        raise misuse(problem)
    warnings.warn(f"{item.nodeid}: {problem}", pytest.PytestWarning, stacklevel=1)


@contextmanager
def plain_failures() -> Iterator[None]:
    """Let a test fail with the message of our error, without our traceback."""
    __tracebackhide__ = True
    message = ""
    try:
        yield
    except AnimvideoError as error:
        message = "\n".join(filter(None, [str(error), error.detail]))
    if message:  # without the error as its context, which pytest would show as well
        raise pytest.fail.Exception(message, pytrace=False) from None
