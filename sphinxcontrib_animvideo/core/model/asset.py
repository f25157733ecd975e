"""What came of a job: the files made for it, or a failure. Plain data, kept as JSON."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from ...errors import AnimvideoError
from .fingerprint import Fingerprint


@dataclass(frozen=True)
class VideoFile:
    """One video in one format."""

    format: str
    name: str
    """File name inside the asset's folder."""
    type: str
    """Media type with codecs, as in ``<source type>``."""
    size: int
    """Bytes."""
    sha256: str


@dataclass(frozen=True)
class Clip:
    """One animation: the same frames in one or more formats, and a poster."""

    files: tuple[VideoFile, ...]
    poster: VideoFile
    """The still picture, a PNG."""
    captions: VideoFile | None
    """WebVTT made of the captions given with the captures."""
    width: int
    """Pixels; even where a codec wants it."""
    height: int
    fps: str
    """Exact, as ``25`` or ``30000/1001``."""
    frame_count: int
    seconds: float
    pixel_ratio: int = 1
    """Pixels of the files, along a side, for one of the page."""
    fingerprint: Fingerprint | None = None
    """The hashes of the frames, where they were taken."""

    @property
    def rate(self) -> Fraction:
        """Frames per second."""
        return Fraction(self.fps)

    @property
    def display_size(self) -> tuple[float, float]:
        """Width and height on the page, in CSS pixels."""
        return self.width / self.pixel_ratio, self.height / self.pixel_ratio


@dataclass(frozen=True)
class Note:
    """Something to tell the author that is no failure; told again on every build."""

    kind: str
    """Subtype of the warning."""
    message: str


@dataclass(frozen=True)
class Asset:
    """The files made for one job."""

    folder: str
    """Absolute path of the folder that holds them."""
    clips: tuple[Clip, ...]
    """One for the captured frames, if any, and one for each animation."""
    notes: tuple[Note, ...] = ()
    text: str = ""
    """How Matplotlib was told to draw letters, where that is known: part of the environment."""

    @property
    def files(self) -> list[VideoFile]:
        files = [file for clip in self.clips for file in (*clip.files, clip.poster, clip.captions)]
        return [file for file in files if file]

    @property
    def bytes(self) -> int:
        return sum(file.size for file in self.files)

    @property
    def frame_count(self) -> int:
        return sum(clip.frame_count for clip in self.clips)

    def path(self, file: VideoFile) -> Path:
        """Return where *file* is."""
        return Path(self.folder, file.name)

    def is_complete(self) -> bool:
        """Whether all files are there, in their full size."""
        return all(_size(self.path(file)) == file.size for file in self.files)

    def to_json(self) -> dict[str, Any]:
        """Return the asset as JSON data, without its folder."""
        data = asdict(self)
        del data["folder"]
        return data

    @classmethod
    def from_json(cls, folder: Path, data: dict[str, Any]) -> Asset:
        """Make an asset of what :meth:`to_json` returned; KeyError or TypeError if it is not."""
        clips = tuple(
            Clip(
                **{
                    **clip,
                    "files": tuple(VideoFile(**file) for file in clip["files"]),
                    "poster": VideoFile(**clip["poster"]),
                    "captions": clip["captions"] and VideoFile(**clip["captions"]),
                    "fingerprint": clip["fingerprint"] and Fingerprint(**clip["fingerprint"]),
                }
            )
            for clip in data["clips"]
        )
        notes = tuple(Note(**note) for note in data["notes"])
        return cls(str(folder), clips, notes, data["text"])


def _size(path: Path) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116  (called for every file of every build)
    except OSError:
        return -1


@dataclass(frozen=True)
class Failure:
    """Why there is no asset."""

    kind: str
    message: str
    file: str
    line: int
    detail: str = ""
    quiet: bool = False
    """The cause was reported for another directive."""

    @classmethod
    def of(cls, error: AnimvideoError, file: str, line: int) -> Failure:
        """Make a failure of an exception; *file* and *line* where it names no place itself."""
        return cls(
            error.kind,
            error.message,
            error.file or file,
            error.line if error.file and error.line else line,
            error.detail,
        )
