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
    return _flock(file) if fcntl else _lock_on_windows(file)


def _flock(file: IO[bytes]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock_on_windows(file: IO[bytes]) -> bool:
    import msvcrt

    try:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    except OSError:
        return False
    return True
