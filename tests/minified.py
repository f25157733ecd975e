"""The scripts and stylesheets that are served, made from their sources.

Run ``python -m tests.minified`` after a change of a file in ``sphinxcontrib_animvideo/html/src``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import minify

import sphinxcontrib_animvideo.html

_HTML = Path(sphinxcontrib_animvideo.html.__file__).parent
_TYPES = {".css": "text/css", ".js": "application/javascript"}
_SOURCES = {
    "animvideo.js": ["player.js"],
    "animvideo.css": ["player.css", "figure.css"],
    "animvideo-epub.css": ["figure.css"],
    "animvideo-sweep.css": ["sweep.css"],
    "animvideo-sweep.js": ["sweep.js"],
    "animvideo-report.css": ["report.css"],
    "animvideo-report.js": ["report.js"],
}


def minified_files() -> Iterator[tuple[Path, str]]:
    """Yield the path of each file that is served, and what it should contain."""
    for name, sources in _SOURCES.items():
        text = "".join((_HTML / "src" / source).read_text("utf-8") for source in sources)
        yield _HTML / "static" / name, minify.string(_TYPES[Path(name).suffix], text) + "\n"


if __name__ == "__main__":
    for path, text in minified_files():
        path.write_text(text, "utf-8", newline="\n")
