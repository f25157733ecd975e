"""A folder with a page that shows how videos have changed: before, now, and the difference."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..core.encoding.decoder import read_frames
from ..core.lockfile.lock import Record, Rendered
from ..core.lockfile.status import Grade, Verdict
from ..core.model.asset import Clip, VideoFile
from ..core.model.formats import FORMATS
from ..core.model.humanize import count
from .player import SCRIPT, STYLESHEET, PlayerOptions, player_html, static_file

if TYPE_CHECKING:
    from ..core.lockfile.frame_diff import Comparison, Pictures

_PAGE = "index.html"
_STYLE = "animvideo-report.css"
_MARK = ".animvideo-report"
"""Lies in a report's folder, which is emptied before the next one is written."""
_NOISE = 24
"""Levels by which encoding makes equal pixels differ; see :func:`.comparison.compare`."""

_SHOWN_OR_SAME = {Verdict.CHANGED, Verdict.IDENTICAL}

Find = Callable[[Record], "Path | None"]
"""From what was accepted of a video to its file, if that is still there."""


def remove_report(folder: Path) -> None:
    """Remove the report of an earlier check, if *folder* holds one."""
    if (folder / _MARK).is_file():
        shutil.rmtree(folder, ignore_errors=True)


def write_report(folder: Path, grades: Sequence[Grade], root: Path, find: Find) -> Path:
    """Write a report, in the place of the one before; return the path of its page.

    Parameters
    ----------
    folder
        Where it goes.
    grades
        Of all videos; those that have changed are shown, the others are listed.
    root
        Places are shown as they are seen from this folder.
    find
        Finds the file of a video as it was.
    """
    remove_report(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).touch()
    changed = [grade for grade in grades if grade.verdict is Verdict.CHANGED]
    sections = [
        _changed(grade, root, folder, f"video-{number}", find)
        for number, grade in enumerate(changed, 1)
    ]
    if others := [grade for grade in grades if grade.verdict not in _SHOWN_OR_SAME]:
        sections.append(_listed(others, root))
    path = folder / _PAGE
    title = f"{count(len(changed), 'video')} changed"
    path.write_text(html_page(title, sections), "utf-8", newline="\n")
    return path


def html_page(title: str, sections: Sequence[str]) -> str:
    """Return a page that needs no other file for its looks, and whose players work."""
    style = "\n".join(static_file(name).read_text("utf-8") for name in (_STYLE, STYLESHEET))
    script = static_file(SCRIPT).read_text("utf-8")
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title><style>{style}</style></head><body>",
            f"<main><h1>{escape(title)}</h1>",
            *sections,
            f"</main><script>{script}</script></body></html>",
            "",
        ]
    )


def player(clip: Clip, folder: str, alt: str) -> str:
    """Return a player for files in *folder*, a path as seen from the page."""

    def locate(file: VideoFile) -> str:
        return quote(f"{folder}/{file.name}")

    return player_html(clip, PlayerOptions(alt=alt, loop=True, width="100%"), locate)


def _changed(grade: Grade, root: Path, folder: Path, name: str, find: Find) -> str:
    assert grade.video
    assert grade.record
    from ..core.lockfile.frame_diff import compare  # brings NumPy; most builds have no use for it

    own = folder / name
    own.mkdir()
    before = find(grade.record)
    heading = [
        f"<section><h2>{escape(grade.name)}",
        f'<span class="place">{escape(grade.video.place.within(root))}</span></h2>',
        f"<p>{escape(_sentence(grade.reason))}</p>",
    ]
    if before is None:
        for file in (*grade.video.clip.files, grade.video.clip.poster):
            shutil.copyfile(grade.video.asset.path(file), own / file.name)
        return "\n".join(
            [
                *heading,
                "<p>The video as it was is in no cache, and not among the built pages. "
                "This is what it is now:</p>",
                player(grade.video.clip, name, f"{grade.name}, now"),
                "</section>",
            ]
        )
    frames = set(grade.frames)
    comparison = compare(
        _frames(before, grade.record),
        read_frames(grade.video.path, _size(grade.video), grade.video.rate),
        own,
        grade.video.rate,
        lambda number, old, new: number in frames,
        _NOISE,
    )
    return "\n".join([*heading, comparison_html(comparison, name), "</section>"])


def comparison_html(comparison: Comparison, folder: str) -> str:
    """Return what two videos have shown side by side; *folder* is a path as seen from the page."""
    parts = [
        '<p class="columns"><span>before</span><span>now</span><span>difference</span></p>',
        player(comparison.side_by_side, folder, "Before, now, and the difference"),
    ]
    for pictures in comparison.worst:
        parts += _pictures(pictures, folder)
    return "\n".join(parts)


def _pictures(pictures: Pictures, folder: str) -> Iterator[str]:
    yield (
        f"<h3>Frame {pictures.frame}</h3><p>Levels differ by {pictures.largest} of 255 at most, "
        f"by {pictures.mean:.3g} in the mean.</p>"
    )
    yield '<div class="pictures">'
    for what, path in (
        ("before", pictures.expected),
        ("now", pictures.actual),
        ("difference", pictures.difference),
    ):
        address = quote(f"{folder}/{path.name}")
        yield (
            f'<figure><a href="{address}"><img src="{address}" loading="lazy" '
            f'alt="Frame {pictures.frame}, {what}"></a><figcaption>{what}</figcaption></figure>'
        )
    yield "</div>"


def _listed(grades: Sequence[Grade], root: Path) -> str:
    rows = [
        "<tr>" + "".join(f"<td>{escape(cell)}" for cell in _row(grade, root)) for grade in grades
    ]
    return "\n".join(
        [
            "<section><h2>Other videos that are not identical</h2><div class=wide><table>",
            "<tr><th>video<th>place<th>verdict<th>reason",
            *rows,
            "</table></div></section>",
        ]
    )


def _row(grade: Grade, root: Path) -> tuple[str, ...]:
    place = grade.video.place.within(root) if grade.video else ""
    return grade.name, place, grade.verdict.value, grade.reason


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _frames(path: Path, record: Record) -> Iterator[Any]:
    """Yield the frames of a video as it was."""
    made = next(format for name, format in FORMATS.items() if name in record.files)
    width, height = map(int, record.size.split("x"))
    return read_frames(path, (width, height), made.rate(Fraction(record.fps)))


def _size(video: Rendered) -> tuple[int, int]:
    return video.clip.width, video.clip.height
