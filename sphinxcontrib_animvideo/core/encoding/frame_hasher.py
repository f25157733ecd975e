"""Hashes frames while they are encoded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..model.fingerprint import Fingerprint

if TYPE_CHECKING:
    from ..frames.arrays import Frame


class FrameHasher:
    """Hashes frames in a separate thread, while they are encoded."""

    def __init__(self) -> None:
        self.digests: list[bytes] = []
        """Those of all frames so far."""
        self._latest: Frame | None = None
        self._thread = ThreadPoolExecutor(1, "animvideo-hashes")

    @contextmanager
    def adding(self, frame: Frame, count: int) -> Iterator[None]:
        """Add a frame that is shown *count* times; it may change when the block has ended.

        The same array as the time before holds the same pixels, as from :class:`.FrameGrabber`.
        """
        if frame is self._latest:
            self.digests += self.digests[-1:] * count
            yield
            return
        hashed = self._thread.submit(digest, frame)
        yield
        self._latest = frame
        self.digests += [hashed.result()] * count

    @property
    def fingerprint(self) -> Fingerprint:
        """That of all frames so far."""
        return Fingerprint.of(self.digests)


def digest(frame: Frame) -> bytes:
    """Return the SHA-256 of the RGBA pixels of a frame."""
    return hashlib.sha256(frame.data).digest()
