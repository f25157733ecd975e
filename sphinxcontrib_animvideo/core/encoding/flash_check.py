"""Checks the frames of a video for flashes while they are encoded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import floor
from pathlib import Path

import numpy as np

from ..frames.arrays import Frame
from ..model.asset import Note
from .decoder import read_frames
from .flash_detector import SAFE_AREA, Colors, FlashDetector, Flashes

_SPACING = 8
"""CSS pixels from each sample to the next."""
_BLOCK = 16
"""CSS pixels along a side of the blocks whose means are compared in the second step. The patterns
that WCAG excepts vanish in them: those with squares of less than 0.1 degrees, or 3.4 CSS pixels."""
_NAMED = 3
"""Maximum number of parts of a video that a message names."""


class FlashCheck:
    """Checks the frames of one video for flashes, as :mod:`.flash_detector` defines them.

    First, some pixels of each frame are compared, while the frames are written. Only if these
    flash, the video is decoded, and the means of small blocks are compared: noise, and lines and
    dots that move, change many pixels but not the brightness of their surroundings.

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
        self._size, self._pixel_ratio = size, pixel_ratio
        self._samples = _RepeatedVideo((_SPACING, _SPACING), fps)
        self._latest: Frame | None = None
        self._is_safe = size[0] * size[1] <= SAFE_AREA * pixel_ratio**2
        self._frame_count = 0
        self.flashes: tuple[Flashes, ...] = ()
        """What was found, after :meth:`finish`."""

    def see(self, first: int, frame: Frame) -> None:
        """Take note of a frame.

        Parameters
        ----------
        first
            Its number, from 0. It is shown until the next one.
        frame
            The same array as before holds the same pixels, as from :class:`.FrameGrabber`.
        """
        if frame is self._latest or self._is_safe:
            return
        self._latest = frame
        spacing = _SPACING * self._pixel_ratio
        pixels = frame.view(np.uint32)[:, :, 0]
        self._samples.see(first, pixels[spacing // 2 :: spacing, spacing // 2 :: spacing].copy())

    def finish(self, frame_count: int, video: Path, rate: Fraction) -> None:
        """Find the flashes.

        Parameters
        ----------
        frame_count
            Number of all frames.
        video, rate
            A file with these frames, and its frames per second.
        """
        self._frame_count = frame_count
        if self._samples.finish(frame_count):
            self.flashes = self._look_again(video, rate)

    def _look_again(self, video: Path, rate: Fraction) -> tuple[Flashes, ...]:
        shown = [length / self._pixel_ratio for length in self._size]
        width, height = (max(round(length / _BLOCK), 1) for length in shown)
        means, count = _RepeatedVideo((shown[0] / width, shown[1] / height), rate), 0
        for count, pixels in enumerate(read_frames(video, (width, height), rate, shrink=True), 1):
            opaque = np.dstack([pixels, np.full((height, width), 255, np.uint8)])
            means.see(count - 1, opaque.view(np.uint32)[:, :, 0])
        # A format that allows fewer frames per second has dropped some.
        factor = Fraction(self._frame_count, count) if count else Fraction(1)
        return tuple(
            replace(each, first=floor(each.first * factor), last=floor(each.last * factor))
            for each in means.finish(count)
        )

    @property
    def notes(self) -> list[Note]:
        """A warning, if there are flashes."""
        if not self.flashes:
            return []
        parts = [self._described(each) for each in self.flashes[:_NAMED]]
        if more := len(self.flashes) - len(parts):
            parts.append(f"and {more} more")
        return [
            Note(
                "flash",
                f"the video flashes more than three times in a second: {'; '.join(parts)}. This "
                "can cause seizures (WCAG 2.3.1). Show the pictures longer, or make what flashes "
                "smaller or its contrast lower.",
            )
        ]

    def _described(self, flashes: Flashes) -> str:
        first, last = flashes.first + 1, flashes.last + 1  # as the player counts them
        frames = f"frames {first} to {min(last, self._frame_count)}"
        if last > self._frame_count:
            frames += ", if the video is repeated,"
        (left, right), (top, bottom) = (
            [round(flashes.box[side + axis] * self._size[axis]) for side in (0, 2)]
            for axis in (0, 1)
        )
        return (
            f"{frames} with {flashes.per_second} {flashes.kind} flashes in a second on "
            f"{flashes.area:.0%} of the picture (x from {left} to {right}, y from {top} to "
            f"{bottom} pixels)"
        )


class _RepeatedVideo:
    """Finds the flashes in a video, the first second of which comes once more after its end."""

    def __init__(self, cell: tuple[float, float], fps: Fraction) -> None:
        self._detector = FlashDetector(cell, fps)
        self._fps = fps
        self._opening: list[tuple[int, Colors]] = []

    def see(self, first: int, colors: Colors) -> None:
        if self._detector.see(first, colors) and first < self._fps:
            self._opening.append((first, colors))

    def finish(self, frame_count: int) -> Sequence[Flashes]:
        """Return the flashes; those after the end began before it."""
        if frame_count:  # a video of less than a second comes several times
            for start in range(frame_count, frame_count + floor(self._fps) + 1, frame_count):
                for number, colors in self._opening:
                    self._detector.see(start + number, colors)
        return [flashes for flashes in self._detector.found if flashes.first < frame_count]
