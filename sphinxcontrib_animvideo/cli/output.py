"""What the commands say: results on standard output, all else beside it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..core.model.asset import Failure
from ..core.model.options import Option, renamed
from ..errors import OptionError, OutputError, ScriptError

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130
"""Exit statuses."""
_MISUSE = {OptionError.kind, OutputError.kind, ScriptError.kind}
"""Kinds of failures that are mistakes in the command, not in the code."""


@dataclass(frozen=True)
class Answer:
    """What a command has to say on standard output."""

    data: dict[str, Any]
    """For ``--json``."""
    text: str = ""
    status: int = DONE


class FailedError(Exception):
    """A command ends with a failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure)
        self.failure = failure


def put(text: str) -> None:
    """Print a result."""
    if text:
        print(text, flush=True)


def say(text: str) -> None:
    """Print what is no result."""
    print(text, file=sys.stderr, flush=True)


def tell(failure: Failure, as_json: bool) -> int:
    """Tell of a failure, and return the exit status."""
    failure = replace(failure, message=renamed(failure.message, _flag))
    complain(failure)
    if as_json:
        put(json.dumps({"error": error_data(failure)}, indent=1))
    return USAGE if failure.kind in _MISUSE else FAILED


def complain(failure: Failure) -> None:
    """Print a failure, at its place in the user's file if it has one."""
    place = f"{shown_path(failure.file)}:{failure.line}" if _is_placed(failure) else "animvideo"
    say(f"{place}: {failure.message}")
    if failure.detail:
        say(failure.detail)


def error_data(failure: Failure) -> dict[str, Any]:
    """Return a failure as JSON data."""
    data: dict[str, Any] = {
        "kind": failure.kind,
        "message": failure.message,
        "detail": failure.detail,
    }
    if _is_placed(failure):
        data |= {"file": failure.file, "line": failure.line}
    return data


def _flag(option: Option) -> str:
    return "--cache" if option.name == "cache-dir" else f"--{option.name}"


def _is_placed(failure: Failure) -> bool:
    return bool(failure.file) and failure.kind not in _MISUSE


def shown_path(file: str) -> str:
    """Return a path as one would write it in the current folder."""
    path, here = Path(file), Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else file


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of cells, the columns one below the other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join(lines)
