"""The stylesheet: copied once, loaded by the pages that have a video."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

from sphinx.util.fileutil import copy_asset

from .nodes import animvideo

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

_STYLESHEET = "animvideo.css"


def copy(app: Sphinx) -> None:
    """Put our static files into the output; the documentation's own come after and win."""
    if app.builder.format == "html" and app.builder.name != "epub":
        copy_asset(str(files(__package__) / "static"), app.outdir / "_static")


def add_to_page(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Load the stylesheet where there is something for it to style."""
    if doctree and next(iter(doctree.findall(animvideo)), None) is not None:
        app.add_css_file(_STYLESHEET)
