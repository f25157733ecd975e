"""Reads the frames of videos back."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import prod
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

from ...errors import EncoderError
from ..model.formats import EXACT_SCALING
from . import webp
from .ffmpeg import encoder_error, find_ffmpeg, input_arguments, run_ffmpeg, start_ffmpeg

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_TO_RGB = f"scale=flags={EXACT_SCALING},format=rgb24"
_END_OF_LOG = 2000
"""Bytes of what ffmpeg reports that an error shows."""
_MEANS = EXACT_SCALING.replace("bicubic", "area")


def decode_frames(
    path: Path, indices: Sequence[int], size: tuple[int, int], fps: Fraction
) -> list[NDArray[np.uint8]]:
    """Return some frames of a video file as RGB.

    Parameters
    ----------
    indices
        Frame numbers, in rising order.
    size
        Width and height of the frames in pixels.
    fps
        Frames per second of the file.

    Returns
    -------
    list of numpy.ndarray
        uint8, of shape (height, width, 3).

    Raises
    ------
    EncoderError
        They cannot be decoded.
    """
    import numpy as np

    if webp.is_webp(path):
        return webp.decode(path, indices, fps)
    chosen = "+".join(f"eq(n\\,{index})" for index in indices)
    pixels = run_ffmpeg(
        [
            *[*input_arguments(path), "-vf", f"select={chosen},{_TO_RGB}"],
            *["-frames:v", str(len(indices)), "-fps_mode", "passthrough", "-f", "rawvideo", "-"],
        ],
        f"decode {path.name}",
    )
    shape = len(indices), size[1], size[0], 3
    if len(pixels) != prod(shape):
        raise EncoderError(
            f"frames {', '.join(map(str, indices))} of {path.name} cannot all be decoded."
        )
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

    Raises
    ------
    EncoderError
        The file is damaged so badly that ffmpeg fails.
    """
    import numpy as np

    if webp.is_webp(path):
        yield from webp.read(path, size, fps)
        return
    width, height = size
    shrinking = f"scale={width}:{height}:flags={_MEANS}," if shrink else ""
    command = [
        *[find_ffmpeg(), "-hide_banner", "-nostdin", "-loglevel", "error"],
        *input_arguments(path),
        *["-vf", f"{shrinking}{_TO_RGB}", "-fps_mode", "passthrough", "-f", "rawvideo", "-"],
    ]
    # Into a file: of a damaged video, ffmpeg reports more than a pipe holds.
    with (
        TemporaryFile() as log,
        start_ffmpeg(command, subprocess.DEVNULL, subprocess.PIPE, log) as process,
    ):
        assert process.stdout
        try:
            while pixels := _read(process.stdout, width * height * 3):
                yield np.frombuffer(pixels, np.uint8).reshape(height, width, 3)
            if status := process.wait():
                log.seek(max(0, log.seek(0, os.SEEK_END) - _END_OF_LOG))
                message = f"ffmpeg could not decode {path.name} (exit status {status})"
                raise encoder_error(message, log.read().decode(errors="replace").strip())
        finally:
            process.kill()  # the rest is not needed


def _read(pipe: IO[bytes], size: int) -> bytes:
    """Return the next *size* bytes; nothing at the end."""
    parts, missing = [], size
    while missing and (part := pipe.read(missing)):
        parts.append(part)
        missing -= len(part)
    return b"" if missing else b"".join(parts)
