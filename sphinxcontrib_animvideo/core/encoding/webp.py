"""Read animated WebP, which not every ffmpeg can."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Animation:
    """The properties stored in the file."""

    size: tuple[int, int]
    times: list[int]
    """When each picture is shown, and at last the end: milliseconds.

    Equal frames are one picture. Empty: a still picture, which is shown for ever."""

    def frame_count(self, fps: Fraction) -> int:
        """Return how many frames there would be if equal ones were not one picture."""
        return round(self.times[-1] * fps / 1000) if self.times else 1

    def picture_at(self, frame: int, fps: Fraction) -> int:
        """Return the number of the picture that is shown as a frame."""
        return bisect_right(self.times[:-1], (frame + 0.5) * 1000 / fps) - 1 if self.times else 0


def is_webp(path: Path) -> bool:
    """Return whether a file is a WebP picture."""
    with path.open("rb") as file:
        head = file.read(12)
    return head[:4] == b"RIFF" and head[8:] == b"WEBP"


def examine(path: Path) -> Animation:
    """Read the size and the times of the pictures."""
    from PIL import Image

    with Image.open(path) as image:
        size = image.size
    # A chunk ANMF has the place and the size, and then in 24 bits how long the picture is shown.
    chunks = _chunks(path.read_bytes())
    shown = [int.from_bytes(body[12:15], "little") for name, body in chunks if name == b"ANMF"]
    return Animation(size, list(accumulate(shown, initial=0)) if shown else [])


def decode(path: Path, frames: Sequence[int], fps: Fraction) -> list[NDArray[np.uint8]]:
    """Return some frames, RGB."""
    import numpy as np
    from PIL import Image

    animation, pictures = examine(path), {}
    wanted = [animation.picture_at(frame, fps) for frame in frames]
    with Image.open(path) as image:
        for number in sorted(set(wanted)):
            image.seek(number)
            pictures[number] = np.asarray(image.convert("RGB"))
    return [pictures[number] for number in wanted]


def read(path: Path, size: tuple[int, int], fps: Fraction) -> Iterator[NDArray[np.uint8]]:
    """Yield every frame, RGB, scaled to a size of width and height."""
    import numpy as np
    from PIL import Image

    animation = examine(path)
    with Image.open(path) as image:
        for frame in range(animation.frame_count(fps)):
            image.seek(animation.picture_at(frame, fps))
            scaled = image.convert("RGB").resize(size, Image.Resampling.BOX)
            yield np.asarray(scaled)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= len(data):
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4], data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
