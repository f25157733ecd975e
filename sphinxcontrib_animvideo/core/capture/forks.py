"""Keeps processes that the code forks from doing what only one process may do."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ...errors import WriterError


def refuse_in_fork(process: int) -> None:
    """Raise :class:`.WriterError` if this is not *process*, but a fork of it."""
    if os.getpid() != process:
        raise WriterError(
            "frames can be captured only in the process that runs the code, not in a fork. Send "
            "them to that process, for example as arrays through a multiprocessing.Pool."
        )


@contextmanager
def forks_end_here() -> Iterator[None]:
    """End a process that the code in this block has forked where the block ends.

    Only the process that has entered the block may leave it.
    """
    process = os.getpid()
    status = 0
    try:
        yield
    except BaseException as error:
        if os.getpid() == process:
            raise
        status = _exit_status(error)
    finally:
        if os.getpid() != process:
            for stream in (sys.stdout, sys.stderr):
                with suppress(Exception):
                    stream.flush()
            os._exit(status)


def _exit_status(error: BaseException) -> int:
    """Report an exception as Python does at the end of a process; return the exit status."""
    if not isinstance(error, SystemExit):
        sys.excepthook(type(error), error, error.__traceback__)
        return 1
    if error.code is None or isinstance(error.code, int):
        return (error.code or 0) & 0xFF
    print(error.code, file=sys.stderr)
    return 1
