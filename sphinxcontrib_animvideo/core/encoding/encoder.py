"""Runs the ffmpeg process that encodes frames: raw RGBA through a pipe in, video files out."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import weakref
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from fractions import Fraction
from typing import IO, Any

from ...errors import AnimvideoError, EncoderError
from .ffmpeg import CLOSE_DEADLINE, encoder_error, find_ffmpeg, start_ffmpeg
from .output import Output

WRITE_DEADLINE = 60.0
"""Seconds in which ffmpeg must take one frame."""
_PIPE_SIZE = 1 << 20  # bytes; twice the throughput of Linux's default of 64 KiB


class Encoder:
    """One ffmpeg process that writes all formats of one video at the same time.

    Parameters
    ----------
    width, height
        Size of the frames in pixels.
    fps
        Frames per second.
    outputs
        The files to write.
    padding
        Color (red, green, blue) of the row or column added where a size is odd.

    Raises
    ------
    EncoderError
        From every method: ffmpeg cannot be started, died, hung, or wrote something else.
    """

    def __init__(
        self,
        width: int,
        height: int,
        fps: Fraction,
        outputs: Sequence[Output],
        padding: tuple[int, int, int] = (255, 255, 255),
    ) -> None:
        self._outputs = outputs
        self._fps = fps
        step = 2 if any(output.format.needs_even for output in outputs) else 1
        smallest = max(output.format.smallest for output in outputs)
        self.size = (max(width + width % step, smallest), max(height + height % step, smallest))
        """Size of the files: one for all, since they stand for each other."""
        self.frame_count = 0
        """Frames so far; after :meth:`close`, the frames in the files."""
        self._begun = 0
        self._log: deque[str] = deque(maxlen=20)
        self._waiting_since: tuple[float, float] | None = None  # start, seconds allowed
        self._hung_for = 0.0
        command = [
            *[find_ffmpeg(), "-hide_banner", "-nostdin", "-loglevel", "warning", "-y"],
            *["-f", "rawvideo", "-pix_fmt", "rgba", "-video_size", f"{width}x{height}"],
            *["-framerate", str(fps), "-i", "-"],
        ]
        # One more row or column harms no pixel; scaling would harm all.
        color = "0x{:02x}{:02x}{:02x}".format(*padding)
        pad = "pad={}:{}:0:0:{}".format(*self.size, color) if self.size != (width, height) else ""
        for output in outputs:
            command += output.first_arguments(fps, pad)
        self.command = command
        # In a group of its own, the Ctrl-C of a terminal does not reach it: the file is completed.
        alone = any(output.durable for output in outputs)
        self._process = start_ffmpeg(command, subprocess.PIPE, process_group=0 if alone else None)
        assert self._process.stdin is not None
        assert self._process.stderr is not None
        self._stdin = self._process.stdin
        _widen(self._stdin)
        _close_in_forks(self._stdin)
        self._reader = threading.Thread(
            target=self._drain, args=(self._process.stderr,), daemon=True
        )
        self._reader.start()
        threading.Thread(target=self._kill_if_hung, daemon=True).start()

    @property
    def pid(self) -> int:
        """Process id of ffmpeg."""
        return self._process.pid

    def write(self, frame: Any) -> None:
        """Write one frame: a C-contiguous buffer of shape (height, width, 4), RGBA."""
        self._begun += 1
        try:
            with self._deadline(WRITE_DEADLINE), memoryview(frame) as pixels:
                rest = pixels.cast("B")
                while rest:  # a signal can cut a write short
                    rest = rest[self._stdin.write(rest) :]
        except (OSError, ValueError) as error:
            raise self._failure(f"ffmpeg stopped at frame {self.frame_count}") from error
        self.frame_count += 1

    def close(self) -> None:
        """Complete the files, and check that they contain what was written."""
        try:
            with self._deadline(CLOSE_DEADLINE):
                self._stdin.close()
                code = self._process.wait()
        except OSError as error:
            raise self._failure("ffmpeg stopped while it completed the file") from error
        if code or self._hung_for:
            raise self._failure("ffmpeg failed to encode the frames")
        self._reader.join()
        try:
            for output in self._outputs:
                self._verify(output, *output.finish(self._fps))
        except AnimvideoError:
            self.kill()
            raise
        for output in self._outputs:
            output.discard_first()

    def kill(self) -> None:
        """Stop ffmpeg at once. The files are of no use then, if they are not durable."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        with suppress(OSError):  # what was still buffered has nowhere to go
            self._stdin.close()
        self._reader.join()
        for output in self._outputs:
            if not output.durable:
                output.discard_first()

    def _failure(self, message: str) -> EncoderError:
        self.kill()
        if self._hung_for:
            message = f"{message}: it was stopped after {self._hung_for:g} seconds without progress"
        else:
            message = f"{message} (exit status {self._process.returncode})"
        return encoder_error(message, "\n".join(self._log))

    def _verify(self, output: Output, written: int, size: tuple[int, int]) -> None:
        rate = output.format.rate(self._fps)
        # The last frame may have been interrupted, when ffmpeg had none, a part or all of it.
        fewest, most = (count * rate / self._fps for count in (self.frame_count, self._begun))
        tolerance = 0 if rate == self._fps else 1  # frames were dropped on purpose
        still = written == 1 and output.format.name == "webp"  # all of its frames are equal
        right = fewest - tolerance <= written <= most + tolerance or still
        if not right or size != self.size:
            raise EncoderError(
                f"ffmpeg wrote {written} frames of {size[0]} x {size[1]} pixels to "
                f"{output.path.name}, but was given {self.frame_count} frames of "
                f"{self.size[0]} x {self.size[1]} pixels.",
                detail="\n".join(self._log),
            )
        if written == most:
            self.frame_count = self._begun

    @contextmanager
    def _deadline(self, seconds: float) -> Iterator[None]:
        self._waiting_since = (time.monotonic(), seconds)
        try:
            yield
        finally:
            self._waiting_since = None

    def _kill_if_hung(self) -> None:
        # A blocking write cannot be interrupted portably; killing the reader of the pipe can.
        while self._process.poll() is None:
            waiting = self._waiting_since
            if waiting and time.monotonic() - waiting[0] > waiting[1]:
                self._hung_for = waiting[1]
                self._process.kill()
            time.sleep(0.25)

    def _drain(self, stderr: IO[bytes]) -> None:
        with stderr:
            for line in stderr:
                self._log.append(line.decode(errors="replace").rstrip())


def _close_in_forks(pipe: IO[bytes]) -> None:
    """Let no process that the code forks keep the pipe open: ffmpeg waits for its end."""
    weak = weakref.ref(pipe)

    def close() -> None:
        if (inherited := weak()) and not inherited.closed:
            os.close(inherited.fileno())

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=close)


def _widen(pipe: IO[bytes]) -> None:
    """Give the pipe a larger buffer where the system can (Linux)."""
    if sys.platform == "linux":
        import fcntl

        with suppress(OSError):  # over the user's limit: slower, not wrong
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_SIZE)
