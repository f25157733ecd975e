"""The commands ``verify`` and ``lock``, which run Sphinx in another process."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..core.cache.scratch import scratch_folder
from ..core.lockfile.lock import FILE_NAME
from ..core.lockfile.status import RESULTS_FILE, Status, count_statuses
from ..core.model.humanize import count
from ..core.rendering.process_tree import start_program
from ..errors import AnimvideoError, OptionError
from .output import DONE, FAILED, CommandResult

_FITS = {Status.IDENTICAL, Status.SAME_PICTURE}


def add_lock_arguments(command: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``lock``."""
    command.add_argument(
        "docs", metavar="DOCS", type=Path, help="The source directory of the docs, with conf.py."
    )
    command.add_argument(
        "--cache-dir",
        metavar="DIR",
        type=Path,
        help="Reuse the videos of this cache, and render only the missing ones. By default, every "
        "video is rendered.",
    )
    command.add_argument(
        "--define",
        "-D",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="Override a setting of conf.py, as for sphinx-build. Can be repeated.",
    )
    command.add_argument("--quiet", "-q", action="store_true", help="Print only warnings.")


def add_verify_arguments(command: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``verify``."""
    add_lock_arguments(command)
    command.add_argument(
        "--twice",
        action="store_true",
        help="Render every video twice, in new processes, and report code that draws something "
        f"else each time it runs, with the lines that may be the cause. {FILE_NAME} is not used.",
    )
    command.add_argument(
        "--report",
        metavar="DIR",
        type=Path,
        default=Path("animvideo-report"),
        help="Directory of the report on changed videos. Defaults to animvideo-report.",
    )


def lock(given: argparse.Namespace) -> CommandResult:
    """Accept all videos as they are."""
    found = _build(given, "animvideo", {"animvideo_lock_mode": "update"})
    path = given.docs / FILE_NAME
    failed = found["failed"]
    text = f"{path}: {count(len(found['videos']), 'video')}"
    if failed:
        text += f"; {len(failed)} failed, and their entries were kept"
    return CommandResult({"lock": str(path), **found}, text, FAILED if failed else DONE)


def verify(given: argparse.Namespace) -> CommandResult:
    """Compare all videos with the lock file, or with a second rendering."""
    if given.twice:
        return _verify_twice(given)
    report = given.report.absolute()
    found = _build(
        given, "animvideo", {"animvideo_lock_mode": "check", "animvideo_report_dir": str(report)}
    )
    statuses = [Status(video["status"]) for video in found["videos"]]
    failed = f"{len(found['failed'])} failed" if found["failed"] else ""
    counts = ", ".join(filter(None, [count_statuses(statuses), failed]))
    fits = not found["failed"] and set(statuses) <= _FITS
    lines = [f"{given.docs / FILE_NAME}: {counts or 'no videos'}"]
    changed = Status.CHANGED in statuses
    if changed:
        lines.append(f"Report on changed videos: {given.report / 'index.html'}")
    data = {"fits": fits, "report": str(given.report / "index.html") if changed else None, **found}
    return CommandResult(data, "\n".join(lines), DONE if fits else FAILED)


def _verify_twice(given: argparse.Namespace) -> CommandResult:
    found = _build(given, "animvideo-twice", {"animvideo_lock_mode": "off"})
    different, failed = found["nondeterministic"], found["failed"]
    text = f"{count(len(different), 'video')} came out differently the second time"
    if failed:
        text += f", {len(failed)} failed"
    return CommandResult(found, text, FAILED if different or failed else DONE)


def _build(given: argparse.Namespace, builder: str, settings: dict[str, str]) -> dict[str, Any]:
    """Run Sphinx; return what its builder reports about the videos."""
    if not (given.docs / "conf.py").is_file():
        raise OptionError(
            f"DOCS must be a directory with a conf.py; there is none in {given.docs}."
        )
    with scratch_folder() as scratch:
        cache = given.cache_dir.absolute() if given.cache_dir else scratch / "cache"
        settings = {**settings, "animvideo_cache_dir": str(cache)}
        command = [
            *["-b", builder, "-j", "auto", "-d"],
            *[str(scratch / "doctrees"), str(given.docs), str(scratch / "out")],
            *(f"-D{name}={value}" for name, value in settings.items()),
            *(f"-D{setting}" for setting in given.define),
            *(["-q"] if given.quiet else []),
        ]
        _run(command)
        try:
            results = json.loads((scratch / "out" / RESULTS_FILE).read_text("utf-8"))
        except OSError:
            raise AnimvideoError("Sphinx could not build the docs; see its output above.") from None
        found: dict[str, Any] = results
        return found


def _run(arguments: Sequence[str]) -> None:
    """Run Sphinx, and send its output to standard error."""
    process = start_program(
        "from sphinx.cmd.build import main; sys.exit(main(sys.argv[1:]))",
        arguments,
        stdout=sys.stderr.fileno(),
    )
    try:
        process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
