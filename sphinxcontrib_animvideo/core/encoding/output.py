"""One output file of an encoder: its ffmpeg arguments, and the passes that complete it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from ...errors import OptionError
from ..model.formats import BIT_EXACT, FLUSHED, FORMATS, FRAGMENTED, KEPT, Format
from .ffmpeg import file_url, input_arguments, run_ffmpeg
from .probe import LISTING, count_frames, parse_listing
from .target_size import best_number


@dataclass(frozen=True)
class Output:
    """One file to write."""

    format: Format
    path: Path
    quality: str | int = "good"
    extra_args: tuple[str, ...] = ()
    """Added to the format's own arguments."""
    durable: bool = False
    """Whether the frames written so far can be played after a crash, from a file next to it."""
    target_size: int | None = None
    """Maximum size in bytes: the best quality that fits is chosen, and *quality* is ignored."""

    def __post_init__(self) -> None:
        if self.target_size is not None and not self.format.max_number:
            able = [format.name for format in FORMATS.values() if format.max_number]
            raise OptionError(
                f"{{option}} is not available for {self.format.name}, only for {', '.join(able)}.",
                option="target-size",
            )

    def first_arguments(self, fps: Fraction, padding: str) -> list[str]:
        """Return the arguments for writing this file, or its intermediate file, from the frames."""
        first = file_url(self._first)
        if self._keeps_frames:
            return [*KEPT.arguments("lossless", fps, padding), *KEPT.muxing, first]
        encoding = self.format.arguments(self.quality, fps, padding)
        if self._is_remuxed:
            return [*encoding, *FRAGMENTED, *self.extra_args, first]
        return [*encoding, *(FLUSHED if self.durable else []), *self._target(self.path)]

    def finish(self, fps: Fraction) -> tuple[int, tuple[int, int]]:
        """Complete the file from what was written.

        Returns the number of frames and their size, as read back from the file.
        """
        if self.target_size is not None:
            self._fit(fps, self.target_size)
        elif self.format.second_passes:
            self._take_second_passes(fps)
        elif self._keeps_frames:
            self._encode(fps, self.quality, self.path)
        elif self._is_remuxed:
            copy = replace(self, extra_args=())  # they have had their effect
            # What the file says of itself, it was told by them.
            copied = ["-c", "copy", *BIT_EXACT, "-map_metadata", "0"]
            copying = [*copied, *copy._target(self.path)]
            # Read back on the way: to start ffmpeg again takes as long as some frames.
            arguments = ["-y", *input_arguments(self._first), *copying, *LISTING]
            return parse_listing(run_ffmpeg(arguments, f"remux {self.path.name}"))
        return count_frames(self.path, self.format.rate(fps))

    def join(self, parts: Sequence[tuple[Path, int]], fps: Fraction) -> tuple[int, tuple[int, int]]:
        """Make the file of segments, without encoding them again.

        Parameters
        ----------
        parts
            The file that the frames of each segment were written to, and their number.
        """
        if len(parts) == 1:
            shutil.copyfile(parts[0][0], self.written)
            return self.finish(fps)
        listing = self.path.with_name(f"{self.path.name}.list")
        listing.write_text(_concat_list(parts, fps), "utf-8")
        # What a file says of itself, the segments were told by the arguments of the author.
        source = [
            "-f",
            "concat",
            "-safe",
            "0",
            "-i",
            file_url(listing),
            "-i",
            file_url(parts[0][0]),
        ]
        copying = ["-map", "0:v:0", "-c", "copy", *BIT_EXACT, "-map_metadata", "1"]
        if self._keeps_frames:
            target = [*KEPT.muxing, "-f", KEPT.muxer, file_url(self._first)]
        else:
            target = replace(self, extra_args=())._target(self.path)
            time = f"round(N*{fps.denominator}/({fps.numerator}*TB))"
            if self.format.rounds_times:
                copying += ["-bsf:v", f"setts=ts={time}"]
            elif self.format.muxer == "mp4":  # a short last segment may have no reordered frames
                copying += ["-bsf:v", f"setts=pts=PTS:dts=STARTDTS+{time}"]
        run_ffmpeg(["-y", *source, *copying, *target], f"join the segments of {self.path.name}")
        listing.unlink()
        return self.finish(fps)

    def of_segment(self, index: int) -> Output:
        """Return the output for a segment after the first one, with files of its own."""
        return replace(self, path=self.path.with_stem(f"{self.path.stem}-{index:05}"))

    @property
    def written(self) -> Path:
        """The file that the frames are written to: this one, or the intermediate one."""
        return self._first if self._keeps_frames or self._is_remuxed else self.path

    def discard_first(self) -> None:
        """Remove the intermediate file."""
        self._first.unlink(missing_ok=True)

    @property
    def _first(self) -> Path:
        return self.path.with_name(f"{self.path.name}.first.mp4")

    @property
    def _keeps_frames(self) -> bool:
        return self.target_size is not None or not self.format.survives

    @property
    def _is_remuxed(self) -> bool:
        return self.durable and self.format.muxer == "mp4"

    def _target(self, path: Path) -> list[str]:
        return [*self.format.muxing, *self.extra_args, "-f", self.format.muxer, file_url(path)]

    def _take_second_passes(self, fps: Fraction) -> None:
        palette = self.path.with_name(f"{self.path.name}.palette.png")
        paths = {"{first}": file_url(self._first), "{palette}": file_url(palette)}
        dropping = self.format.dropping(fps)
        for arguments in self.format.second_passes:
            last = [] if arguments[-1] in paths else self._target(self.path)
            action = f"encode {self.path.name}" if last else f"make a palette for {self.path.name}"
            parts = [paths.get(part, part.replace("{dropping}", dropping)) for part in arguments]
            run_ffmpeg(["-y", *parts, *last], action)
        palette.unlink()

    def _encode(self, fps: Fraction, quality: str | int, path: Path) -> None:
        encoding = self.format.arguments(quality, fps)
        arguments = ["-y", *input_arguments(self._first), *encoding, *self._target(path)]
        run_ffmpeg(arguments, f"encode {self.path.name}")

    def _fit(self, fps: Fraction, target_size: int) -> None:
        attempt = self.path.with_name(f"{self.path.name}.attempt")

        def size_of(number: int) -> int:
            self._encode(fps, number, attempt)
            size = attempt.stat().st_size
            if size <= target_size:
                attempt.replace(self.path)
            return size

        worst = self.format.max_number
        try:
            best_number(size_of, worst // 2, worst, target_size)
        finally:
            attempt.unlink(missing_ok=True)


def _concat_list(parts: Sequence[tuple[Path, int]], fps: Fraction) -> str:
    """Return a file for ffmpeg's concat demuxer.

    It is told how long each segment is, rounded so that errors do not add up: what the files say is
    rounded each by itself, and shifted the times of half of 100,000 frames.
    """
    lines, count = ["ffconcat version 1.0"], 0
    for path, frame_count in parts:
        start, count = _microseconds(count, fps), count + frame_count
        seconds = (_microseconds(count, fps) - start) / 1_000_000
        lines += [f"file {_quoted(file_url(path))}", f"duration {seconds:.6f}"]
    return "\n".join([*lines, ""])


def _microseconds(frame_count: int, fps: Fraction) -> int:
    return round(frame_count * 1_000_000 / fps)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
