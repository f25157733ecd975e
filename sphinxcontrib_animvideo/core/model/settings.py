"""The options that decide what a video is, and the limits of a build, as typed data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from fractions import Fraction
from typing import Any

from ...errors import OptionError
from .formats import FORMATS, check_quality

_INDECISIVE = {"check_flashes", "parallel"}


@dataclass(frozen=True)
class Settings:
    """The options that decide pixels and files, which are part of a job's key, and what is told.

    Each field is the option of the same name in :mod:`.options`.
    """

    fps: Fraction | None
    """``None``: the animation's own interval, a constant pause, or *default_fps*."""
    default_fps: Fraction
    """The configured value of ``fps``."""
    dpi: float | None
    hidpi: bool
    style: tuple[str, ...]
    rcparams: tuple[tuple[str, Any], ...]
    seed: int
    pre_code: str
    max_frames: int
    redraw: str
    formats: tuple[str, ...]
    quality: str | int
    encoder_args: tuple[tuple[str, Any], ...]
    poster: str | int | float
    """``first``, ``middle``, ``last``, a frame number, or seconds (a float)."""
    check_flashes: bool = True
    """Not part of the key: it decides whether the result of the check is told."""
    parallel: bool = False
    """Not part of the key: the video is the same."""

    @property
    def decisive(self) -> dict[str, Any]:
        """The options that are part of a job's key, as plain data."""
        return {name: value for name, value in asdict(self).items() if name not in _INDECISIVE}


@dataclass(frozen=True)
class Limits:
    """Limits of a build; they change no video. Each field is the option of the same name."""

    max_pixels: int
    max_bytes: int
    max_memory: int
    """MiB."""
    max_output: int
    """Bytes."""


@dataclass(frozen=True)
class Arithmetic:
    """How worker processes calculate. Each field is the option of the same name."""

    cpu: str = "x86-64-v3"
    threads: int = 1


def make_settings(written: Mapping[str, Any], default: Callable[[str], Any]) -> Settings:
    """Return the settings that options result in.

    Parameters
    ----------
    written
        Values of the options that are given with the code, by name.
    default
        Returns the value of any other option.

    Raises
    ------
    OptionError
        One of the formats does not have the quality.
    """

    def value(field: str) -> Any:
        name = field.replace("_", "-")
        return written[name] if name in written else default(name)

    named = [field.name for field in fields(Settings) if field.name != "default_fps"]
    values = {name: value(name) for name in named}
    values |= {"fps": written.get("fps"), "default_fps": default("fps")}
    settings = Settings(**values)
    check_formats(settings.formats, settings.quality)
    return settings


def make_limits(value_of: Callable[[str], Any]) -> Limits:
    """Return the limits; *value_of* returns the value of an option by name."""
    return Limits(
        **{field.name: value_of(field.name.replace("_", "-")) for field in fields(Limits)}
    )


def make_arithmetic(value_of: Callable[[str], Any]) -> Arithmetic:
    """Return how to calculate; *value_of* returns the value of an option by name."""
    return Arithmetic(**{field.name: value_of(field.name) for field in fields(Arithmetic)})


def check_formats(formats: tuple[str, ...], quality: str | int) -> None:
    """Raise :class:`OptionError` if one of the formats does not have the quality."""
    for name in formats:
        if reason := check_quality(FORMATS[name], quality):
            raise OptionError(reason, option="quality")


def is_file_name(poster: Any) -> bool:
    """Whether a poster is an image file instead of a frame."""
    return isinstance(poster, str) and poster not in {"first", "middle", "last"}
