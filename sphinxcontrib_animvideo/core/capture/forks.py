"""Keeps processes that the code forks from doing what only one process may do."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from ...errors import WriterError


def refuse_in_fork(process: int) -> None:
    """Raise :class:`.WriterError` if this is not *process*, but a fork of it."""
    if os.getpid() != process:
        raise WriterError(
            "frames can be captured only in the main process, not in a forked child process. "
            "Return them to the main process, for example as arrays through a "
            "multiprocessing.Pool."
        )


def handle_except_in_forks(number: int, handler: Callable[[int, FrameType | None], None]) -> None:
    """Handle a signal in this process; in processes that it forks, the signal ends the process.

    The signal is blocked while a process forks, because Python drops what arrives between the fork
    and the end of ``PyOS_AfterFork_Child()``: ``multiprocessing.Pool.terminate()`` would wait for
    ever.
    """
    masks = threading.local()

    def block() -> None:
        masks.before = signal.pthread_sigmask(signal.SIG_BLOCK, {number})

    def unblock() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, masks.before)

    def reset() -> None:
        if signal.getsignal(number) is handler:  # the code has not set its own
            signal.signal(number, signal.SIG_DFL)
        unblock()

    signal.signal(number, handler)
    os.register_at_fork(before=block, after_in_parent=unblock, after_in_child=reset)


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
