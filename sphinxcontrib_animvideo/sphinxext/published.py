"""Copies files to the output directory, under names that claim their content."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.cache.memo import Memo
from ..core.model.asset import Clip, VideoFile
from ..core.model.stored import copy_file
from ..errors import CacheError

if TYPE_CHECKING:
    from sphinx.application import Sphinx


class PublishedFiles:
    """The published files of an output directory.

    A file is published only if its bytes have the recorded hash. What is there already is read
    once, and again when its size, times, or inode have changed.
    """

    def __init__(self, app: Sphinx) -> None:
        self._folder = Path(app.outdir, app.builder.imagedir)
        self._hashes = Memo(Path(app.doctreedir, "animvideo-published.json"))
        self._hashes.load()

    def publish(self, path: Path, sha256: str, suffix: str = "") -> str:
        """Copy a file to the output; return its name there.

        Raises
        ------
        CacheError
            The file is damaged, or was removed.
        """

        def write(unfinished: Path) -> None:
            if _copy(path, unfinished) != sha256:
                raise CacheError(f"{path.name} is damaged in the cache directory.")

        return self._publish(published_name(sha256, suffix or path.suffix.lower()), sha256, write)

    def publish_text(self, text: str, suffix: str) -> str:
        """Write a text to the output; return the name of the file there."""
        data = text.encode()
        sha256 = hashlib.sha256(data).hexdigest()

        def write(unfinished: Path) -> None:
            unfinished.write_bytes(data)

        return self._publish(published_name(sha256, suffix), sha256, write)

    def _publish(self, name: str, sha256: str, write: Callable[[Path], None]) -> str:
        target = self._folder / name
        if not self.is_intact(name, sha256):
            target.parent.mkdir(parents=True, exist_ok=True)
            unfinished = target.with_name(f"{name}.{os.getpid()}.unfinished")
            try:
                write(unfinished)
                unfinished.replace(target)
            finally:
                unfinished.unlink(missing_ok=True)
        return name

    def is_intact(self, name: str, sha256: str) -> bool:
        """Return whether a published file is there, with that content."""
        try:
            return self._hashes.hash(self._folder / name) == sha256
        except OSError:
            return False

    def save(self) -> None:
        """Store what is known of the files for the next build."""
        self._hashes.save()


def published_of(clip: Clip, poster: str, captions: str) -> list[VideoFile]:
    """Return the files of a clip for which the author has given no other."""
    posters = () if poster else (clip.poster, clip.page_poster)
    files = [*clip.files, *posters, None if captions else clip.captions]
    return [file for file in files if file]


def published_name(sha256: str, suffix: str) -> str:
    """Return the name of a published file: by its content, so that no browser shows an old one."""
    return f"animvideo-{sha256[:16]}{suffix}"


def _copy(path: Path, target: Path) -> str:
    if not path.is_file():
        raise CacheError(f"{path.name} was removed from the cache directory.")
    return copy_file(path, target)
