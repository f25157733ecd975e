"""Registers everything with Sphinx, in the order of a build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._version import __version__
from . import collection, config, frame_role, gallery, html, paper, rendering, words
from .builders import TwiceBuilder, VideoBuilder
from .directive import AnimvideoDirective
from .nodes import animvideo, animvideo_source, animvideo_transcript
from .resolver import resolve

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register everything with Sphinx."""
    words.register(app)
    config.register(app)
    app.connect("config-inited", config.check)
    app.connect("config-inited", gallery.configure)
    app.connect("builder-inited", html.copy_static_files)
    app.connect("builder-inited", html.add_media_types)
    app.connect("env-before-read-docs", gallery.end)

    # reading
    app.add_directive("animvideo", AnimvideoDirective)
    app.add_directive("animvideo-prebuilt", gallery.PrebuiltDirective)
    app.add_role("animvideo-frame", frame_role.FrameRole())
    app.connect("doctree-read", collection.add_conditions)
    app.connect("env-purge-doc", collection.purge)
    app.connect("env-merge-info", collection.merge)

    # rendering
    app.connect("env-updated", rendering.render_videos)

    # resolving and writing
    app.connect("write-started", html.exclude_caches)
    app.connect("missing-reference", frame_role.resolve_frame)
    app.connect("doctree-resolved", resolve)
    app.add_builder(VideoBuilder)
    app.add_builder(TwiceBuilder)
    app.add_node(animvideo, html=(html.visit_html, html.depart_html))
    app.add_node(paper.paper_picture, latex=(paper.visit_latex, paper.depart_latex))
    app.add_node(animvideo_source, html=(html.visit_source, html.depart_source))
    app.add_node(animvideo_transcript, html=(html.visit_transcript, html.depart_transcript))
    app.connect("html-page-context", html.add_static_files)
    app.connect("html-page-context", html.add_social_image, priority=400)  # before opengraph's
    app.connect("build-finished", rendering.note_written)

    return {
        "version": __version__,
        "env_version": 6,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
