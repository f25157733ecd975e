"""Resolves placeholders: publishes the files of a video, and shows what the builder can show."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.images import guess_mimetype

from ..core.model.asset import Asset, Clip, VideoFile
from ..core.model.job import Job
from ..core.model.options import docs_spelling
from ..core.model.stored import hash_file
from ..core.model.sweep import Sweep
from ..errors import AnimvideoError, CacheError
from .captions import Translations
from .collection import VideoRequest, collection
from .config import cache_of
from .html import has_script
from .log import warn
from .nodes import animvideo, animvideo_source, animvideo_transcript, notice
from .paper import put_pictures
from .paper_table import table_of_stills
from .published import published_of
from .rendering import build_results, replace_damaged, shows_videos
from .transcript import cached_asset, player_target, transcripts, unfolded
from .words import _

if TYPE_CHECKING:
    from sphinx.application import Sphinx


@dataclass(frozen=True)
class PublishedClip:
    """A clip on a page, with the names of its files in the output."""

    clip: Clip
    variant: str
    names: dict[VideoFile, str]
    poster: str
    """Name of an image of the author's, or empty."""
    captions: str
    sweep: PublishedSweep | None = None


@dataclass(frozen=True)
class PublishedSweep:
    """The videos of a sweep on a page, of which one is shown."""

    sweep: Sweep
    videos: list[PublishedClip | AnimvideoError | None]
    """For each combination; ``None`` where the code makes fewer videos."""
    shown: int
    poster: str | int | float
    """Which frame the posters show."""


def resolve(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Turn each placeholder into what the builder can show: video, filmstrip, poster, or text."""
    if not app.builder.format:
        return  # it writes no documents; message catalogs are made from the placeholders
    resolver = _Resolver(app, doctree)
    for node in list(doctree.findall(animvideo)):
        resolver.resolve(node)
    if app.builder.format != "html":
        for source in list(doctree.findall(animvideo_source)):
            source.replace_self(source.children)
        for folded in list(doctree.findall(animvideo_transcript)):
            folded.replace_self(unfolded(folded))


class _Resolver:
    def __init__(self, app: Sphinx, doctree: nodes.document) -> None:
        self._app = app
        self._doctree = doctree
        self._builder = app.builder
        self._requests = collection(app.env).requests
        results = build_results(app.builder)
        self._outcomes = results.outcomes
        self._published = results.published_in(app)

    @cached_property
    def _ids(self) -> set[str]:
        """The IDs on the page; those that are added to it later are added here as well."""
        return {each for node in self._doctree.findall(nodes.Element) for each in node["ids"]}

    def resolve(self, node: animvideo) -> None:
        """Replace a placeholder, or complete it for the visitor."""
        builder = self._builder
        request = node["request"] = self._requests[node["docname"]][node["index"]]
        node["translations"] = Translations(node)
        node.clear()
        if not shows_videos(builder):
            self._put_text(node, request)
            return
        if request.first not in self._outcomes:  # under a condition that does not hold
            node.parent.parent.remove(node.parent)
            return
        try:
            self._put(node, request)
        except (FileNotFoundError, CacheError):  # damaged, or removed by another process
            self._put_again(node, request)
        except OSError as error:
            self._put_failure(node, request, error)

    def _put_again(self, node: animvideo, request: VideoRequest) -> None:
        """Render the videos of a placeholder again, and replace or complete it."""
        for source in request.sources:
            replace_damaged(self._app, source)
        try:
            self._put(node, request)
        except (OSError, CacheError) as error:
            self._put_failure(node, request, error)

    def _put_failure(
        self, node: animvideo, request: VideoRequest, error: OSError | CacheError
    ) -> None:
        problem = CacheError(f"the video could not be published: {error}")
        self._outcomes[request.first] = problem  # so that the next build writes the page again
        warn(problem, str(request.first.location))
        self._put_notice(node, problem)

    def _put(self, node: animvideo, request: VideoRequest) -> None:
        """Replace a placeholder, or complete it for the visitor.

        Raises
        ------
        OSError, CacheError
            Files of the video are missing or damaged, or cannot be written.
        """
        shown = self._shown(request)
        chosen = [self._outcomes[variant[shown]] for variant in request.variants]
        for outcome in chosen:
            if isinstance(outcome, AnimvideoError):
                self._put_notice(node, outcome)
                return
        assets = [outcome for outcome in chosen if isinstance(outcome, Asset)]
        is_table = bool(request.sweep and request.sweep_print == "grid")
        if self._builder.format == "html" and not (is_table and not has_script(self._builder)):
            self._put_videos(node, request, assets, shown)
            if has_script(self._builder):
                target = player_target(node, assets[0], self._ids)
                node += self._transcripts(node, request, shown, target)
            else:
                node += transcripts(request, assets[0], node["translations"])
        else:
            around = node.parent.parent  # from the end, as pictures may replace the figure
            following = len(around) - around.index(node.parent) - 1
            table = table_of_stills(self._app, request, self._outcomes) if is_table else None
            put_pictures(self._app, node, request, assets[0], self._own_poster(request), table)
            found = transcripts(request, assets[0], node["translations"])
            around.insert(len(around) - following, found)

    def _shown(self, request: VideoRequest) -> int:
        """Return the number of the combination that is shown first: the default, if it exists."""
        numbers: list[int] = [request.default, *range(len(request.variants[0]))]
        for number in numbers:
            outcomes = (self._outcomes[variant[number]] for variant in request.variants)
            if all(isinstance(outcome, Asset) for outcome in outcomes):
                return number
        return numbers[0]

    def _transcripts(
        self, node: animvideo, request: VideoRequest, shown: int, target: str
    ) -> list[animvideo_transcript]:
        """Return the transcripts of all combinations; the script shows that of the chosen one."""
        found: dict[tuple[str, ...], list[int]] = {}
        for number, source in enumerate(request.variants[0]):
            outcome = self._outcomes[source]
            if isinstance(outcome, Asset):
                clips = [clip.captions.sha256 for clip in outcome.clips if clip.captions]
                found.setdefault(tuple(clips), []).append(number)
        made = []
        for numbers in found.values():
            asset = self._outcomes[request.variants[0][numbers[0]]]
            assert isinstance(asset, Asset)
            parts = transcripts(request, asset, node["translations"], target)
            for part in parts if len(found) > 1 else ():
                part["combinations"], part["hidden"] = numbers, shown not in numbers
            made += parts
        return made

    def _put_text(self, node: animvideo, request: VideoRequest) -> None:
        """Replace the whole figure with the alternative text, and a transcript if it is known."""
        figure = node.parent
        alt = node["alt"]
        text = _("[video: {description}]").format(description=alt) if alt else _("[video]")
        block = nodes.compound("", nodes.paragraph(text, text), *_captions(figure))
        if request.sweep:
            block.insert(1, nodes.paragraph("", str(request.sweep)))
        block["ids"], block["classes"] = figure["ids"], figure["classes"]
        block += transcripts(request, cached_asset(self._app, request), node["translations"])
        figure.replace_self(block)

    def _put_videos(
        self, node: animvideo, request: VideoRequest, assets: list[Asset], shown: int
    ) -> None:
        scripted = has_script(self._builder)
        poster = self._own_poster(request)
        variants = ["light", "dark"] if len(assets) == 2 and scripted else [""]
        node["clips"] = [
            replace(
                self._published_clip(node, clip, asset, variant, poster),
                sweep=self._published_sweep(node, request, number, place, variant, shown)
                if request.sweep and scripted
                else None,
            )
            for number, (variant, asset) in enumerate(zip(variants, assets, strict=False))
            # WebP came to books with EPUB 3.3; older readers do not show it.
            for place, clip in enumerate(
                c if scripted else replace(c, page_poster=None) for c in asset.clips
            )
        ]
        node["download"] = self._write_source(request) if request.code and scripted else ""

    def _published_sweep(
        self,
        node: animvideo,
        request: VideoRequest,
        variant: int,
        place: int,
        name: str,
        shown: int,
    ) -> PublishedSweep:
        """Publish the videos that the player at a *place* in the figure may show."""
        assert request.sweep
        poster = self._own_poster(request)
        videos: list[PublishedClip | AnimvideoError | None] = []
        for source in request.variants[variant]:
            outcome = self._outcomes[source]
            if isinstance(outcome, AnimvideoError):
                videos.append(outcome)
            elif place < len(outcome.clips):
                clip = outcome.clips[place]
                videos.append(self._published_clip(node, clip, outcome, name, poster))
            else:
                videos.append(None)
        first = request.first
        wanted = first.settings.poster if isinstance(first, Job) else "first"
        return PublishedSweep(request.sweep, videos, shown, wanted)

    def _published_clip(
        self, node: animvideo, clip: Clip, asset: Asset, variant: str, poster: str
    ) -> PublishedClip:
        captions = self._publish_captions(node, clip, asset)
        names = {
            file: self._published.publish(asset.path(file), file.sha256)
            for file in published_of(clip, poster, captions)
        }
        return PublishedClip(clip, variant, names, poster and self._publish_own(poster), captions)

    def _publish_captions(self, node: animvideo, clip: Clip, asset: Asset) -> str:
        """Publish captions that are not the clip's own, or not in its language."""
        own: str = node["request"].captions
        made = str(asset.path(clip.captions)) if clip.captions else ""
        if text := node["translations"].webvtt(own or made):
            return self._published.publish_text(text, ".vtt")
        return own and self._publish_own(own, ".vtt")

    def _put_notice(self, node: animvideo, error: AnimvideoError) -> None:
        figure = node.parent
        block = notice(
            error.explain(docs_spelling),
            str(self._app.srcdir),
            error.detail,
            figure["ids"],
            str(cache_of(self._app).folder),
        )
        block += _captions(figure)
        figure.replace_self(block)

    def _publish_own(self, path: str, suffix: str = "") -> str:
        """Publish a file of the author's."""
        return self._published.publish(Path(path), hash_file(Path(path)), suffix)

    def _own_poster(self, request: VideoRequest) -> str:
        """Return the author's image, if the builder's pages can show it."""
        # Browsers support more formats than the builder.
        if not request.poster or has_script(self._builder):
            return request.poster
        known = guess_mimetype(request.poster) in self._builder.supported_image_types
        return request.poster if known else ""

    def _write_source(self, request: VideoRequest) -> str:
        digest = hashlib.sha256(request.code.encode()).hexdigest()[:16]
        name = f"{digest}/{request.source_name}"
        path = Path(self._builder.outdir, "_downloads", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(request.code, "utf-8", newline="\n")
        return name


def _captions(figure: nodes.Element) -> list[nodes.Node]:
    """Return the caption of a figure, if it has one, as text that can stand outside of it."""
    captions = [child for child in figure.children if isinstance(child, nodes.caption)]
    return [nodes.paragraph("", "", *caption.children) for caption in captions]
