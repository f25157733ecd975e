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


def minified_files() -> Iterator[tuple[Path, str]]:
    """Yield the path of each file that is served, and what it should contain."""
    for source in sorted((_HTML / "src").iterdir()):
        text = minify.string(_TYPES[source.suffix], source.read_text("utf-8"))
        yield _HTML / "static" / source.name, text + "\n"


if __name__ == "__main__":
    for path, text in minified_files():
        path.write_text(text, "utf-8", newline="\n")
