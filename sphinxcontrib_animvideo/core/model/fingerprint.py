"""Fingerprints: the hashes of the frames of a video."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated

import msgspec

from .stored import Sha256

_SHORT = 8
"""Hexadecimal digits that are kept of each frame's hash."""
_RUN = rf"[0-9a-f]{{{_SHORT}}}(?:\*[1-9][0-9]{{0,8}})?+"
# Possessive quantifiers need no memory for each frame.
ShortHashes = Annotated[str, msgspec.Meta(pattern=rf"^(?:{_RUN}(?: {_RUN})*+)?+\Z")]
"""The first digits of each frame's hash, as ``0a1b2c3d 99aabbcc*25``: the second one 25 times."""


@dataclass(frozen=True)
class Fingerprint:
    """The hashes of all frames of a video, as they were given to ffmpeg."""

    sha256: Sha256
    """The SHA-256 of the SHA-256 digests of the frames' RGBA pixels, one after the other."""
    frames: ShortHashes

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


def changed_frames(one: Fingerprint, other: Fingerprint) -> list[int]:
    """Return the numbers, from 0, of the frames that differ; those that only one of them has do."""
    ours, theirs = one.short_hashes, other.short_hashes
    both = min(len(ours), len(theirs))
    differing = [number for number in range(both) if ours[number] != theirs[number]]
    return [*differing, *range(both, max(len(ours), len(theirs)))]


def _short(digest: bytes) -> str:
    return digest.hex()[:_SHORT]
