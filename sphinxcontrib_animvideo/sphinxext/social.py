"""The poster as the picture of a page that is shared, where sphinxext-opengraph describes it."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from docutils import nodes

from .nodes import animvideo

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def add_to_page(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Name the poster of the page's first video, unless the author has chosen another picture."""
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
    shown = first["shown"][0]
    name = shown.poster or shown.names[shown.clip.poster]
    # Opengraph puts the address of the site in front.
    picture = {"og:image": posixpath.join(app.builder.imagedir, name)}
    if first["alt"]:
        picture["og:image:alt"] = first["alt"]
    context["meta"] = picture | meta
