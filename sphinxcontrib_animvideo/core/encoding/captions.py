"""Captions as WebVTT."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape


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
        f"{_clock(start)} --> {_clock(until)}\n{escape(' '.join(text.split()), quote=False)}\n"
        for (start, text), until in zip(captions, ends, strict=True)
        if text.strip() and until > start
    ]
    return "\n".join(["WEBVTT\n", *cues])


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds * 1000), 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"
