"""What authors see while Sphinx runs: warnings, and the progress of rendering."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from sphinx.util import logging

from ..core.model.asset import Asset
from ..core.model.humanize import count, format_bytes
from ..core.model.job import Job
from ..core.model.options import docs_spelling
from ..core.rendering.render import Result
from ..errors import AnimvideoError, Spelling
from .collection import Source

if TYPE_CHECKING:
    from tqdm import tqdm

logger = logging.getLogger("sphinxcontrib_animvideo")

_BAR = "animvideo: {n_fmt}/{total_fmt} |{bar:20}| {desc}{remaining} left"


def warn(error: AnimvideoError, location: str = "", spell: Spelling = docs_spelling) -> None:
    """Log an error as a warning of type ``animvideo.<kind>``.

    Parameters
    ----------
    location
        Defaults to the place of the error.
    """
    text = f"{error.explain(spell)}\n{error.detail}" if error.detail else error.explain(spell)
    place = location or f"{error.file}:{error.line}"
    logger.warning("%s", text, type="animvideo", subtype=error.kind, location=place)


def described(job: Job, place: str) -> str:
    """Return a place with the combination of the sweep that a job renders, if it has one."""
    return f"{place} ({job.combination})" if job.combination else place


def log_output(results: Iterable[Result]) -> None:
    """Log what the code has printed."""
    for result in results:
        if result.output.strip():
            place = described(result.job, str(result.job.location))
            logger.info("animvideo: output of %s\n%s", place, result.output.rstrip())
        if result.remark:
            logger.info("animvideo: %s: %s", result.job.location, result.remark)


def log_warnings(outcomes: Mapping[Source, Asset | AnimvideoError], quiet: set[Source]) -> None:
    """Log the errors and the notes of all videos, but for those in *quiet*."""
    found: dict[tuple[str, str, str, str], list[Source]] = {}
    for source, outcome in outcomes.items():
        if source not in quiet:
            for warning in _warnings_of(source, outcome):
                found.setdefault(warning, []).append(source)
    # The light and the dark variant have the same warnings, and so may combinations of a sweep, and
    # pages that use the same script.
    for (kind, place, message, detail), sources in found.items():
        jobs = [source for source in sources if isinstance(source, Job)]
        combinations = (job.combination for job in jobs)
        first, *others = dict.fromkeys(filter(None, combinations)) or [""]
        more = f" and {count(len(others), 'other combination')}" if others else ""
        text = f"with {first}{more}: {message}" if first else message
        elsewhere = [job for job in jobs if job.location.file != place.rpartition(":")[0]]
        if pages := dict.fromkeys(job.location.within(job.source_dir) for job in elsewhere):
            text += f" (used in {', '.join(pages)})"
        lines = [text, *([detail] if detail else [])]
        logger.warning("%s", "\n".join(lines), type="animvideo", subtype=kind, location=place)


def _warnings_of(
    source: Source, outcome: Asset | AnimvideoError
) -> Iterator[tuple[str, str, str, str]]:
    """Yield the kind, the place, the message, and the detail of each warning."""
    if isinstance(outcome, AnimvideoError):
        place = f"{outcome.file}:{outcome.line}"
        yield outcome.kind, place, outcome.explain_alone(docs_spelling), outcome.detail
        return
    for note in outcome.notes:
        yield note.kind, str(source.location), note.message, ""


class BuildProgress:
    """Shows the progress of rendering: a bar in terminals, otherwise lines.

    Parameters
    ----------
    bar
        Whether there is a terminal.
    """

    def __init__(self, bar: bool) -> None:
        self._draws = bar
        self._bar: tqdm[None] | None = None
        self._started = time.monotonic()
        self._done = 0
        self._total = 0
        self._frames = 0

    def start(self, total: int) -> None:
        """*total* more jobs have to be rendered."""
        self._total = self._done + total
        logger.info("animvideo: rendering %s", count(total, "video"))
        if self._draws:
            from tqdm import tqdm  # most builds have nothing to render

            self._bar = tqdm(total=total, bar_format=_BAR, file=sys.stdout, leave=False)
            self.tick({})

    def tick(self, frames: Mapping[Job, int]) -> None:
        """Show the number of frames so far."""
        if self._bar is not None:
            captured = self._frames + sum(frames.values())
            rate = captured / max(time.monotonic() - self._started, 0.1)
            text = f"{count(captured, 'frame')}, {rate:.0f} frames/s, "
            self._bar.set_description_str(text, refresh=True)

    def note(self, message: str) -> None:
        """Log a message."""
        logger.info("animvideo: %s", message)

    def finish(self, result: Result) -> None:
        """Show that a job has ended."""
        self._done += 1
        outcome = result.outcome
        if isinstance(outcome, Asset):
            self._frames += outcome.frame_count
        if self._bar is not None:
            self._bar.update()
            if self._done == self._total:
                self._bar.close()
        else:
            text = (
                f"{count(outcome.frame_count, 'frame')}, {format_bytes(outcome.bytes)}"
                if isinstance(outcome, Asset)
                else "failed"
            )
            place = described(result.job, result.job.location.within(result.job.source_dir))
            logger.info("animvideo: [%s/%s] %s: %s", self._done, self._total, place, text)

    def summary(self, results: list[Result]) -> None:
        """Log a summary in one line."""
        assets = {
            result.outcome.folder: result.outcome
            for result in results
            if isinstance(result.outcome, Asset)
        }
        failed = sum(isinstance(result.outcome, AnimvideoError) for result in results)
        cached = sum(result.cached for result in results)
        logger.info(
            "animvideo: %s rendered, %s cached, %s failed; %.1f s, %s",
            len(results) - cached - failed,
            cached,
            failed,
            time.monotonic() - self._started,
            format_bytes(sum(asset.bytes for asset in assets.values())),
        )
