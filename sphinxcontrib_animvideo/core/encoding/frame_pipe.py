"""An ffmpeg process that reads frames from a pipe, and ends with the object that stands for it."""

from __future__ import annotations

import os
import subprocess
import threading
import time
import weakref
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import IO, Any

from ..model.system import fcntl
from .descriptors import close_in_forks, out_of_reach
from .ffmpeg import CLOSE_DEADLINE, start_ffmpeg

WRITE_DEADLINE = 60.0
"""Seconds in which ffmpeg must take one frame."""
_KILL_DEADLINE = 10.0
"""Seconds in which ffmpeg must end when it is killed."""
_PIPE_SIZE = 1 << 20  # bytes; twice the throughput of Linux's default of 64 KiB


class FramePipe:
    """An ffmpeg process that reads frames from its standard input.

    Its threads hold no reference to this object. When it is dropped, and at the end of the
    program, ffmpeg is killed; if its files are durable, it completes them instead.

    Parameters
    ----------
    command
        The command line.
    durable
        Whether what was written is of use although the pipe was never closed.

    Raises
    ------
    EncoderError
        ffmpeg cannot be started.
    """

    def __init__(self, command: Sequence[str], durable: bool = False) -> None:
        # In a group of its own, the Ctrl-C of a terminal does not reach it: the file is completed.
        self._process = start_ffmpeg(command, subprocess.PIPE, process_group=0 if durable else None)
        end = weakref.finalize(self, _end, self._process, durable, os.getpid())
        end.atexit = not durable  # the system closes the pipe, as after a crash
        assert self._process.stdin
        self._stdin = self._process.stdin
        self.log: deque[str] = deque(maxlen=20)
        """The last lines that ffmpeg printed."""
        self.hung_for = 0.0
        """After how many seconds without progress ffmpeg was stopped; 0 if it was not."""
        self._waiting_since: tuple[float, float] | None = None  # start, seconds allowed
        ended = threading.Event()
        self._reader = threading.Thread(
            target=_drain, args=(self._process, self.log, ended), daemon=True
        )
        watchdog = threading.Thread(
            target=_kill_if_hung, args=(weakref.ref(self), ended), daemon=True
        )
        try:
            self._stdin = self._process.stdin = out_of_reach(self._stdin)
            _widen(self._stdin)
            close_in_forks(self._stdin)
            self._reader.start()
            watchdog.start()
        except BaseException:  # Ctrl-C: a traceback may hold this object for long
            self.kill()
            raise

    @property
    def pid(self) -> int:
        """Process id of ffmpeg."""
        return self._process.pid

    @property
    def status(self) -> int | None:
        """Exit status of ffmpeg; ``None`` while it runs."""
        return self._process.returncode

    def write(self, frame: Any) -> None:
        """Write one frame, a C-contiguous buffer; OSError or ValueError if ffmpeg has stopped."""
        with self._deadline(WRITE_DEADLINE), memoryview(frame) as pixels:
            rest = pixels.cast("B")
            while rest:  # a signal can cut a write short
                rest = rest[self._stdin.write(rest) :]

    def end_frames(self) -> None:
        """End the frames; OSError as above."""
        self._stdin.close()

    def close(self) -> int:
        """End the frames, wait for ffmpeg, and return its exit status; OSError as above."""
        with self._deadline(CLOSE_DEADLINE):
            self.end_frames()
            status = self._process.wait()
        self._reader.join()
        return status

    def kill(self) -> None:
        """Stop ffmpeg at once."""
        _kill(self._process)
        with suppress(OSError):  # what was still buffered has nowhere to go
            self._stdin.close()
        if not self._reader.is_alive():  # it has ended, or it was never started
            assert self._process.stderr
            self._process.stderr.close()
        elif self._reader is not threading.current_thread():  # where garbage may be collected
            self._reader.join()

    def kill_if_hung(self) -> None:
        """Stop ffmpeg if it has made no progress for too long."""
        # A blocking write cannot be interrupted portably; killing the reader of the pipe can.
        waiting = self._waiting_since
        if waiting and time.monotonic() - waiting[0] > waiting[1]:
            self.hung_for = waiting[1]
            self._process.kill()

    @contextmanager
    def _deadline(self, seconds: float) -> Iterator[None]:
        self._waiting_since = (time.monotonic(), seconds)
        try:
            yield
        finally:
            self._waiting_since = None


def _end(process: subprocess.Popen[bytes], durable: bool, owner: int) -> None:
    """End an ffmpeg whose pipe was dropped, unless this is a fork of the process that owns it."""
    if os.getpid() != owner:
        return
    assert process.stdin
    with suppress(OSError):
        process.stdin.close()
    if not durable:
        _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    # With a timeout, as the garbage collector may have interrupted another wait() of this thread.
    with suppress(subprocess.TimeoutExpired):
        process.wait(_KILL_DEADLINE)


def _drain(process: subprocess.Popen[bytes], log: deque[str], ended: threading.Event) -> None:
    """Keep the last lines that ffmpeg prints, and wait for its end."""
    assert process.stderr
    try:
        with process.stderr as stderr:
            for line in stderr:
                log.append(line.decode(errors="replace").rstrip())
        process.wait()
    finally:
        ended.set()


def _kill_if_hung(pipe: weakref.ref[FramePipe], ended: threading.Event) -> None:
    while not ended.wait(0.25):
        if watched := pipe():
            watched.kill_if_hung()
        del watched  # or this thread would hold it


def _widen(pipe: IO[bytes]) -> None:
    """Give the pipe a larger buffer where the system can (Linux)."""
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):  # over the user's limit: slower, not wrong
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_SIZE)
