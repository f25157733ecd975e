"""Texts as users write them: without characters that pages, file names, or code cannot contain."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse

# What XML excludes, except for the form feed, which separates parts of Python files.
_UNUSABLE = re.compile("[\0-\x08\x0b\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST_PATH = 1000
_LONGEST_NAME = 255
"""Bytes, as file systems count."""


class ExplainedError(ValueError):
    """A refusal that says more than what is allowed."""


def clean(text: str) -> str:
    """Return *text*; ExplainedError if it contains an unusable character."""
    if found := _UNUSABLE.search(text):
        raise ExplainedError(f"it contains the character U+{ord(found[0]):04X}")
    return text


def read_free_text(value: Any) -> str:
    """Return a text, which may be empty."""
    if not isinstance(value, str):
        raise ValueError
    return clean(value)


def read_text(value: Any) -> str:
    """Return a text without blanks at its ends; ValueError if nothing is left."""
    text = read_free_text(value).strip()
    if not text:
        raise ValueError
    return text


def read_path(value: Any) -> str:
    """Return the name of a file or folder that a file system can have."""
    text = read_text(value)
    names = re.split(r"[/\\]", text)
    if len(text) > _LONGEST_PATH or any(len(name.encode()) > _LONGEST_NAME for name in names):
        raise ExplainedError("too long for a file name")
    return text


def shown(value: Any) -> str:
    """Return a value as an error message quotes it."""
    try:
        text = repr(value)
    except Exception:  # an int with more digits than Python prints, or somebody's own class
        text = f"a value of type {type(value).__name__}"
    return shortened(text)


def suggestion(name: str, known: Iterable[str], written: Callable[[str], str] = str) -> str:
    """Return a sentence that names what of *known* may be meant, after a space; or nothing."""
    cutoff = 0.6 if len(name) < 5 else 0.7  # fsp is near to fps, but duration not to caption
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=cutoff)
    return f" Did you mean {written(close[0])}?" if close else ""


def unrecognized(words: Sequence[str], parser: argparse.ArgumentParser) -> str:
    """Return a sentence about arguments that *parser* does not have, with what may be meant."""
    known = (option for action in parser._actions for option in action.option_strings)
    hint = suggestion(words[0].partition("=")[0], known)
    return f"unrecognized arguments: {' '.join(words)}.{hint}"


def shortened(text: str) -> str:
    """Return the beginning of a long text."""
    return text if len(text) <= 200 else f"{text[:199]}…"
