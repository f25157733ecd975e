"""HTML for the nodes that reach a writer. Here things are only printed."""

from __future__ import annotations

import posixpath
from html import escape
from typing import TYPE_CHECKING

from ..player import player_html

if TYPE_CHECKING:
    from sphinx.writers.html5 import HTML5Translator

    from .directive import Request
    from .nodes import animvideo
    from .resolver import Shown


def visit_html(self: HTML5Translator, node: animvideo) -> None:
    """Print the players of a figure, and the link to its source."""
    for shown in node["shown"]:
        self.body.append(_player(shown, node["request"], self.builder.imgpath) + "\n")
    if node["download"]:
        uri = escape(posixpath.join(self.builder.dlpath, node["download"]))
        link = f'<a class="reference download internal" download="" href="{uri}">Source code</a>'
        self.body.append(f'<p class="animvideo-links">{link}</p>\n')


def depart_html(self: HTML5Translator, node: animvideo) -> None:
    """Print nothing more."""


def _player(shown: Shown, request: Request, folder: str) -> str:
    return player_html(
        shown.clip,
        request.player,
        lambda file: posixpath.join(folder, shown.names[file]),
        poster=shown.poster and posixpath.join(folder, shown.poster),
        captions=shown.captions and posixpath.join(folder, shown.captions),
        variant=shown.variant,
    )
