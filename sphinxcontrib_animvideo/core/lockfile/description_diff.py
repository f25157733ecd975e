"""Compares the descriptions of two videos, which may come from different environments.

Measured over Matplotlib 3.9, 3.10, and 3.11: the numbers of shapes and of the data of images are
the same. Those of other pixels, as of images beside texts, differ by up to 44, as they are fitted
into places that other letters move by a pixel. A curve that is moved by 1 % of the axes changes its
numbers by about 200.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..encoding.describer import Motion, unpack
from ..frames.drawing import PICTURES, SHAPES, TEXTS
from ..model.description import Description
from .change import Change, clause
from .parts import changes

_SHAPES_ALIKE = 4
"""By how much the numbers of shapes may differ, where they are rounded in another way."""
_PICTURES_ALIKE = 80
_MOST = 5
"""Changes that are told; there may be hundreds."""


@dataclass(frozen=True)
class Differences:
    """What differs between two videos."""

    frames: Sequence[int] = ()
    """Frames whose numbers differ, from 0."""
    words: Sequence[str] = ()
    """Clauses."""

    def __bool__(self) -> bool:
        return bool(self.frames) or bool(self.words)


def compare_descriptions(now: Description, before: Description) -> Differences:
    """Compare two videos with the same number of frames; ValueError if one is damaged."""
    ours, theirs = unpack(now.motion), unpack(before.motion)
    if ours.shape != theirs.shape:
        raise ValueError("the numbers of its frames are damaged")
    frames = _moved_frames(ours, theirs)
    found: dict[tuple[str, str], list[Change]] = {}
    first: dict[tuple[str, str], int] = {}
    for number in sorted({*now.lines} & {*before.lines}, key=int):
        for change in changes(now.lines[number], before.lines[number]):
            like = change.kind, change.predicate
            first.setdefault(like, int(number))
            found.setdefault(like, []).append(change)
    when = _when(frames, len(ours))
    words = [
        f"{clause(found[like])} {when}" if when and first[like] else clause(found[like])
        for like in sorted(found, key=lambda like: like[0] != "")  # texts, which have no kind
    ]
    if len(words) > _MOST:
        words = [*words[:_MOST], f"{len(words) - _MOST} more changes"]
    return Differences(frames, tuple(words))


def _moved_frames(now: Motion, before: Motion) -> tuple[int, ...]:
    apart = np.abs((now - before).astype(np.int32))
    moved = (apart[:, SHAPES] > _SHAPES_ALIKE).any(axis=1) | (apart[:, TEXTS] > 0)
    moved |= (apart[:, PICTURES] > _PICTURES_ALIKE).any(axis=1)
    return tuple(int(number) for number in np.flatnonzero(moved))


def _when(frames: Sequence[int], frame_count: int) -> str:
    """Return in which frames something changes that is the same in the first one.

    They are counted from 1, as in the player.
    """
    if not frames or frames[0] == 0:
        return ""
    if frames[-1] == frame_count - 1:
        return f"from frame {frames[0] + 1} on"
    return f"in frames {frames[0] + 1} to {frames[-1] + 1}"
