"""The stylesheet and the script: copied once, loaded by the pages that have a video."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sphinx.util.fileutil import copy_asset

from ..html.player import SCRIPT, STYLESHEET, static_file
from .nodes import animvideo, animvideo_source

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.builders import Builder


def has_script(builder: Builder) -> bool:
    """Whether the builder's pages may have a script; readers of e-books have none to run it."""
    return builder.format == "html" and builder.name != "epub"


def copy(app: Sphinx) -> None:
    """Put our static files into the output; the documentation's own come after and win."""
    if app.builder.format == "html":
        names = [STYLESHEET, SCRIPT] if has_script(app.builder) else [STYLESHEET]
        for name in names:
            source = str(static_file(name))
            copy_asset(source, app.outdir / "_static", force=True)  # over an older version's


def add_to_page(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Load them where there is something for them to do."""
    ours = (animvideo, animvideo_source)
    if doctree and any(isinstance(node, ours) for node in doctree.findall()):
        app.add_css_file(STYLESHEET)
        if has_script(app.builder):
            app.add_js_file(SCRIPT, loading_method="defer")
