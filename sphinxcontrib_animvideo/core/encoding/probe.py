"""What a video file holds, and what this machine's ffmpeg can write."""

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
from .ffmpeg import ask_ffmpeg


@dataclass(frozen=True)
class Info:
    """What is in a video file."""

    width: int
    """Pixels."""
    height: int
    frame_count: int
    fps: Fraction
    """Frames per second, on average; 0 for a still picture."""
    codec: str
    size: int
    """Bytes."""

    @property
    def seconds(self) -> float:
        """How long it is."""
        return float(self.frame_count / self.fps) if self.fps else 0.0


def read_info(path: Path) -> Info:
    """Look into a video file.

    Raises
    ------
    VideoFileError
        It cannot be read, or is no video.
    """
    try:
        size = path.stat().st_size
        return _webp(path, size) if webp.is_webp(path) else _other(path, size)
    except OSError as error:
        raise VideoFileError(f"{path} cannot be read ({error.strerror or error}).") from None


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
    listing, _, _ = _ask(["-encoders"])
    return frozenset(re.findall(r"^ V\S+ (\S+)", listing, re.MULTILINE))


def _webp(path: Path, size: int) -> Info:
    animation = webp.examine(path)
    pictures = max(len(animation.times) - 1, 1)
    shown = animation.times[-1] if animation.times else 0
    fps = Fraction(pictures * 1000, shown) if shown else Fraction(0)
    return Info(*animation.size, pictures, fps, "webp", size)


def _other(path: Path, size: int) -> Info:
    arguments = ["-i", f"file:{path}", "-map", "0:v:0", "-c", "copy", "-f", "framecrc", "-"]
    listing, said, status = _ask(arguments)
    pixels = re.search(r"^#dimensions 0: (\d+)x(\d+)", listing, re.MULTILINE)
    codec = re.search(r"^#codec_id 0: (\S+)", listing, re.MULTILINE)
    if status or not (pixels and codec):
        raise VideoFileError(f"{path} is no video that ffmpeg can read.", detail=_end(said))
    # Each packet is a frame; the fourth column is how long it is shown.
    packets = [line.split(",") for line in listing.splitlines() if line and line[0] != "#"]
    fps = _rate_said(said) or _rate_of([int(packet[3]) for packet in packets], listing)
    return Info(int(pixels[1]), int(pixels[2]), len(packets), fps, codec[1], size)


def _rate_said(said: str) -> Fraction | None:
    """Return the rate that ffmpeg makes out; it sees through times in whole milliseconds."""
    rate = re.search(r"Video: .* (\d+(?:\.\d+)?)(k?) fps", said)
    return Fraction(rate[1]) * (1000 if rate[2] else 1) if rate else None


def _rate_of(durations: Sequence[int], listing: str) -> Fraction:
    unit = re.search(r"^#tb 0: (\d+/\d+)", listing, re.MULTILINE)
    shown = sum(durations) * Fraction(unit[1]) if unit else 0
    return len(durations) / Fraction(shown) if shown else Fraction(0)


def _end(said: str) -> str:
    return "\n".join(said.strip().splitlines()[-3:])


def _ask(arguments: Sequence[str]) -> tuple[str, str, int]:
    out, said, status = ask_ffmpeg(arguments)
    return out.decode(errors="replace"), said.decode(errors="replace"), status
