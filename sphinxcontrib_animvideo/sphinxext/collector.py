"""All jobs of the documentation, kept in Sphinx's environment, and their rendering."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..core.asset import Asset, Failure
from ..core.job import Job
from ..core.render import Result, render
from .config import cache_of, limits_of, value_of
from .progress import Progress
from .warnings import logger, warn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment


@dataclass
class Collection:
    """What the environment keeps between builds; plain data."""

    jobs: dict[str, list[Job]] = field(default_factory=dict)
    """By document."""
    outcomes: dict[Job, Asset | Failure] = field(default_factory=dict)
    """Of the build that runs."""
    shown: dict[str, dict[str, str]] = field(default_factory=dict)
    """By builder and document: a fingerprint of the outcomes when it was last written."""


def collection(env: BuildEnvironment) -> Collection:
    """Return the collection of *env*."""
    if not hasattr(env, "animvideo"):
        env.animvideo = Collection()  # type: ignore[attr-defined]
    found: Collection = env.animvideo  # type: ignore[attr-defined]
    return found


def add(env: BuildEnvironment, jobs: Iterable[Job]) -> None:
    """Note jobs of the document that is being read."""
    collection(env).jobs.setdefault(env.docname, []).extend(jobs)


def purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Forget a document that is read again, or gone."""
    collection(env).jobs.pop(docname, None)


def merge(app: Sphinx, env: BuildEnvironment, docnames: list[str], other: BuildEnvironment) -> None:
    """Take over the documents that another process has read."""
    read = collection(other).jobs
    collection(env).jobs.update({name: read[name] for name in docnames if name in read})


def shows_videos(builder: Builder) -> bool:
    """Whether a builder shows pictures at all; for others nothing is rendered."""
    return bool(builder.supported_image_types)


def render_videos(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Render all that is not cached, tell what failed, and name the documents to write again."""
    if not shows_videos(app.builder):
        return []
    found = collection(env)
    jobs = [job for docname in sorted(found.jobs) for job in found.jobs[docname]]
    found.outcomes = {}
    if jobs:
        cache = cache_of(app)
        progress = Progress(bar=not app.quiet and sys.stdout.isatty())
        results = render(
            jobs,
            cache,
            limits_of(app.config),
            progress,
            value_of(app.config, "animvideo_jobs"),
            value_of(app.config, "animvideo_start_method"),
        )
        for job in dict.fromkeys(jobs):
            _tell(results[job])
        found.outcomes = {job: result.outcome for job, result in results.items()}
        progress.summary(list(results.values()))
    return _changed(found, app.builder.name)


def _tell(result: Result) -> None:
    place, outcome = result.job.place, result.outcome
    if result.output.strip():
        logger.info("animvideo: output of %s\n%s", place, result.output.rstrip())
    if isinstance(outcome, Failure):
        if not outcome.quiet:
            location = f"{outcome.file}:{outcome.line}"
            warn(outcome.kind, outcome.message, location, outcome.detail)
    else:
        for note in outcome.notes:
            warn(note.kind, note.message, f"{note.file}:{note.line}" if note.file else str(place))


def _changed(found: Collection, builder: str) -> list[str]:
    """Return the documents whose videos differ from those of the last build with *builder*."""
    now = {
        docname: _fingerprint([found.outcomes[job] for job in jobs])
        for docname, jobs in found.jobs.items()
    }
    before = found.shown.get(builder, {})
    found.shown[builder] = now
    return [docname for docname, fingerprint in now.items() if before.get(docname) != fingerprint]


def _fingerprint(outcomes: list[Asset | Failure]) -> str:
    parts = [
        [file.sha256 for file in outcome.files] if isinstance(outcome, Asset) else repr(outcome)
        for outcome in outcomes
    ]
    return hashlib.sha256(repr(parts).encode()).hexdigest()
