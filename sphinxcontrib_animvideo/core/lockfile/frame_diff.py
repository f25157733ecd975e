"""Compares two videos frame by frame, and shows the differences."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..encoding.clip_writer import ClipWriter
from ..model.asset import Clip

Pixels = NDArray[np.uint8]
"""Height x width x 3, RGB."""

_GAP = 8  # pixels between two pictures
_GRAY = 128
_MARK = np.array([230, 0, 90], np.uint8)
_MARGIN = 6  # pixels between what differs and the frame around it


@dataclass(frozen=True)
class FrameImages:
    """One frame of two videos, as PNG files."""

    frame: int
    """From 0."""
    expected: Path
    actual: Path
    difference: Path
    largest: int
    """Levels, of 255, by which a channel of a pixel differs at most."""
    mean: float
    """The same, over all pixels and channels."""


@dataclass(frozen=True)
class Comparison:
    """The differences between two videos."""

    frames: tuple[int, ...]
    """Numbers of the frames that differ, from 0."""
    frame_count: int
    """Frames of the longer one."""
    largest: int
    """Levels, of 255, by which a channel of a pixel differs at most."""
    mean: float
    """The same, over all pixels and channels of the frames that differ."""
    worst: tuple[FrameImages, ...]
    """The frames that differ most, the first one of all among them."""
    side_by_side: Clip
    """Expected, actual and difference, in step."""
    width: int
    """Pixels of each of the three."""


def compare(
    expected: Iterable[Pixels],
    actual: Iterable[Pixels],
    folder: Path,
    fps: Fraction,
    differs: Callable[[int, Pixels, Pixels], bool],
    noise: int = 0,
    worst: int = 3,
) -> Comparison:
    """Compare two videos, and store pictures and a video of the differences.

    Parameters
    ----------
    expected, actual
        Their frames. Where one of them has ended, a gray picture stands for it.
    folder
        Where the pictures and the video go.
    fps
        Of the video that is written.
    differs
        Says of a frame's number and its two pictures, of one size, whether they differ.
    noise
        Levels by which pixels may differ without being marked: what encoding has done.
    worst
        How many frames are kept as pictures.
    """
    writer = ClipWriter(folder, "side-by-side", fps)
    differing: list[int] = []
    largest, total = 0, 0.0
    kept: list[tuple[float, int, Pixels, Pixels]] = []
    number = -1
    shown = np.zeros((0, 0), bool)
    try:
        for number, (old, new) in enumerate(_pairs(expected, actual)):
            shown = np.zeros(old.shape[:2], bool)
            if differs(number, old, new):
                apart = _distance(old, new)
                shown = apart.max(axis=2) > noise
                mean = float(apart.mean())
                largest, total = max(largest, int(apart.max())), total + mean
                # The first one that differs is always among them.
                rank = mean if differing else float("inf")
                differing.append(number)
                entry = (rank, -number, old, new)
                (heapq.heappush if len(kept) < worst else heapq.heappushpop)(kept, entry)
            writer.capture(_in_a_row([old, new, difference(old, new, shown)]))
        clip = writer.finish()
    except BaseException:
        writer.abort()
        raise
    assert clip, "a video has frames"
    pictures = [_write(folder, -number, old, new, noise) for _, number, old, new in kept]
    return Comparison(
        tuple(differing),
        number + 1,
        largest,
        total / max(len(differing), 1),
        tuple(sorted(pictures, key=lambda picture: picture.frame)),
        clip,
        shown.shape[1],
    )


def difference(old: Pixels, new: Pixels, where: NDArray[np.bool_]) -> Pixels:
    """Return a pale gray picture of *new* in which the differences are marked and framed."""
    gray = new.mean(axis=2)
    picture = np.repeat((255 - (255 - gray) * 0.25).astype(np.uint8)[:, :, None], 3, axis=2)
    if where.any():
        strength = np.where(where, _distance(old, new).max(axis=2), 0)[:, :, None] / 255
        strength = np.where(strength > 0, 0.35 + 0.65 * strength, 0)
        picture = (picture * (1 - strength) + _MARK * strength).astype(np.uint8)
        _draw_frame(picture, where)
    return picture


def _draw_frame(picture: Pixels, where: NDArray[np.bool_]) -> None:
    rows, columns = (np.flatnonzero(where.any(axis=axis)) for axis in (1, 0))
    top, left = max(rows[0] - _MARGIN, 0), max(columns[0] - _MARGIN, 0)
    bottom = min(rows[-1] + _MARGIN, picture.shape[0] - 1)
    right = min(columns[-1] + _MARGIN, picture.shape[1] - 1)
    picture[[top, bottom], left : right + 1] = _MARK
    picture[top : bottom + 1, [left, right]] = _MARK


def _pairs(expected: Iterable[Pixels], actual: Iterable[Pixels]) -> Iterator[tuple[Pixels, Pixels]]:
    """Yield the frames of both in one size, with gray for what is missing."""
    shape: tuple[int, ...] = ()
    for old, new in zip_longest(expected, actual):
        if not shape:
            both = [frame.shape for frame in (old, new) if frame is not None]
            shape = (max(s[0] for s in both), max(s[1] for s in both), 3)
        yield _padded(old, shape), _padded(new, shape)


def _padded(frame: Pixels | None, shape: tuple[int, ...]) -> Pixels:
    if frame is not None and frame.shape == shape:
        return frame
    padded = np.full(shape, _GRAY, np.uint8)
    if frame is not None:
        padded[: frame.shape[0], : frame.shape[1]] = frame[: shape[0], : shape[1]]
    return padded


def _in_a_row(pictures: Sequence[Pixels]) -> Pixels:
    gap = np.full((pictures[0].shape[0], _GAP, 3), _GRAY, np.uint8)
    return np.hstack([part for picture in pictures for part in (gap, picture)][1:])


def _distance(old: Pixels, new: Pixels) -> Pixels:
    return np.maximum(old, new) - np.minimum(old, new)


def _write(folder: Path, number: int, old: Pixels, new: Pixels, noise: int) -> FrameImages:
    apart = _distance(old, new)

    def save(what: str, picture: Pixels) -> Path:
        path = folder / f"frame-{number + 1}-{what}.png"
        Image.fromarray(picture).save(path, optimize=True)
        return path

    return FrameImages(
        number,
        save("expected", old),
        save("actual", new),
        save("difference", difference(old, new, apart.max(axis=2) > noise)),
        int(apart.max()),
        float(apart.mean()),
    )
