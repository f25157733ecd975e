"""The report on changed videos: a folder with a page that shows before, now, and difference."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..core.encoding.decoder import read_frames
from ..core.lockfile.snapshot import RenderedVideo, Snapshot
from ..core.lockfile.status import Status, VideoStatus
from ..core.model.asset import Clip, VideoFile
from ..core.model.formats import FORMATS
from ..core.model.humanize import count
from .player import SCRIPT, STYLESHEET, PlayerOptions, player_html, static_file

if TYPE_CHECKING:
    from ..core.lockfile.frame_diff import Comparison, FrameImages

_PAGE = "index.html"
_STYLE = "animvideo-report.css"
_MARK = ".animvideo-report"
"""Marks the folder of a report, which is removed before the next one is written."""
_NOISE = 24
"""Levels by which encoding makes equal pixels differ; see :func:`.frame_diff.compare`."""

_SHOWN_OR_SAME = {Status.CHANGED, Status.IDENTICAL}

Find = Callable[[Snapshot], "Path | None"]
"""Returns the file of an accepted video, if it still exists."""


def remove_report(folder: Path) -> None:
    """Remove the report of an earlier check, if *folder* holds one."""
    if (folder / _MARK).is_file():
        shutil.rmtree(folder, ignore_errors=True)


def write_report(folder: Path, statuses: Sequence[VideoStatus], root: Path, find: Find) -> Path:
    """Write a report, which replaces an earlier one; return the path of its page.

    Parameters
    ----------
    folder
        Where it goes.
    statuses
        Of all videos; changed videos are shown, the others are listed.
    root
        Locations are shown relative to this folder.
    find
        Finds the file of an accepted video.
    """
    remove_report(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).touch()
    changed = [status for status in statuses if status.status is Status.CHANGED]
    sections = [
        _changed(status, root, folder, f"video-{number}", find)
        for number, status in enumerate(changed, 1)
    ]
    if others := [status for status in statuses if status.status not in _SHOWN_OR_SAME]:
        sections.append(_table(others, root))
    path = folder / _PAGE
    title = f"{count(len(changed), 'video')} changed"
    path.write_text(html_page(title, sections), "utf-8", newline="\n")
    return path


def html_page(title: str, sections: Sequence[str]) -> str:
    """Return a page with its styles and scripts included."""
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
    """Return a player for files in *folder*, which is relative to the page."""

    def locate(file: VideoFile) -> str:
        return quote(f"{folder}/{file.name}")

    return player_html(clip, PlayerOptions(alt=alt, loop=True, width="100%"), locate)


def _changed(status: VideoStatus, root: Path, folder: Path, name: str, find: Find) -> str:
    assert status.video
    assert status.snapshot
    from ..core.lockfile.frame_diff import compare  # imports NumPy, which most builds do not need

    own = folder / name
    own.mkdir()
    before = find(status.snapshot)
    heading = [
        f"<section><h2>{escape(status.name)}",
        f'<span class="place">{escape(status.video.location.within(root))}</span></h2>',
        f"<p>{escape(_sentence(status.reason))}</p>",
    ]
    if before is None:
        for file in status.video.asset.files:
            shutil.copyfile(status.video.asset.path(file), own / file.name)
        return "\n".join(
            [
                *heading,
                "<p>The accepted video is neither in the cache nor among the built pages. "
                "This is the current video:</p>",
                player(status.video.clip, name, f"{status.name}, now"),
                "</section>",
            ]
        )
    frames = set(status.frames)
    comparison = compare(
        _frames(before, status.snapshot),
        read_frames(status.video.path, _size(status.video), status.video.rate),
        own,
        status.video.rate,
        lambda number, old, new: number in frames,
        _NOISE,
    )
    return "\n".join([*heading, comparison_html(comparison, name), "</section>"])


def comparison_html(comparison: Comparison, folder: str) -> str:
    """Return the differences of two videos as HTML; *folder* is relative to the page."""
    parts = [
        '<p class="columns"><span>before</span><span>now</span><span>difference</span></p>',
        player(comparison.side_by_side, folder, "Before, now, and the difference"),
    ]
    for pictures in comparison.worst:
        parts += _pictures(pictures, folder)
    return "\n".join(parts)


def _pictures(pictures: FrameImages, folder: str) -> Iterator[str]:
    yield (
        f"<h3>Frame {pictures.frame}</h3><p>Levels differ by at most {pictures.largest} of 255, "
        f"by {pictures.mean:.3g} on average.</p>"
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


def _table(statuses: Sequence[VideoStatus], root: Path) -> str:
    rows = [
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in _row(status, root)) + "</tr>"
        for status in statuses
    ]
    return "\n".join(
        [
            '<section><h2>Other videos that are not identical</h2><div class="wide"><table>',
            "<tr><th>Video</th><th>Location</th><th>Status</th><th>Reason</th></tr>",
            *rows,
            "</table></div></section>",
        ]
    )


def _row(status: VideoStatus, root: Path) -> tuple[str, ...]:
    location = status.video.location.within(root) if status.video else ""
    return status.name, location, status.status.value, status.reason


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _frames(path: Path, snapshot: Snapshot) -> Iterator[Any]:
    """Yield the frames of an accepted video."""
    made = next(format for name, format in FORMATS.items() if name in snapshot.files)
    width, height = map(int, snapshot.size.split("x"))
    return read_frames(path, (width, height), made.rate(Fraction(snapshot.fps)))


def _size(video: RenderedVideo) -> tuple[int, int]:
    return video.clip.width, video.clip.height
