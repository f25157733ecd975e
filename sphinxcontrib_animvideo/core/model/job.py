"""A job: one animation to render, as plain data that can be pickled and hashed into a key."""

from __future__ import annotations

import ast
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from .settings import Settings
from .sweep import Combination, in_words, values_of

SCHEMA = 5
"""Raised when the meaning of a cached asset changes without the version of the project."""


@dataclass(frozen=True)
class SourceLocation:
    """A line in one of the user's files."""

    file: str
    """As shown in warnings; for a docstring ``module.py:docstring of name``."""
    line: int
    """From 1."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    def within(self, folder: str | os.PathLike[str]) -> str:
        """Return the location relative to *folder*, if it is inside."""
        path = Path(self.file)
        shown = path.relative_to(folder) if path.is_relative_to(folder) else path
        return f"{shown}:{self.line}"


@dataclass(frozen=True)
class Job:
    """One animation to render."""

    location: SourceLocation
    """The directive."""
    code: str
    code_location: SourceLocation
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
    file: str = ""
    """Absolute path of a video or an animated image to show; *code* is its hash then."""
    nofigs: bool = False
    """Whether the code only prepares something for later directives and shows nothing."""
    depends: tuple[str, ...] = ()
    """Files named by ``:depends:``, relative to *folder*."""
    previous: Job | None = None
    """The directive before this one in the same ``:context:``."""
    close_figures: bool = False
    """Close the figures of the directives before."""
    parameters: Combination = ()
    """Of a sweep: the names that are set before the code runs, or passed to the callable."""
    is_dark: bool = False
    """Whether the style is that of the option ``dark``."""

    @property
    def chain(self) -> tuple[Job, ...]:
        """The jobs that run in this job's process, in order; this one is the last."""
        return (*self.previous.chain, self) if self.previous else (self,)

    @property
    def values(self) -> dict[str, Any]:
        """The values of the parameters, by name."""
        return values_of(self.parameters)

    @property
    def combination(self) -> str:
        """The parameters as text, such as ``damping=0.1, drive=0.5``; empty without a sweep."""
        return in_words(self.parameters)

    def in_dark_style(self, style: tuple[str, ...]) -> Job:
        """Return the same job under the Matplotlib style of the option ``dark``."""
        return replace(self, settings=replace(self.settings, style=style), is_dark=True)

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
            {**self.settings.decisive, "pre_code": None},
            # A script reads files beside itself; where it lies from the document decides which.
            os.path.relpath(self.script, self.folder).replace(os.sep, "/") if self.script else "",
            self.function,
            self.depends,
            self.close_figures,
            Path(self.file).suffix.lower(),
            self.nofigs,
            self.previous.key(environment) if self.previous else None,
            *([self.parameters] if self.parameters else []),
        ]
        return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()


@lru_cache(maxsize=1024)  # the code at the start of a chain is in the key of each job after it
def code_digest(code: str) -> str:
    """Return a hash of *code* that comments, blank lines and formatting do not change."""
    try:
        text = json.dumps(_syntax_tree(ast.parse(code)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        text = code
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _syntax_tree(node: object) -> object:
    """Return *node* as lists of names and constants that are the same in all versions of Python.

    The texts of :func:`ast.dump` and :func:`ast.unparse` are not: Python 3.12 quotes f-strings in
    another way and ends their format specifications with an empty string, and new versions add
    fields, which are empty where the code does not use what they are for.
    """
    if isinstance(node, ast.JoinedStr):
        return ["f-string", *(_syntax_tree(part) for part in node.values if not _is_empty(part))]
    if isinstance(node, ast.AST):
        fields = [(name, value) for name, value in ast.iter_fields(node) if value not in (None, [])]
        return [type(node).__name__, *([name, _syntax_tree(value)] for name, value in fields)]
    if isinstance(node, list):
        return [_syntax_tree(item) for item in node]
    return node if isinstance(node, str) else [type(node).__name__, repr(node)]


def _is_empty(part: ast.expr) -> bool:
    return isinstance(part, ast.Constant) and part.value == ""


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
