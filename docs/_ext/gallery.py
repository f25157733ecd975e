"""Directives for the gallery.

``gallery-entry::``
    Its content is an ``animvideo`` directive; the options ``:shows:`` and ``:uses:`` are tags. The
    video is shown above its code.
``gallery-cards:: [<name> ...]``
    A card for each entry of the gallery, or for those whose videos have these names: the video
    itself, which plays while the pointer or the focus is on the card, with its title and tags.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from sphinxcontrib_animvideo.sphinxext.nodes import animvideo, animvideo_source

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import ExtensionMetadata


@dataclass(frozen=True)
class Entry:
    docname: str
    field: str
    """Title of its page."""
    section_id: str
    title: str
    name: str
    shows: tuple[str, ...]
    uses: tuple[str, ...]
    index: int
    """Of the video among those of its page."""


class gallery_cards(nodes.Element):
    """Is replaced by the cards when all entries are known."""


class GalleryEntry(SphinxDirective):
    has_content = True
    option_spec: ClassVar = {
        "shows": directives.unchanged_required,
        "uses": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        content = self.parse_content_to_nodes()
        code = [
            node for node in content if isinstance(node, nodes.literal_block | animvideo_source)
        ]
        others = [node for node in content if node not in code]
        (video,) = [video for node in others for video in node.findall(animvideo)]
        shows, uses = (tuple(self.options[name].split(", ")) for name in ("shows", "uses"))
        section = self.state.parent
        entry = Entry(
            self.env.docname,
            self.state.document[0][0].astext(),
            section["ids"][0],
            section[0].astext(),
            video.parent["names"][0],
            shows,
            uses,
            video["index"],
        )
        entries_of(self.env).setdefault(self.env.docname, []).append(entry)
        return [*others, tags(entry), *code]


class GalleryCards(SphinxDirective):
    optional_arguments = 100

    def run(self) -> list[nodes.Node]:
        return [gallery_cards(names=self.arguments)]


def tags(entry: Entry) -> nodes.paragraph:
    """Return the tags of an entry as a paragraph."""
    paragraph = nodes.paragraph(classes=["gallery-tags"])
    for kind, words in {"shows": entry.shows, "uses": entry.uses}.items():
        for word in words:
            paragraph += [nodes.inline("", word, classes=[f"gallery-{kind}"]), nodes.Text(" ")]
    return paragraph


def entries_of(env: BuildEnvironment) -> dict[str, list[Entry]]:
    """Return the entries by document."""
    if not hasattr(env, "gallery_entries"):
        env.gallery_entries = {}  # type: ignore[attr-defined]
    return env.gallery_entries  # type: ignore[attr-defined, no-any-return]


def pages_with_cards(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Return the pages to write again, as any entry may have changed."""
    return [name for name in ("index", "gallery/index") if name in env.all_docs]


def put_cards(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Replace the placeholders by cards, whose videos are resolved as all others are."""
    for placeholder in list(doctree.findall(gallery_cards)):
        order = app.env.toctree_includes.get("gallery/index", [])
        entries = [entry for page in order for entry in entries_of(app.env).get(page, [])]
        if names := placeholder["names"]:
            by_name = {entry.name: entry for entry in entries}
            # A build of some pages has some of the entries.
            entries = [by_name[name] for name in names if name in by_name]
        placeholder.replace_self(
            nodes.container(
                "", *[card(app, docname, entry) for entry in entries], classes=["gallery-cards"]
            )
        )


def card(app: Sphinx, docname: str, entry: Entry) -> nodes.container:
    """Return the card of an entry."""
    video = animvideo(docname=entry.docname, index=entry.index, alt="")
    uri = app.builder.get_relative_uri(docname, entry.docname) + f"#{entry.section_id}"
    link = nodes.reference("", entry.title, refuri=uri, internal=True)
    return nodes.container(
        "",
        nodes.figure("", video),
        nodes.paragraph("", "", link, classes=["gallery-title"]),
        nodes.paragraph("", entry.field, classes=["gallery-field"]),
        tags(entry),
        classes=["gallery-card"],
    )


def without_controls(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Take the controls from the videos on the cards; their script plays them."""
    for outer in doctree.findall(nodes.container):
        if "gallery-card" in outer["classes"]:
            for video in outer.findall(animvideo):
                request = video["request"]
                options = replace(request.player, controls=False, preload="none", sync="")
                video["request"] = replace(request, player=options)
                video["download"] = ""
                video.clear()  # the transcript


def purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    entries_of(env).pop(docname, None)


def merge(app: Sphinx, env: BuildEnvironment, docnames: list[str], other: BuildEnvironment) -> None:
    entries_of(env).update(entries_of(other))


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_node(gallery_cards)
    app.add_directive("gallery-entry", GalleryEntry)
    app.add_directive("gallery-cards", GalleryCards)
    app.connect("env-purge-doc", purge)
    app.connect("env-merge-info", merge)
    app.connect("env-updated", pages_with_cards)
    app.connect("doctree-resolved", put_cards, priority=400)
    app.connect("doctree-resolved", without_controls, priority=600)
    app.add_js_file("gallery.js", loading_method="defer")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
