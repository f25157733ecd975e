"""The page with all videos of a test run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from html import escape
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..core.model.decode import convert
from ..core.model.humanize import count

# Other imports wait until a video is kept: this module is loaded at every start of pytest.
if TYPE_CHECKING:
    import pytest

    from ..core.model.asset import Clip, VideoFile
    from ..html.report_page import ReportEntry

_PLAYED = {"video/mp4", "video/webm"}


@dataclass(frozen=True)
class KeptVideo:
    """A video that is kept."""

    nodeid: str
    path: str
    """Relative to the folder of the results, with slashes."""
    outcome: str
    """``passed``, ``failed``, ``skipped``, ``xfailed`` or ``interrupted``."""
    retry: int
    """0 for the first run of a test, then the number of the retry."""
    words: tuple[str, ...]
    """The first line of the error message, or what differs."""
    clip: dict[str, Any]
    """The clip as plain data, which can be sent between processes."""
    part: int = 0
    """Width in pixels of the three videos side by side; 0 if it is one video."""
    parameters: tuple[tuple[str, str], ...] = ()
    """The names and values with which ``pytest.mark.parametrize`` called the test, as text."""

    @property
    def title(self) -> str:
        """The test, and how this run of it ended."""
        again = f", retry {self.retry}" if self.retry else ""
        return f"{self.nodeid} ({self.outcome}{again})"


def parameters_of(item: pytest.Item) -> tuple[tuple[str, str], ...]:
    """Return the names and values with which a test was parametrized, as short texts."""
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    return tuple((name, str(value)[:40]) for name, value in parameters.items())


def clip_data(clip: Clip, path: Path) -> dict[str, Any]:
    """Return a clip whose file is at *path* as plain data, without what the page does not need."""

    def beside(file: VideoFile | None) -> VideoFile | None:
        return file if file and path.with_name(file.name).is_file() else None

    shown = replace(
        clip,
        files=(replace(clip.files[0], name=path.name),),
        poster=beside(clip.poster),
        page_poster=beside(clip.page_poster),
        captions=None,
        fingerprint=None,
        description=None,
    )
    return asdict(shown)


def page(videos: Sequence[KeptVideo]) -> str:
    """Return the page, with links relative to the folder of the results."""
    from ..html.report_page import report_page

    failed = sum(video.outcome == "failed" for video in videos)
    title = f"Videos of tests: {count(len(videos), 'video')}, {failed} from failed tests"
    groups = grouped(videos)
    entries = [_entry(group[0]) if len(group) == 1 else _sweep_entry(group) for group in groups]
    return report_page(title, entries)


def grouped(videos: Sequence[KeptVideo]) -> list[list[KeptVideo]]:
    """Return the videos, those of one parametrized test together if it has passed.

    A test that has failed is shown by itself, as there is something to see in it.
    """
    groups: dict[object, list[KeptVideo]] = {}
    count_of = Counter(video.nodeid for video in videos)
    for video in videos:
        shown = video.clip and _is_shown(video.clip["files"][0]["type"])
        is_one = video.outcome == "passed" and not video.retry and count_of[video.nodeid] == 1
        names = tuple(name for name, _ in video.parameters)
        together = names and is_one and shown and not video.part
        key = (video.nodeid.partition("[")[0], names) if together else object()
        groups.setdefault(key, []).append(video)
    return [part for group in groups.values() for part in _without_repeated(group)]


def _without_repeated(group: list[KeptVideo]) -> list[list[KeptVideo]]:
    """Return a group, in parts if two of its videos have the same values as text."""
    values = [video.parameters for video in group]
    return [group] if len(set(values)) == len(values) else [[video] for video in group]


def _sweep_entry(videos: Sequence[KeptVideo]) -> ReportEntry:
    """Return an entry in which the reader chooses the parameters of a test."""

    from ..core.model.asset import Clip
    from ..core.model.sweep import Combination, Parameter, Sweep, label
    from ..html.report import player as full_player
    from ..html.report_page import ReportEntry
    from ..html.sweep import SweptVideo, sweep_html

    rows = [[value for _, value in video.parameters] for video in videos]
    columns = [_literals(column) for column in zip(*rows, strict=True)]
    names = [name for name, _ in videos[0].parameters]
    sweep = Sweep(tuple(map(Parameter, names, columns)))
    by_values = dict(zip(map(tuple, rows), videos, strict=True))

    def swept(combination: Combination) -> SweptVideo:
        video = by_values.get(tuple(label(literal) for _, literal in combination))
        if not video:
            return SweptVideo(None, message="There is no test with these parameters.")
        folder = PurePosixPath(video.path).parent
        clip = convert(video.clip, Clip)
        return SweptVideo(clip, lambda file: quote(f"{folder}/{file.name}"))

    found = [swept(combination) for combination in sweep.combinations]
    shown = next(number for number, video in enumerate(found) if video.clip)
    name, folder = videos[0].nodeid.partition("[")[0], str(PurePosixPath(videos[0].path).parent)
    clip = convert(videos[0].clip, Clip)
    below = sweep_html(sweep, found, shown)
    return ReportEntry(
        name, "passed", (), full_player(clip, folder, name, below=below), sweeps=True
    )


def _literals(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the different values, numbers in ascending order: tests end in any order."""
    from ..core.model.sweep import literal_of

    literals = [literal_of(text) for text in dict.fromkeys(texts)]
    are_numbers = not any(literal.startswith(("'", '"')) for literal in literals)
    return tuple(sorted(literals, key=float) if are_numbers else literals)


def _entry(video: KeptVideo) -> ReportEntry:

    from ..core.model.asset import Clip
    from ..html.report import comparison_player
    from ..html.report import player as full_player
    from ..html.report_page import ReportEntry

    clip = convert(video.clip, Clip)
    path = PurePosixPath(video.path)
    if video.part:
        body = comparison_player(clip, video.part, str(path.parent), video.nodeid)
    elif _is_shown(clip.files[0].type):
        body = full_player(clip, str(path.parent), video.nodeid)
    else:
        body = player(Path(video.path), quote(video.path))
    words = [*([f"Retry {video.retry}"] if video.retry else []), *video.words]
    return ReportEntry(video.nodeid, video.outcome, words, body, path.name)


def player(path: Path, link: str) -> str:
    """Return an element for other pages that plays the file at *path*, found under *link*."""
    from ..core.model.formats import format_of  # most runs have nothing to show

    link = escape(link)
    media_type = format_of(path).media_type
    if media_type.startswith("image/"):
        return f'<img src="{link}" alt="" loading="lazy" style="max-width: 100%">'
    if media_type in _PLAYED:
        return (
            f'<video src="{link}" controls loop muted playsinline preload="metadata" '
            'style="max-width: 100%"></video>'
        )
    return f'<p><a href="{link}">{path.name}</a> cannot be played by browsers.</p>'


def _is_shown(media_type: str) -> bool:
    """Whether browsers show files of a type, which may name codecs."""
    return media_type.startswith("image/") or media_type.partition(";")[0] in _PLAYED
