"""What the builder of e-books has to be told, which lists all files of a book with their types."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.model.formats import FORMATS
from .config import cache_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.builders import Builder

# An animated PNG is a PNG to an e-book, which knows no other type of it.
_MEDIA_TYPES = {
    **{format.suffix: format.media_type for format in FORMATS.values()},
    ".apng": "image/png",
    ".vtt": "text/vtt",
}


def know_media_types(app: Sphinx) -> None:
    """Name the types of our files."""
    if app.builder.name == "epub":
        builder: Builder = app.builder
        builder.media_types = _MEDIA_TYPES | builder.media_types  # type: ignore[attr-defined]


def leave_out_caches(app: Sphinx, builder: Builder) -> None:
    """Say which files in the output folder are no part of the book.

    Sphinx takes for the book's all that it finds there, its own doctree folder as well, which
    is in the output folder unless ``sphinx-build -d`` or ``-M`` puts it elsewhere.
    """
    if builder.name == "epub":
        caches = Path(app.doctreedir), cache_of(app).folder
        found = [name for folder in caches for name in _files_inside(folder, Path(app.outdir))]
        app.config.epub_exclude_files = [*app.config.epub_exclude_files, *found]


def _files_inside(folder: Path, outer: Path) -> Iterator[str]:
    """Yield the files of *folder*, named from *outer*, if it lies inside of that."""
    if folder.is_relative_to(outer) and folder != outer:
        for root, _, names in os.walk(folder):
            yield from (str(Path(root, name).relative_to(outer)) for name in names)
