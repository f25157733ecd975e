"""Read videos back with an independent decoder."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image


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
    metadata: dict[str, str] = field(default_factory=dict)


def decode(path: Path) -> Decoded:
    if path.suffix == ".webp":
        return _decode_webp(path)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = list(container.decode(stream))
        context = stream.codec_context
        assert stream.average_rate is not None
        seconds = (container.duration or 0) / 1e6
        if container.format.name == "apng":  # which does not say how long it is
            seconds = float(frames[-1].time + 1 / stream.average_rate)
        return Decoded(
            context.name,
            context.pix_fmt or "",
            context.width,
            context.height,
            Fraction(stream.average_rate),
            seconds,
            [_rgb(frame) for frame in frames],
            (
                int(context.colorspace),
                int(context.color_primaries),
                int(context.color_trc),
                int(context.color_range),
            ),
            dict(container.metadata),
        )


def _decode_webp(path: Path) -> Decoded:
    """Decode with Pillow; equal frames, which WebP writes as one, stay one."""
    with Image.open(path) as image:
        frames, times = [], [0]
        for number in range(image.n_frames):
            image.seek(number)
            frames.append(np.asarray(image.convert("RGB")))
            times.append(times[-1] + image.info.get("duration", 0))
        fps = Fraction(len(frames) * 1000, times[-1]) if times[-1] else Fraction(0)
        return Decoded("webp", image.mode, *image.size, fps, times[-1] / 1000, frames, (2, 2, 2, 0))


def _rgb(frame: av.VideoFrame) -> NDArray[np.uint8]:
    """Convert as the tags say, limited range. Not every version of PyAV goes by them.

    BT.709; BT.601 where there are none, as players do.
    """
    if frame.format.name != "yuv420p":
        return frame.to_ndarray(format="rgb24")
    from_red, from_blue = (0.2126, 0.0722) if int(frame.colorspace) == 1 else (0.299, 0.114)
    from_green = 1 - from_red - from_blue
    planes = frame.to_ndarray()
    height, width = frame.height, frame.width
    luma = (planes[:height] - 16.0) / 219
    blue, red = (planes[height:].reshape(2, height // 2, width // 2) - 128.0) / 224
    red, blue = 2 * (1 - from_red) * red, 2 * (1 - from_blue) * blue
    green = -(from_red * red + from_blue * blue) / from_green
    rgb = np.empty((height, width, 3), np.uint8)
    for index, difference in enumerate((red, green, blue)):
        level = difference.repeat(2, axis=0).repeat(2, axis=1)
        level += luma
        level *= 255
        rgb[..., index] = np.rint(level, out=level).clip(0, 255, out=level)
    return rgb


def boxes(path: Path) -> list[str]:
    """Return the names of the top-level boxes of an MP4 file, in order."""
    data, names, at = path.read_bytes(), [], 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        names.append(data[at + 4 : at + 8].decode())
        at += size
    return names
