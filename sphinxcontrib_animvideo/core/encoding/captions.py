"""Captions as WebVTT."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from html import escape

from ...errors import FrameError
from ..model.text import shown


def check_caption(caption: object) -> None:
    """Raise FrameError if *caption* is not text that can be written."""
    if not isinstance(caption, str):
        raise FrameError(f"a caption must be text, not {shown(caption)}.")
    try:
        caption.encode()
    except UnicodeEncodeError as error:
        raise FrameError(
            f"the caption has a character that UTF-8 cannot represent, "
            f"{caption[error.start]!r}, at position {error.start}. Remove it, or decode the text "
            "with the encoding of its source."
        ) from None


def to_webvtt(captions: Sequence[tuple[float, str]], end: float) -> str:
    """Return WebVTT in which each caption stays until the next one begins.

    Parameters
    ----------
    captions
        Start in seconds, and text; an empty text shows nothing.
    end
        When the last one ends, in seconds.
    """
    ends = [*(start for start, _ in captions[1:]), end]
    cues = [
        f"{_clock(start)} --> {_clock(until)}\n{escape(_on_one_line(text), quote=False)}\n"
        for (start, text), until in zip(captions, ends, strict=True)
        if _on_one_line(text) and until > start
    ]
    return "\n".join(["WEBVTT\n", *cues])


def _on_one_line(text: str) -> str:
    printable = "".join(" " if unicodedata.category(c) == "Cc" else c for c in text)
    return " ".join(printable.split())


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds * 1000), 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"
