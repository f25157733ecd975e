"""Runs the ffmpeg process that encodes frames: raw RGBA through a pipe in, video files out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

from ...errors import AnimvideoError, EncoderError
from .ffmpeg import encoder_error, find_ffmpeg
from .frame_pipe import FramePipe
from .output import Output
from .probe import count_frames


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
        command = [
            *[find_ffmpeg(), "-hide_banner", "-nostdin", "-loglevel", "level+warning", "-y"],
            *["-f", "rawvideo", "-pix_fmt", "rgba", "-video_size", f"{width}x{height}"],
            *["-framerate", str(fps), "-i", "-"],
        ]
        # One more row or column harms no pixel; scaling would harm all.
        color = "0x{:02x}{:02x}{:02x}".format(*padding)
        pad = "pad={}:{}:0:0:{}".format(*self.size, color) if self.size != (width, height) else ""
        for output in outputs:
            command += output.first_arguments(fps, pad)
        self.command = command
        self._pipe = FramePipe(command, durable=any(output.durable for output in outputs))

    @property
    def pid(self) -> int:
        """Process id of ffmpeg."""
        return self._pipe.pid

    def write(self, frame: Any) -> None:
        """Write one frame: a C-contiguous buffer of shape (height, width, 4), RGBA."""
        self._begun += 1
        try:
            self._pipe.write(frame)
        except (OSError, ValueError) as error:
            raise self._failure(f"ffmpeg exited at frame {self.frame_count}") from error
        self.frame_count += 1

    def end_frames(self) -> None:
        """End the frames, so that ffmpeg encodes the rest of them beside what comes next."""
        with suppress(OSError):  # close() tells
            self._pipe.end_frames()

    def close(self) -> None:
        """Complete the files, and check that they contain what was written."""
        self._end()
        with self._reading_back():
            for output in self._outputs:
                rate = output.format.rate(self._fps)
                self._verify(output.path, rate, *output.finish(self._fps))
        for output in self._outputs:
            output.discard_first()

    def close_segment(self) -> dict[str, Path]:
        """Return what was written, for :meth:`.Output.join`: a file for each format, checked."""
        self._end()
        with self._reading_back():
            for output in self._outputs:
                self._verify(output.written, self._fps, *count_frames(output.written, self._fps))
        return {output.format.name: output.written for output in self._outputs}

    def _end(self) -> None:
        try:
            status = self._pipe.close()
        except OSError as error:
            raise self._failure("ffmpeg exited while finalizing the file") from error
        if status or self._pipe.hung_for:
            raise self._failure("ffmpeg failed to encode the frames")

    @contextmanager
    def _reading_back(self) -> Iterator[None]:
        try:
            yield
        except AnimvideoError:
            self.kill()
            raise
        except OSError as error:
            self.kill()
            raise EncoderError(
                f"the file that ffmpeg wrote cannot be read back ({error.strerror or error}). Did "
                "something else remove or replace it?"
            ) from error

    def kill(self) -> None:
        """Stop ffmpeg at once. The files are of no use then, if they are not durable."""
        self._pipe.kill()
        for output in self._outputs:
            if not output.durable:
                output.discard_first()

    def _failure(self, message: str) -> EncoderError:
        self.kill()
        if seconds := self._pipe.hung_for:
            message = f"{message}: it was terminated after {seconds:g} seconds without progress"
        else:
            message = f"{message} (exit status {self._pipe.status})"
        return encoder_error(message, "\n".join(self._pipe.log))

    def _verify(self, path: Path, rate: Fraction, written: int, size: tuple[int, int]) -> None:
        # The last frame may have been interrupted, when ffmpeg had none, a part or all of it.
        given = range(self.frame_count, self._begun + 1)
        check_written(path, (written, size), (given, self.size), rate / self._fps, self._pipe.log)
        if written == self._begun * rate / self._fps:
            self.frame_count = self._begun


def check_written(
    path: Path,
    written: tuple[int, tuple[int, int]],
    given: tuple[range, tuple[int, int]],
    kept: Fraction = Fraction(1),
    log: Iterable[str] = (),
) -> None:
    """Raise :class:`EncoderError` if a file does not contain what ffmpeg was given.

    Parameters
    ----------
    written
        Number of frames and their size, as read back from the file.
    given
        Possible numbers of frames, and their size.
    kept
        The part of the frames that is not dropped on purpose.
    log
        What ffmpeg has printed.
    """
    count, size = written
    counts, expected = given
    tolerance = 0 if kept == 1 else 1
    still = count == 1 and path.suffix == ".webp"  # all of its frames are equal
    right = counts[0] * kept - tolerance <= count <= counts[-1] * kept + tolerance
    if not (right or still) or size != expected:
        raise EncoderError(
            f"ffmpeg wrote {count} frames of {size[0]} x {size[1]} pixels to {path.name}, but was "
            f"given {counts[0]} frames of {expected[0]} x {expected[1]} pixels.",
            detail="\n".join(log),
        )
