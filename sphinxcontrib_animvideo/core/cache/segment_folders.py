"""Folders of segments in a cache, each of which one build uses at a time."""

from __future__ import annotations

import os
import shutil
import threading
import uuid
import weakref
from contextlib import suppress
from pathlib import Path
from typing import IO

from ..encoding.descriptors import close_in_forks
from ..model.file_lock import lock_file
from ..model.system import fcntl

_TRIES = 100


class SegmentFolders:
    """Folders of segments, by the name of what they are segments of.

    What a build leaves that is interrupted, the next one uses. While another build uses a folder,
    this one has a folder of its own, so that neither removes what the other one needs.

    Parameters
    ----------
    parent
        Where they are. Created when the first one is used.
    """

    def __init__(self, parent: Path) -> None:
        self._parent = parent
        self._used: dict[str, tuple[Path, IO[bytes] | None]] = {}
        self._lock = threading.Lock()
        weakref.finalize(self, _leave_all, self._used)

    def use(self, name: str) -> Path:
        """Return the folder of this build, which need not exist."""
        with self._lock:
            if name not in self._used:
                self._used[name] = self._take(name)
            return self._used[name][0]

    def leave(self, name: str) -> None:
        """Let other builds use the folder of this build."""
        with self._lock:
            folder, lock = self._used.pop(name, (None, None))
            if folder and lock:
                _unlock(_lock_of(folder), lock)

    def discard(self, name: str) -> None:
        """Remove the folder of this build, and leave it."""
        shutil.rmtree(self.use(name), ignore_errors=True)
        self.leave(name)

    def unused(self) -> list[Path]:
        """Return the folders that no build uses at this moment."""
        found = []
        with suppress(OSError):  # there are none
            for path in sorted(self._parent.iterdir()):
                lock = path if path.suffix == ".lock" else _lock_of(path)
                if not lock.exists():
                    found.append(path)
                elif held := _try_to_lock(lock):
                    _unlock(lock, held)
                    found += [path] if path.is_dir() else []
        return found

    def _take(self, name: str) -> tuple[Path, IO[bytes] | None]:
        for folder in (self._parent / name, self._parent / f"{name}-{uuid.uuid4().hex}"):
            try:
                if lock := _try_to_lock(_lock_of(folder)):
                    return folder, lock
            except OSError:
                break  # files cannot be locked here, or not be created, which is reported later
        return self._parent / name, None


def _leave_all(used: dict[str, tuple[Path, IO[bytes] | None]]) -> None:
    for folder, lock in used.values():
        if lock:
            _unlock(_lock_of(folder), lock)


def _lock_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.lock")


def _try_to_lock(path: Path) -> IO[bytes] | None:
    """Create and lock a file; return ``None`` if somebody else has locked it.

    Raises
    ------
    OSError
        That is impossible here.
    """
    for _ in range(_TRIES):
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # whoever had it has removed it in this moment
            file = path.open("ab")
            try:
                if not lock_file(file):
                    file.close()
                    return None
                if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                    close_in_forks(file)
                    return file
            except BaseException:
                file.close()
                raise
            file.close()
    raise FileNotFoundError(path)


def _unlock(path: Path, file: IO[bytes]) -> None:
    if not fcntl:  # Windows removes no files that are open
        file.close()
    with suppress(OSError):
        path.unlink()
        path.parent.rmdir()  # if it is empty
    file.close()
