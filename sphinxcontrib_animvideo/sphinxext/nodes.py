"""The nodes that the directive makes."""

from __future__ import annotations

import os

from docutils import nodes


class animvideo(nodes.General, nodes.Element):  # noqa: N801  (docutils names nodes like this)
    """The place of a video, inside a figure.

    Attributes set by the directive: ``request``; by the transform: ``shown``.
    """


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
