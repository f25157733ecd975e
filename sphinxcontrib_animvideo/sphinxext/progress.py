"""What the author sees while videos are made: a bar on a terminal, sober lines in a log."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from ..core.model.asset import Asset, Failure
from ..core.model.humanize import amount, count
from ..core.model.job import Job
from ..core.rendering.render import Result
from .log import logger

if TYPE_CHECKING:
    from tqdm import tqdm

_BAR = "animvideo: {n_fmt}/{total_fmt} |{bar:20}| {desc}{remaining} left"


class Progress:
    """Reports on the rendering.

    Parameters
    ----------
    bar
        Whether there is a terminal to draw a bar on.
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
        logger.info("animvideo: making %s", count(total, "video"))
        if self._draws:
            from tqdm import tqdm  # most builds have nothing to render

            self._bar = tqdm(total=total, bar_format=_BAR, file=sys.stdout, leave=False)
            self.tick({})

    def tick(self, frames: dict[Job, int]) -> None:
        """Show the frames made so far."""
        if self._bar is not None:
            made = self._frames + sum(frames.values())
            rate = made / max(time.monotonic() - self._started, 0.1)
            said = f"{count(made, 'frame')}, {rate:.0f} frames/s, "
            self._bar.set_description_str(said, refresh=True)

    def finish(self, result: Result) -> None:
        """One job has ended."""
        self._done += 1
        outcome = result.outcome
        if isinstance(outcome, Asset):
            self._frames += outcome.frame_count
        if self._bar is not None:
            self._bar.update()
            if self._done == self._total:
                self._bar.close()
        else:
            what = (
                f"{count(outcome.frame_count, 'frame')}, {amount(outcome.bytes)}"
                if isinstance(outcome, Asset)
                else "failed"
            )
            place = result.job.place.within(result.job.source_dir)
            logger.info("animvideo: [%s/%s] %s: %s", self._done, self._total, place, what)

    def summary(self, results: list[Result]) -> None:
        """Say in one line how it went."""
        assets = {
            result.outcome.folder: result.outcome
            for result in results
            if isinstance(result.outcome, Asset)
        }
        failed = sum(isinstance(result.outcome, Failure) for result in results)
        cached = sum(result.cached for result in results)
        logger.info(
            "animvideo: %s rendered, %s cached, %s failed; %.1f s, %s",
            len(results) - cached - failed,
            cached,
            failed,
            time.monotonic() - self._started,
            amount(sum(asset.bytes for asset in assets.values())),
        )
