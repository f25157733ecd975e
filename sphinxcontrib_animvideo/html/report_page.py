"""The page on which videos are reviewed: changed videos of the docs, and videos of tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from .player import SCRIPT, STYLESHEET, static_file
from .sweep import SWEEP_SCRIPT, SWEEP_STYLESHEET

if TYPE_CHECKING:
    from ..core.lockfile.review import Review

GENERATOR = '<meta name="generator" content="sphinxcontrib-animvideo">'
_STYLE = "animvideo-report.css"
_SCRIPT = "animvideo-report.js"
_KEYS = (
    ("n p", "next, previous video"),
    ("a", "accept, and go to the next video"),
    ("r", "reject, and write a note"),
    ("u", "undo the decision"),
    ("e", "edit the note"),
    ("v", "next view: all, before, now, difference"),
    ("b", "switch between before and now"),
    ("s", "save the decisions"),
    ("Space ← →", "play or pause, step by frames"),
    ("?", "show these keys"),
)
_DECIDING = frozenset("arues")
"""Keys of pages with decisions."""


@dataclass(frozen=True)
class ReportEntry:
    """One video of the page."""

    name: str
    verdict: str
    """The word by which videos are filtered, as ``changed`` or ``failed``."""
    words: Sequence[str]
    """What is said about the video."""
    body: str
    """HTML: the player, and pictures."""
    place: str = ""
    """Where the video is made."""
    is_open: bool = False
    """Whether there is something to decide."""
    sweeps: bool = False
    """Whether its player has several videos."""


def report_page(title: str, entries: Sequence[ReportEntry], review: Review | None = None) -> str:
    """Return a page that needs no other files than those that its entries name.

    Parameters
    ----------
    review
        The videos to decide about, if decisions can be saved.
    """
    sweeps = any(entry.sweeps for entry in entries)
    styles = [_STYLE, STYLESHEET, *([SWEEP_STYLESHEET] if sweeps else [])]
    style = "\n".join(static_file(name).read_text("utf-8") for name in styles)
    used = [SCRIPT, *([SWEEP_SCRIPT] if sweeps else []), _SCRIPT]
    scripts = [static_file(name).read_text("utf-8") for name in used]
    data = review.text.replace("<", "\\u003c") if review else ""
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en"><head><meta charset="utf-8">',
            GENERATOR,
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title><style>{style}</style></head><body>",
            *_head(title, entries, review),
            "<main>",
            *(part for number, entry in enumerate(entries, 1) for part in _article(entry, number)),
            "</main>",
            *([f'<script type="application/json" id="review">{data}</script>'] if review else []),
            *(f"<script>{script}</script>" for script in scripts),
            "</body></html>",
            "",
        ]
    )


def _head(title: str, entries: Sequence[ReportEntry], review: Review | None) -> Iterator[str]:
    yield f'<header><h1>{escape(title)}</h1><div class="tools" hidden>'
    verdicts = Counter(entry.verdict for entry in entries)
    yield '<div class="filters" role="group" aria-label="Videos to show">'
    for verdict, number in verdicts.items():
        yield (
            f'<label><input type="checkbox" value="{escape(verdict)}" checked> '
            f"{escape(verdict)} <b>{number}</b></label>"
        )
    yield "</div>"
    if review:
        yield '<p class="progress" role="status"></p>'
        yield '<button type="button" class="save">Save decisions</button>'
    yield '<button type="button" class="help" aria-label="Keyboard shortcuts">?</button>'
    yield "</div></header>"
    yield from _keys(review is not None)


def _keys(with_decisions: bool) -> Iterator[str]:
    yield '<dialog aria-label="Keyboard shortcuts"><table>'
    for keys, meaning in _KEYS:
        if with_decisions or keys not in _DECIDING:
            shown = " ".join(f"<kbd>{key}</kbd>" for key in keys.split())
            yield f'<tr><th scope="row">{shown}</th><td>{meaning}</td></tr>'
    yield '</table><form method="dialog"><button>Close</button></form></dialog>'


def _article(entry: ReportEntry, number: int) -> Iterator[str]:
    name = escape(entry.name)
    yield (
        f'<article id="video-{number}" data-name="{name}" data-verdict="{escape(entry.verdict)}" '
        f'tabindex="-1" aria-labelledby="name-{number}">'
    )
    place = f' <span class="place">{escape(entry.place)}</span>' if entry.place else ""
    yield (
        f'<h2 id="name-{number}"><span class="verdict">{escape(entry.verdict)}</span> {name}'
        f"{place}</h2>"
    )
    yield from _list(entry.words)
    yield entry.body
    if entry.is_open:
        yield from _decision(number)
    yield "</article>"


def _list(words: Iterable[str]) -> Iterator[str]:
    if items := "".join(f"<li>{escape(text[:1].upper() + text[1:])}</li>" for text in words):
        yield f'<ul class="words">{items}</ul>'


def _decision(number: int) -> Iterator[str]:
    yield '<div class="decision" hidden><fieldset><legend>Decision</legend>'
    for value, text in (("accept", "Accept"), ("reject", "Reject"), ("", "Undecided")):
        checked = "" if value else " checked"
        yield (
            f'<label class="{value or "undecided"}"><input type="radio" '
            f'name="decision-{number}" value="{value}"{checked}> {text}</label>'
        )
    yield '</fieldset><label class="note">Note <input type="text" autocomplete="off"></label></div>'
