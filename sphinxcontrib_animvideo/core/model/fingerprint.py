"""What tells the frames of one video from those of another: their hashes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..frames.arrays import Frame

_SHORT = 8
"""Hexadecimal digits that are kept of each frame's hash."""


@dataclass(frozen=True)
class Fingerprint:
    """The hashes of all frames of a video, as they were given to ffmpeg."""

    sha256: str
    """The SHA-256 of the SHA-256 digests of the frames' RGBA pixels, one after the other."""
    frames: str
    """The first digits of each frame's, as ``0a1b2c3d 99aabbcc*25``: the second one 25 times."""

    @property
    def short_hashes(self) -> list[str]:
        """One for each frame."""
        hashes: list[str] = []
        for run in self.frames.split():
            short, _, count = run.partition("*")
            hashes += [short] * int(count or 1)
        return hashes

    @classmethod
    def of(cls, digests: Sequence[bytes]) -> Fingerprint:
        """Make it of the digests of all frames."""
        runs = [(short, sum(1 for _ in same)) for short, same in groupby(map(_short, digests))]
        return cls(
            hashlib.sha256(b"".join(digests)).hexdigest(),
            " ".join(short if count == 1 else f"{short}*{count}" for short, count in runs),
        )


class FrameHasher:
    """Hashes frames beside what else is done with them: hashing keeps no other thread waiting."""

    def __init__(self) -> None:
        self._digests: list[bytes] = []
        self._latest: Frame | None = None
        self._thread = ThreadPoolExecutor(1, "animvideo-hashes")

    @contextmanager
    def adding(self, frame: Frame, count: int) -> Iterator[None]:
        """Add a frame that is shown *count* times; it may change when the block has ended.

        The same array as the time before holds the same pixels, as from :class:`.FrameTaker`.
        """
        if frame is self._latest:
            self._digests += self._digests[-1:] * count
            yield
            return
        hashed = self._thread.submit(_digest, frame)
        yield
        self._latest = frame
        self._digests += [hashed.result()] * count

    @property
    def fingerprint(self) -> Fingerprint:
        """That of all frames so far."""
        return Fingerprint.of(self._digests)


def changed_frames(one: Fingerprint, other: Fingerprint) -> list[int]:
    """Return the numbers, from 0, of the frames that differ; those that only one of them has do."""
    ours, theirs = one.short_hashes, other.short_hashes
    both = min(len(ours), len(theirs))
    differing = [number for number in range(both) if ours[number] != theirs[number]]
    return [*differing, *range(both, max(len(ours), len(theirs)))]


def _digest(frame: Frame) -> bytes:
    return hashlib.sha256(frame.data).digest()


def _short(digest: bytes) -> str:
    return digest.hex()[:_SHORT]
