"""The commands ``verify`` and ``lock``, which run Sphinx in another process."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..core.cache.scratch import scratch_folder
from ..core.lockfile import FILE_NAME
from ..core.lockfile.review import REPORT_FOLDER, REVIEW_FILE, Review
from ..core.lockfile.status import RESULTS_FILE, Status
from ..core.model.humanize import count
from ..core.rendering.process_tree import start_program
from ..errors import AnimvideoError, LockError, OptionError
from ..html.report import PAGE, SUMMARY_FILE, begin_report, check_report_folder, remove_report
from .output import DONE, FAILED, CommandResult
from .summary import FORMATS, Summary, address_of_report

_FITS = {Status.IDENTICAL, Status.SAME_PICTURE}
_OPTIONS = {"animvideo_cache_dir": "--cache-dir", "animvideo_report_dir": "--report"}
"""Options for settings that the commands define themselves."""


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
        "different each time it runs, with the lines that may be the cause. "
        f"{FILE_NAME} is not used.",
    )
    command.add_argument(
        "--report",
        metavar="DIR",
        type=Path,
        help=f"Directory of the report on changed videos. Defaults to {REPORT_FOLDER}.",
    )
    command.add_argument(
        "--format",
        choices=list(FORMATS),
        help="What to print: a summary in Markdown; annotations for GitHub Actions, which also "
        "adds the summary to the page of the run; or a Code Quality report for GitLab. The "
        f"summary is stored in {SUMMARY_FILE} in the directory of the report, too.",
    )
    command.add_argument(
        "--report-url",
        metavar="URL",
        help="Address at which the directory of the report is published, for links and pictures "
        "in the summary. By default, links lead to the artifacts of the run, if this is GitHub "
        "Actions or GitLab CI.",
    )


def lock(given: argparse.Namespace) -> CommandResult:
    """Accept all videos as they are."""
    found = _build(given, "animvideo", {"animvideo_lock_mode": "update"})
    path = given.docs / FILE_NAME
    failed = found["failed"]
    text = f"{path}: {count(len(found['videos']), 'video')}"
    if unwritten := [error["message"] for error in failed if error["kind"] == LockError.kind]:
        text = f"{path} was not written: {unwritten[0]}"
    elif failed:
        kept = "its entry was kept" if len(failed) == 1 else "their entries were kept"
        text += f"; {len(failed)} failed, and {kept}"
    return CommandResult({"lock": str(path), **found}, text, FAILED if failed else DONE)


def verify(given: argparse.Namespace) -> CommandResult:
    """Compare all videos with the lock file, or with a second rendering."""
    if given.format and given.json:
        raise OptionError("--format cannot be used with --json.")
    if given.twice:
        for name in ("format", "report", "report_url"):
            if getattr(given, name):
                raise OptionError(f"--{name.replace('_', '-')} cannot be used with --twice.")
        return _verify_twice(given)
    given.report = given.report or Path(REPORT_FOLDER)
    report = given.report.absolute()
    check_report_folder(report)
    remove_report(report)  # of an earlier check
    found = _build(
        given, "animvideo", {"animvideo_lock_mode": "check", "animvideo_report_dir": str(report)}
    )
    page = given.report / PAGE
    written = (report / REVIEW_FILE).is_file()
    review = Review.read(report / REVIEW_FILE) if written else Review({}, ())
    summary = Summary(found["videos"], found["failed"], review, given.docs / FILE_NAME)
    fits = not found["failed"] and {Status(video["status"]) for video in found["videos"]} <= _FITS
    text = summary.text(page if written else None)
    if given.format:
        if not written:
            begin_report(report)
        text = summary.write(given.format, report, address_of_report(given), text)
    data = {"fits": fits, "report": str(page) if written else None, **found}
    return CommandResult(data, text, DONE if fits else FAILED)


def _verify_twice(given: argparse.Namespace) -> CommandResult:
    found = _build(given, "animvideo-twice", {"animvideo_lock_mode": "off"})
    different, failed = found["nondeterministic"], found["failed"]
    text = f"{count(len(different), 'video')} differed in the second rendering"
    if failed:
        text += f", {len(failed)} failed"
    return CommandResult(found, text, FAILED if different or failed else DONE)


def _build(given: argparse.Namespace, builder: str, settings: dict[str, str]) -> dict[str, Any]:
    """Run Sphinx; return what its builder reports about the videos."""
    if not (given.docs / "conf.py").is_file():
        raise OptionError(
            f"DOCS must be a directory with a conf.py; there is none in {given.docs}."
        )
    if given.cache_dir and given.cache_dir.exists() and not given.cache_dir.is_dir():
        raise OptionError(f"--cache-dir must be a directory; {given.cache_dir} is a file.")
    _check_defined(given, {*settings, "animvideo_cache_dir"})
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


def _check_defined(given: argparse.Namespace, own: set[str]) -> None:
    """Raise OptionError if a setting of ``--define`` is none, or one of the command's *own*."""
    for setting in given.define:
        name, equals, _ = setting.partition("=")
        if not equals:
            raise OptionError(f"--define must be NAME=VALUE, not {setting}.")
        if name in own:
            instead = f" Use {_OPTIONS[name]}." if name in _OPTIONS else ""
            raise OptionError(
                f"--define cannot set {name}, which animvideo {given.command} sets itself.{instead}"
            )


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
