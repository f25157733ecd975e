"""The poster: the still picture shown before playback."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

from ..frames.arrays import Frame
from .decoder import decode_frames
from .probe import count_frames


class PosterPicker:
    """Picks the still picture from the frames as they pass by."""

    def __init__(self, wanted: str | int | float, fps: Fraction, path: Path) -> None:
        self.path = path
        self._fps = fps
        self._keep_latest = wanted == "last"
        self._wanted = int(wanted * fps) if isinstance(wanted, float) else wanted
        self._kept: Frame | None = None
        if wanted == "first":
            self._wanted = 0

    def see(self, first: int, count: int, frame: Frame) -> None:
        """Take note of a frame that is repeated *count* times from number *first* on."""
        passes_by = isinstance(self._wanted, int) and first <= self._wanted < first + count
        if passes_by or self._keep_latest:
            self._kept = frame.copy()  # the canvas draws the next frame into the same memory

    def finish(self, video: Path, fps: Fraction, size: tuple[int, int]) -> None:
        """Write the picture, in the *size* of the file *video*, which has *fps*."""
        from PIL import Image

        if self._kept is not None:
            kept = self._kept[:, :, :3]
            missing = ((0, size[1] - kept.shape[0]), (0, size[0] - kept.shape[1]), (0, 0))
            pixels = np.pad(kept, missing, mode="edge")
        else:
            # Only at the end is it known which frame is in the middle, or that the wanted number
            # is beyond the end, where the last frame stands in for it.
            written, _ = count_frames(video, fps)
            index = written // 2 if self._wanted == "middle" else written - 1
            (pixels,) = decode_frames(video, [index], size, fps)
        Image.fromarray(np.ascontiguousarray(pixels)).save(self.path, optimize=True)
