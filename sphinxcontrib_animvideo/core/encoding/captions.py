"""Captions as WebVTT: written, read, and translated."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape, unescape

from ...errors import FrameError
from ..model.text import ExplainedError, shown

_CLOCK = r"(?:([0-9]{1,9}):)?([0-5][0-9]):([0-5][0-9]\.[0-9]{3})"
_TIMES = re.compile(rf"[ \t]*{_CLOCK}[ \t]*-->[ \t]*{_CLOCK}(?![^ \t])")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?[ \t]+([^\s<>][^<>]*)>")
_TAG = re.compile(r"</?[a-z][^<>]*>|<[0-9:.]+>")


@dataclass(frozen=True)
class Cue:
    """One caption of a WebVTT file."""

    start: float
    """Seconds."""
    text: str
    """On one line, without markup; a name of a voice comes first, as in ``Anna: Hello``."""
    lines: range
    """Where the text is in the file; lines are counted from 0."""


def check_caption(caption: object) -> None:
    """Raise FrameError if *caption* is not text that can be written."""
    if not isinstance(caption, str):
        raise FrameError(f"a caption must be a string, not {shown(caption)}.")
    try:
        caption.encode()
    except UnicodeEncodeError as error:
        raise FrameError(
            f"the caption has a character that UTF-8 cannot represent, "
            f"{caption[error.start]!r}, at position {error.start}. Remove it, or decode the text "
            "with the encoding of its source."
        ) from None


def to_webvtt(captions: Sequence[tuple[float, str]], end: float) -> str:
    """Return WebVTT in which each caption stays until another one begins.

    Parameters
    ----------
    captions
        Start in seconds, and text; an empty text shows nothing.
    end
        When the last one ends, in seconds.
    """
    changes: list[tuple[float, str]] = []
    for start, text in captions:
        if changes and changes[-1][0] == start:  # the one before is not shown
            changes.pop()
        if not changes or changes[-1][1] != on_one_line(text):
            changes.append((start, on_one_line(text)))
    ends = [*(start for start, _ in changes[1:]), end]
    cues = [
        f"{_clock(start)} --> {_clock(until)}\n{escape(text, quote=False)}\n"
        for (start, text), until in zip(changes, ends, strict=True)
        if text and until > start
    ]
    return "\n".join(["WEBVTT\n", *cues])


def read_webvtt(text: str) -> list[Cue]:
    """Return the captions in the text of a WebVTT file, in their order there.

    Comments, styles, regions, and the positions of captions are skipped; see
    https://www.w3.org/TR/webvtt1/.

    Raises
    ------
    ExplainedError
        It is not WebVTT: the header is missing, or times are written in another way. The message
        completes the sentence "The file …".
    """
    lines = _lines(text)
    if not re.match(r"WEBVTT(\s|$)", lines[0]):
        raise ExplainedError("does not begin with WEBVTT")
    cues = []
    for number, line in enumerate(lines):
        if "-->" not in line:
            continue
        times = _TIMES.match(line)
        if not times:
            raise ExplainedError(
                f"has invalid timestamps on line {number + 1} (expected the form 00:01.000 --> "
                "00:02.500)"
            )
        end = number + 1
        while end < len(lines) and lines[end] and "-->" not in lines[end]:
            end += 1
        payload = " ".join(lines[number + 1 : end])
        start, stop = (
            int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds)
            for hours, minutes, seconds in (times.groups()[:3], times.groups()[3:])
        )
        if stop <= start:
            raise ExplainedError(f"has a caption on line {number + 1} that ends before it begins")
        cues.append(Cue(start, _plain(payload), range(number + 1, end)))
    if not cues and any(re.search(r"\d:\d\d.*->", line) for line in lines):
        raise ExplainedError("has no captions: their times must be 00:01.000 --> 00:02.500")
    return cues


def translate_webvtt(text: str, translate: Callable[[str], str]) -> str:
    """Return a WebVTT file with other texts; captions that stay the same keep their markup."""
    lines = _lines(text)
    for cue in reversed(read_webvtt(text)):
        translated = translate(cue.text)
        if translated != cue.text:
            lines[cue.lines.start : cue.lines.stop] = [escape(on_one_line(translated), quote=False)]
    return "\n".join(lines)


def on_one_line(text: str) -> str:
    """Return a text as captions have it: on one line, without control characters."""
    printable = (" " if _is_control(character) else character for character in text)
    return " ".join("".join(printable).split())


def _is_control(character: str) -> bool:
    return unicodedata.category(character) == "Cc" or character in "\ufffe\uffff"


def _lines(text: str) -> list[str]:
    return re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))


def _plain(payload: str) -> str:
    return on_one_line(unescape(_TAG.sub("", _VOICE.sub(r"\1: ", payload))))


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds * 1000), 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"
