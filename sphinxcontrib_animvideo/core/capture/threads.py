"""Threads that the code starts, which may capture after its last line has run."""

from __future__ import annotations

import threading
from collections.abc import Callable


def wait_for_threads(is_own: Callable[[str], bool]) -> None:
    """Wait for the threads that the code has started, as Python does at the end of a script.

    Threads of libraries, such as those of a pool that waits for work, may never end.

    Parameters
    ----------
    is_own
        Whether a file contains the code.
    """
    for thread in threading.enumerate():
        if not thread.daemon and thread is not threading.current_thread():
            code = getattr(_function_of(thread), "__code__", None)
            if code and is_own(code.co_filename):
                thread.join()


def _function_of(thread: threading.Thread) -> object:
    """Return the function that a thread, a ``Timer``, or a thread of another class runs."""
    target = getattr(thread, "_target", None)
    return target or getattr(thread, "function", None) or type(thread).run
