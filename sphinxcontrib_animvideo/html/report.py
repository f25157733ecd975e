"""The report on changed videos: a folder with a page that shows before, now, and difference."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..core.encoding.decoder import read_frames
from ..core.lockfile.review import REVIEW_FILE, Review
from ..core.lockfile.snapshot import RenderedVideo, Snapshot
from ..core.lockfile.status import Status, VideoStatus
from ..core.model.asset import Clip, VideoFile
from ..core.model.formats import FORMATS
from ..core.model.humanize import count
from ..errors import OutputError
from .player import PageContext, PlayerOptions, player_html
from .report_page import ReportEntry, report_page

if TYPE_CHECKING:
    from ..core.lockfile.frame_diff import FrameImages

PAGE = "index.html"
STRIP = "strip.png"
SUMMARY_FILE = "summary.md"
_MARK = ".animvideo-report"
"""Marks the folder of a report, which is removed before the next one is written."""
_FILES = {PAGE, REVIEW_FILE, SUMMARY_FILE, _MARK}
_VIDEO_FOLDER = re.compile(r"video-\d+")
_NOISE = 24
"""Levels by which encoding makes equal pixels differ; see :func:`.frame_diff.compare`."""
_ORDER = (Status.CHANGED, Status.NEW, Status.GONE, Status.SAME_PICTURE)
_VIEWS = ("all", "before", "now", "difference")

Find = Callable[[Snapshot], "Path | None"]
"""Returns the file of an accepted video, if it still exists."""


def check_report_folder(folder: Path) -> None:
    """Raise OutputError if *folder* holds files, but no report that could be replaced."""
    if folder.is_dir() and any(folder.iterdir()) and not (folder / _MARK).is_file():
        raise OutputError(
            f"the directory {folder} is not empty, and does not contain an earlier report. Choose "
            "another directory for the report."
        )


def remove_report(folder: Path) -> None:
    """Remove the report of an earlier check, if *folder* holds one, and nothing else."""
    if not (folder / _MARK).is_file():
        return
    for path in folder.iterdir():
        if _VIDEO_FOLDER.fullmatch(path.name):
            shutil.rmtree(path, ignore_errors=True)
        elif path.name in _FILES:
            with suppress(OSError):
                path.unlink()
    with suppress(OSError):  # files of somebody else
        folder.rmdir()


def begin_report(folder: Path) -> None:
    """Create the folder of a report, which replaces an earlier one.

    Raises
    ------
    OutputError
        As for :func:`check_report_folder`.
    """
    check_report_folder(folder)
    remove_report(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).touch()


def write_report(
    folder: Path, statuses: Sequence[VideoStatus], review: Review, root: Path, find: Find
) -> Path:
    """Write a report, which replaces an earlier one; return the path of its page.

    Parameters
    ----------
    folder
        Where it goes.
    statuses
        Of all videos; those that are identical are left out.
    review
        The videos to decide about.
    root
        Locations are shown relative to this folder.
    find
        Finds the file of an accepted video.
    """
    begin_report(folder)
    shown = sorted(
        (status for status in statuses if status.status in _ORDER),
        key=lambda status: _ORDER.index(status.status),
    )
    to_decide = {video.name for video in review.open}
    entries = []
    strips: dict[str, str] = {}
    for number, status in enumerate(shown, 1):
        name = f"video-{number}"
        body = _body(status, folder, name, find)
        place = status.video.location.within(root) if status.video else ""
        is_open = status.name in to_decide
        verdict = status.status.value
        entries.append(ReportEntry(status.name, verdict, status.reasons, body, place, is_open))
        if (folder / name / STRIP).is_file():
            strips[status.name] = f"{name}/{STRIP}"
    videos = (replace(video, strip=strips.get(video.name, "")) for video in review.videos)
    review = replace(review, videos=tuple(videos))
    title = f"{count(len(to_decide), 'video')} to review"
    (folder / REVIEW_FILE).write_text(review.text, "utf-8", newline="\n")
    path = folder / PAGE
    path.write_text(report_page(title, entries, review), "utf-8", newline="\n")
    return path


def player(clip: Clip, folder: str, alt: str, width: str = "", below: str = "") -> str:
    """Return a player for files in *folder*, which is relative to the page.

    Parameters
    ----------
    alt
        What it shows.
    width
        A CSS length; by default that of the video.
    below
        HTML below the controls.
    """

    def locate(file: VideoFile) -> str:
        return quote(f"{folder}/{file.name}")

    options = PlayerOptions(alt=alt, loop=True, width=width)
    return player_html(clip, options, locate, PageContext(below=below))


def _body(status: VideoStatus, folder: Path, name: str, find: Find) -> str:
    """Return what is shown of a video, and write the files for it to the folder *name*."""
    if status.status is Status.GONE:
        return "<p>The lock file has an entry for this video, but the docs no longer show it.</p>"
    assert status.video
    own = folder / name
    own.mkdir()
    if status.status is Status.CHANGED:
        assert status.snapshot
        if before := find(status.snapshot):
            return _comparison(status, status.video, status.snapshot, before, own)
        missing = (
            "<p>The accepted video is neither in the cache nor among the built pages. "
            "This is the current video:</p>"
        )
    else:
        missing = ""
    clip = status.video.clip
    for file in filter(None, (*clip.files, clip.poster, clip.page_poster, clip.captions)):
        shutil.copyfile(status.video.asset.path(file), own / file.name)
    return missing + player(clip, name, f"{status.name}, now")


def _comparison(
    status: VideoStatus, video: RenderedVideo, snapshot: Snapshot, before: Path, own: Path
) -> str:
    # These load NumPy, which most builds do not need.
    from ..core.lockfile.frame_diff import compare
    from ..core.lockfile.strip import write_strip

    frames = set(status.frames)
    comparison = compare(
        _frames(before, snapshot),
        read_frames(video.path, _size(video), video.rate),
        own,
        video.rate,
        lambda number, old, new: number in frames,
        _NOISE,
    )
    parts = [comparison_player(comparison.side_by_side, comparison.width, own.name, status.name)]
    if comparison.worst:
        write_strip(comparison.worst, own / STRIP)
        parts.append("<details><summary>Frames that differ most</summary>")
        for pictures in comparison.worst:
            parts += _pictures(pictures, own.name)
        parts.append("</details>")
    return "\n".join(parts)


def comparison_player(clip: Clip, width: int, folder: str, name: str) -> str:
    """Return a player for before, now, and their difference, side by side in one video.

    Parameters
    ----------
    width
        Of each of them, in pixels.
    folder
        Of the files, relative to the page.
    name
        Of the video that is compared.
    """
    views = "".join(
        f'<button type="button" value="{view}" aria-pressed="{str(view == "all").lower()}">'
        f"{view.capitalize()}</button>"
        for view in _VIEWS
    )
    return "\n".join(
        [
            f'<div class="comparison" data-view="all" style="--shape: {width} / {clip.height}">',
            f'<div class="views" role="group" aria-label="View" hidden>{views}</div>',
            '<p class="columns"><span>before</span><span>now</span><span>difference</span></p>',
            player(clip, folder, f"{name}: before, now, and the difference", "100%"),
            "</div>",
        ]
    )


def _pictures(pictures: FrameImages, folder: str) -> Iterator[str]:
    number = pictures.frame + 1  # as in the player
    yield (
        f'<h3><a href="#{folder}:frame={number}">Frame {number}</a></h3><p>Levels differ by at '
        f"most {pictures.largest} of 255, by {pictures.mean:.3g} on average.</p>"
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
            f'alt="Frame {number}, {what}"></a><figcaption>{what}</figcaption></figure>'
        )
    yield "</div>"


def _frames(path: Path, snapshot: Snapshot) -> Iterator[Any]:
    """Yield the frames of an accepted video."""
    made = next(format for name, format in FORMATS.items() if name in snapshot.files)
    width, height = map(int, snapshot.size.split("x"))
    return read_frames(path, (width, height), made.rate(Fraction(snapshot.fps)))


def _size(video: RenderedVideo) -> tuple[int, int]:
    return video.clip.width, video.clip.height
