"""The videos of all documents, kept in Sphinx's environment between builds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docutils import nodes

from ..core.cache.prebuilt import PrebuiltAsset
from ..core.model.job import Job
from ..core.model.sweep import Combination, Sweep
from ..errors import AnimvideoError
from ..html.player import PlayerOptions
from .conditions import Condition, conditions_in

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

Source = Job | PrebuiltAsset
"""What a video comes from."""


@dataclass(frozen=True)
class VideoRequest:
    """What a directive asks for: the videos, and how to show them."""

    variants: tuple[tuple[Source, ...], ...]
    """What is shown on all pages; or what is shown on light pages, and on dark ones. Each is one
    source, or one for each combination of the sweep."""
    player: PlayerOptions
    poster: str
    """Absolute path of an image file, or empty for the clip's own poster."""
    captions: str
    """Absolute path of a WebVTT file, or empty for the clip's own captions."""
    with_source: bool
    """Whether to offer the code for download."""
    source_name: str
    """File name of that download."""
    transcript: str
    """``folded``, ``open``, or ``off``."""
    latex: str
    """What LaTeX shows: a value of the option of that name."""
    shown_code: str = ""
    """The code to offer, if it is not that of the job, such as a doctest."""
    sweep: Sweep | None = None
    default: int = 0
    """The number of the combination that is shown first."""
    sweep_print: str = "grid"
    """How the sweep is printed: ``grid`` or ``default``."""

    @property
    def sources(self) -> tuple[Source, ...]:
        """What the videos come from."""
        return tuple(source for variant in self.variants for source in variant)

    @property
    def first(self) -> Source:
        """What the video that is shown first comes from, on light pages."""
        return self.variants[0][self.default]

    @property
    def code(self) -> str:
        """The code to offer for download, or empty."""
        job = self.first
        if not (self.with_source and isinstance(job, Job)):
            return ""
        return _assignments(job.parameters) + (self.shown_code or job.code)


def _assignments(parameters: Combination) -> str:
    """Return code that sets the parameters of a sweep, so that what is downloaded runs."""
    lines = [f"{name} = {literal}\n" for name, literal in parameters]
    return "".join([*lines, "\n"]) if lines else ""


@dataclass
class Collection:
    """What directives ask for, by document."""

    requests: dict[str, list[VideoRequest]] = field(default_factory=dict)
    errors: dict[str, list[AnimvideoError]] = field(default_factory=dict)
    """What is wrong in directives. It is logged when the document is read."""

    conditions: dict[str, dict[int, tuple[Condition, ...]]] = field(default_factory=dict)
    """Under which requests are part of their pages, by document and index of the request."""

    def sources(
        self, holds: Callable[[Condition], bool] = lambda condition: True
    ) -> dict[str, list[Source]]:
        """Return what all videos come from whose conditions hold, by document."""
        return sources_of(self.shown(holds))

    def shown(self, holds: Callable[[Condition], bool]) -> dict[str, list[VideoRequest]]:
        """Return all requests whose conditions hold, by document."""
        return {
            docname: [
                request
                for index, request in enumerate(requests)
                if all(map(holds, self.conditions.get(docname, {}).get(index, ())))
            ]
            for docname, requests in self.requests.items()
        }


def sources_of(requests: Mapping[str, list[VideoRequest]]) -> dict[str, list[Source]]:
    """Return what the videos of requests come from, by document."""
    return {
        name: [s for request in found for s in request.sources] for name, found in requests.items()
    }


def collection(env: BuildEnvironment) -> Collection:
    """Return the collection of *env*."""
    if not hasattr(env, "animvideo"):
        env.animvideo = Collection()  # type: ignore[attr-defined]
    found: Collection = env.animvideo  # type: ignore[attr-defined]
    return found


def add_request(env: BuildEnvironment, request: VideoRequest) -> int:
    """Add a request of the document that is being read; return its index there."""
    requests = collection(env).requests.setdefault(env.docname, [])
    requests.append(request)
    return len(requests) - 1


def add_error(env: BuildEnvironment, error: AnimvideoError) -> None:
    """Add an error in the document that is being read."""
    collection(env).errors.setdefault(env.docname, []).append(error)


def add_conditions(app: Sphinx, doctree: nodes.document) -> None:
    """Add the conditions of the videos in the document that was read."""
    if found := conditions_in(doctree):
        collection(app.env).conditions[app.env.docname] = found


def purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Forget a document that is read again or was removed."""
    ours = collection(env)
    for by_document in (ours.requests, ours.errors, ours.conditions):
        by_document.pop(docname, None)


def merge(app: Sphinx, env: BuildEnvironment, docnames: list[str], other: BuildEnvironment) -> None:
    """Add the documents that another process has read."""
    ours, theirs = collection(env), collection(other)
    for docname in docnames:
        if docname in theirs.requests:
            ours.requests[docname] = theirs.requests[docname]
        if docname in theirs.errors:
            ours.errors[docname] = theirs.errors[docname]
        if docname in theirs.conditions:
            ours.conditions[docname] = theirs.conditions[docname]
