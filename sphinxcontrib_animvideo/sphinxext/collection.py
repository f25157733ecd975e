"""All videos of the documentation, kept in Sphinx's environment, and their rendering."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from ..core.cache.prebuilt import Made
from ..core.lockfile.status import Grade
from ..core.model.asset import Asset, Failure
from ..core.model.job import Job, Place
from ..core.rendering.determinism import Unsteady, render_again
from ..core.rendering.render import Limits, Result, render
from .config import cache_of, limits_of, value_of
from .lock_check import lock_videos
from .log import logger, warn
from .progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment


TWICE = "animvideo-twice"
"""The builder that makes every video a second time."""


@dataclass
class Collection:
    """What the environment keeps between builds; plain data."""

    videos: dict[str, list[Job | Made]] = field(default_factory=dict)
    """By document."""
    outcomes: dict[Job | Made, Asset | Failure] = field(default_factory=dict)
    """Of the build that runs."""
    unsteady: list[Unsteady] = field(default_factory=list)
    """What came out differently when it was made again in this build, if that was asked."""
    grades: list[Grade] = field(default_factory=list)
    """How the videos of this build stand to the lock file, if that was asked."""


def collection(env: BuildEnvironment) -> Collection:
    """Return the collection of *env*."""
    if not hasattr(env, "animvideo"):
        env.animvideo = Collection()  # type: ignore[attr-defined]
    found: Collection = env.animvideo  # type: ignore[attr-defined]
    return found


def add(env: BuildEnvironment, videos: Iterable[Job | Made]) -> None:
    """Note videos of the document that is being read."""
    collection(env).videos.setdefault(env.docname, []).extend(videos)


def purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Forget a document that is read again, or gone."""
    collection(env).videos.pop(docname, None)


def merge(app: Sphinx, env: BuildEnvironment, docnames: list[str], other: BuildEnvironment) -> None:
    """Take over the documents that another process has read."""
    read = collection(other).videos
    collection(env).videos.update({name: read[name] for name in docnames if name in read})


def shows_videos(builder: Builder) -> bool:
    """Whether a builder shows pictures at all; for others nothing is rendered."""
    return bool(builder.supported_image_types)


def render_videos(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Render all that is not cached, tell what failed, and name the documents to write again."""
    if not shows_videos(app.builder):
        return []
    found = collection(env)
    videos = [video for docname in sorted(found.videos) for video in found.videos[docname]]
    cache = cache_of(app)
    found.outcomes = {made: made.outcome() for made in videos if isinstance(made, Made)}
    if jobs := [video for video in videos if isinstance(video, Job)]:
        progress = Progress(bar=not app.quiet and sys.stdout.isatty())
        results = render(jobs, cache, *_how(app, progress))
        _tell_output(results.values())
        found.outcomes |= {job: result.outcome for job, result in results.items()}
        if app.builder.name == TWICE:
            found.unsteady = _render_again(app, {job: results[job] for job in jobs})
        progress.summary(list(results.values()))
    _tell_warnings(found.outcomes)
    found.grades = lock_videos(app, found.videos, found.outcomes, cache)
    now, before = _fingerprints(found), _Written(app).load()
    return [docname for docname, fingerprint in now.items() if before.get(docname) != fingerprint]


def _how(app: Sphinx, progress: Progress) -> tuple[Limits, Progress, int, str]:
    return (
        limits_of(app.config),
        progress,
        value_of(app.config, "animvideo_jobs"),
        value_of(app.config, "animvideo_start_method"),
    )


def _render_again(app: Sphinx, results: Mapping[Job, Result]) -> list[Unsteady]:
    progress = Progress(bar=not app.quiet and sys.stdout.isatty())
    with TemporaryDirectory(prefix="animvideo-") as folder:
        unsteady = render_again(results, Path(folder), *_how(app, progress))
    for found in unsteady:
        warn("unsteady", found.message, str(found.job.place))
    return unsteady


def note_written(app: Sphinx, exception: Exception | None) -> None:
    """Remember which videos the pages show, now that they are written."""
    if exception is None and shows_videos(app.builder):
        _Written(app).save(_fingerprints(collection(app.env)))


def _tell_output(results: Iterable[Result]) -> None:
    for result in results:
        if result.output.strip():
            logger.info("animvideo: output of %s\n%s", result.job.place, result.output.rstrip())
        if result.remark:
            logger.info("animvideo: %s: %s", result.job.place, result.remark)


def _tell_warnings(outcomes: Mapping[Job | Made, Asset | Failure]) -> None:
    told = set()
    for video, outcome in outcomes.items():
        for warning in _warnings_of(video.place, outcome):
            if warning not in told:  # the light and the dark variant make the same mistakes
                told.add(warning)
                warn(*warning)


def _warnings_of(place: Place, outcome: Asset | Failure) -> Iterator[tuple[str, str, str, str]]:
    """Yield kind, message, place and detail of what there is to tell."""
    if isinstance(outcome, Asset):
        for note in outcome.notes:
            yield note.kind, note.message, str(place), ""
    elif not outcome.quiet:
        yield outcome.kind, outcome.message, f"{outcome.file}:{outcome.line}", outcome.detail


def _fingerprints(found: Collection) -> dict[str, str]:
    """Return for each document a hash of what came of its jobs."""
    return {
        docname: _fingerprint([found.outcomes[video] for video in videos])
        for docname, videos in found.videos.items()
    }


def _fingerprint(outcomes: list[Asset | Failure]) -> str:
    parts = [
        [file.sha256 for file in outcome.files] if isinstance(outcome, Asset) else repr(outcome)
        for outcome in outcomes
    ]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


class _Written:
    """The fingerprints of the pages in an output folder.

    Not in Sphinx's environment, which is saved before the pages are written.
    """

    def __init__(self, app: Sphinx) -> None:
        self._path = Path(app.doctreedir, "animvideo-pages.json")
        self._output = f"{app.builder.name} {app.outdir}"

    def load(self) -> dict[str, str]:
        """Return what the pages were made of, by document."""
        pages: dict[str, str] = self._all().get(self._output, {})
        return pages

    def save(self, pages: dict[str, str]) -> None:
        """Remember what they are made of now."""
        text = json.dumps(self._all() | {self._output: pages}, indent=1, sort_keys=True)
        self._path.write_text(text, "utf-8")

    def _all(self) -> dict[str, dict[str, str]]:
        try:
            known = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}
