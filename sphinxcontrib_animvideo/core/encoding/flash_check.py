"""Checks the frames of a video for flashes while they are encoded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from io import BytesIO
from math import floor

import numpy as np

from ..frames.arrays import Frame
from ..model.asset import Note
from .flash_detector import FIELD, SAFE_AREA, FlashDetector, Flashes
from .flash_transitions import Colors

_BLOCK = 16
"""CSS pixels along a side of the blocks whose mean colors are compared. The patterns that WCAG
excepts vanish in them: those with squares of less than 0.1 degrees, or 3.4 CSS pixels."""
_ROWS = 4
"""One row of so many counts for the mean color."""
_SPACING = 8
"""CSS pixels from each sample to the next."""
_FEW = int(SAFE_AREA / _SPACING**2 / 8)
"""Samples that may change in each tile of a frame that is not looked at more closely. Where the
area that counts flashes, more of them change in at least one of the four tiles that it meets."""
_TILE = FIELD[1] // _SPACING, FIELD[0] // _SPACING
"""Rows and columns of samples in a tile."""
_NAMED = 3
"""Maximum number of parts of a video that a message names."""


class ColorSampler:
    """Reduces frames to the mean colors of blocks.

    Noise, and lines and dots that move, change many pixels but not the brightness of their
    surroundings. A frame is skipped if samples of its pixels show that it is nearly the one before.

    Parameters
    ----------
    size
        Width and height in pixels.
    pixel_ratio
        Pixels, along a side, for one CSS pixel.
    add
        Called with the number of a frame and its colors.
    """

    def __init__(
        self, size: tuple[int, int], pixel_ratio: int, add: Callable[[int, Colors], None]
    ) -> None:
        self._size, self._pixel_ratio, self._add = size, pixel_ratio, add
        self._is_safe = size[0] * size[1] <= SAFE_AREA * pixel_ratio**2
        self._latest: Frame | None = None
        self._samples: Colors | None = None

    def see(self, first: int, frame: Frame) -> None:
        """Take note of a frame.

        Parameters
        ----------
        first
            Its number, from 0. It is shown until the next one.
        frame
            The same array as before holds the same pixels, as from :class:`.FrameGrabber`.
        """
        if self._is_safe or frame is self._latest:
            return
        self._latest = frame
        spacing = _SPACING * self._pixel_ratio
        pixels = frame.view(np.uint32)[:, :, 0]
        samples = pixels[spacing // 2 :: spacing, spacing // 2 :: spacing].copy()
        if self._samples is not None and _are_nearly_equal(samples, self._samples):
            return
        self._samples = samples
        self._add(first, self._means(frame))

    def _means(self, frame: Frame) -> Colors:
        """Return the mean color of each block."""
        from PIL import Image

        width, height = self._size
        step = min(_ROWS * self._pixel_ratio, height)
        # Pillow reads the rows where they are.
        layout = width, height // step
        rows = Image.frombuffer("RGBX", layout, frame, "raw", "RGBX", 4 * width * step, 1)
        block = _BLOCK * self._pixel_ratio
        return np.asarray(rows.reduce((block, block // step))).view(np.uint32)[:, :, 0]


class FlashCheck:
    """Checks the frames of one video for flashes, as :mod:`.flash_detector` defines them.

    The video has the size that it has on a page without ``:width:`` and the like, and is looked at
    as if it were repeated.

    Parameters
    ----------
    fps
        Frames per second.
    size
        Width and height in pixels.
    pixel_ratio
        Pixels, along a side, for one CSS pixel.
    """

    def __init__(self, fps: Fraction, size: tuple[int, int], pixel_ratio: int = 1) -> None:
        self._fps, self._size = fps, size
        self._detector = FlashDetector((_BLOCK, _BLOCK), fps)
        self._opening: list[tuple[int, Colors]] = []
        self._frame_count = 0
        self._found_once = 0  # so many are in the video even if it is not repeated
        self.see = ColorSampler(size, pixel_ratio, self.add).see
        self.flashes: list[Flashes] = []
        """What was found, after :meth:`finish`."""

    def add(self, first: int, colors: Colors) -> None:
        """Take note of the colors of the frame *first*, which is shown until the next one."""
        self._detector.see(first, colors)
        if first < self._fps:
            self._opening.append((first, colors))

    def finish(self, frame_count: int) -> None:
        """Find the flashes in a video of so many frames."""
        self._frame_count = frame_count
        self._found_once = len(self._detector.found)
        if self._detector.may_flash_if_repeated(frame_count):
            # The first second once more; a shorter video comes several times.
            for start in range(frame_count, frame_count + floor(self._fps) + 1, frame_count):
                for number, colors in self._opening:
                    self._detector.see(start + number, colors)
        self.flashes = [each for each in self._detector.found if each.first < frame_count]

    @property
    def notes(self) -> list[Note]:
        """A warning, if there are flashes."""
        if not self.flashes:
            return []
        parts = [
            self._described(each, number >= self._found_once)
            for number, each in enumerate(self.flashes[:_NAMED])
        ]
        if more := len(self.flashes) - len(parts):
            parts.append(f"and {more} more")
        return [
            Note(
                "flash",
                f"the video flashes more than three times per second: {'; '.join(parts)}. This "
                "can cause seizures (WCAG 2.3.1). Show each picture for longer, or reduce the "
                "size or the contrast of the area that flashes.",
            )
        ]

    def _described(self, flashes: Flashes, repeated: bool) -> str:
        first, last = flashes.first + 1, flashes.last + 1  # as the player counts them
        frames = f"frames {first} to {min(last, self._frame_count)}"
        if repeated:
            frames += ", if the video is repeated,"
        (left, right), (top, bottom) = (
            [round(flashes.box[side + axis] * self._size[axis]) for side in (0, 2)]
            for axis in (0, 1)
        )
        return (
            f"{frames} with {flashes.per_second} {flashes.kind} flashes per second on "
            f"{flashes.area:.0%} of the picture (x from {left} to {right}, y from {top} to "
            f"{bottom} pixels)"
        )


def pack(colors: Sequence[tuple[int, Colors]]) -> bytes:
    """Return what a sampler has found, for a file."""
    file = BytesIO()
    numbers = np.array([number for number, _ in colors], np.int64)
    pictures = np.array([picture for _, picture in colors], np.uint32)
    np.savez_compressed(file, numbers=numbers, pictures=pictures)
    return file.getvalue()


def unpack(packed: bytes) -> Iterator[tuple[int, Colors]]:
    """Yield what :func:`pack` was given."""
    with np.load(BytesIO(packed), allow_pickle=False) as found:
        pictures = found["pictures"]
        for number, picture in zip(found["numbers"], pictures, strict=True):
            yield int(number), picture


def _are_nearly_equal(one: Colors, other: Colors) -> bool:
    changed = one != other
    rows, columns = (range(0, changed.shape[axis], _TILE[axis]) for axis in (0, 1))
    count = np.count_nonzero(changed)
    if count <= _FEW or count > _FEW * len(rows) * len(columns):
        return bool(count <= _FEW)
    bands = np.add.reduceat(changed, rows, axis=0, dtype=np.int32)
    return bool(np.add.reduceat(bands, columns, axis=1).max() <= _FEW)
