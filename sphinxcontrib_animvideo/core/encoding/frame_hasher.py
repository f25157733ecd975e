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
        self._digests: list[bytes] = []
        self._latest: Frame | None = None
        self._thread = ThreadPoolExecutor(1, "animvideo-hashes")

    @contextmanager
    def adding(self, frame: Frame, count: int) -> Iterator[None]:
        """Add a frame that is shown *count* times; it may change when the block has ended.

        The same array as the time before holds the same pixels, as from :class:`.FrameGrabber`.
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


def _digest(frame: Frame) -> bytes:
    return hashlib.sha256(frame.data).digest()
