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
    pictures = (node for node in doctree.findall() if isinstance(node, (animvideo, nodes.image)))
    first = next(pictures, None)
    others = app.config.ogp_image and not app.config.ogp_use_first_image
    if "og:image" in meta or others or not isinstance(first, animvideo):
        return
    shown = first["shown"][0]
    name = shown.poster or shown.names[shown.clip.poster]
    address = posixpath.join(app.builder.imagedir, name)
    context["meta"] = {**meta, "og:image": address, "og:image:alt": first["alt"]}
