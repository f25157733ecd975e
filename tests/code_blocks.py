"""The blocks of code on the pages of the documentation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

_PART = re.compile(
    r"^(?P<title>\S.*)\n[-~]{3,}\n"
    r"|^\.\. code-block:: (?P<language>\w+)\n(?P<options>(?:   :.*\n)*)"
    r"\n(?P<code>(?:   .*\n|\n)+)",
    re.MULTILINE,
)


@dataclass(frozen=True)
class CodeBlock:
    title: str
    """Of the section that it is in."""
    language: str
    kind: str
    """Its option ``:class:``, or empty."""
    code: str
    line: int
    """Of the first line of the code, counted from 0."""


def code_blocks(page: Path, *languages: str) -> list[CodeBlock]:
    """Return the blocks of a page that are in one of the languages."""
    text, title, found = page.read_text("utf-8"), "", []
    for part in _PART.finditer(text):
        title = part["title"] or title
        if part["language"] in languages:
            kind = re.search(r":class: (\S+)", part["options"])
            line = text[: part.start("code")].count("\n")
            code = dedent(part["code"])
            found.append(CodeBlock(title, part["language"], kind[1] if kind else "", code, line))
    return found
