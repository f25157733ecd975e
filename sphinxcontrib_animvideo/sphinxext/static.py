"""The stylesheet: copied once, loaded by the pages that have a video."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

from .nodes import animvideo

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

_STYLESHEET = "animvideo.css"


def add_folder(app: Sphinx) -> None:
    """Let Sphinx copy our static files; the documentation's own come after and win."""
    app.config.html_static_path.insert(0, str(files(__package__) / "static"))


def add_to_page(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Load the stylesheet where there is something for it to style."""
    if doctree and next(iter(doctree.findall(animvideo)), None) is not None:
        app.add_css_file(_STYLESHEET)
