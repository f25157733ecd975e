"""Describes a finished file of a video: its size and the hash of its content."""

from __future__ import annotations

from pathlib import Path

from ...errors import LimitError
from ..model.asset import VideoFile
from ..model.stored import hash_file


def video_file(format: str, path: Path, media_type: str, max_bytes: int | None = None) -> VideoFile:
    """Return the description of a file; LimitError if it has more than *max_bytes*."""
    size = path.stat().st_size
    if max_bytes is not None and size > max_bytes:
        raise LimitError(
            f"the {format} file has {size} bytes, which exceeds the limit of {max_bytes}. Reduce "
            "the size of the figure, the length, or the quality.",
            option="max-bytes",
            hint="Or increase {option}.",
        )
    return VideoFile(format, path.name, media_type, size, hash_file(path))
