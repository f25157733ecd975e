"""One animation to make, as plain data that can be pickled and hashed into a key."""

from __future__ import annotations

import ast
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from .options import check_formats

SCHEMA = 3
"""Raised when the meaning of a cached asset changes without the version of the project."""


@dataclass(frozen=True)
class Place:
    """A line in one of the user's files."""

    file: str
    """As a warning shows it; for a docstring ``module.py:docstring of name``."""
    line: int
    """From 1."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    def within(self, folder: str | os.PathLike[str]) -> str:
        """Return it as it is seen from a folder, if it is inside."""
        path = Path(self.file)
        shown = path.relative_to(folder) if path.is_relative_to(folder) else path
        return f"{shown}:{self.line}"


@dataclass(frozen=True)
class Settings:
    """The options that decide the pixels and the files. See :mod:`.options`."""

    fps: Fraction | None
    """``None``: the animation's own interval, a constant pause, or *default_fps*."""
    default_fps: Fraction
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


def is_file_name(poster: Any) -> bool:
    """Whether a poster is an image file, rather than a frame."""
    return isinstance(poster, str) and poster not in {"first", "middle", "last"}


def make_settings(written: Mapping[str, Any], default: Callable[[str], Any]) -> Settings:
    """Return the settings that follow from options.

    Parameters
    ----------
    written
        Values of the options that are given with the code, by name.
    default
        Gives the value of any other option.

    Raises
    ------
    OptionError
        A format is not to be had in that quality.
    """

    def option(name: str) -> Any:
        return written[name] if name in written else default(name)

    settings = Settings(
        fps=written.get("fps"),
        default_fps=default("fps"),
        dpi=option("dpi"),
        hidpi=option("hidpi"),
        style=option("style"),
        rcparams=option("rcparams"),
        seed=option("seed"),
        pre_code=option("pre-code"),
        max_frames=option("max-frames"),
        redraw=option("redraw"),
        formats=option("formats"),
        quality=option("quality"),
        encoder_args=option("encoder-args"),
        poster=option("poster"),
    )
    check_formats(settings.formats, settings.quality)
    return settings


@dataclass(frozen=True)
class Job:
    """One animation to make."""

    place: Place
    """The directive."""
    code: str
    code_place: Place
    """The first line of the code: in the document, or line 1 of the script."""
    folder: str
    """Absolute path of the document's folder, in which the code runs."""
    source_dir: str
    """Absolute path of the folder that holds all sources."""
    settings: Settings
    timeout: float
    """Seconds without a new frame after which the code is stopped."""
    script: str = ""
    """Absolute path of the script, where the code is one."""
    function: str = ""
    """Name of the callable in the script that makes the frames."""
    depends: tuple[str, ...] = ()
    """Files named by ``:depends:``, relative to *folder*."""
    previous: Job | None = None
    """The directive before this one in the same ``:context:``."""
    close_figures: bool = False
    """Close the figures of the directives before."""

    @property
    def chain(self) -> tuple[Job, ...]:
        """The jobs that run in this job's process, in order; this one is the last."""
        return (*self.previous.chain, self) if self.previous else (self,)

    def in_style(self, style: tuple[str, ...]) -> Job:
        """Return the same job under another Matplotlib style."""
        return replace(self, settings=replace(self.settings, style=style))

    def key(self, environment: str) -> str:
        """Return a hash of all that decides the result, but for the files the code opens.

        Where the job stands does not count, so that moved directives and renamed pages keep it.

        Parameters
        ----------
        environment
            What the machine adds: versions of Python, Matplotlib, …; see :mod:`.environment`.
        """
        parts = [
            SCHEMA,
            environment,
            code_digest(self.code),
            code_digest(self.settings.pre_code),
            {**asdict(self.settings), "pre_code": None},
            # A script reads files beside itself; where it lies from the document decides which.
            os.path.relpath(self.script, self.folder).replace(os.sep, "/") if self.script else "",
            self.function,
            self.depends,
            self.close_figures,
            self.previous.key(environment) if self.previous else None,
        ]
        return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()


@lru_cache(maxsize=1024)  # the code at the start of a chain is in the key of each job after it
def code_digest(code: str) -> str:
    """Return a hash of *code* that comments, blank lines and formatting do not change."""
    try:
        # Not ast.dump(), whose text depends on the version of Python: lock files hold this hash.
        text = ast.unparse(ast.parse(code))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        text = code
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def same_line(one: str, other: str, line: int) -> int:
    """Return the line of *other* that does what *line* of *one* does; their digests are equal."""
    if one == other:
        return line
    pairs = zip(ast.walk(ast.parse(one)), ast.walk(ast.parse(other)), strict=True)
    lines: dict[int, int] = {
        a.lineno: b.lineno for a, b in pairs if hasattr(a, "lineno") and hasattr(b, "lineno")
    }
    return lines.get(line, line)


def chains(jobs: list[Job]) -> Iterator[tuple[Job, ...]]:
    """Yield the chains to run so that each of *jobs* is in one, none being part of another."""
    inner = {earlier for job in jobs for earlier in job.chain[:-1]}
    for job in jobs:
        if job not in inner:
            yield job.chain
