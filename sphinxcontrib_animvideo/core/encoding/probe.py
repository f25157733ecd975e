"""Reads the properties of video files, and lists the encoders of ffmpeg."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from ...errors import VideoFileError
from ..model.formats import Format
from . import webp
from .ffmpeg import ask_ffmpeg, input_arguments, run_ffmpeg

LISTING = ["-map", "0:v:0", "-c", "copy", "-f", "framecrc", "-"]
"""Arguments of an output that lists the frames of a video file."""


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
    text = listing.decode()
    size = re.search(r"^#dimensions 0: (\d+)x(\d+)", text, re.MULTILINE)
    packets = sum(1 for line in text.splitlines() if line and not line.startswith("#"))
    return packets, (int(size[1]), int(size[2])) if size else (0, 0)


def has_encoder(format: Format, encoders: frozenset[str]) -> bool:
    """Whether all encoders of a format are among *encoders*."""
    return all(
        name in encoders
        for arguments in format.qualities.values()
        for option, name in pairwise(arguments)
        if option == "-c:v"
    )


def encoders() -> frozenset[str]:
    """Return the names of the video encoders of this ffmpeg."""
    listing, _, _ = _ask(["-encoders"], "list its encoders")
    return frozenset(re.findall(r"^ V\S+ (\S+)", listing, re.MULTILINE))


def _webp(path: Path, size: int) -> Info:
    animation = webp.examine(path)
    pictures = max(len(animation.times) - 1, 1)
    shown = animation.times[-1] if animation.times else 0
    fps = Fraction(pictures * 1000, shown) if shown else Fraction(0)
    return Info(*animation.size, pictures, fps, "webp", size)


def _other(path: Path, size: int) -> Info:
    arguments = [*input_arguments(path), *LISTING]
    listing, log, status = _ask(arguments, f"read {path.name}")
    pixels = re.search(r"^#dimensions 0: (\d+)x(\d+)", listing, re.MULTILINE)
    codec = re.search(r"^#codec_id 0: (\S+)", listing, re.MULTILINE)
    if status or not (pixels and codec):
        raise VideoFileError(f"ffmpeg cannot read {path} as a video.", detail=_end(log))
    # Each packet is a frame; the third and fourth columns are when and how long it is shown.
    packets = [line.split(",") for line in listing.splitlines() if line and line[0] != "#"]
    shown = [int(packet[3]) for packet in packets]
    unit = re.search(r"^#tb 0: (\d+/\d+)", listing, re.MULTILINE)
    tick = Fraction(unit[1]) if unit else Fraction(0)
    fps = _rate(log, shown, tick)
    usual = re.search(r"Video: .*\byuvj?420p\b", log) is not None
    starts = sorted(int(packet[2]) for packet in packets)
    durations = _varying([*map(int.__sub__, starts[1:], starts), *shown[-1:]], tick, fps)
    count, width, height = len(packets), int(pixels[1]), int(pixels[2])
    return Info(width, height, count, fps, codec[1], size, usual, durations)


def _varying(ticks: Sequence[int], tick: Fraction, fps: Fraction) -> tuple[float, ...]:
    """Return durations in seconds, unless all are those of *fps*, within half a frame."""
    seconds = tuple(float(count * tick) for count in ticks)
    constant = float(1 / fps) if fps else 0
    is_constant = all(abs(one - constant) <= constant / 2 for one in seconds)
    return () if is_constant or not all(one > 0 for one in seconds) else seconds


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


def _ask(arguments: Sequence[str], action: str) -> tuple[str, str, int]:
    out, log, status = ask_ffmpeg(arguments, action)
    return out.decode(errors="replace"), log.decode(errors="replace"), status
