"""The page with all videos of a test run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from html import escape
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..core.model.humanize import count

# Other imports wait until a video is kept: this module is loaded at every start of pytest.
if TYPE_CHECKING:
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

    @property
    def title(self) -> str:
        """The test, and how this run of it ended."""
        again = f", retry {self.retry}" if self.retry else ""
        return f"{self.nodeid} ({self.outcome}{again})"


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
    return report_page(title, [_entry(video) for video in videos])


def _entry(video: KeptVideo) -> ReportEntry:
    import msgspec

    from ..core.model.asset import Clip
    from ..html.report import comparison_player
    from ..html.report import player as full_player
    from ..html.report_page import ReportEntry

    clip = msgspec.convert(video.clip, Clip)
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
