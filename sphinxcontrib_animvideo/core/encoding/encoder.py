"""The ffmpeg process behind a writer: raw RGBA frames in through a pipe, video files out."""

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
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import IO, Any

from ...errors import AnimvideoError, EncoderError, OptionError
from ..cache.environment import find_ffmpeg
from ..model.formats import BIT_EXACT, FLUSHED, FORMATS, FRAGMENTED, KEPT, Format
from .decoder import LISTING, listed, probe
from .ffmpeg import CLOSE_DEADLINE, failure, run_ffmpeg, start_ffmpeg
from .target_size import best_number

WRITE_DEADLINE = 60.0
"""Seconds in which ffmpeg must take one frame."""
_PIPE_SIZE = 1 << 20  # bytes; twice the throughput of Linux's default of 64 KiB


@dataclass(frozen=True)
class Output:
    """One file to write."""

    format: Format
    path: Path
    quality: str | int = "good"
    extra_args: tuple[str, ...] = ()
    """Added to the format's own arguments; from the configuration only."""
    durable: bool = False
    """Whether what was written can be played if a process is killed, from a file beside."""
    max_bytes: int | None = None
    """Write the best quality whose file is not larger; *quality* is where the search begins."""

    def __post_init__(self) -> None:
        if self.max_bytes is not None and not self.format.max_number:
            able = [format.name for format in FORMATS.values() if format.max_number]
            raise OptionError(
                f"{self.format.name} has no quality to choose for a size in bytes; "
                f"{', '.join(able)} have."
            )

    def first_arguments(self, fps: Fraction, padding: str) -> list[str]:
        """Return the arguments for writing this file, or what it is made of, from the frames."""
        if self._keeps_frames:
            kept = replace(KEPT, max_fps=self.format.max_fps)
            return [*kept.arguments("lossless", fps, padding), *kept.muxing, str(self._first)]
        encoding = self.format.arguments(self.quality, fps, padding)
        if self._is_remuxed:
            return [*encoding, *FRAGMENTED, *self.extra_args, str(self._first)]
        return [*encoding, *(FLUSHED if self.durable else []), *self._target(self.path)]

    def finish(self, fps: Fraction) -> tuple[int, tuple[int, int]]:
        """Make the file of what was written from the frames, where it is not made yet.

        Returns the number of frames in it and their size, as they were read back.
        """
        if self.max_bytes is not None:
            self._fit(fps, self.max_bytes)
        elif self.format.second_passes:
            self._take_second_passes()
        elif self._keeps_frames:
            self._encode(fps, self.quality, self.path)
        elif self._is_remuxed:
            copy = replace(self, extra_args=())  # they have had their effect
            # What the file says of itself, it was told by them.
            copied = ["-c", "copy", *BIT_EXACT, "-map_metadata", "0"]
            copying = [*copied, *copy._target(self.path)]
            # Read back on the way: to start ffmpeg again takes as long as some frames.
            return listed(run_ffmpeg(["-y", "-i", str(self._first), *copying, *LISTING]))
        return probe(self.path, self.format.rate(fps))

    def discard_first(self) -> None:
        """Remove what the file was made of."""
        self._first.unlink(missing_ok=True)

    @property
    def _first(self) -> Path:
        return self.path.with_name(f"{self.path.name}.first.mp4")

    @property
    def _keeps_frames(self) -> bool:
        several_passes = bool(self.format.second_passes) or self.max_bytes is not None
        return several_passes or (self.durable and not self.format.survives)

    @property
    def _is_remuxed(self) -> bool:
        return self.durable and self.format.muxer == "mp4"

    def _target(self, path: Path) -> list[str]:
        return [*self.format.muxing, *self.extra_args, "-f", self.format.muxer, str(path)]

    def _take_second_passes(self) -> None:
        palette = self.path.with_name(f"{self.path.name}.palette.png")
        paths = {"{first}": str(self._first), "{palette}": str(palette)}
        for arguments in self.format.second_passes:
            last = [] if arguments[-1] in paths else self._target(self.path)
            run_ffmpeg(["-y", *[paths.get(part, part) for part in arguments], *last])
        palette.unlink()

    def _encode(self, fps: Fraction, quality: str | int, path: Path) -> None:
        encoding = self.format.arguments(quality, fps)
        run_ffmpeg(["-y", "-i", str(self._first), *encoding, *self._target(path)])

    def _fit(self, fps: Fraction, max_bytes: int) -> None:
        trial = self.path.with_name(f"{self.path.name}.trial")

        def size_of(number: int) -> int:
            self._encode(fps, number, trial)
            size = trial.stat().st_size
            if size <= max_bytes:
                trial.replace(self.path)
            return size

        worst = self.format.max_number
        first = self.quality if isinstance(self.quality, int) and self.quality else worst // 2
        try:
            best_number(size_of, first, worst, max_bytes)
        finally:
            trial.unlink(missing_ok=True)


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
        step = 2 if any(output.format.needs_even for output in outputs) else 1
        self.size = (width + width % step, height + height % step)
        """Size of the files: one for all, since they stand for each other."""
        self.frame_count = 0
        """Frames so far; those in the files, when they are closed."""
        self._begun = 0
        self._messages: deque[str] = deque(maxlen=20)
        self._waiting_since: tuple[float, float] | None = None  # start, seconds allowed
        self._hung_for = 0.0
        command = [
            *[find_ffmpeg(), "-hide_banner", "-nostdin", "-loglevel", "warning", "-y"],
            *["-f", "rawvideo", "-pix_fmt", "rgba", "-video_size", f"{width}x{height}"],
            *["-framerate", str(fps), "-i", "-"],
        ]
        # One more row or column harms no pixel; scaling would harm all.
        colour = "0x{:02x}{:02x}{:02x}".format(*padding)
        pad = "pad={}:{}:0:0:{}".format(*self.size, colour) if self.size != (width, height) else ""
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
        threading.Thread(target=self._watch, daemon=True).start()

    @property
    def pid(self) -> int:
        """Process id of ffmpeg."""
        return self._process.pid

    def write(self, frame: Any) -> None:
        """Give one frame: a C-contiguous buffer of height x width x 4 bytes, RGBA."""
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

    def _failure(self, what: str) -> EncoderError:
        self.kill()
        if self._hung_for:
            what = f"{what}: it did nothing for {self._hung_for:g} seconds and was stopped"
        else:
            what = f"{what} (exit status {self._process.returncode})"
        return failure(what, "\n".join(self._messages))

    def _verify(self, output: Output, written: int, size: tuple[int, int]) -> None:
        rate = output.format.rate(self._fps)
        # The last frame may have been interrupted, when ffmpeg had none, a part or all of it.
        fewest, most = (count * rate / self._fps for count in (self.frame_count, self._begun))
        tolerance = 0 if rate == self._fps else 1  # frames were dropped on purpose
        still = written == 1 and output.format.name == "webp"  # all of its frames are equal
        right = fewest - tolerance <= written <= most + tolerance or still
        if not right or size != self.size:
            raise EncoderError(
                f"ffmpeg wrote {written} frames of {size[0]}x{size[1]} to {output.path.name}; "
                f"it was given {self.frame_count} of {self.size[0]}x{self.size[1]}.",
                detail="\n".join(self._messages),
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
