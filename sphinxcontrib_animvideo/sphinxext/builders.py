"""Builders that make the videos and no pages: ``sphinx-build -b animvideo``."""

from __future__ import annotations

import json
from collections.abc import Set
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from sphinx.builders import Builder

from ..core.model.asset import Failure
from .collection import TWICE, collection

if TYPE_CHECKING:
    from docutils import nodes

ANSWER = "animvideo.json"
"""What came of the videos, in the output folder."""


class VideoBuilder(Builder):
    """Makes the videos, and does with the lock file what ``animvideo_lock_mode`` says."""

    name = "animvideo"
    epilog = "The videos are in the cache."
    supported_image_types: ClassVar[list[str]] = ["image/png"]
    allow_parallel = True

    def get_outdated_docs(self) -> set[str]:
        """Return the documents to write: none."""
        return set()

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """Return the address of a page; there is none."""
        return ""

    def write_documents(self, docnames: Set[str]) -> None:
        """Write no pages."""

    def write_doc(self, docname: str, doctree: nodes.document) -> None:
        """Write no page."""

    def finish(self) -> None:
        """Write down what came of the videos."""
        found = collection(self.env)
        failed = [
            {"place": str(video.place), "kind": outcome.kind, "message": outcome.message}
            for video, outcome in found.outcomes.items()
            if isinstance(outcome, Failure)
        ]
        answer: dict[str, Any] = {
            "videos": [
                {
                    "name": grade.name,
                    "place": str(grade.video.place) if grade.video else "",
                    "verdict": grade.verdict.value,
                    "reason": grade.reason,
                }
                for grade in found.grades
            ],
            "unsteady": [
                {"place": str(unsteady.job.place), "message": unsteady.message}
                for unsteady in found.unsteady
            ],
            "failed": failed,
        }
        path = Path(self.outdir, ANSWER)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(answer, indent=1), "utf-8")


class TwiceBuilder(VideoBuilder):
    """Makes all videos a second time, and tells which ones come out differently."""

    name = TWICE
