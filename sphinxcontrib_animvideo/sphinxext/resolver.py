"""Resolves placeholders: publishes the files of a video, and shows what the builder can show."""

from __future__ import annotations

import hashlib
import posixpath
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from docutils import nodes
from sphinx.util.images import guess_mimetype

from ..core.encoding.filmstrip import Filmstrip, filmstrip
from ..core.model.asset import Asset, Clip, VideoFile
from ..core.model.options import docs_spelling
from ..core.model.stored import hash_file
from ..errors import AnimvideoError, CacheError
from .collection import VideoRequest, collection
from .config import cache_of, value_of
from .html import has_script
from .log import warn
from .nodes import animvideo, animvideo_source, notice
from .published import published_name, published_of
from .rendering import replace_damaged, results_of, shows_videos

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_SCREEN_UNITS = ("rem", "ch", "vw", "vh")


@dataclass(frozen=True)
class PublishedClip:
    """A clip on a page, with the names of its files in the output."""

    clip: Clip
    variant: str
    names: dict[VideoFile, str]
    poster: str
    """Name of an image of the author's, or empty."""
    captions: str


def resolve(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Turn each placeholder into what the builder can show: video, filmstrip, poster, or text."""
    if not app.builder.format:
        return  # it writes no documents; message catalogs are made from the placeholders
    resolver = _Resolver(app)
    for node in list(doctree.findall(animvideo)):
        resolver.resolve(node)
    if app.builder.format != "html":
        for source in list(doctree.findall(animvideo_source)):
            source.replace_self(source.children)


class _Resolver:
    def __init__(self, app: Sphinx) -> None:
        self._app = app
        self._builder = app.builder
        self._requests = collection(app.env).requests
        results = results_of(app.builder)
        self._outcomes = results.outcomes
        self._published = results.published_in(app)

    def resolve(self, node: animvideo) -> None:
        """Replace a placeholder, or complete it for the visitor."""
        builder = self._builder
        request = node["request"] = self._requests[node["docname"]][node["index"]]
        if not shows_videos(builder):
            self._put_text(node)
            return
        if request.sources[0] not in self._outcomes:  # under a condition that does not hold
            node.parent.parent.remove(node.parent)
            return
        try:
            self._put(node, request)
        except (FileNotFoundError, CacheError):  # damaged, or removed by another process
            self._put_again(node, request)

    def _put_again(self, node: animvideo, request: VideoRequest) -> None:
        """Render the videos of a placeholder again, and replace or complete it."""
        for source in request.sources:
            replace_damaged(self._app, source)
        try:
            self._put(node, request)
        except (OSError, CacheError) as error:
            problem = CacheError(f"the video could not be published: {error}")
            source = request.sources[0]
            self._outcomes[source] = problem  # so that the next build writes the page again
            warn(problem, str(source.location))
            self._put_notice(node, problem)

    def _put(self, node: animvideo, request: VideoRequest) -> None:
        """Replace a placeholder, or complete it for the visitor.

        Raises
        ------
        FileNotFoundError, CacheError
            Files of the video are missing or damaged.
        """
        outcomes = [self._outcomes[source] for source in request.sources]
        for outcome in outcomes:
            if isinstance(outcome, AnimvideoError):
                self._put_notice(node, outcome)
                return
        assets = [outcome for outcome in outcomes if isinstance(outcome, Asset)]
        if self._builder.format == "html":
            self._put_videos(node, request, assets)
        else:
            self._put_pictures(node, request, assets[0])

    def _put_text(self, node: animvideo) -> None:
        """Replace the whole figure with the alternative text."""
        figure = node.parent
        text = f"[video: {node['alt']}]" if node["alt"] else "[video]"
        block = nodes.compound("", nodes.paragraph(text, text), *_captions(figure))
        block["ids"], block["classes"] = figure["ids"], figure["classes"]
        figure.replace_self(block)

    def _put_videos(self, node: animvideo, request: VideoRequest, assets: list[Asset]) -> None:
        scripted = has_script(self._builder)
        poster, captions = self._own_poster(request), request.captions
        variants = ["light", "dark"] if len(assets) == 2 and scripted else [""]
        node["clips"] = [
            PublishedClip(
                clip,
                variant,
                {
                    file: self._published.publish(asset.path(file), file.sha256)
                    for file in published_of(clip, poster, captions)
                },
                poster and self._publish_own(poster),
                captions and self._publish_own(captions, ".vtt"),
            )
            for variant, asset in zip(variants, assets, strict=False)
            # WebP came to books with EPUB 3.3; older readers do not show it.
            for clip in (c if scripted else replace(c, page_poster=None) for c in asset.clips)
        ]
        node["download"] = self._write_source(request) if request.code and scripted else ""

    def _put_pictures(self, node: animvideo, request: VideoRequest, asset: Asset) -> None:
        """Replace the placeholder with still pictures, and link to the video online."""
        figure = node.parent
        pictures = [self._picture(clip, request, asset) for clip in asset.clips]
        for picture in pictures:
            picture["alt"] = node["alt"]
        node.replace_self(pictures)
        if _on_screen(figure.get("width", "")):
            del figure["width"]
        if "width" not in figure and pictures[0].get("width") != request.player.width:
            figure.attributes.pop("align", None)  # nothing says that there is room beside it
        if self._app.config.html_baseurl:
            address = self._online_address(node["docname"], figure["ids"])
            link = nodes.reference("", "Watch it online", refuri=address)
            figure.append(nodes.legend("", nodes.paragraph("", "", link)))

    def _picture(self, clip: Clip, request: VideoRequest, asset: Asset) -> nodes.image:
        player = request.player
        natural = clip.display_size[0] * player.scale / 100
        if strip := self._filmstrip(clip, request, asset):
            return self._image(strip.path, width=f"{natural * strip.breadth:.0f}px")
        own = self._own_poster(request)
        path = Path(own) if own else asset.path(_poster(clip))
        if player.width and not _on_screen(player.width):
            return self._image(path, width=player.width)
        if player.height and not _on_screen(player.height):
            return self._image(path, height=player.height)
        return self._image(path, width=f"{natural:.0f}px")

    def _filmstrip(self, clip: Clip, request: VideoRequest, asset: Asset) -> Filmstrip | None:
        """Return a filmstrip, if it is configured and the clip has several frames."""
        wanted = value_of(self._app.config, "latex")
        if self._builder.format != "latex" or wanted == "poster" or clip.frame_count == 1:
            return None
        try:
            return filmstrip(asset, clip, count=int(wanted.partition(":")[2]))
        except AnimvideoError as error:
            error.message = f"no filmstrip, showing the poster instead: {error.message}"
            warn(error, str(request.sources[0].location))
            return None

    def _image(self, path: Path, **size: str) -> nodes.image:
        self._builder.images[str(path)] = published_name(hash_file(path), path.suffix.lower())
        return nodes.image(uri=str(path), candidates={"*": str(path)}, **size)

    def _online_address(self, docname: str, ids: list[str]) -> str:
        config = self._app.config
        suffix = config.html_link_suffix or config.html_file_suffix or ".html"
        address = posixpath.join(config.html_baseurl, quote(docname) + suffix)
        return f"{address}#{ids[0]}" if ids else address

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


def _poster(clip: Clip) -> VideoFile:
    assert clip.poster, "clips of jobs have a poster"
    return clip.poster


def _on_screen(length: str) -> bool:
    """Whether a length has a unit that means nothing on paper."""
    return length.endswith(_SCREEN_UNITS)
