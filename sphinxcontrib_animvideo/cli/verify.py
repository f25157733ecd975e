"""The commands for a documentation, ``verify`` and ``lock``. Sphinx runs in another process."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..core.lockfile.lock import FILE_NAME
from ..core.lockfile.status import Verdict, tally
from ..core.model.humanize import count
from ..errors import AnimvideoError, OptionError
from .output import DONE, FAILED, Answer

_FITS = {Verdict.IDENTICAL, Verdict.SAME_PICTURE}
_ANSWER = "animvideo.json"


def add_lock_arguments(command: argparse.ArgumentParser) -> None:
    """Declare what ``lock`` takes."""
    command.add_argument(
        "docs", metavar="DOCS", type=Path, help="The folder of a documentation, with its conf.py."
    )
    command.add_argument(
        "--cache",
        metavar="DIR",
        type=Path,
        help="Take the videos of this cache, and render those that it has not. Without it, every "
        "video is rendered.",
    )
    command.add_argument(
        "--define",
        "-D",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="A setting of conf.py, as sphinx-build takes it. Can be given several times.",
    )
    command.add_argument(
        "--quiet", "-q", action="store_true", help="Say nothing but what is wrong."
    )


def add_verify_arguments(command: argparse.ArgumentParser) -> None:
    """Declare what ``verify`` takes."""
    add_lock_arguments(command)
    command.add_argument(
        "--twice",
        action="store_true",
        help="Render every video twice, in fresh processes, and name the code that draws "
        f"something else each time, with the lines that may be why. {FILE_NAME} is not looked at.",
    )
    command.add_argument(
        "--report",
        metavar="DIR",
        type=Path,
        default=Path("animvideo-report"),
        help="Where to write the page that shows how videos have changed. "
        "Default: animvideo-report.",
    )


def lock(given: argparse.Namespace) -> Answer:
    """Accept all videos as they are."""
    found = _build(given, "animvideo", {"animvideo_lock_mode": "update"})
    path = given.docs / FILE_NAME
    failed = found["failed"]
    text = f"{path}: {count(len(found['videos']), 'video')}"
    if failed:
        text += f"; {len(failed)} failed and stayed as they were"
    return Answer({"lock": str(path), **found}, text, FAILED if failed else DONE)


def verify(given: argparse.Namespace) -> Answer:
    """Compare all videos with the lock file, or with themselves."""
    if given.twice:
        return _verify_twice(given)
    report = given.report.absolute()
    found = _build(
        given, "animvideo", {"animvideo_lock_mode": "check", "animvideo_report_dir": str(report)}
    )
    verdicts = [Verdict(video["verdict"]) for video in found["videos"]]
    failed = f"{len(found['failed'])} failed" if found["failed"] else ""
    said = ", ".join(filter(None, [tally(verdicts), failed]))
    fits = not found["failed"] and set(verdicts) <= _FITS
    lines = [f"{given.docs / FILE_NAME}: {said or 'no videos'}"]
    changed = Verdict.CHANGED in verdicts
    if changed:
        lines.append(f"what has changed: {given.report / 'index.html'}")
    data = {"fits": fits, "report": str(given.report / "index.html") if changed else None, **found}
    return Answer(data, "\n".join(lines), DONE if fits else FAILED)


def _verify_twice(given: argparse.Namespace) -> Answer:
    found = _build(given, "animvideo-twice", {"animvideo_lock_mode": "off"})
    unsteady, failed = found["unsteady"], found["failed"]
    text = f"{count(len(unsteady), 'video')} came out differently the second time"
    if failed:
        text += f", {len(failed)} failed"
    return Answer(found, text, FAILED if unsteady or failed else DONE)


def _build(given: argparse.Namespace, builder: str, settings: dict[str, str]) -> dict[str, Any]:
    """Run Sphinx; return what its builder says of the videos."""
    if not (given.docs / "conf.py").is_file():
        raise OptionError(
            f"DOCS is the folder of a documentation; there is no conf.py in {given.docs}."
        )
    with tempfile.TemporaryDirectory(prefix="animvideo-") as scratch:
        cache = given.cache.absolute() if given.cache else Path(scratch, "cache")
        settings = {**settings, "animvideo_cache_dir": str(cache)}
        command = [
            *[sys.executable, "-m", "sphinx", "-b", builder, "-j", "auto", "-d"],
            *[str(Path(scratch, "doctrees")), str(given.docs), str(Path(scratch, "out"))],
            *(f"-D{name}={value}" for name, value in settings.items()),
            *(f"-D{setting}" for setting in given.define),
            *(["-q"] if given.quiet else []),
        ]
        _run(command)
        try:
            answer: dict[str, Any] = json.loads(Path(scratch, "out", _ANSWER).read_text("utf-8"))
        except OSError:
            raise AnimvideoError(
                "Sphinx could not build the documentation; what it says is above."
            ) from None
        return answer


def _run(command: Sequence[str]) -> None:
    """Run a command; what it prints is no result, and goes where warnings go."""
    process = subprocess.Popen(command, stdout=sys.stderr.fileno(), stdin=subprocess.DEVNULL)
    try:
        process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
