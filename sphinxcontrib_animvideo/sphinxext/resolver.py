"""The place of a video becomes the video, once it is known which one that is."""

from __future__ import annotations

import hashlib
import posixpath
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes

from ..core.asset import Asset, Clip, Failure, VideoFile
from ..core.environment import hash_file
from ..core.stills import filmstrip
from .collector import collection, shows_videos
from .config import value_of
from .directive import Request
from .nodes import animvideo, notice
from .static import has_script

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.builders import Builder

_MEDIA_TYPES = {".mp4": "video/mp4", ".webm": "video/webm", ".vtt": "text/vtt"}


@dataclass(frozen=True)
class Shown:
    """One video on a page: a clip, and the names of its files in the output."""

    clip: Clip
    variant: str
    names: dict[VideoFile, str]
    poster: str
    """Name of an image of the author's, or empty."""
    captions: str


def know_media_types(app: Sphinx) -> None:
    """Tell the builder of e-books, which lists all files with their types, of ours."""
    if app.builder.name == "epub":
        builder: Builder = app.builder
        builder.media_types = _MEDIA_TYPES | builder.media_types  # type: ignore[attr-defined]


def resolve(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Turn each place into what the builder can show: video, filmstrip, poster, notice or text."""
    resolver = _Resolver(app, docname)
    for node in list(doctree.findall(animvideo)):
        resolver.resolve(node, node["request"])


class _Resolver:
    def __init__(self, app: Sphinx, docname: str) -> None:
        self._app = app
        self._docname = docname
        self._builder = app.builder
        self._outcomes = collection(app.env).outcomes

    def resolve(self, node: animvideo, request: Request) -> None:
        """Replace a place, or complete it for the visitor."""
        builder = self._builder
        if not shows_videos(builder):
            node.replace_self(nodes.image(uri="", candidates={}, alt=node["alt"] or "animation"))
            return
        outcomes = [self._outcomes[video] for video in request.videos]
        for outcome in outcomes:
            if isinstance(outcome, Failure):
                self._put_notice(node, outcome)
                return
        assets = [outcome for outcome in outcomes if isinstance(outcome, Asset)]
        if builder.format == "html":
            self._put_videos(node, request, assets)
        else:
            self._put_pictures(node, request, assets[0])

    def _put_videos(self, node: animvideo, request: Request, assets: list[Asset]) -> None:
        scripted = has_script(self._builder)
        poster, captions = (self._publish_own(path) for path in (request.poster, request.captions))
        variants = ["light", "dark"] if len(assets) == 2 and scripted else [""]
        node["shown"] = [
            Shown(
                clip,
                variant,
                {file: self._publish(asset.path(file), file.sha256) for file in _files(clip)},
                poster,
                captions,
            )
            for variant, asset in zip(variants, assets, strict=False)
            for clip in asset.clips
        ]
        node["download"] = self._write_source(request) if request.source and scripted else ""

    def _put_pictures(self, node: animvideo, request: Request, asset: Asset) -> None:
        """Put still pictures in the place, for paper, and say where the video is."""
        figure = node.parent
        pictures = [self._picture(clip, request, asset) for clip in asset.clips]
        for picture in pictures:
            picture["alt"] = node["alt"]
        node.replace_self(pictures)
        if self._app.config.html_baseurl:
            address = self._online_address(figure["ids"])
            link = nodes.reference("", "Watch it online", refuri=address)
            figure.append(nodes.legend("", nodes.paragraph("", "", link)))

    def _picture(self, clip: Clip, request: Request, asset: Asset) -> nodes.image:
        wanted = value_of(self._app.config, "animvideo_latex")
        if self._builder.format == "latex" and wanted != "poster" and clip.frame_count > 1:
            strip = filmstrip(asset, clip, count=int(wanted.partition(":")[2]))
            return self._image(strip, width="100%")
        image = self._image(Path(request.poster) if request.poster else asset.path(clip.poster))
        scale = request.player.scale / clip.pixel_ratio
        if request.player.width:
            image["width"] = request.player.width
        elif scale != 100:
            image["scale"] = round(scale)
        return image

    def _image(self, path: Path, **attributes: str) -> nodes.image:
        self._publish(path, hash_file(path))
        return nodes.image(uri=str(path), candidates={"*": str(path)}, **attributes)

    def _online_address(self, ids: list[str]) -> str:
        config = self._app.config
        suffix = config.html_link_suffix or config.html_file_suffix or ".html"
        address = posixpath.join(config.html_baseurl, f"{self._docname}{suffix}")
        return f"{address}#{ids[0]}" if ids else address

    def _put_notice(self, node: animvideo, failure: Failure) -> None:
        figure = node.parent
        block = notice(failure.message, self._app.srcdir, failure.detail, figure["ids"])
        captions = [child for child in figure.children if isinstance(child, nodes.caption)]
        block += [nodes.paragraph("", "", *caption.children) for caption in captions]
        figure.replace_self(block)

    def _publish(self, path: Path, sha256: str) -> str:
        """Let the builder copy a file; return its name in the output."""
        # Named by content: the same on every machine, and a cache never shows an old video.
        name = f"animvideo-{sha256[:16]}{path.suffix}"
        self._builder.images[str(path)] = name
        return name

    def _publish_own(self, path: str) -> str:
        return self._publish(Path(path), hash_file(Path(path))) if path else ""

    def _write_source(self, request: Request) -> str:
        digest = hashlib.sha256(request.source.encode()).hexdigest()[:16]
        name = f"{digest}/{request.source_name}"
        path = Path(self._builder.outdir, "_downloads", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(request.source, "utf-8", newline="\n")
        return name


def _files(clip: Clip) -> list[VideoFile]:
    files = [*clip.files, clip.poster, clip.captions]
    return [file for file in files if file]
