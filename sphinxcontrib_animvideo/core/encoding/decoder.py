"""Reading videos back."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import prod
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ...errors import EncoderError
from ..cache.environment import find_ffmpeg
from ..model.formats import EXACT_SCALING
from . import webp
from .ffmpeg import run_ffmpeg, start_ffmpeg

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LISTING = ["-map", "0:v:0", "-c", "copy", "-f", "framecrc", "-"]
"""Arguments of an output that lists what is in a video file."""
_TO_RGB = f"scale=flags={EXACT_SCALING},format=rgb24"
_MEANS = EXACT_SCALING.replace("bicubic", "area")


def probe(path: Path, fps: Fraction) -> tuple[int, tuple[int, int]]:
    """Return the number of frames in a video file and their size, read from the file itself."""
    if webp.is_webp(path):
        animation = webp.examine(path)
        return animation.frame_count(fps), animation.size
    return listed(run_ffmpeg(["-i", str(path), *LISTING]))


def listed(listing: bytes) -> tuple[int, tuple[int, int]]:
    """Return what :func:`probe` does of what ffmpeg writes for ``LISTING``."""
    text = listing.decode()
    size = re.search(r"^#dimensions 0: (\d+)x(\d+)", text, re.MULTILINE)
    packets = sum(1 for line in text.splitlines() if line and not line.startswith("#"))
    return packets, (int(size[1]), int(size[2])) if size else (0, 0)


def decode_frames(
    path: Path, indices: Sequence[int], size: tuple[int, int], fps: Fraction
) -> list[NDArray[np.uint8]]:
    """Return some frames of a video file, in rising order, as RGB."""
    import numpy as np

    if webp.is_webp(path):
        return webp.decode(path, indices, fps)
    chosen = "+".join(f"eq(n\\,{index})" for index in indices)
    pixels = run_ffmpeg(
        [
            *["-i", str(path), "-vf", f"select={chosen},{_TO_RGB}"],
            *["-frames:v", str(len(indices)), "-fps_mode", "passthrough", "-f", "rawvideo", "-"],
        ]
    )
    shape = len(indices), size[1], size[0], 3
    if len(pixels) != prod(shape):
        raise EncoderError(f"not all frames {list(indices)} of {path.name} can be read back.")
    return list(np.frombuffer(pixels, np.uint8).reshape(shape))


def read_frames(
    path: Path, size: tuple[int, int], fps: Fraction, shrink: bool = False
) -> Iterator[NDArray[np.uint8]]:
    """Yield every frame of a video file as RGB: height x width x 3.

    Parameters
    ----------
    size
        Width and height of the frames in pixels.
    fps
        Frames per second of the file.
    shrink
        Whether *size* is smaller than that of the file: each pixel is the mean of an area.
    """
    import numpy as np

    if webp.is_webp(path):
        yield from webp.read(path, size, fps)
        return
    width, height = size
    shrinking = f"scale={width}:{height}:flags={_MEANS}," if shrink else ""
    command = [
        *[find_ffmpeg(), "-hide_banner", "-nostdin", "-loglevel", "error", "-i", f"file:{path}"],
        *["-vf", f"{shrinking}{_TO_RGB}", "-fps_mode", "passthrough", "-f", "rawvideo", "-"],
    ]
    with start_ffmpeg(command, subprocess.DEVNULL, subprocess.PIPE) as process:
        assert process.stdout
        try:
            while pixels := _read(process.stdout, width * height * 3):
                yield np.frombuffer(pixels, np.uint8).reshape(height, width, 3)
        finally:
            process.kill()  # nobody wants the rest


def _read(pipe: IO[bytes], size: int) -> bytes:
    """Return the next *size* bytes; nothing at the end."""
    parts, missing = [], size
    while missing and (part := pipe.read(missing)):
        parts.append(part)
        missing -= len(part)
    return b"" if missing else b"".join(parts)
