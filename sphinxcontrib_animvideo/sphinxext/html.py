"""HTML and EPUB output: visitors, static files, page metadata, and media types."""

from __future__ import annotations

import json
import os
import posixpath
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from docutils import nodes
from sphinx.util.fileutil import copy_asset

from ..core.model.formats import FORMATS
from ..core.model.options import docs_spelling
from ..errors import AnimvideoError
from ..html.player import EPUB_STYLESHEET, SCRIPT, STYLESHEET, PageContext, player_html, static_file
from ..html.player_words import player_words
from ..html.sweep import SWEEP_SCRIPT, SWEEP_STYLESHEET, SweptVideo, sweep_html
from .config import cache_of
from .nodes import animvideo, animvideo_source, animvideo_transcript
from .words import _, language_name

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.writers.html5 import HTML5Translator

    from ..core.model.asset import VideoFile
    from .resolver import PublishedClip

# To EPUB readers, an animated PNG is a PNG; they know no other type for it.
_MEDIA_TYPES = {
    **{format.suffix: format.media_type for format in FORMATS.values()},
    ".apng": "image/png",
    ".vtt": "text/vtt",
}


def visit_html(self: HTML5Translator, node: animvideo) -> None:
    """Write the players of a figure, and the link to its source."""
    folder = self.builder.imgpath
    for clip in node["clips"]:
        page = PageContext(
            poster=clip.poster and posixpath.join(folder, clip.poster),
            captions=clip.captions and posixpath.join(folder, clip.captions),
            language=self.config.language.replace("_", "-"),
            language_name=language_name(self.config.language),
            variant=clip.variant,
            scripted=has_script(self.builder),
            below=_sweep(clip, folder),
        )
        options = replace(node["request"].player, alt=node["alt"])

        def locate(file: VideoFile, clip: PublishedClip = clip) -> str:
            return posixpath.join(folder, clip.names[file])

        self.body.append(player_html(clip.clip, options, locate, page) + "\n")
    if node["download"]:
        uri = escape(posixpath.join(self.builder.dlpath, quote(node["download"])))
        text = escape(_("Source code"))
        link = f'<a class="reference download internal" download="" href="{uri}">{text}</a>'
        self.body.append(f'<p class="animvideo-links">{link}</p>\n')


def _sweep(shown: PublishedClip, folder: str) -> str:
    """Return the list of the videos that a player may show."""
    if not shown.sweep:
        return ""
    sweep = shown.sweep
    videos = [_swept(video, folder) for video in sweep.videos]
    return sweep_html(sweep.sweep, videos, sweep.shown, sweep.poster, _)


def _swept(video: PublishedClip | AnimvideoError | None, folder: str) -> SweptVideo:
    if video is None:
        return SweptVideo(None)
    if isinstance(video, AnimvideoError):
        return SweptVideo(None, message=video.explain_alone(docs_spelling))
    captions = video.captions and posixpath.join(folder, video.captions)
    return SweptVideo(video.clip, lambda file: posixpath.join(folder, video.names[file]), captions)


def depart_html(self: HTML5Translator, node: animvideo) -> None:
    """Write nothing more."""


def visit_transcript(self: HTML5Translator, node: animvideo_transcript) -> None:
    """Write the start of the collapsed transcript."""
    is_open = ' open=""' if node["open"] else ""
    if "combinations" in node:  # of a sweep
        numbers = " ".join(map(str, node["combinations"]))
        is_open += f' data-combinations="{numbers}"' + (' hidden=""' if node["hidden"] else "")
    summary = f"<summary>{escape(_('Transcript'))}</summary>"
    self.body.append(f'<details class="animvideo-transcript"{is_open}>{summary}\n')


def depart_transcript(self: HTML5Translator, node: animvideo_transcript) -> None:
    """Write its end."""
    self.body.append("</details>\n")


def visit_source(self: HTML5Translator, node: animvideo_source) -> None:
    """Write the start of the collapsed code."""
    summary = f"<summary>{escape(_('Source code'))}</summary>"
    self.body.append(f'<details class="animvideo-source">{summary}\n')


def depart_source(self: HTML5Translator, node: animvideo_source) -> None:
    """Write its end."""
    self.body.append("</details>\n")


def has_script(builder: Builder) -> bool:
    """Whether the builder's pages may have a script; EPUB readers do not run any."""
    return builder.format == "html" and builder.name != "epub"


def copy_static_files(app: Sphinx) -> None:
    """Copy our static files to the output; those of the project are copied later and win."""
    if app.builder.format == "html":
        ours = [STYLESHEET, SCRIPT, SWEEP_STYLESHEET, SWEEP_SCRIPT]
        names = ours if has_script(app.builder) else [EPUB_STYLESHEET]
        for name in names:
            source = str(static_file(name))
            copy_asset(source, app.outdir / "_static", force=True)  # over an older version


def add_static_files(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Load the static files on pages that have a video."""
    ours = (animvideo, animvideo_source)
    if doctree and any(isinstance(node, ours) for node in doctree.findall()):
        app.add_css_file(STYLESHEET if has_script(app.builder) else EPUB_STYLESHEET)
        if has_script(app.builder):
            words = player_words(_)
            # The script has the English ones itself.
            given: dict[str, Any] = {}
            if words != player_words(str):
                given["data-words"] = json.dumps(words)
            app.add_js_file(SCRIPT, loading_method="defer", **given)
            if any(clip.sweep for node in doctree.findall(animvideo) for clip in node["clips"]):
                app.add_css_file(SWEEP_STYLESHEET)
                app.add_js_file(SWEEP_SCRIPT, loading_method="defer")


def add_social_image(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Let sphinxext-opengraph use the poster of the page's first video.

    The author's own choice of an image comes first.
    """
    if not doctree or "sphinxext.opengraph" not in app.extensions:
        return
    meta = context.get("meta") or {}
    by_order = app.config.ogp_use_first_image
    if "og:image" in meta or (app.config.ogp_image and not by_order):
        return
    wanted = (animvideo, nodes.image) if by_order else animvideo
    first = next((node for node in doctree.findall() if isinstance(node, wanted)), None)
    if not isinstance(first, animvideo):
        return
    clip = first["clips"][0]
    name = clip.poster or clip.names[clip.clip.poster]
    # Opengraph puts the address of the site in front.
    picture = {"og:image": posixpath.join(app.builder.imagedir, name)}
    if first["alt"]:
        picture["og:image:alt"] = first["alt"]
    context["meta"] = picture | meta


def add_media_types(app: Sphinx) -> None:
    """Add the media types of our files to the EPUB builder."""
    if app.builder.name == "epub":
        builder: Builder = app.builder
        builder.media_types = _MEDIA_TYPES | builder.media_types  # type: ignore[attr-defined]


def exclude_caches(app: Sphinx, builder: Builder) -> None:
    """Exclude the caches from the book, if they are in the output directory.

    Sphinx adds every file in the output directory to the book, even its own doctree directory,
    which is there unless ``sphinx-build -d`` or ``-M`` puts it elsewhere.
    """
    if builder.name == "epub":
        caches = Path(app.doctreedir), cache_of(app).folder
        found = [name for folder in caches for name in _files_inside(folder, Path(app.outdir))]
        app.config.epub_exclude_files = [*app.config.epub_exclude_files, *found]


def _files_inside(folder: Path, outer: Path) -> Iterator[str]:
    """Yield the files of *folder*, relative to *outer*, if it is inside."""
    if folder.is_relative_to(outer) and folder != outer:
        for root, _, names in os.walk(folder):
            yield from (str(Path(root, name).relative_to(outer)) for name in names)
