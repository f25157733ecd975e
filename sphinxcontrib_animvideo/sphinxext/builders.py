"""Builders that render the videos but write no pages, such as ``sphinx-build -b animvideo``."""

from __future__ import annotations

import json
from collections.abc import Set
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from sphinx.builders import Builder

from ..core.lockfile.status import RESULTS_FILE
from ..core.model.options import docs_spelling
from ..errors import AnimvideoError
from .lock_check import lock_path
from .rendering import TWICE, build_results

if TYPE_CHECKING:
    from docutils import nodes


class VideoBuilder(Builder):
    """Renders the videos, and checks or updates the lock file as ``animvideo_lock_mode`` says."""

    name = "animvideo"
    epilog = "The videos are in the cache."
    supported_image_types: ClassVar[list[str]] = ["image/png"]
    allow_parallel = True

    def get_outdated_docs(self) -> set[str]:
        """Return the documents to write: none."""
        return set()

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """Return the address of a page: there is none."""
        return ""

    def write_documents(self, docnames: Set[str]) -> None:
        """Write no pages."""

    def write_doc(self, docname: str, doctree: nodes.document) -> None:
        """Write no page."""

    def finish(self) -> None:
        """Write the results of the build, for the command line."""
        results = build_results(self)
        failed = [
            (str(source.location), outcome)
            for source, outcome in results.outcomes.items()
            if isinstance(outcome, AnimvideoError)
        ]
        if results.lock_error:
            failed.append((f"{lock_path(self)}:1", results.lock_error))
        data: dict[str, Any] = {
            "videos": [
                {
                    "name": video.name,
                    "location": str(video.video.location) if video.video else "",
                    "status": video.status.value,
                    "reason": video.reason,
                }
                for video in results.statuses
            ],
            "nondeterministic": [
                {"location": str(video.job.location), "message": video.error.explain()}
                for video in results.nondeterministic
            ],
            "failed": [
                {
                    "location": location,
                    "kind": error.kind,
                    "message": error.explain(docs_spelling),
                }
                for location, error in failed
            ],
        }
        path = Path(self.outdir, RESULTS_FILE)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(data, indent=1), "utf-8")


class TwiceBuilder(VideoBuilder):
    """Renders all videos a second time, and reports those that come out differently."""

    name = TWICE
