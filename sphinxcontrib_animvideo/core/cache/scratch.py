"""Temporary folders, of which none is left behind for long, whatever way a process ends.

The process that uses a folder holds a lock on a file beside it. What nobody holds any more is
removed by the next process that looks.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from ..encoding.descriptors import close_in_forks
from ..model.file_lock import lock_file

_PREFIX = "animvideo-"
_ABANDONED_AFTER = 24 * 3600
"""Seconds, where files cannot be locked; no single video takes that long."""


@contextmanager
def scratch_folder(parent: Path | None = None, prefix: str = _PREFIX) -> Iterator[Path]:
    """Yield a new folder, which is removed afterwards.

    Parameters
    ----------
    parent
        Where to create it. Defaults to the temporary directory of the system, where the folders
        of processes that were killed are removed.

    Raises
    ------
    OSError
        It cannot be created.
    """
    if parent is None:
        parent = Path(tempfile.gettempdir())
        remove_abandoned(parent, prefix)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    lock = _lock_of(folder)
    try:
        with lock.open("wb") as held:
            close_in_forks(held)
            _take(held)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.unlink(missing_ok=True)


def remove_abandoned(parent: Path, prefix: str = _PREFIX) -> None:
    """Remove the folders of processes that were killed."""
    with suppress(OSError):
        for folder in list(parent.glob(f"{prefix}*")):
            if folder.is_dir() and _is_abandoned(folder):
                shutil.rmtree(folder, ignore_errors=True)
                _lock_of(folder).unlink(missing_ok=True)


def _is_abandoned(folder: Path) -> bool:
    try:
        if time.time() - folder.stat().st_mtime > _ABANDONED_AFTER:
            return True
        with _lock_of(folder).open("r+b") as lock:
            return lock.read(1) == _LOCKABLE and _take(lock)
    except OSError:
        return False


_LOCKABLE = b"l"
"""The content of a file that could be locked, unlike those on some network file systems."""


def _take(lock: IO[bytes]) -> bool:
    """Lock an open file until it is closed; return whether that was possible."""
    with suppress(OSError):
        if lock_file(lock):
            lock.seek(0)
            lock.write(_LOCKABLE)
            lock.flush()
            return True
    return False


def _lock_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.lock")
