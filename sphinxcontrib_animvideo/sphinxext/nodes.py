"""The nodes that the directive makes."""

from __future__ import annotations

import os

from docutils import nodes
from sphinx.addnodes import translatable


class animvideo(nodes.General, nodes.Element, translatable):  # noqa: N801  (named as docutils does)
    """The place of a video, inside a figure.

    Attributes set by the directive: ``request``, ``alt`` and ``docname``; by the resolver:
    ``shown`` and ``download``.
    """

    def preserve_original_messages(self) -> None:
        self["original_alt"] = self["alt"]

    def apply_translated_message(self, original_message: str, translated_message: str) -> None:
        self["alt"] = translated_message

    def extract_original_messages(self) -> list[str]:
        return [self["original_alt"]] if self["original_alt"] else []


class animvideo_source(nodes.General, nodes.Element):  # noqa: N801
    """Shown code that the reader unfolds, where a page can be unfolded."""


def notice(
    message: str, source_dir: object, detail: str = "", ids: list[str] | None = None
) -> nodes.Element:
    """Return a visible block that stands where a video should be.

    What is published names the author's files, not the folders of the machine.
    """
    message, detail = (
        text.replace(f"{source_dir}{os.sep}", "").replace(str(source_dir), ".")
        for text in (message, detail)
    )
    title = "Animation not made"
    block = nodes.admonition(classes=["error", "animvideo-failed"], ids=ids or [])
    block += nodes.title(title, title)
    block += nodes.paragraph(message, message)
    if detail:
        block += nodes.literal_block(detail, detail, language="text")
    return block
