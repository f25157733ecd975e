"""Reads the properties of video files, and lists the encoders of ffmpeg."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from ...errors import VideoFileError
from ..model.formats import Format
from . import webp
from .ffmpeg import ask_ffmpeg, input_arguments, run_ffmpeg

LISTING = ["-map", "0:v:0", "-c", "copy", "-f", "framecrc", "-"]
"""Arguments of an output that lists the frames of a video file."""
_PACKET = re.compile(rb"^\d+, *-?\d+, *(-?\d+), *(\d+),", re.MULTILINE)
"""A line of that list, of one frame: when it is shown, and how long."""


@dataclass(frozen=True)
class Info:
    """The properties of a video file."""

    width: int
    """Pixels."""
    height: int
    frame_count: int
    fps: Fraction
    """Frames per second, on average; 0 for a still image."""
    codec: str
    size: int
    """Bytes."""
    is_8_bit_420: bool = False
    """Whether it has the pixel format that all browsers decode: 8 bits, 4:2:0."""
    durations: tuple[float, ...] = ()
    """Seconds for which each frame is shown; empty if they are constant."""

    @property
    def seconds(self) -> float:
        """Duration."""
        return float(self.frame_count / self.fps) if self.fps else 0.0


def read_info(path: Path) -> Info:
    """Return the properties of a video file.

    Raises
    ------
    VideoFileError
        It cannot be read, or is not a video.
    """
    try:
        size = path.stat().st_size
        return _webp(path, size) if webp.is_webp(path) else _other(path, size)
    except OSError as error:
        raise VideoFileError(f"{path} cannot be read ({error.strerror or error}).") from None


def count_frames(path: Path, fps: Fraction) -> tuple[int, tuple[int, int]]:
    """Return the number of frames in a video file and their size, read from the file itself."""
    if webp.is_webp(path):
        animation = webp.examine(path)
        return animation.frame_count(fps), animation.size
    return parse_listing(run_ffmpeg([*input_arguments(path), *LISTING], f"read back {path.name}"))


def parse_listing(listing: bytes) -> tuple[int, tuple[int, int]]:
    """Return what :func:`count_frames` returns, from what ffmpeg prints for ``LISTING``."""
    return sum(1 for _ in _PACKET.finditer(listing)), _size_of(listing)


def has_encoder(format: Format, encoders: frozenset[str]) -> bool:
    """Whether all encoders of a format are among *encoders*."""
    return format.encoders <= encoders


def encoders() -> frozenset[str]:
    """Return the names of the video encoders of this ffmpeg."""
    listing, _, _ = ask_ffmpeg(["-encoders"], "list its encoders")
    return frozenset(re.findall(r"^ V\S+ (\S+)", listing.decode(errors="replace"), re.MULTILINE))


def _webp(path: Path, size: int) -> Info:
    animation = webp.examine(path)
    pictures = max(len(animation.times) - 1, 1)
    shown = animation.times[-1] if animation.times else 0
    fps = Fraction(pictures * 1000, shown) if shown else Fraction(0)
    return Info(*animation.size, pictures, fps, "webp", size)


def _other(path: Path, size: int) -> Info:
    arguments = [*input_arguments(path), *LISTING]
    listing, logged, status = ask_ffmpeg(arguments, f"read {path.name}")
    log = logged.decode(errors="replace")
    codec = re.search(rb"^#codec_id 0: (\S+)", listing, re.MULTILINE)
    width, height = _size_of(listing)
    if status or not (width and codec):
        raise VideoFileError(f"ffmpeg cannot read {path} as a video.", detail=_end(log))
    # There can be millions of packets, so they are not kept as text.
    starts, shown = array("q"), array("q")
    for packet in _PACKET.finditer(listing):
        starts.append(int(packet[1]))
        shown.append(int(packet[2]))
    unit = re.search(rb"^#tb 0: (\d+/\d+)", listing, re.MULTILINE)
    tick = Fraction(unit[1].decode()) if unit else Fraction(0)
    fps = _rate(log, shown, tick)
    usual = re.search(r"Video: .*\byuvj?420p\b", log) is not None
    order = sorted(starts)
    durations = _varying([*map(int.__sub__, order[1:], order), *shown[-1:]], tick, fps)
    return Info(width, height, len(shown), fps, codec[1].decode(), size, usual, durations)


def _size_of(listing: bytes) -> tuple[int, int]:
    """Return the width and height in a listing of frames; zeros if there are none."""
    size = re.search(rb"^#dimensions 0: (\d+)x(\d+)", listing, re.MULTILINE)
    return (int(size[1]), int(size[2])) if size else (0, 0)


def _varying(ticks: Sequence[int], tick: Fraction, fps: Fraction) -> tuple[float, ...]:
    """Return durations in seconds, unless all are those of *fps*, within half a frame."""
    constant = float(1 / fps) if fps else 0
    seconds = {count: float(count * tick) for count in {*ticks}}
    is_constant = all(abs(one - constant) <= constant / 2 for one in seconds.values())
    if is_constant or not all(one > 0 for one in seconds.values()):
        return ()
    return tuple(seconds[count] for count in ticks)


def _rate(log: str, durations: Sequence[int], tick: Fraction) -> Fraction:
    """Return the rate that ffmpeg infers; where it prints that rounded, the exact one."""
    shown = sum(durations) * tick
    counted, logged = len(durations) / shown if shown else Fraction(0), _logged_rate(log)
    is_exact = len(set(durations)) == 1 and logged and abs(counted / logged - 1) < 0.001
    return counted if is_exact or not logged else logged


def _logged_rate(log: str) -> Fraction | None:
    """Return the rate that ffmpeg infers, also from times in whole milliseconds."""
    rate = re.search(r"Video: .* (\d+(?:\.\d+)?)(k?) fps", log)
    return Fraction(rate[1]) * (1000 if rate[2] else 1) if rate else None


def _end(log: str) -> str:
    return "\n".join(log.strip().splitlines()[-3:])
