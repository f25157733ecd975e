"""File descriptors that the code of users must not close or write to by accident."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import IO, Any
from weakref import WeakSet

from ..model.system import fcntl, resource

_HIGH = 1000
"""Code closes lower ones without knowing them, as in ``os.closerange(3, 256)``."""
_files: WeakSet[IO[Any]] = WeakSet()


def high_duplicate(descriptor: int) -> int:
    """Return a duplicate that code does not reach by accident, and programs do not inherit."""
    if fcntl:
        limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        lowest = _HIGH if limit > 2 * _HIGH or limit < 0 else limit // 2
        with suppress(OSError):  # too many are open
            return int(fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, lowest))
    return os.dup(descriptor)


def out_of_reach(file: IO[bytes]) -> IO[bytes]:
    """Return an unbuffered file with a high descriptor, in place of one that is closed."""
    with file:
        return os.fdopen(high_duplicate(file.fileno()), "wb", buffering=0)


def close_in_forks(file: IO[Any]) -> None:
    """Let no process that the code forks hold *file* open: a pipe ends, and a lock is given back,
    when the last process closes it.
    """
    _files.add(file)


def _close_all() -> None:
    for file in list(_files):
        file.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_close_all)
