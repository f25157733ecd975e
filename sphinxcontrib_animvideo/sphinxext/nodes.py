"""The docutils nodes of the directive."""

from __future__ import annotations

from docutils import nodes
from sphinx.addnodes import translatable

from .published_text import published_text
from .words import _


class animvideo(nodes.General, nodes.Element, translatable):  # noqa: N801  (named as docutils does)
    """The placeholder of a video, inside a figure.

    Attributes set by the directive: ``docname`` and ``index`` of its request in the environment,
    and ``alt``; by the resolver: ``request``, ``clips``, and ``download``. The directive also adds
    an :class:`animvideo_caption` for each text; the resolver replaces them with the transcript.
    """

    def preserve_original_messages(self) -> None:
        self["original_alt"] = self["alt"]

    def apply_translated_message(self, original_message: str, translated_message: str) -> None:
        self["alt"] = translated_message

    def extract_original_messages(self) -> list[str]:
        return [self["original_alt"]] if self["original_alt"] else []


class animvideo_caption(nodes.Part, nodes.Element, translatable):  # noqa: N801
    """A text of the captions, for translation; inside the placeholder, and never shown itself.

    Attributes: ``text``, which is translated; ``original``; and ``fields``, the expressions in
    braces in the text, whose values only running the code shows.
    """

    def preserve_original_messages(self) -> None:
        self["original"] = self["text"]

    def apply_translated_message(self, original_message: str, translated_message: str) -> None:
        self["text"] = translated_message

    def extract_original_messages(self) -> list[str]:
        return [self["original"]]


class animvideo_transcript(nodes.General, nodes.Element):  # noqa: N801
    """The captions as text.

    Attributes: ``open``, whether it is unfolded at first; and if the videos of a sweep have
    different captions ``combinations``, the numbers of those with these ones, and ``hidden``.
    """


class animvideo_source(nodes.General, nodes.Element):  # noqa: N801
    """Code that the reader can expand, in formats that support it."""


def skipped(reason: str) -> nodes.Element:
    """Return a paragraph to show in place of a video that is not rendered.

    Parameters
    ----------
    reason
        The author's reason, or empty.
    """
    if not reason:
        return nodes.paragraph("", _("Animation skipped"), classes=["animvideo-skipped"])
    # The message of the document's catalog stays the same in all languages.
    source = f"Animation skipped: {reason}"
    text = _("Animation skipped: {reason}").format(reason=reason)
    return nodes.paragraph(source, text, classes=["animvideo-skipped"])


def notice(
    message: str,
    source_dir: str,
    detail: str = "",
    ids: list[str] | None = None,
    cache: str = "",
) -> nodes.Element:
    """Return a visible block to show in place of a video that could not be rendered."""
    message, detail = (published_text(text, source_dir, cache) for text in (message, detail))
    title = _("Animation could not be rendered")
    block = nodes.admonition(classes=["error", "animvideo-failed"], ids=ids or [])
    block += nodes.title("", title)
    block += nodes.paragraph(message, message)
    if detail:
        block += nodes.literal_block(detail, detail, language="text")
    return block
