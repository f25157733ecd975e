"""Compares the video of a test with a baseline, within a tolerance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..core.encoding.decoder import read_frames
from ..core.encoding.frame_hasher import digest
from ..core.encoding.probe import read_info
from ..core.lockfile.frame_diff import compare
from ..core.model.fingerprint import Fingerprint
from ..core.model.formats import format_of

if TYPE_CHECKING:
    from ..core.lockfile.frame_diff import Comparison
    from ..core.lockfile.snapshot import Snapshot
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


def why_unusable(baseline: Path, accepted: Iterable[Snapshot]) -> str:
    """Return why nothing can be compared with a baseline; empty if something can.

    Parameters
    ----------
    accepted
        The accepted videos of its test.
    """
    if not baseline.is_file():
        return "does not exist"
    return "is not the video that was accepted last" if _is_outdated(baseline, accepted) else ""


def _is_outdated(baseline: Path, accepted: Iterable[Snapshot]) -> bool:
    """Whether a baseline is none of the *accepted* videos of its test.

    This is so if they were accepted without ``--animvideo-baseline``. It is only known of formats
    that keep every pixel and every frame.
    """
    format = format_of(baseline)
    if "lossless" not in format.qualities or not format.media_type.startswith("video/"):
        return False
    info = read_info(baseline)
    # An odd width or height has got another column or row.
    paddings = [(columns, rows) for columns in (0, 1) for rows in (0, 1)]
    digests: list[list[bytes]] = [[] for _ in paddings]
    for frame in read_frames(baseline, (info.width, info.height), info.fps):
        pixels = np.dstack([frame[:, :, :3], np.full(frame.shape[:2], 255, np.uint8)])
        for found, (columns, rows) in zip(digests, paddings, strict=True):
            part = pixels[: info.height - rows, : info.width - columns]
            found.append(digest(np.ascontiguousarray(part)))
    known = {snapshot.sha256 for snapshot in accepted}
    return not known & {Fingerprint.of(found).sha256 for found in digests}


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
