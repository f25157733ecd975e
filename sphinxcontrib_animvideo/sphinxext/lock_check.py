"""The lock file in a build: compares the videos with it, or accepts them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.cache.store import Cache
from ..core.lockfile import FILE_NAME
from ..core.lockfile.lock import SOURCE_DIGITS, Lock, combination_suffix
from ..core.lockfile.review import REPORT_FOLDER, TO_DECIDE, Review, relative_to_here, review_of
from ..core.lockfile.snapshot import RenderedVideo, Snapshot
from ..core.lockfile.status import Status, VideoStatus, compare_all, count_statuses
from ..core.model.asset import Asset
from ..core.model.formats import FORMATS
from ..core.model.humanize import count
from ..core.model.job import Job
from ..core.model.stored import hash_file
from ..errors import AnimvideoError, ChangedError, LockError
from ..html.report import remove_report, write_report
from .collection import Source, VideoRequest
from .config import value_of
from .log import logger, warn
from .published import published_name

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.builders import Builder


def check_or_update(
    app: Sphinx,
    requests: Mapping[str, list[VideoRequest]],
    outcomes: Mapping[Source, Asset | AnimvideoError],
    cache: Cache,
) -> list[VideoStatus]:
    """Check or update the lock file, as configured; return how the videos compare with it.

    Parameters
    ----------
    requests
        What the pages show, by document.

    Raises
    ------
    AnimvideoError
        The lock file cannot be read or written, or is damaged.
    """
    mode = value_of(app.config, "lock-mode")
    if mode == "off":
        return []
    path = lock_path(app)
    lock = Lock.read(path)
    rendered, failed = _rendered(requests, outcomes, cache)
    statuses = compare_all(lock, rendered, failed)
    if mode == "check":
        review = review_of(lock, relative_to_here(path), statuses)
        _Check(app, cache).report(statuses, review)
    else:
        lock.updated(rendered, failed).write(path)
        logger.info("animvideo: %s in %s", count(len(rendered), "video"), path)
    return statuses


def lock_path(build: Sphinx | Builder) -> Path:
    """Return the path of the lock file of a project."""
    return Path(build.confdir, FILE_NAME)


def _rendered(
    requests: Mapping[str, list[VideoRequest]],
    outcomes: Mapping[Source, Asset | AnimvideoError],
    cache: Cache,
) -> tuple[list[RenderedVideo], set[str]]:
    """Return the videos of a build as the lock file names them, and the names of what failed."""
    rendered, failed = [], set()
    parts = cache.environment.parts if requests else {}
    for docname in sorted(requests):
        for name, source in _named(docname, requests[docname]):
            outcome = outcomes[source]
            if isinstance(outcome, AnimvideoError):
                failed.add(name)
                continue
            digest = source.key("")[:SOURCE_DIGITS] if isinstance(source, Job) else ""
            versions = parts | {"text": outcome.text_rendering}
            for index, clip in enumerate(outcome.clips, 1):
                own = name if index == 1 else f"{name}.{index}"
                rendered.append(
                    RenderedVideo(own, digest, source.location, outcome, clip, versions)
                )
    return rendered, failed


def _named(docname: str, requests: Sequence[VideoRequest]) -> Iterator[tuple[str, Source]]:
    """Yield what the videos of a document come from, with the name that it has in the lock file."""
    variants = (variant for request in requests for variant in request.variants)
    shown = (v for v in variants if not (isinstance(v[0], Job) and v[0].nofigs))
    for number, variant in enumerate(shown, 1):
        for source in variant:
            combination = source.parameters if isinstance(source, Job) else ()
            yield f"{docname}#{number}{combination_suffix(combination)}", source


def _video(name: str) -> str:
    """Return how a warning, which has the place of the directive, names a video."""
    combination = re.search(r"\[(.*)\]", name)
    return f"this video ({combination[1]})" if combination else "this video"


class _Check:
    """Reports how the videos of a build compare with the lock file."""

    def __init__(self, app: Sphinx, cache: Cache) -> None:
        self._app = app
        self._cache = cache
        folder = value_of(app.config, "report-dir")
        self._folder = (
            Path(app.confdir, folder) if folder else Path(app.outdir).parent / REPORT_FOLDER
        ).resolve()

    def report(self, statuses: Sequence[VideoStatus], review: Review) -> None:
        """Warn about differences, and write a report if there is something to decide."""
        see = self._write_report(statuses, review)
        command = f"animvideo lock {shlex.quote(relative_to_here(Path(self._app.confdir)))}"
        for found in statuses:
            location = str(found.video.location) if found.video else ""
            if found.status is Status.CHANGED:
                text = f"{_video(found.name)} has changed: {found.reason}. {see}".rstrip()
                accept = f"If this change is intended, run: {command}"
                warn(ChangedError(f"{text} {accept}"), location)
            elif found.status is Status.NEW:
                text = f"{_video(found.name)} is not in {FILE_NAME}. To accept it, run: {command}"
                warn(LockError(text), location)
            elif found.status is Status.SAME_PICTURE:
                logger.info("animvideo: %s: same picture: %s", location, found.reason)
        if gone := [found.name for found in statuses if found.status is Status.GONE]:
            names = ", ".join(gone)
            text = f"entries without a matching video: {names}. To remove them, run: {command}"
            warn(LockError(text), f"{lock_path(self._app)}:1")
        counts = count_statuses(found.status for found in statuses)
        logger.info("animvideo: %s: %s", FILE_NAME, counts or "no videos")

    def _write_report(self, statuses: Sequence[VideoStatus], review: Review) -> str:
        """Write the report, or remove an old one; return where it is, as a sentence."""
        if not any(found.status in TO_DECIDE for found in statuses):
            remove_report(self._folder)
            return ""
        try:
            root = Path(self._app.srcdir)
            page = write_report(self._folder, statuses, review, root, self._before)
        except AnimvideoError as error:  # the warnings matter more
            return f"The report could not be written: {error.message}"
        except OSError as error:
            return f"The report could not be written to {self._folder} ({error.strerror})."
        return f"See {page}."

    def _before(self, snapshot: Snapshot) -> Path | None:
        """Return the file of an accepted video, from the cache or from an earlier build."""
        format, file = next(iter(snapshot.files.items()))
        name = published_name(file.sha256, FORMATS[format].suffix)
        docs = Path(self._app.srcdir)
        built = Path(self._app.outdir, self._app.builder.imagedir, name)
        earlier = [docs / "_build", docs.parent / "_build", docs.parent / "build"]
        for path in chain([built], *(folder.rglob(name) for folder in earlier)):
            with suppress(OSError):
                if hash_file(path) == file.sha256:
                    return path
        return self._cache.file(file.sha256)
