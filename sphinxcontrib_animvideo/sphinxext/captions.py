"""The texts of captions, and their translations in the message catalogs of a project."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from ..core.encoding.captions import Cue, on_one_line, read_webvtt, translate_webvtt
from ..core.model.job import Job
from .collection import VideoRequest
from .nodes import animvideo, animvideo_caption


def caption_messages(request: VideoRequest) -> list[animvideo_caption]:
    """Return the texts of captions that are known before the code runs, for translation."""
    source = request.first
    found: dict[str, animvideo_caption] = {}
    texts: Iterable[tuple[str, tuple[str, ...]]] = ()
    if request.captions:
        texts = ((cue.text, ()) for cue in read_cues(request.captions))
    elif isinstance(source, Job):
        texts = texts_in(source.code)
    for text, fields in texts:
        if text and text not in found:
            found[text] = animvideo_caption(text=text, original=text, fields=fields)
    return list(found.values())


def texts_in(code: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the texts of ``capture(caption=...)`` in *code*: literals, and f-strings.

    What an f-string inserts stays in the text as the expression in braces, and is given in
    addition: ``("step {n}", ("{n}",))``.
    """
    try:
        tree = ast.parse(code if "caption" in code else "")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # reported when the code runs
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "capture":
            for keyword in node.keywords:
                if keyword.arg == "caption":
                    yield from _literals(keyword.value)


def _literals(value: ast.expr) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(value, ast.IfExp):
        yield from _literals(value.body)
        yield from _literals(value.orelse)
    elif isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield on_one_line(value.value), ()
    elif isinstance(value, ast.JoinedStr):
        parts = [_part(part) for part in value.values]
        text = "".join(part for part, _field in parts)
        yield on_one_line(text), tuple(part for part, is_field in parts if is_field)


def _part(part: ast.expr) -> tuple[str, bool]:
    """Return a part of an f-string, and whether it is an expression in braces."""
    if isinstance(part, ast.FormattedValue):
        return on_one_line(f"{{{ast.unparse(part.value)}}}"), True
    assert isinstance(part, ast.Constant), "f-strings have no other parts"
    return str(part.value), False


class Translations:
    """Translations of the captions of one video."""

    def __init__(self, placeholder: animvideo) -> None:
        messages = placeholder.findall(animvideo_caption)
        translated = [each for each in messages if each["text"] != each["original"]]
        self._texts = {each["original"]: each["text"] for each in translated if not each["fields"]}
        self._patterns = [(_pattern(each), each) for each in translated if each["fields"]]

    def translate(self, text: str) -> str:
        """Return the translation of a caption; the same text if there is none."""
        if text in self._texts:
            translated: str = self._texts[text]
            return translated
        for pattern, message in self._patterns:
            if found := pattern.fullmatch(text):
                values = dict(zip(message["fields"], found.groups(), strict=True))
                return _filled(message["text"], values)
        return text

    def webvtt(self, path: str) -> str:
        """Return a WebVTT file in translation, or nothing if it stays the same or is none."""
        if not path or not (self._texts or self._patterns):
            return ""
        text = Path(path).read_text("utf-8-sig")
        translated = translate_webvtt(text, self.translate)
        return translated if translated != text else ""

    def cues(self, path: Path) -> list[Cue]:
        """Return the captions of a WebVTT file in translation; none if it cannot be read."""
        return [replace(cue, text=self.translate(cue.text)) for cue in read_cues(path)]


def _pattern(message: animvideo_caption) -> re.Pattern[str]:
    pattern = re.escape(message["original"])
    for field in message["fields"]:
        pattern = pattern.replace(re.escape(field), "(.*)", 1)
    return re.compile(pattern)


def _filled(text: str, values: Mapping[str, str]) -> str:
    fields = "|".join(map(re.escape, values))
    return re.sub(fields, lambda found: values[found[0]], text)


def read_cues(path: str | Path) -> list[Cue]:
    """Return the captions in a WebVTT file; none if it cannot be read (any more)."""
    try:
        return read_webvtt(Path(path).read_text("utf-8-sig"))
    except (OSError, ValueError):
        return []
