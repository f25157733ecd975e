"""Reads a documentation project without rendering it, in a process of its own.

Sphinx changes the process that it runs in, and ``conf.py`` is arbitrary code.
"""

from __future__ import annotations

import os
import pickle
import sys
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils
from sphinx.util.logging import is_suppressed_warning

from ..core.cache.scratch import scratch_folder
from ..core.model.docs_index import DocsIndex
from ..core.model.job import Job
from ..core.model.options import config_value
from ..errors import AnimvideoError
from . import not_enabled
from .collection import collection
from .config import arithmetic_of, config_errors, limits_of, value_of


def main(source_dir: str, output: str) -> None:
    """Write the index of a documentation project to the file *output*, as a pickle."""
    before = dict(os.environ)
    with (
        scratch_folder() as scratch,
        patch_docutils(source_dir),
        docutils_namespace(),
    ):
        app = Sphinx(
            source_dir,
            source_dir,
            scratch,
            scratch / "doctrees",
            "dummy",  # a builder for which nothing is rendered
            status=None,
            warning=sys.stderr,
        )
        if not_enabled.EXTENSION not in app.extensions:
            not_enabled.setup(app)
        app.builder.read()
        Path(output).write_bytes(pickle.dumps(_index(app, before)))


def _index(app: Sphinx, before: dict[str, str]) -> DocsIndex:
    found = collection(app.env)
    folder = value_of(app.config, "cache-dir")
    return DocsIndex(
        jobs={
            str(app.env.doc2path(docname)): tuple(s for s in sources if isinstance(s, Job))
            for docname, sources in found.sources().items()
        },
        errors=_errors(app),
        cache_dir=str(Path(app.confdir, folder).resolve()) if folder else "",
        limits=limits_of(app.config),
        arithmetic=arithmetic_of(app.config),
        start_method=value_of(app.config, "start-method"),
        suppressed=tuple(kind for kind in ("max_frames",) if _is_suppressed(app, kind)),
        import_path=tuple(sys.path),
        variables={name: text for name, text in os.environ.items() if before.get(name) != text},
    )


def _errors(app: Sphinx) -> dict[str, tuple[AnimvideoError, ...]]:
    """Return the errors that are not suppressed, by the path of the document or of conf.py."""
    in_config = config_errors(app)
    for error in in_config:
        error.message, error.hint = error.explain(config_value), ""
    found = {str(Path(app.confdir, "conf.py")): in_config}
    found |= {str(app.env.doc2path(name)): e for name, e in collection(app.env).errors.items()}
    return {
        path: shown
        for path, errors in found.items()
        if (shown := tuple(error for error in errors if not _is_suppressed(app, error.kind)))
    }


def _is_suppressed(app: Sphinx, kind: str) -> bool:
    return is_suppressed_warning("animvideo", kind, app.config.suppress_warnings)
