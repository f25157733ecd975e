"""The command ``cache``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from ..core.cache.store import Cache, Entry
from ..core.model.humanize import count, format_bytes
from ..core.model.number import exact
from ..core.model.text import shown
from ..errors import OptionError
from .output import CommandResult

_DAY = 24 * 3600
_LONGEST = 100_000
"""Days."""


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``cache``."""
    command.add_argument(
        "folder",
        metavar="DIR",
        type=Path,
        help="The cache directory: animvideo_cache_dir of a documentation project (by default, "
        "animvideo inside Sphinx's doctree directory), or the directory passed to animvideo "
        "render --cache-dir.",
    )
    removal = command.add_mutually_exclusive_group()
    removal.add_argument(
        "--clear",
        action="store_true",
        help="Remove all videos, including interrupted ones.",
    )
    removal.add_argument(
        "--prune-days", metavar="N", help="Remove videos that have not been used for N days."
    )


def cache(given: argparse.Namespace) -> CommandResult:
    """Return the size of a cache, after removing what was asked for."""
    days = 0.0 if given.clear else _days(given.prune_days)
    if not given.folder.is_dir():
        what = "is a file" if given.folder.exists() else "does not exist"
        raise OptionError(f"DIR must be a cache directory; {given.folder} {what}.")
    store = Cache(given.folder)
    removed = [] if days is None else store.prune(days * _DAY)
    left, gone = _contents(store.entries()), _contents(removed)
    unfinished = _contents(store.unfinished())
    text = f"{given.folder}: {_contents_text(left)}"
    if videos := unfinished["entries"]:
        text += f"; interrupted: {count(videos, 'video')}, {format_bytes(unfinished['bytes'])}"
    if days is not None:
        text += f"; removed: {_contents_text(gone)}"
    data = {"folder": str(given.folder), **left, "interrupted": unfinished, "removed": gone}
    return CommandResult(data, text)


def _contents(entries: Sequence[Entry]) -> dict[str, int]:
    return {"entries": len(entries), "bytes": sum(entry.size for entry in entries)}


def _contents_text(contents: dict[str, int]) -> str:
    # An entry holds the videos of one directive or script.
    noun = "entry" if contents["entries"] == 1 else "entries"
    return f"{contents['entries']} {noun}, {format_bytes(contents['bytes'])}"


def _days(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        return float(exact(text, 0, _LONGEST))
    except (ValueError, ArithmeticError):
        raise OptionError(
            f"--prune-days must be a number of days from 0 to {_LONGEST}, not {shown(text)}."
        ) from None
