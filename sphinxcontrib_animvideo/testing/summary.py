"""The page with all videos of a test run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import quote

from ..core.model.humanize import count

_GENERATOR = '<meta name="generator" content="sphinxcontrib-animvideo">'


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
    message: str
    """The first line of the error message."""

    @property
    def title(self) -> str:
        """The test, and how this run of it ended."""
        again = f", retry {self.retry}" if self.retry else ""
        return f"{self.nodeid} ({self.outcome}{again})"


def is_summary(path: Path) -> bool:
    """Whether a file is a page made by :func:`page`."""
    try:
        return _GENERATOR in path.read_text("utf-8", errors="replace")[:500]
    except OSError:
        return False


def page(videos: Sequence[KeptVideo]) -> str:
    """Return the page, with links relative to the folder of the results."""
    failed = sum(video.outcome == "failed" for video in videos)
    total = f"{count(len(videos), 'video')}, {failed} from failed tests"
    entries = "\n".join(_entry(video) for video in videos)
    return f"""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
{_GENERATOR}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Videos of tests: {total}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>Videos of tests: {total}</h1>
<main>
{entries}
</main>
</body>
</html>
"""


def _entry(video: KeptVideo) -> str:
    file, _, test = video.nodeid.rpartition("::")
    again = f' <span class="retry">retry {video.retry}</span>' if video.retry else ""
    message = f'<p class="message">{escape(video.message)}</p>' if video.message else ""
    path, link = Path(video.path), quote(video.path)
    return f"""\
<article class="{video.outcome}">
<h2><span class="file">{escape(file)}</span> {escape(test)}</h2>
<p><span class="outcome">{video.outcome}</span>{again} <a href="{link}">{path.name}</a></p>
{message}
{player(path, link)}
</article>"""


def player(path: Path, link: str) -> str:
    """Return the element that plays the file at *path*, which is found under *link*."""
    from ..core.model.formats import format_of  # most runs have nothing to show

    link = escape(link)
    media_type = format_of(path).media_type
    if media_type.startswith("image/"):
        return f'<img src="{link}" alt="" loading="lazy" style="max-width: 100%">'
    if media_type in {"video/mp4", "video/webm"}:
        return (
            f'<video src="{link}" controls loop muted playsinline preload="metadata" '
            'style="max-width: 100%"></video>'
        )
    return f'<p><a href="{link}">{path.name}</a> cannot be played by browsers.</p>'


_STYLE = """
:root { color-scheme: light dark; }
:root { --red: #b3261e; --green: #1b6e3a; --gray: #5f6368; --line: #d5d8dc; }
@media (prefers-color-scheme: dark) {
  :root { --red: #ff8a80; --green: #7ddc9c; --gray: #a4a9af; --line: #3d4248; }
}
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 90rem; padding: 1rem; }
h1 { font-size: 1.3rem; }
main { display: grid; gap: 1rem; }
main { grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); }
article { border: 1px solid var(--line); border-radius: .5rem; min-width: 0; padding: 1rem; }
article, h2, p { overflow-wrap: anywhere; }
h2 { font: 600 1rem/1.4 ui-monospace, monospace; margin: 0; }
.file { color: var(--gray); display: block; font-size: .85rem; font-weight: 400; }
p { margin: .5rem 0; }
.outcome { border: 1px solid; border-radius: 1rem; color: var(--gray); padding: 0 .6rem; }
.outcome, .retry { font-size: .85rem; }
.failed .outcome, .interrupted .outcome { color: var(--red); }
.passed .outcome { color: var(--green); }
.retry { color: var(--gray); }
.message { font: .85rem/1.4 ui-monospace, monospace; }
video, img { background: #fff; border-radius: .25rem; display: block; height: auto; }
"""
