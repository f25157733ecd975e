"""Compares the video of a test with a baseline, within a tolerance."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..core.encoding.decoder import read_frames
from ..core.encoding.probe import read_info
from ..core.lockfile.frame_diff import compare

if TYPE_CHECKING:
    from ..core.lockfile.frame_diff import Comparison
    from ..video import Video


def compare_with_baseline(baseline: Path, video: Video, tolerance: float) -> Comparison | None:
    """Return the differences from the baseline; ``None`` if all frames are within the tolerance."""
    known = read_info(baseline)

    def expected() -> Iterator[NDArray[np.uint8]]:
        return read_frames(baseline, (known.width, known.height), known.fps)

    def actual() -> Iterator[NDArray[np.uint8]]:
        return read_frames(video.path, (video.width, video.height), video.fps)

    def differs(number: int, old: NDArray[np.uint8], new: NDArray[np.uint8]) -> bool:
        apart = old.astype(np.float32) - new
        return bool(np.sqrt(np.mean(apart**2)) > tolerance)

    same_shape = (known.width, known.height) == (video.width, video.height)
    if same_shape and known.fps == video.fps:
        pairs = enumerate(zip_longest(expected(), actual()))
        if not any(
            old is None or new is None or differs(number, old, new) for number, (old, new) in pairs
        ):
            return None
    return compare(expected(), actual(), video.path.parent, Fraction(video.fps), differs)


def describe(comparison: Comparison, tolerance: float) -> list[str]:
    """Return the size of the differences as text."""
    if not comparison.frames:
        return []
    differing, total = len(comparison.frames), comparison.frame_count
    first = comparison.frames[0] + 1  # as in the player
    return [
        f"{differing} of {total} frames {'differs' if differing == 1 else 'differ'} by more than "
        f"the tolerance ({tolerance:g}), the first is frame {first}; levels differ "
        f"by at most {comparison.largest} of 255, by {comparison.mean:.3g} on average."
    ]
