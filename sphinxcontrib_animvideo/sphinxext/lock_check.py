"""The lock file in a build: videos are compared with what was accepted, or accepted."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.cache.prebuilt import Made
from ..core.cache.store import Cache
from ..core.lockfile.lock import FILE_NAME, Lock, Record, Rendered
from ..core.lockfile.status import Grade, Verdict, grade_all, tally
from ..core.model.asset import Asset, Failure
from ..core.model.formats import FORMATS
from ..core.model.humanize import count
from ..core.model.job import Job
from ..errors import AnimvideoError
from ..html.report import remove_report, write_report
from .config import value_of
from .log import logger, warn
from .published import find_published

if TYPE_CHECKING:
    from sphinx.application import Sphinx

Videos = Mapping[str, list[Job | Made]]
Outcomes = Mapping[Job | Made, Asset | Failure]

_REPORT = "animvideo-report"
_SOURCE = 16
"""Digits of the hash of a video's code and options."""


def lock_videos(app: Sphinx, videos: Videos, outcomes: Outcomes, cache: Cache) -> list[Grade]:
    """Check or update the lock file, as configured; return how the videos stand to it."""
    mode = value_of(app.config, "animvideo_lock_mode")
    if mode == "off":
        return []
    path = Path(app.confdir, FILE_NAME)
    try:
        lock = Lock.read(path)
        rendered, failed = _rendered(videos, outcomes, cache)
        grades = grade_all(lock, rendered, failed)
        if mode == "check":
            _Check(app, cache).tell(grades)
        else:
            lock.updated(rendered, failed).write(path)
            logger.info("animvideo: %s in %s", count(len(rendered), "video"), path)
        return grades
    except AnimvideoError as error:
        warn(error.kind, error.message, str(path), error.detail)
        return []


def _rendered(videos: Videos, outcomes: Outcomes, cache: Cache) -> tuple[list[Rendered], set[str]]:
    """Return the videos of a build as the lock file names them, and the names of what failed."""
    rendered, failed = [], set()
    parts = cache.environment.parts if videos else {}
    for docname in sorted(videos):
        for number, video in enumerate(videos[docname], 1):
            name, outcome = f"{docname}#{number}", outcomes[video]
            if isinstance(outcome, Failure):
                failed.add(name)
                continue
            source = video.key("")[:_SOURCE] if isinstance(video, Job) else ""
            environment = parts | {"text": outcome.text}
            for index, clip in enumerate(outcome.clips, 1):
                own = name if index == 1 else f"{name}.{index}"
                rendered.append(Rendered(own, source, video.place, outcome, clip, environment))
    return rendered, failed


class _Check:
    """Tells how the videos of a build stand to the lock file."""

    def __init__(self, app: Sphinx, cache: Cache) -> None:
        self._app = app
        self._cache = cache
        folder = value_of(app.config, "animvideo_report_dir")
        self._folder = (
            Path(app.confdir, folder) if folder else Path(app.outdir).parent / _REPORT
        ).resolve()

    def tell(self, grades: Sequence[Grade]) -> None:
        """Warn of what does not fit, and write a report if videos have changed."""
        shown = self._report(grades)
        remedy = f"animvideo lock {_as_typed(Path(self._app.confdir))}"
        for grade in grades:
            place = str(grade.video.place) if grade.video else ""
            if grade.verdict is Verdict.CHANGED:
                warn(
                    "drift",
                    f"this video has changed: {grade.reason}. {shown} If it shall be so, accept "
                    f"it: {remedy}",
                    place,
                )
            elif grade.verdict is Verdict.NEW:
                warn("lock", f"this video is not in {FILE_NAME}. Accept it: {remedy}", place)
            elif grade.verdict is Verdict.SAME_PICTURE:
                logger.info("animvideo: %s: same picture: %s", place, grade.reason)
        if gone := [grade.name for grade in grades if grade.verdict is Verdict.GONE]:
            warn(
                "lock",
                f"these videos are gone: {', '.join(gone)}. Remove them: {remedy}",
                str(Path(self._app.confdir, FILE_NAME)),
            )
        said = tally(grade.verdict for grade in grades)
        logger.info("animvideo: %s: %s", FILE_NAME, said or "no videos")

    def _report(self, grades: Sequence[Grade]) -> str:
        """Write the report, or remove the one before; return where it is, as a sentence."""
        if not any(grade.verdict is Verdict.CHANGED for grade in grades):
            remove_report(self._folder)
            return ""
        try:
            page = write_report(self._folder, grades, Path(self._app.srcdir), self._before)
        except (OSError, AnimvideoError) as error:  # what has changed is told all the same
            return f"No report could be written to {self._folder} ({error})."
        return f"See {page}."

    def _before(self, record: Record) -> Path | None:
        """Return the file of a video as it was: from the cache, or from the published pages."""
        format, file = next(iter(record.files.items()))
        if stored := self._cache.file(file.sha256):
            return stored
        return find_published(self._app, file.sha256, FORMATS[format].suffix)


def _as_typed(folder: Path) -> str:
    """Return a folder as one would write it in the current one."""
    here = Path.cwd()
    return shlex.quote(str(folder.relative_to(here) if folder.is_relative_to(here) else folder))
