"""A small description of what a video looks like, to tell changes from other antialiasing.

A frame's signature is the mean color of each of its 16 x 12 blocks. Letters that another version
of FreeType draws differ in many pixels, and yet move little ink from one block to another.
Measured on a plot with a title, labels and a legend: letters without hinting change a block by at
most 2 of 255 levels, another word in the title by 5, a curve of 97 % of its height by 7.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import LockError
from ..encoding.decoder import read_frames

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

COLUMNS, ROWS = 16, 12
_MAX_BYTES = 1 << 28
"""Of a signature; those of 400,000 frames."""
ALIKE = 4
"""Levels by which a block may differ in two frames that show the same."""
ALIKE_ON_AVERAGE = 0.5
"""The same, averaged over all blocks of a frame."""


def signature_of(path: Path, fps: Fraction) -> NDArray[np.uint8]:
    """Return the signature of a video.

    Parameters
    ----------
    path
        The video file.
    fps
        Its frames per second.

    Returns
    -------
    numpy.ndarray
        Of shape (frames, 12, 16, 3), red, green and blue from 0 to 255.
    """
    import numpy as np

    frames = list(read_frames(path, (COLUMNS, ROWS), fps, shrink=True))
    return np.array(frames, np.uint8).reshape(-1, ROWS, COLUMNS, 3)


def pack(signature: NDArray[np.uint8]) -> str:
    """Return a signature as text: base64 of the zlib-compressed changes between frames."""
    import numpy as np

    changes = np.diff(signature, axis=0, prepend=np.zeros_like(signature[:1]))
    return base64.b64encode(zlib.compress(changes.tobytes(), 9)).decode()


def unpack(text: str) -> NDArray[np.uint8]:
    """Return the signature in a text made by :func:`pack`; LockError if the text is damaged."""
    import numpy as np

    try:
        unpacking = zlib.decompressobj()
        data = unpacking.decompress(base64.b64decode(text), _MAX_BYTES)
        if not unpacking.eof:
            raise ValueError("incomplete, or too long")
        changes = np.frombuffer(data, np.uint8)
        return changes.reshape(-1, ROWS, COLUMNS, 3).cumsum(axis=0, dtype=np.uint8)
    except (ValueError, zlib.error, binascii.Error):
        raise LockError("a signature in the lock file is damaged.") from None
