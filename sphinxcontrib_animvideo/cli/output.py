"""What the commands print: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..core.model.options import CLI, spelling
from ..errors import AnimvideoError, OptionError, OutputError, ScriptError

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130
"""Exit statuses."""
_USAGE_ERRORS = (OptionError, OutputError, ScriptError)
"""Errors in the command, not in the code."""

flag = spelling(CLI, lambda option: f"--{option.name}")
"""Returns how the command line spells an option."""


@dataclass(frozen=True)
class CommandResult:
    """The result of a command."""

    data: dict[str, Any]
    """Printed with ``--json``."""
    text: str = ""
    """Printed without it."""
    status: int = DONE


def print_result(text: str) -> None:
    """Print on standard output."""
    if text:
        print(text, flush=True)


def print_message(text: str) -> None:
    """Print on standard error."""
    print(text, file=sys.stderr, flush=True)


def fail(error: AnimvideoError, as_json: bool) -> int:
    """Print the error that ends a command, and return the exit status."""
    print_error(error)
    if as_json:
        print_result(json.dumps({"error": error_data(error)}, indent=1))
    return USAGE if isinstance(error, _USAGE_ERRORS) else FAILED


def print_error(error: AnimvideoError) -> None:
    """Print an error, with its place in the user's file if it has one."""
    place = f"{relative_path(error.file)}:{error.line}" if _has_place(error) else "animvideo"
    print_message(f"{place}: {error.explain(flag)}")
    if error.detail:
        print_message(error.detail)


def error_data(error: AnimvideoError) -> dict[str, Any]:
    """Return an error as JSON data."""
    data: dict[str, Any] = {
        "kind": error.kind,
        "message": error.explain(flag),
        "detail": error.detail,
    }
    if _has_place(error):
        data |= {"file": error.file, "line": error.line}
    return data


def _has_place(error: AnimvideoError) -> bool:
    return bool(error.file) and not isinstance(error, _USAGE_ERRORS)


def relative_path(file: str | None) -> str:
    """Return a path relative to the current directory, if it is inside."""
    path, here = Path(file or ""), Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of cells as text with aligned columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join(lines)
