"""Tells files that this package opens while code runs from those that the code opens."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_state = threading.local()  # the code may open files in several threads


@contextmanager
def own_files() -> Iterator[None]:
    """Open files in this block, in this thread, that are no dependencies of the code."""
    before = opens_own_files()
    _state.is_open = True
    try:
        yield
    finally:
        _state.is_open = before


def opens_own_files() -> bool:
    """Return whether this thread is in such a block."""
    return getattr(_state, "is_open", False)
