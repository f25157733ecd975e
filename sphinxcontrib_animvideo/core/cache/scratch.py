"""Temporary folders, of which none is left behind for long, whatever way a process ends.

The process that uses a folder holds a lock on a file beside it. What nobody holds any more is
removed by the next process that looks. Folders without such a file belong to others.
"""

from __future__ import annotations

import os
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
_LOCK = ".lock"
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
    descriptor, name = tempfile.mkstemp(_LOCK, prefix, parent)
    lock = Path(name)
    folder = lock.with_suffix("")
    try:
        with os.fdopen(descriptor, "wb") as held:
            close_in_forks(held)
            _take(held)
            folder.mkdir(0o700)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.unlink(missing_ok=True)


def remove_abandoned(parent: Path, prefix: str = _PREFIX) -> None:
    """Remove the folders of processes that were killed."""
    with suppress(OSError):
        for lock in list(parent.glob(f"{prefix}*{_LOCK}")):
            if _is_abandoned(lock):
                shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
                lock.unlink(missing_ok=True)


def _is_abandoned(lock: Path) -> bool:
    with suppress(OSError), lock.open("r+b") as file:
        content = file.read(len(_LOCKABLE) + 1)
        if content == _LOCKABLE:
            return _take(file)
        used = max(path.stat().st_mtime for path in (lock, lock.with_suffix("")) if path.exists())
        return not content and time.time() - used > _ABANDONED_AFTER
    return False


_LOCKABLE = b"animvideo"
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
