"""Segments: consecutive frames of a clip that are encoded by themselves, and joined at the end.

A long clip is made in segments, so that several processes can draw it, and so that it can go on
where it was interrupted. Where the segments begin does not depend on who draws them, so the bytes
of the joined file do not either.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import msgspec

from ..model.decode import convert
from ..model.description import Description
from ..model.own_files import own_files
from ..model.stored import (
    Count,
    FileName,
    Positive,
    Rate,
    Sha256,
    digest_of,
    hash_file,
    read_signed,
)

SEGMENT_FRAMES = 500
"""Frames of a segment: four key frames and what follows them."""
_RECORD = "segment.json"
_COLORS = "colors.npz"
_POSTERS = ("poster.png", "poster.webp")


class LongClipError(Exception):
    """A clip has more than one segment, and this process draws short ones only."""


class SegmentsDifferError(Exception):
    """The segments do not fit together. The message is a reason, without a period."""


@dataclass(frozen=True)
class Segment:
    """What is known of a segment besides its files. Plain data, stored as JSON."""

    fps: Rate
    """Of the clip."""
    index: Count
    frame_count: Positive
    width: Positive
    """Pixels of the video files."""
    height: Positive
    digests: Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})*\Z")]
    """The SHA-256 of each frame, one after the other; empty if they were not computed."""
    digest_before: Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?\Z")]
    """The SHA-256 of the frame before the segment, where frames before it were left out: it must
    be that of the last frame of the segment before. Empty where all frames were drawn in order."""
    videos: Mapping[str, FileName]
    """Names of the files that the frames were written to, by format."""
    description: Description | None
    """That of these frames; ``None`` if none was made."""

    @property
    def frame_digests(self) -> list[bytes]:
        """One for each frame."""
        everything = bytes.fromhex(self.digests)
        return [everything[start : start + 32] for start in range(0, len(everything), 32)]


@dataclass(frozen=True)
class StoredSegment:
    """A segment, and the folder with its files."""

    segment: Segment
    folder: Path

    def video(self, format: str) -> Path:
        """Return the file that the frames were written to."""
        return self.folder / self.segment.videos[format]

    @property
    def colors(self) -> bytes:
        """What :class:`.flash_check.ColorSampler` has stored."""
        return (self.folder / _COLORS).read_bytes()

    @property
    def poster(self) -> tuple[bytes, bytes] | None:
        """The wanted still picture as PNG and as WebP, if it is in this segment."""
        png, webp = (self.folder / name for name in _POSTERS)
        return (png.read_bytes(), webp.read_bytes()) if png.exists() else None


@dataclass(frozen=True)
class FinishedSegment:
    """A segment that was just encoded."""

    segment: Segment
    videos: Mapping[str, Path]
    """By format; they are moved."""
    colors: bytes
    poster: tuple[bytes, bytes] | None


@dataclass(frozen=True)
class _Record:
    """The content of a segment's JSON file."""

    segment: Segment
    hashes: Mapping[FileName, Sha256]
    """The SHA-256 of each file beside it."""
    extra: dict[str, Any]


@dataclass
class SegmentFolder:
    """The segments of the clips of one job: a folder for each.

    Parameters
    ----------
    folder
        Created with the first segment.
    length
        Frames of a segment.
    """

    folder: Path
    length: int
    _known: dict[tuple[str, int], StoredSegment] = field(default_factory=dict, init=False)

    def claim(self, stem: str, index: int, fps: Fraction) -> bool:
        """Return whether this process has to draw a segment of the clip *stem*."""
        return True

    @property
    def stores_all(self) -> bool:
        """Whether the only segment of a short clip is stored as well, as others join it."""
        return False

    def wait(self) -> bool:
        """Wait a moment for segments that others draw; return whether they may still come."""
        return False

    def claim_clips(self) -> bool:
        """Return whether this process has to join the segments, as all of them are there."""
        return True

    def put(self, stem: str, finished: FinishedSegment) -> None:
        """Store a segment, atomically; OSError if that is impossible."""
        target = self._path(stem, finished.segment.index)
        with self._staged() as staged:
            for format, path in finished.videos.items():
                path.replace(staged / finished.segment.videos[format])
            (staged / _COLORS).write_bytes(finished.colors)
            for file, content in zip(_POSTERS, finished.poster or (), strict=False):
                (staged / file).write_bytes(content)
            hashes = {path.name: hash_file(path) for path in sorted(staged.iterdir())}
            record = {
                "segment": asdict(finished.segment),
                "hashes": hashes,
                "extra": self._extra(),
            }
            text = json.dumps({**record, "sha256": digest_of(record)})
            (staged / _RECORD).write_text(text, "utf-8")
            if target.exists():  # not usable, or it would not have been drawn again
                target.replace(staged.with_name("old"))
            staged.replace(target)

    def adopt(self, name: str, files: Mapping[str, bytes]) -> int:
        """Store a segment that was drawn elsewhere, and return its number of frames.

        Parameters
        ----------
        name
            Of its folder.
        files
            Their contents, by name.

        Raises
        ------
        ValueError
            It is damaged.
        OSError
            It cannot be stored.
        """
        stem, _, index = name.rpartition("-")
        target = self._path(stem, int(index))
        with self._staged() as staged:
            for file, content in files.items():
                (staged / convert(file, FileName)).write_bytes(content)
            found = SegmentFolder(self.folder, self.length)._read(staged)
            if found is None or found.segment.index != int(index):
                raise ValueError(f"segment {name} was corrupted in transit")
            if not target.exists():  # drawn twice
                staged.replace(target)
        return found.segment.frame_count

    def get(self, stem: str, index: int) -> StoredSegment | None:
        """Return a segment, if it is there and intact."""
        known = self._known.get((stem, index))
        if known is None:
            with own_files():
                known = self._read(self._path(stem, index))
            if known is None or known.segment.index != index:
                return None
            self._known[stem, index] = known
        return known

    def discard(self) -> None:
        """Remove all segments."""
        self._known.clear()
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def _staged(self) -> Iterator[Path]:
        """Yield an empty folder, which is removed afterwards if it was not moved."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix="unfinished-", dir=self.folder) as name:
            staged = Path(name, "segment")
            staged.mkdir()
            yield staged

    def _path(self, stem: str, index: int) -> Path:
        return self.folder / f"{stem}-{index:05}"

    def _read(self, folder: Path) -> StoredSegment | None:
        try:
            record = convert(read_signed(folder / _RECORD), _Record)
            intact = all(
                hash_file(folder / name) == sha256 for name, sha256 in record.hashes.items()
            )
        except (OSError, ValueError):
            return None
        named = {*record.segment.videos.values(), _COLORS} <= {*record.hashes}
        if not (intact and named and self._is_current(record.extra)):
            return None
        return StoredSegment(record.segment, folder)

    def _extra(self) -> dict[str, Any]:
        """Return what else to store with a segment."""
        return {}

    def _is_current(self, extra: Mapping[str, Any]) -> bool:
        """Whether a segment may be used with which that was stored."""
        return True
