"""HTML for the nodes that reach a writer. Here things are only printed."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from ..html.player import Surroundings, player_html
from .static import has_script

if TYPE_CHECKING:
    from sphinx.writers.html5 import HTML5Translator

    from ..core.model.asset import VideoFile
    from .nodes import animvideo, animvideo_source
    from .resolver import Shown


def visit_html(self: HTML5Translator, node: animvideo) -> None:
    """Print the players of a figure, and the link to its source."""
    folder = self.builder.imgpath
    for shown in node["shown"]:
        page = Surroundings(
            poster=shown.poster and posixpath.join(folder, shown.poster),
            captions=shown.captions and posixpath.join(folder, shown.captions),
            language=self.config.language.replace("_", "-"),
            variant=shown.variant,
            scripted=has_script(self.builder),
        )
        options = replace(node["request"].player, alt=node["alt"])

        def locate(file: VideoFile, shown: Shown = shown) -> str:
            return posixpath.join(folder, shown.names[file])

        self.body.append(player_html(shown.clip, options, locate, page) + "\n")
    if node["download"]:
        uri = escape(posixpath.join(self.builder.dlpath, quote(node["download"])))
        link = f'<a class="reference download internal" download="" href="{uri}">Source code</a>'
        self.body.append(f'<p class="animvideo-links">{link}</p>\n')


def depart_html(self: HTML5Translator, node: animvideo) -> None:
    """Print nothing more."""


def visit_source(self: HTML5Translator, node: animvideo_source) -> None:
    """Print the beginning of what can be unfolded."""
    self.body.append('<details class="animvideo-source"><summary>Source code</summary>\n')


def depart_source(self: HTML5Translator, node: animvideo_source) -> None:
    """Print its end."""
    self.body.append("</details>\n")
