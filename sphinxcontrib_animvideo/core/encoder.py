"""The ffmpeg process behind a writer: raw RGBA frames in through a pipe, video files out."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
import weakref
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import IO, Any

from ..errors import EncoderError
from .environment import find_ffmpeg
from .formats import Format

WRITE_DEADLINE = 60.0
"""Seconds in which ffmpeg must take one frame."""
CLOSE_DEADLINE = 600.0
"""Seconds in which ffmpeg must finish its files after the last frame."""
_PIPE_SIZE = 1 << 20  # bytes; twice the throughput of Linux's default of 64 KiB


@dataclass(frozen=True)
class Output:
    """One file to write."""

    format: Format
    path: Path
    quality: str | int = "good"
    extra_args: tuple[str, ...] = ()
    """Added to the format's own arguments; from the configuration only."""

    def first_arguments(self, fps: Fraction, padding: str) -> list[str]:
        """Return the arguments for writing this file, or what it is made of, from the frames."""
        arguments = self.format.arguments(self.quality, fps, padding)
        if self.format.second_passes:
            return [*arguments, str(self._first)]
        return [*arguments, *self.extra_args, str(self.path)]

    def finish(self) -> None:
        """Make the file of what was written from the frames, where the format asks for it."""
        paths = {"{first}": self._first, "{palette}": self.path.with_suffix(".palette.png")}
        for arguments in self.format.second_passes:
            last = [*self.extra_args, str(self.path)] if "{palette}" not in arguments[-1:] else []
            _run_ffmpeg([str(paths.get(part, part)) for part in (*arguments, *last)])
        for path in paths.values():
            path.unlink(missing_ok=True)

    @property
    def _first(self) -> Path:
        return self.path.with_suffix(".first.mp4")


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
        Colour (red, green, blue) of the row or column added where a size is odd.

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
        self._size = (width + width % 2, height + height % 2)
        self._frame_count = 0
        self._messages: deque[str] = deque(maxlen=20)
        self._waiting_since: tuple[float, float] | None = None  # start, seconds allowed
        self._hung_for = 0.0
        command = [
            *[find_ffmpeg(), "-hide_banner", "-nostdin", "-loglevel", "warning", "-y"],
            *["-f", "rawvideo", "-pix_fmt", "rgba", "-video_size", f"{width}x{height}"],
            *["-framerate", str(fps), "-i", "-"],
        ]
        colour = "0x{:02x}{:02x}{:02x}".format(*padding)
        for output in outputs:
            command += output.first_arguments(fps, colour)
        self.command = command
        self._process = start_ffmpeg(command, stdin=subprocess.PIPE)
        assert self._process.stdin is not None
        assert self._process.stderr is not None
        self._stdin = self._process.stdin
        _widen(self._stdin)
        _close_in_forks(self._stdin)
        self._reader = threading.Thread(
            target=self._drain, args=(self._process.stderr,), daemon=True
        )
        self._reader.start()
        threading.Thread(target=self._watch, daemon=True).start()

    @property
    def pid(self) -> int:
        """Process id of ffmpeg."""
        return self._process.pid

    def write(self, frame: Any) -> None:
        """Give one frame: a C-contiguous buffer of height x width x 4 bytes, RGBA."""
        try:
            with self._deadline(WRITE_DEADLINE), memoryview(frame) as pixels:
                rest = pixels.cast("B")
                while rest:  # a signal can cut a write short
                    rest = rest[self._stdin.write(rest) :]
        except (OSError, ValueError) as error:
            raise self._failure(f"ffmpeg stopped at frame {self._frame_count}") from error
        self._frame_count += 1

    def close(self) -> None:
        """Finish the files and check that they hold what was given."""
        try:
            with self._deadline(CLOSE_DEADLINE):
                self._stdin.close()
                code = self._process.wait()
        except OSError as error:
            raise self._failure("ffmpeg stopped at the end") from error
        if code or self._hung_for:
            raise self._failure("ffmpeg failed")
        self._reader.join()
        for output in self._outputs:
            output.finish()
            self._verify(output)

    def kill(self) -> None:
        """Stop ffmpeg at once. The files are of no use then."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        with suppress(OSError):  # what was still buffered has nowhere to go
            self._stdin.close()
        self._reader.join()

    def _failure(self, what: str) -> EncoderError:
        self.kill()
        code = self._process.returncode
        if self._hung_for:
            what = f"{what}: it did nothing for {self._hung_for:g} seconds and was stopped"
        else:
            what = f"{what} (exit status {code})"
        said = "\n".join(self._messages)
        return EncoderError(f"{what}.", detail=said)

    def _verify(self, output: Output) -> None:
        packets, size = probe(output.path)
        expected = Fraction(self._frame_count)
        rate = output.format.max_fps
        if rate and self._fps > rate:  # frames were dropped on purpose
            expected = expected * rate / self._fps
        if abs(packets - expected) > (1 if rate else 0) or size != self._size:
            raise EncoderError(
                f"ffmpeg wrote {packets} frames of {size[0]}x{size[1]} to {output.path.name}; "
                f"it was given {self._frame_count} of {self._size[0]}x{self._size[1]}.",
                detail="\n".join(self._messages),
            )

    @contextmanager
    def _deadline(self, seconds: float) -> Iterator[None]:
        self._waiting_since = (time.monotonic(), seconds)
        try:
            yield
        finally:
            self._waiting_since = None

    def _watch(self) -> None:
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
                self._messages.append(line.decode(errors="replace").rstrip())


def probe(path: Path) -> tuple[int, tuple[int, int]]:
    """Return the number of frames in a video file and their size, read from the file itself."""
    listing = _run_ffmpeg(["-i", str(path), "-map", "0:v:0", "-c", "copy", "-f", "framecrc", "-"])
    text = listing.decode()
    size = re.search(r"^#dimensions 0: (\d+)x(\d+)", text, re.MULTILINE)
    packets = sum(1 for line in text.splitlines() if line and not line.startswith("#"))
    return packets, (int(size[1]), int(size[2])) if size else (0, 0)


def decode_frame(path: Path, index: int, width: int, height: int) -> bytes:
    """Return one frame of a video file as RGB bytes, height x width x 3."""
    pixels = _run_ffmpeg(
        [
            *["-i", str(path), "-vf", f"select=eq(n\\,{index})", "-frames:v", "1"],
            *["-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
        ]
    )
    if len(pixels) != width * height * 3:
        raise EncoderError(f"frame {index} of {path.name} cannot be read back.")
    return pixels


def write_strip(video: Path, indices: Sequence[int], gap: int, path: Path) -> None:
    """Write frames of a video file side by side into a picture, with white gaps of some pixels."""
    chosen = "+".join(f"eq(n\\,{index})" for index in indices)
    tiles = f"tile={len(indices)}x1:padding={gap}:color=white"
    # In RGB before they are put together: a gap of odd width would shift the colours of YUV.
    strip = f"select={chosen},format=rgb24,{tiles}"
    _run_ffmpeg(["-y", "-i", str(video), "-vf", strip, "-frames:v", "1", "-update", "1", str(path)])


def _run_ffmpeg(arguments: Sequence[str]) -> bytes:
    command = [find_ffmpeg(), "-hide_banner", "-nostdin", "-loglevel", "error"]
    command += arguments
    with start_ffmpeg(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        try:
            out, said = process.communicate(timeout=CLOSE_DEADLINE)
        except subprocess.TimeoutExpired:
            process.kill()
            raise EncoderError("ffmpeg did not finish reading a file back.") from None
    if process.returncode:
        raise EncoderError(
            f"ffmpeg cannot read back what it wrote (exit status {process.returncode}).",
            detail=said.decode(errors="replace").strip(),
        )
    return out


def start_ffmpeg(
    command: Sequence[str], stdin: int, stdout: int = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    """Start ffmpeg without a window, a terminal or a shell."""
    try:
        return subprocess.Popen(
            command,
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.PIPE,
            bufsize=0,
            env={**os.environ, "SVT_LOG": "1"},  # errors only: SVT-AV1 greets on stderr
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        raise EncoderError(f"ffmpeg cannot be started: {error}.") from error


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
