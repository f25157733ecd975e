"""The place of a video becomes the video, once it is known which one that is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes

from ..core.asset import Asset, Clip, Failure, VideoFile
from ..core.environment import hash_file
from .collector import collection, shows_videos
from .directive import Request
from .nodes import animvideo, notice

if TYPE_CHECKING:
    from sphinx.application import Sphinx


@dataclass(frozen=True)
class Shown:
    """One video on a page: a clip, and the names of its files in the output."""

    clip: Clip
    variant: str
    names: dict[VideoFile, str]
    poster: str
    """Name of an image of the author's, or empty."""
    captions: str


def resolve(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Turn each place into what the builder can show: video, poster, notice or text."""
    resolver = _Resolver(app)
    for node in list(doctree.findall(animvideo)):
        resolver.resolve(node, node["request"])


class _Resolver:
    def __init__(self, app: Sphinx) -> None:
        self._builder = app.builder
        self._source_dir = app.srcdir
        self._outcomes = collection(app.env).outcomes

    def resolve(self, node: animvideo, request: Request) -> None:
        """Replace a place, or complete it for the visitor."""
        builder = self._builder
        if not shows_videos(builder):
            alt = request.player.alt or "animation"
            node.replace_self(nodes.image(uri="", candidates={}, alt=alt))
            return
        outcomes = [self._outcomes[job] for job in request.jobs]
        for outcome in outcomes:
            if isinstance(outcome, Failure):
                self._put_notice(node, outcome)
                return
        assets = [outcome for outcome in outcomes if isinstance(outcome, Asset)]
        if builder.format == "html" and builder.name != "epub":
            self._put_videos(node, request, assets)
        else:
            self._put_posters(node, request, assets[0])

    def _put_videos(self, node: animvideo, request: Request, assets: list[Asset]) -> None:
        poster, captions = (self._publish_own(path) for path in (request.poster, request.captions))
        variants = ["light", "dark"] if len(assets) == 2 else [""]
        node["shown"] = [
            Shown(
                clip,
                variant,
                {file: self._publish(asset.path(file), file.sha256) for file in _files(clip)},
                poster,
                captions,
            )
            for variant, asset in zip(variants, assets, strict=True)
            for clip in asset.clips
        ]
        node["download"] = self._write_source(request) if request.source else ""

    def _put_posters(self, node: animvideo, request: Request, asset: Asset) -> None:
        pictures: list[nodes.Node] = []
        for clip in asset.clips:
            path = request.poster or str(asset.path(clip.poster))
            if request.poster:
                self._publish_own(request.poster)
            else:
                self._publish(asset.path(clip.poster), clip.poster.sha256)
            image = nodes.image(uri=path, candidates={"*": path}, alt=request.player.alt)
            if request.player.width:
                image["width"] = request.player.width
            elif request.player.scale != 100:
                image["scale"] = round(request.player.scale)
            pictures.append(image)
        node.replace_self(pictures)

    def _put_notice(self, node: animvideo, failure: Failure) -> None:
        figure = node.parent
        block = notice(failure.message, self._source_dir, failure.detail, figure["ids"])
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
