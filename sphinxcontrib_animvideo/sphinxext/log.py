"""Warnings with a type and a subtype, so that ``suppress_warnings`` works."""

from __future__ import annotations

from sphinx.util import logging

logger = logging.getLogger("sphinxcontrib_animvideo")


def warn(kind: str, message: str, location: str, detail: str = "") -> None:
    """Tell the author: one warning, ``animvideo.<kind>``, at a place in the author's files."""
    text = f"{message}\n{detail}" if detail else message
    logger.warning("%s", text, type="animvideo", subtype=kind, location=location)
