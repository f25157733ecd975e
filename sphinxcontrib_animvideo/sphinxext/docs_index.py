"""Reading a documentation without rendering it, in a process of its own.

Sphinx changes the process that it runs in, and ``conf.py`` is code.
"""

from __future__ import annotations

import logging
import os
import pickle
import sys
import tempfile
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import docutils_namespace, patch_docutils
from sphinx.util.logging import is_suppressed_warning

from ..core.model.asset import Failure
from ..core.model.docs_index import Reading
from ..core.model.job import Job
from .collection import collection
from .config import limits_of, value_of

_EXTENSION = "sphinxcontrib_animvideo"


class _Mistakes(logging.Handler):
    """Collects our warnings with the document that was being read."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.app: Sphinx | None = None
        self.found: list[tuple[str, Failure]] = []
        """Name of the document or empty, and the warning."""

    def emit(self, record: logging.LogRecord) -> None:
        told = vars(record)  # Sphinx adds to it
        file, _, line = told["location"].rpartition(":")
        docname = self.app.env.temp_data.get("docname") if self.app else None
        failure = Failure(told["subtype"], record.getMessage(), file, int(line))
        self.found.append((docname or "", failure))


def main(source_dir: str, output: str) -> None:
    """Write what is in a documentation into the file *output*, as a pickle."""
    before = dict(os.environ)
    mistakes = _Mistakes()
    logging.getLogger(f"sphinx.{_EXTENSION}").addHandler(mistakes)
    with (
        tempfile.TemporaryDirectory(prefix="animvideo-") as scratch,
        patch_docutils(source_dir),
        docutils_namespace(),
    ):
        app = Sphinx(
            source_dir,
            source_dir,
            scratch,
            Path(scratch, "doctrees"),
            "dummy",  # of which nothing is rendered
            status=None,
            warning=sys.stderr,
        )
        if _EXTENSION not in app.extensions:
            raise ExtensionError(
                f'{Path(source_dir, "conf.py")} does not name "{_EXTENSION}" in extensions.'
            )
        mistakes.app = app
        app.builder.read()
        Path(output).write_bytes(pickle.dumps(_reading(app, mistakes, before)))


def _reading(app: Sphinx, mistakes: _Mistakes, before: dict[str, str]) -> Reading:
    suppressed = app.config.suppress_warnings
    told: dict[str, tuple[Failure, ...]] = {}
    for docname, failure in mistakes.found:
        if not is_suppressed_warning("animvideo", failure.kind, suppressed):
            path = str(app.env.doc2path(docname) if docname else Path(app.confdir, "conf.py"))
            told[path] = (*told.get(path, ()), failure)
    folder = value_of(app.config, "animvideo_cache_dir")
    return Reading(
        jobs={
            str(app.env.doc2path(docname)): tuple(job for job in videos if isinstance(job, Job))
            for docname, videos in collection(app.env).videos.items()
        },
        mistakes=told,
        cache_dir=str(Path(app.confdir, folder).resolve()) if folder else "",
        limits=limits_of(app.config),
        start_method=value_of(app.config, "animvideo_start_method"),
        quiet=tuple(
            kind for kind in ("max_frames",) if is_suppressed_warning("animvideo", kind, suppressed)
        ),
        import_path=tuple(sys.path),
        variables={name: text for name, text in os.environ.items() if before.get(name) != text},
    )
