"""Closes files in forks of this process."""

from __future__ import annotations

import os
from typing import IO, Any
from weakref import WeakSet

_files: WeakSet[IO[Any]] = WeakSet()


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
