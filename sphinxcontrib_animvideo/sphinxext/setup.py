"""What the extension adds to Sphinx, in the order of a build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import __version__
from . import collection as collector
from . import config, epub, gallery, social, static
from .builders import TwiceBuilder, VideoBuilder
from .directive import AnimvideoDirective, MadeDirective
from .html import depart_html, depart_source, visit_html, visit_source
from .nodes import animvideo, animvideo_source
from .resolver import resolve

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register everything with Sphinx."""
    config.register(app)
    app.connect("config-inited", config.check)
    app.connect("config-inited", gallery.configure)
    app.connect("builder-inited", static.copy)
    app.connect("builder-inited", epub.know_media_types)

    # reading
    app.add_directive("animvideo", AnimvideoDirective)
    app.add_directive("animvideo-made", MadeDirective)
    app.connect("env-purge-doc", collector.purge)
    app.connect("env-merge-info", collector.merge)

    # rendering
    app.connect("env-updated", collector.render_videos)

    # resolving and writing
    app.connect("write-started", epub.leave_out_caches)
    app.connect("doctree-resolved", resolve)
    app.add_builder(VideoBuilder)
    app.add_builder(TwiceBuilder)
    app.add_node(animvideo, html=(visit_html, depart_html))
    app.add_node(animvideo_source, html=(visit_source, depart_source))
    app.connect("html-page-context", static.add_to_page)
    app.connect("html-page-context", social.add_to_page, priority=400)  # opengraph's comes later
    app.connect("build-finished", collector.note_written)

    return {
        "version": __version__,
        "env_version": 2,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
