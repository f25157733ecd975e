"""The files of a source directory, which are sent to the workers of an executor once."""

from __future__ import annotations

import io
import os
import shutil
import stat
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from ...errors import CacheError, OptionError
from ..cache.store import Cache
from ..encoding.unfinished import renamed_when_complete

_MAX_BUNDLE = 100_000_000
"""Bytes."""
_KEPT_FOR = 24 * 3600
"""Seconds since a task has last used the files."""
_LEFT_OUT = {"__pycache__", "_build", "node_modules", "venv"}
"""Folders that are not sent, besides those whose names begin with a period."""


class Bundles:
    """The files that are sent to the workers of an executor.

    Parameters
    ----------
    is_needed
        False if the workers see the files themselves.
    """

    def __init__(self, is_needed: bool, cache: Cache) -> None:
        self._is_needed = is_needed
        self._cache = cache
        self._known: dict[str, tuple[str, bytes]] = {}

    def of(self, source_dir: str) -> tuple[str, bytes]:
        """Return the SHA-256 of the files of a source directory, and the files."""
        if not self._is_needed:
            return "", b""
        if source_dir not in self._known:
            files = bundle_of(source_dir, self._cache.folder)
            self._known[source_dir] = sha256(files).hexdigest(), files
        return self._known[source_dir]


def bundle_of(source_dir: str, left_out: Path) -> bytes:
    """Return the files of a source directory, always in the same way.

    Parameters
    ----------
    left_out
        A folder inside of it that is not sent: the cache.

    Raises
    ------
    OptionError
        They are too large to be sent.
    """
    file, size = io.BytesIO(), 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _walk(Path(source_dir), left_out):
            content = path.read_bytes()
            size += len(content)
            if size > _MAX_BUNDLE:
                raise OptionError(
                    f"the files in {source_dir} are too large to be sent to each worker: more than "
                    f"{_MAX_BUNDLE // 10**6} MB. Put the code into a directory of its own.",
                    option="shared-filesystem",
                    hint="If all workers see this directory under the same path, set {option}.",
                )
            name = path.relative_to(source_dir).as_posix()
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return file.getvalue()


def _walk(folder: Path, left_out: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        here = Path(parent)
        folders[:] = sorted(
            name
            for name in folders
            if name not in _LEFT_OUT and name[0] != "." and here / name != left_out
        )
        for name in sorted(files):
            if (here / name).is_file():
                yield here / name


def unpacked(name: str, bundle: bytes | None) -> Path | None:
    """Return the folder with the files of a bundle; ``None`` if they have to be sent.

    Raises
    ------
    CacheError
        Others could have written what is there.
    """
    if not name:
        return None
    parent = _own_folder()
    folder = parent / name[:32]
    if folder.is_dir():
        os.utime(folder)
        return folder
    if bundle is None or sha256(bundle).hexdigest() != name:
        return None
    for other in parent.iterdir():
        with suppress(OSError):  # another task removes it
            if time.time() - other.stat().st_mtime > _KEPT_FOR:
                shutil.rmtree(other)
    with (
        renamed_when_complete(folder) as unfinished,
        zipfile.ZipFile(io.BytesIO(bundle)) as archive,
    ):
        unfinished.mkdir()
        archive.extractall(unfinished)
    return folder


def _own_folder() -> Path:
    """Return a folder for bundles in which only this user can write.

    On Windows, the temporary directory is that of the user.
    """
    user = f"-{os.getuid()}" if hasattr(os, "getuid") else ""
    folder = Path(tempfile.gettempdir(), f"animvideo-bundles{user}")
    folder.mkdir(0o700, exist_ok=True)
    found = folder.lstat()
    if user and (found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o022):
        raise CacheError(
            f"the directory {folder} is writable by other users. Remove it, or set TMPDIR to "
            "another directory."
        )
    return folder
