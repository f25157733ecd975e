"""The commands that look at what is there: ``info``, ``formats`` and ``cache``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..core.cache.store import Cache, Entry
from ..core.encoding.probe import Info, encoders, has_encoder, read_info
from ..core.model.asset import Failure
from ..core.model.formats import FORMATS, Format
from ..core.model.humanize import amount, count
from ..errors import AnimvideoError, OptionError
from .output import DONE, FAILED, Answer, complain, error_data, table

_DAY = 24 * 3600


def add_info_arguments(command: argparse.ArgumentParser) -> None:
    """Declare what ``info`` takes."""
    command.add_argument("files", metavar="FILE", nargs="+", type=Path, help="A video file.")


def add_cache_arguments(command: argparse.ArgumentParser) -> None:
    """Declare what ``cache`` takes."""
    command.add_argument(
        "--folder",
        metavar="DIR",
        required=True,
        type=Path,
        help="The cache: that of a documentation (animvideo_cache_dir, or animvideo in Sphinx's "
        "doctree folder), or that of animvideo render --cache.",
    )
    removal = command.add_mutually_exclusive_group()
    removal.add_argument("--clear", action="store_true", help="Remove all videos.")
    removal.add_argument(
        "--prune-days", metavar="N", help="Remove the videos that were not used for N days."
    )


def info(given: argparse.Namespace) -> Answer:
    """Tell what is in video files. One that cannot be read does not keep the others back."""
    found: list[dict[str, Any]] = []
    lines: list[str] = []
    for path in given.files:
        try:
            known = read_info(path)
        except AnimvideoError as error:
            failure = Failure.of(error, "", 0)
            complain(failure)
            found.append({"path": str(path), "error": error_data(failure)})
        else:
            found.append(info_data(path, known))
            lines.append(f"{info_text(path, known)}, {known.codec}")
    status = FAILED if any("error" in item for item in found) else DONE
    return Answer({"files": found}, "\n".join(lines), status)


def info_data(path: Path, known: Info) -> dict[str, Any]:
    """Return what is in a video file as JSON data."""
    return {
        "path": str(path),
        "width": known.width,
        "height": known.height,
        "frames": known.frame_count,
        "fps": float(known.fps),
        "seconds": round(known.seconds, 6),
        "codec": known.codec,
        "bytes": known.size,
    }


def info_text(path: Path, known: Info) -> str:
    """Return what is in a video file in words."""
    return (
        f"{path}: {known.width} x {known.height}, {count(known.frame_count, 'frame')}, "
        f"{float(known.fps):.6g} fps, {known.seconds:.4g} s, {amount(known.size)}"
    )


def formats(given: argparse.Namespace) -> Answer:
    """List the formats."""
    known = encoders()
    data = [_format_data(format, has_encoder(format, known)) for format in FORMATS.values()]
    rows = [("name", "suffix", "can be written", "numbers", "qualities")]
    rows += [
        (
            item["name"],
            item["suffix"],
            "yes" if item["available"] else "no",
            f"0 to {item['max_number']}" if item["max_number"] else "none",
            ", ".join(item["qualities"]),
        )
        for item in data
    ]
    return Answer({"formats": data}, table(rows))


def _format_data(format: Format, available: bool) -> dict[str, Any]:
    return {
        "name": format.name,
        "suffix": format.suffix,
        "media_type": format.media_type,
        "qualities": list(format.qualities),
        "max_number": format.max_number or None,
        "available": available,
    }


def cache(given: argparse.Namespace) -> Answer:
    """Tell how large a cache is, after removing what shall go."""
    days = 0.0 if given.clear else _days(given.prune_days)
    if not given.folder.is_dir():
        raise OptionError(f"--folder takes the folder of a cache; there is none at {given.folder}.")
    store = Cache(given.folder)
    removed = [] if days is None else store.prune(days * _DAY)
    left, gone = _contents(store.entries()), _contents(removed)
    text = f"{given.folder}: {_contents_text(left)}"
    if days is not None:
        text += f"; removed: {_contents_text(gone)}"
    return Answer({"folder": str(given.folder), **left, "removed": gone}, text)


def _contents(entries: Sequence[Entry]) -> dict[str, int]:
    return {"entries": len(entries), "bytes": sum(entry.size for entry in entries)}


def _contents_text(contents: dict[str, int]) -> str:
    return f"{count(contents['entries'], 'asset')}, {amount(contents['bytes'])}"


def _days(text: str | None) -> float | None:
    try:
        days = None if text is None else float(text)
    except ValueError:
        days = -1
    if days is not None and not days >= 0:
        raise OptionError(f"--prune-days takes a number of days from 0; it was given {text!r}.")
    return days
