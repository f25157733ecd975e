"""Locks of files, which the system gives back when their process ends in any way."""

from __future__ import annotations

import sys
from typing import IO


def lock_file(file: IO[bytes]) -> bool:
    """Lock an open file until it is closed; return False if somebody else has locked it.

    Raises
    ------
    OSError
        The file system has no locks.
    """
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
    else:
        import fcntl

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
