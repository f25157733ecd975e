"""The command ``accept``, which changes lock files as a reviewer has decided."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..core.lockfile.review import REPORT_FOLDER, REVIEW_FILE, Review, apply
from ..errors import OptionError
from .output import DONE, CommandResult


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``accept``."""
    command.add_argument(
        "what",
        metavar="DECISIONS|NAME",
        nargs="+",
        help="A file with decisions, saved from the report; or names of videos, as the report "
        "shows them.",
    )
    command.add_argument(
        "--report",
        metavar="DIR",
        type=Path,
        default=Path(REPORT_FOLDER),
        help=f"Directory of the report that has the videos. Defaults to {REPORT_FOLDER}.",
    )


def accept(given: argparse.Namespace) -> CommandResult:
    """Accept videos in the lock files that they were compared with; nothing is rendered."""
    review = _decisions(given.what, given.report)
    accepted, rejected, undecided = (
        [video for video in review.open if video.decision == decision]
        for decision in ("accept", "reject", "")
    )
    paths = apply(review)
    lines = [
        f"{path}: accepted {', '.join(v.name for v in accepted if Path(v.lock) == path)}"
        for path in paths
    ]
    lines += [f"rejected {v.name}{f': {v.note}' if v.note else ''}" for v in rejected]
    if not accepted:
        lines.append("No video was accepted.")
    data = {
        "locks": [str(path) for path in paths],
        "accepted": [video.name for video in accepted],
        "rejected": {video.name: video.note for video in rejected},
        "undecided": [video.name for video in undecided],
    }
    return CommandResult(data, "\n".join(lines), DONE)


def _decisions(what: list[str], report: Path) -> Review:
    files = [name for name in what if name.endswith(".json")]
    if files and len(what) > 1:
        raise OptionError("pass either one decisions file or the names of videos, not both.")
    if files:
        return Review.read(Path(files[0]))
    path = report / REVIEW_FILE
    if not path.is_file():
        raise OptionError(
            f"there is no report in {report}. Run animvideo verify first, or give the directory of "
            "a report with --report."
        )
    return Review.read(path).accepting(what)
