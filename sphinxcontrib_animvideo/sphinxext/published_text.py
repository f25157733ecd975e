"""Texts for published pages: without the directories of the machine that builds them."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

_PACKAGES = Path(__file__).parents[2]
_START = r"(?<![\w.\-/\\~*}])"
"""No path begins after these characters: they are part of a relative path or of an address."""
_NAME = r"[^\s\\/'\"<>|:;,()\[\]*?]+"
_OTHER = (
    r"(?<=['\"])(?:/|[A-Za-z]:[\\/])[^'\"\n]*[\\/](?=[^'\"\n\\/]+['\"])",  # blanks between quotes
    rf"{_START}/(?:{_NAME}/)+(?=[^\s/])",
    rf"(?<!\w)[A-Za-z]:(?:\\+|/)(?:{_NAME}(?:\\+|/))+",
    rf"{_START}\\{{2}}(?:{_NAME}\\(?!\\))+",  # on a server
    rf"{_START}\\{{4}}(?:{_NAME}\\\\)+",  # the same, as repr() writes it
)
"""The directories of any absolute path."""


def published_text(text: str, source_dir: str, cache: str = "") -> str:
    """Return *text* with no absolute path in it.

    Paths in the source directory and of modules become relative. Of other paths, the cache, the
    home directory and the like get a name, and of the rest only the last part is left.
    """
    names = dict(_names(source_dir, cache))
    folders = sorted(names, key=len, reverse=True)
    known = [f"(?P<folder{number}>{_pattern(folder)})" for number, folder in enumerate(folders)]

    def replacement(match: re.Match[str]) -> str:
        group = match.lastgroup or ""
        if not group.startswith("folder"):
            return "…/"
        name = names[folders[int(group.removeprefix("folder"))]]
        is_whole = match[0][-1] not in "\\/"
        return name or "." if is_whole else name and f"{name}/"

    return re.sub("|".join([*known, *_OTHER]), replacement, text.replace("file:///", "/"))


def _names(source_dir: str, cache: str) -> Iterator[tuple[str, str]]:
    """Yield directories, each with the name that it gets; an empty one for what becomes relative.

    The last name of a directory holds.
    """
    named = [
        (tempfile.gettempdir(), "<temp>"),
        (str(Path("~").expanduser()), "<home>"),
        *((folder, "<python>") for folder in (sys.prefix, sys.base_prefix)),
        (cache, "<cache>"),
        *((folder, "") for folder in (*sys.path, str(_PACKAGES), source_dir)),
    ]
    for folder, name in named:
        for path in (folder, os.path.realpath(folder)) if folder else ():
            if re.search(r"[\\/][^\\/]", path):  # not a root
                yield path.rstrip("\\/"), name


def _pattern(folder: str) -> str:
    r"""Return a pattern for a directory, with / or \ or \\ between its parts."""
    drive = re.match("[A-Za-z]:", folder)
    parts = re.split(r"[\\/]+", folder)
    path = r"[\\/]+".join(map(re.escape, parts))
    path = f"(?i:{path})" if drive else path
    start = r"(?<!\w)" if drive else _START
    return rf"{start}{path}(?:[\\/]+(?=[^\s\\/])|(?![\w-]|\.\w))"
