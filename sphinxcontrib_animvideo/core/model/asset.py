"""The files that a job results in. Plain data, stored as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import msgspec

from .decode import convert
from .description import Description
from .fingerprint import Fingerprint
from .stored import Count, FileName, Positive, Rate, Sha256

ASSET_FILE = "asset.json"
"""Name of the file that describes an asset, in the folder of its files."""


@dataclass(frozen=True)
class VideoFile:
    """One video in one format."""

    format: str
    name: FileName
    """File name inside the asset's folder."""
    type: str
    """Media type with codecs, as in ``<source type>``."""
    size: Count
    """Bytes."""
    sha256: Sha256


@dataclass(frozen=True)
class Clip:
    """One video: the same frames in one or more formats, with a poster and captions."""

    files: tuple[VideoFile, ...]
    poster: VideoFile | None
    """The still picture, a PNG; ``None`` for a file that is only compared or measured."""
    captions: VideoFile | None
    """WebVTT made from the captions given to ``capture``."""
    width: Positive
    """Pixels; even where a codec wants it."""
    height: Positive
    fps: Rate
    """Exact, as ``25`` or ``30000/1001``."""
    frame_count: Positive
    seconds: Annotated[float, msgspec.Meta(ge=0)]
    pixel_ratio: Positive = 1
    """Pixels of the files, along a side, for one of the page."""
    fingerprint: Fingerprint | None = None
    """The hashes of the frames, where they were taken."""
    description: Description | None = None
    """What the frames show, where that was noted."""
    page_poster: VideoFile | None = None
    """The same picture as a smaller WebP, which pages load; ``None`` if no smaller one was made."""

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
    """A warning about a video that was rendered nevertheless; repeated on every build."""

    kind: str
    """Subtype of the warning."""
    message: str


@dataclass(frozen=True)
class Asset:
    """The files made for one job."""

    folder: str
    """Absolute path of the folder that holds them."""
    clips: tuple[Clip, ...]
    """One for the frames that the code captured itself, if any, and one for each animation."""
    notes: tuple[Note, ...] = ()
    text_rendering: str = ""
    """Matplotlib's text settings (hinting, antialiasing, …), which are part of the environment."""

    @property
    def files(self) -> list[VideoFile]:
        return [
            file
            for clip in self.clips
            for file in (*clip.files, clip.poster, clip.page_poster, clip.captions)
            if file
        ]

    @property
    def bytes(self) -> int:
        return sum(file.size for file in self.files)

    @property
    def frame_count(self) -> int:
        return sum(clip.frame_count for clip in self.clips)

    def path(self, file: VideoFile) -> Path:
        """Return the path of *file*."""
        return Path(self.folder, file.name)

    def to_json(self) -> dict[str, Any]:
        """Return the asset as JSON data, without its folder."""
        data = asdict(self)
        del data["folder"]
        return data

    @classmethod
    def from_json(cls, folder: Path, data: Any) -> Asset:
        """Return the asset that *data* describes, with its files in *folder*.

        Raises
        ------
        ValueError
            *data* does not describe an asset.
        """
        if not isinstance(data, Mapping):
            raise ValueError("not an object")
        return convert({**data, "folder": str(folder)}, cls)
