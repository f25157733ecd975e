"""Renders the videos of all documents before the pages are written."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.cache.prebuilt import PrebuiltAsset
from ..core.cache.scratch import scratch_folder
from ..core.cache.store import Cache
from ..core.lockfile.status import VideoStatus
from ..core.model.asset import Asset
from ..core.model.job import Job
from ..core.model.stored import read_stored
from ..core.rendering.determinism import NondeterministicVideo, render_again
from ..core.rendering.messages import RunConditions
from ..core.rendering.render import Result, render
from ..errors import AnimvideoError
from .collection import Source, VideoRequest, collection, sources_of
from .conditions import evaluator
from .config import arithmetic_of, cache_of, limits_of, value_of, workers_of
from .html import has_script
from .lock_check import check_or_update, lock_path
from .log import BuildProgress, log_output, log_warnings, logger, warn
from .missing_names import name_definitions
from .published import PublishedFiles, published_name, published_of
from .sweeps import warn_differences

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

TWICE = "animvideo-twice"
"""The builder that renders every video a second time."""


@dataclass
class BuildResults:
    """What came of the videos in one build."""

    outcomes: dict[Source, Asset | AnimvideoError] = field(default_factory=dict)
    nondeterministic: list[NondeterministicVideo] = field(default_factory=list)
    """What came out differently when it was rendered again, if that was asked for."""
    statuses: list[VideoStatus] = field(default_factory=list)
    """How the videos compare with the lock file, if that was asked for."""
    lock_error: AnimvideoError | None = None
    """Why they could not be compared with it, or not be accepted."""
    published: PublishedFiles | None = None
    """The files of the output directory that were verified."""

    def published_in(self, app: Sphinx) -> PublishedFiles:
        """Return the files of the output directory."""
        self.published = self.published or PublishedFiles(app)
        return self.published


def build_results(builder: Builder) -> BuildResults:
    """Return the results of the build that *builder* runs."""
    if not hasattr(builder, "animvideo_results"):
        builder.animvideo_results = BuildResults()  # type: ignore[attr-defined]
    found: BuildResults = builder.animvideo_results  # type: ignore[attr-defined]
    return found


def shows_videos(builder: Builder) -> bool:
    """Whether a builder shows pictures at all; for others nothing is rendered."""
    return bool(builder.supported_image_types)


def render_videos(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Render what is not cached, log warnings, and return the documents to write again."""
    if not shows_videos(app.builder):
        return []
    requests = collection(env).shown(evaluator(app))
    sources = sources_of(requests)
    results = build_results(app.builder)
    cache = cache_of(app)
    quiet = _render_all(app, [s for name in sorted(sources) for s in sources[name]], results)
    name_definitions(sources, results.outcomes)
    log_warnings(results.outcomes, quiet)
    warn_differences([r for name in sorted(requests) for r in requests[name]], results.outcomes)
    try:
        results.statuses = check_or_update(app, requests, results.outcomes, cache)
    except AnimvideoError as error:
        results.lock_error = error
        warn(error, f"{lock_path(app)}:1")  # Sphinx takes a path without a line for a document
    now, before = _digests(sources, results), _WrittenPages(app).load()
    changed = {docname for docname, digest in now.items() if before.get(docname) != digest}
    return sorted(changed | _with_lost_files(app, results))


def _with_lost_files(app: Sphinx, results: BuildResults) -> set[str]:
    """Return the documents whose published files were removed or damaged."""
    if not has_script(app.builder):
        return set()  # books are written as a whole
    published = results.published_in(app)

    def is_lost(request: VideoRequest, source: Source) -> bool:
        outcome = results.outcomes.get(source)
        clips = outcome.clips if isinstance(outcome, Asset) else ()
        return not all(
            published.is_intact(
                published_name(file.sha256, Path(file.name).suffix.lower()), file.sha256
            )
            for clip in clips
            for file in published_of(clip, request.poster, request.captions)
        )

    return {
        docname
        for docname, requests in collection(app.env).requests.items()
        for request in requests
        for source in request.sources
        if is_lost(request, source)
    }


def _render_all(app: Sphinx, sources: list[Source], results: BuildResults) -> set[Source]:
    """Fill in the outcomes; return the sources whose errors are reported for others."""
    results.outcomes = {s: s.outcome() for s in sources if isinstance(s, PrebuiltAsset)}
    jobs = [source for source in sources if isinstance(source, Job)]
    if not jobs:
        return set()
    progress = BuildProgress(bar=not app.quiet and sys.stdout.isatty())
    rendered = _render(app, jobs, progress)
    # In the order of the pages, in which warnings are logged; not in that in which they ended.
    in_order = [job for job in dict.fromkeys([*jobs, *rendered]) if job in rendered]
    results.outcomes |= {job: rendered[job].outcome for job in in_order}
    if app.builder.name == TWICE:
        results.nondeterministic = _render_again(app, {job: rendered[job] for job in jobs})
    progress.summary(list(rendered.values()))
    return {job for job, result in rendered.items() if result.quiet}


def _render(app: Sphinx, jobs: list[Job], progress: BuildProgress) -> dict[Job, Result]:
    cache = cache_of(app)
    rendered = render(
        jobs,
        cache,
        limits_of(app.config),
        progress,
        workers_of(app),
        # What the lock file accepts is drawn in order.
        RunConditions(parallel=value_of(app.config, "lock-mode") != "update"),
    )
    for folder in dict.fromkeys(cache.damaged):
        logger.info("animvideo: a damaged entry of the cache was not used: %s", folder)
    log_output(rendered.values())
    return rendered


def replace_damaged(app: Sphinx, source: Source) -> None:
    """Render a video again whose files were damaged or removed since it was found in the cache."""
    results = build_results(app.builder)
    outcome = results.outcomes[source]
    if not (isinstance(source, Job) and isinstance(outcome, Asset)):
        return
    cache_of(app).remove(outcome)
    result = _render(app, [source], BuildProgress(bar=False))[source]
    results.outcomes[source] = result.outcome
    log_warnings({source: result.outcome}, set())


def _render_again(app: Sphinx, results: Mapping[Job, Result]) -> list[NondeterministicVideo]:
    progress = BuildProgress(bar=not app.quiet and sys.stdout.isatty())
    with scratch_folder() as folder:
        found = render_again(
            results,
            Cache(folder, arithmetic_of(app.config)),
            limits_of(app.config),
            progress,
            workers_of(app),
        )
    for video in found:
        warn(video.error)
    return found


def note_written(app: Sphinx, exception: Exception | None) -> None:
    """Store which videos the pages show, now that they are written."""
    if exception is None and shows_videos(app.builder):
        sources = collection(app.env).sources(evaluator(app))
        results = build_results(app.builder)
        _WrittenPages(app).save(_digests(sources, results))
        if results.published:
            results.published.save()


def _digests(sources: Mapping[str, list[Source]], results: BuildResults) -> dict[str, str]:
    """Return for each document a hash of what came of its videos."""
    return {
        docname: _digest([results.outcomes[source] for source in found])
        for docname, found in sources.items()
    }


def _digest(outcomes: list[Asset | AnimvideoError]) -> str:
    parts = [
        [file.sha256 for file in outcome.files]
        if isinstance(outcome, Asset)
        else sorted(outcome.to_json().items(), key=str)
        for outcome in outcomes
    ]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


class _WrittenPages:
    """The digests of the pages in an output directory.

    They are not in Sphinx's environment, which is saved before the pages are written.
    """

    def __init__(self, app: Sphinx) -> None:
        self._path = Path(app.doctreedir, "animvideo-pages.json")
        self._output = f"{app.builder.name} {app.outdir}"

    def load(self) -> dict[str, str]:
        """Return the digest of each page, by document."""
        return self._all().get(self._output, {})

    def save(self, pages: dict[str, str]) -> None:
        """Store the digests of all pages."""
        text = json.dumps(self._all() | {self._output: pages}, indent=1, sort_keys=True)
        unfinished = self._path.with_suffix(".unfinished")
        unfinished.write_text(text, "utf-8")
        unfinished.replace(self._path)

    def _all(self) -> dict[str, dict[str, str]]:
        try:
            return read_stored(self._path, dict[str, dict[str, str]])
        except (OSError, ValueError):
            return {}
