"""Reading videos back with an independent decoder."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray


@dataclass
class Decoded:
    """A video file, as PyAV sees it."""

    codec: str
    pixel_format: str
    width: int
    height: int
    fps: Fraction
    seconds: float
    frames: list[NDArray[np.uint8]]
    """RGB."""
    tags: tuple[int, int, int, int]
    """Matrix, primaries, transfer and range, by their numbers in ITU-T H.273."""


def decode(path: Path) -> Decoded:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = list(container.decode(stream))
        context = stream.codec_context
        assert stream.average_rate is not None
        return Decoded(
            context.name,
            context.pix_fmt or "",
            context.width,
            context.height,
            Fraction(stream.average_rate),
            (container.duration or 0) / 1e6,
            [_rgb(frame) for frame in frames],
            (
                int(context.colorspace),
                int(context.color_primaries),
                int(context.color_trc),
                int(context.color_range),
            ),
        )


def _rgb(frame: av.VideoFrame) -> NDArray[np.uint8]:
    """Convert as the tags say: BT.709, limited range. Not every version of PyAV goes by them."""
    if frame.format.name != "yuv420p":
        return frame.to_ndarray(format="rgb24")
    planes = frame.to_ndarray().astype(float)
    height, width = frame.height, frame.width
    luma = (planes[:height] - 16) / 219
    blue, red = (
        np.kron(plane.reshape(height // 2, width // 2), np.ones((2, 2)))
        for plane in (planes[height:].reshape(2, -1) - 128) / 224
    )
    rgb = np.stack(
        [luma + 1.5748 * red, luma - 0.1873 * blue - 0.4681 * red, luma + 1.8556 * blue], axis=-1
    )
    return np.rint(rgb.clip(0, 1) * 255).astype(np.uint8)


def boxes(path: Path) -> list[str]:
    """Return the names of the top-level boxes of an MP4 file, in order."""
    data, names, at = path.read_bytes(), [], 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        names.append(data[at + 4 : at + 8].decode())
        at += size
    return names
