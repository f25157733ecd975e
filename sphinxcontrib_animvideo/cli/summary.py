"""What ``verify`` reports: as text, and in the formats of services that host code."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import accumulate
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..core.lockfile.review import Review, ReviewedVideo, relative_to_here
from ..core.lockfile.status import Status, count_statuses
from ..errors import LockError, OutputError
from ..html.report import PAGE, SUMMARY_FILE

_MOST_WORDS = 300
"""Characters of a clause."""
_MOST_CHARACTERS, _MOST_PICTURES = 40_000, 50
"""Characters of the table, and pictures: comments of GitHub have at most 65,536 characters."""
_FAILED = "failed"
_SEVERITIES = {_FAILED: "critical", Status.CHANGED.value: "major"}
"""Of GitLab; others are minor."""
_STEP_SUMMARY = "GITHUB_STEP_SUMMARY"
"""Names the file whose content GitHub Actions shows on the page of the run."""


@dataclass(frozen=True)
class ReportAddress:
    """Where the report is found on the web; empty where that is unknown."""

    page: str = ""
    """Its page, or one from which it can be downloaded."""
    folder: str = ""
    """Its folder, with a slash at the end, if the files in it can be addressed."""


@dataclass(frozen=True)
class _Finding:
    """A video to decide about, or one that failed."""

    status: str
    name: str
    """Empty for one that failed."""
    words: Sequence[str]
    message: str
    file: str
    line: int


@dataclass(frozen=True)
class Summary:
    """The result of a comparison with the lock file."""

    videos: Sequence[Mapping[str, Any]]
    """All videos, as :class:`.VideoBuilder` reports them."""
    failed: Sequence[Mapping[str, Any]]
    review: Review
    lock: Path

    @property
    def counts(self) -> str:
        """As ``1 changed, 2 new``."""
        if any(failure["kind"] == LockError.kind for failure in self.failed):
            return "the lock file could not be read"
        statuses = count_statuses(Status(video["status"]) for video in self.videos)
        failed = f"{len(self.failed)} failed" if self.failed else ""
        return ", ".join(filter(None, [statuses, failed])) or "no videos"

    def text(self, page: Path | None) -> str:
        """Return what a person reads in a terminal.

        Parameters
        ----------
        page
            Of the report, if there is one.
        """
        lines = [f"{self.lock}: {self.counts}"]
        if page:
            lines.append(f"To review the videos, open {page}")
            lines.append("To accept some of them, run: animvideo accept NAME...")
        return "\n".join(lines)

    def write(self, format: str, folder: Path, address: ReportAddress, text: str) -> str:
        """Write the summary to the folder of the report; return what is printed.

        Parameters
        ----------
        text
            What is printed without a format.
        """
        markdown = self.markdown(address)
        _write(folder / SUMMARY_FILE, markdown, "w")
        if format == "github" and (shown := os.environ.get(_STEP_SUMMARY)):
            _write(Path(shown), markdown, "a")
        return FORMATS[format](self, markdown, text)

    def markdown(self, address: ReportAddress) -> str:
        """Return the summary as Markdown."""
        lines = [f"### Videos of the docs: {self.counts}", ""]
        rows = [_row(found) for found in self._findings()]
        if rows:
            sizes = accumulate(len(row) for row in rows)
            shown = sum(1 for size in sizes if size <= _MOST_CHARACTERS)
            lines += ["| Video | Status | What differs |", "| --- | --- | --- |", *rows[:shown], ""]
            if shown < len(rows):
                lines += [f"There are {len(rows) - shown} more.", ""]
        if address.folder:
            for video in [v for v in self.review.open if v.strip][:_MOST_PICTURES]:
                picture = address.folder + quote(video.strip)
                lines += [_code(video.name), "", f"![Frames before and now]({picture})", ""]
        if self.review.open:
            where = f"the [report]({address.page})" if address.page else "the report"
            lines += [
                f"To accept changes, open {where}, save your decisions, and run "
                "`animvideo accept decisions.json`.",
                "",
            ]
        return "\n".join(lines)

    def _findings(self) -> Iterator[_Finding]:
        """Yield what is to be decided or mended."""
        for video in self.review.open:
            yield _Finding(
                video.status, video.name, video.words, _message(video), video.file, video.line
            )
        for failure in self.failed:
            file, _, line = failure["location"].rpartition(":")
            message = failure["message"]
            shown = relative_to_here(Path(file))
            yield _Finding(_FAILED, "", [message], message, shown, int(line))

    def annotations(self) -> Iterator[str]:
        """Yield workflow commands of GitHub Actions."""
        for found in self._findings():
            kind = "error" if found.status == _FAILED else "warning"
            title = f"video {found.status}" + (f": {found.name}" if found.name else "")
            yield _command(kind, found.file, found.line, title, found.message)

    def code_quality(self) -> list[dict[str, Any]]:
        """Return a Code Quality report of GitLab."""
        return [_issue(found) for found in self._findings()]


FORMATS: Mapping[str, Callable[[Summary, str, str], str]] = {
    "markdown": lambda summary, markdown, text: markdown.rstrip(),
    "github": lambda summary, markdown, text: "\n".join([*summary.annotations(), text]),
    "gitlab": lambda summary, markdown, text: json.dumps(summary.code_quality(), indent=1),
}
"""What each format prints."""


def address_of_report(given: argparse.Namespace) -> ReportAddress:
    """Return the address that was given, or that of the artifacts of this run of CI."""
    if given.report_url:
        folder = f"{given.report_url.rstrip('/')}/"
        return ReportAddress(folder + PAGE, folder)
    env = os.environ
    if env.get("GITHUB_ACTIONS") and "GITHUB_RUN_ID" in env:
        server, name = env.get("GITHUB_SERVER_URL", ""), env.get("GITHUB_REPOSITORY", "")
        return ReportAddress(f"{server}/{name}/actions/runs/{env['GITHUB_RUN_ID']}#artifacts")
    if job := env.get("CI_JOB_URL"):
        folder = quote(relative_to_here(given.report.absolute()))
        files = f"{job}/artifacts"
        return ReportAddress(f"{files}/file/{folder}/{PAGE}", f"{files}/raw/{folder}/")
    return ReportAddress()


def _row(found: _Finding) -> str:
    short = (textwrap.shorten(clause, _MOST_WORDS, placeholder=" …") for clause in found.words)
    cells = [
        "<br>".join(map(_code, filter(None, (found.name, f"{found.file}:{found.line}")))),
        found.status,
        "<br>".join(map(_escaped, short)),
    ]
    return f"| {' | '.join(cells)} |"


def _code(text: str) -> str:
    """Return a name as code, in which nothing else is recognized."""
    plain = text.replace("`", "'").replace("|", "\\|")
    return f"`{plain}`"


def _escaped(text: str) -> str:
    """Return text that Markdown shows as it is: texts of plots may hold anything.

    "@name" and "#1" must not notify a user or lead to an issue.
    """
    line = re.sub(r"([\\`*_\[\]|~$])", r"\\\1", " ".join(text.split()))
    return re.sub("([@#])", "\\1\u200b", escape(line, quote=False))


def _message(video: ReviewedVideo) -> str:
    if video.status == Status.NEW:
        return f"{video.name} is not in the lock file."
    if video.status == Status.GONE:
        return f"{video.name} no longer exists, but has an entry in the lock file."
    return f"{video.name} has changed: {'; '.join(video.words)}."


def _command(kind: str, file: str, line: int, title: str, message: str) -> str:
    """Return a workflow command; see the toolkit of GitHub Actions for what is escaped."""
    properties = ",".join(
        f"{name}={_data(str(value)).replace(':', '%3A').replace(',', '%2C')}"
        for name, value in (("file", file), ("line", line), ("title", title))
    )
    return f"::{kind} {properties}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _issue(found: _Finding) -> dict[str, Any]:
    key = f"{found.name or found.status}\n{found.file}\n{found.message}"
    return {
        "description": found.message,
        "check_name": "animvideo",
        "fingerprint": hashlib.sha256(key.encode()).hexdigest(),
        "severity": _SEVERITIES.get(found.status, "minor"),
        "location": {"path": found.file, "lines": {"begin": found.line}},
    }


def _write(path: Path, text: str, mode: str) -> None:
    try:
        with path.open(mode, encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise OutputError(f"cannot write {path} ({error.strerror or error}).") from None
