"""Locks of files, which the system gives back when their process ends in any way."""

from __future__ import annotations

from typing import IO

from .system import fcntl


def lock_file(file: IO[bytes]) -> bool:
    """Lock an open file until it is closed; return False if somebody else has locked it.

    Raises
    ------
    OSError
        The file system has no locks.
    """
    try:
        if fcntl:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            _lock_on_windows(file)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _lock_on_windows(file: IO[bytes]) -> None:
    import msvcrt

    msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
