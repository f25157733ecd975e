"""A video as it was rendered or accepted, in one environment."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, zip_longest
from pathlib import Path
from typing import Annotated

import msgspec

from ..model.asset import Asset, Clip
from ..model.description import Description, FrameNumber
from ..model.fingerprint import Fingerprint, ShortHashes
from ..model.formats import FORMATS
from ..model.job import SourceLocation
from ..model.stored import Positive, Rate, Sha256

Versions = Mapping[str, str]
"""The environment of a video: versions and hashes, by name."""
_SAME = "= "
ENCODING = ("animvideo", "ffmpeg")
"""The parts of it that decide bytes, but not frames."""


@dataclass(frozen=True)
class RenderedVideo:
    """One video of a build."""

    name: str
    """As in the lock file: the document, and the number of the video in it, ``guide/waves#2``."""
    source: str
    """Hash of the code and its options."""
    location: SourceLocation
    asset: Asset
    clip: Clip
    environment: Versions

    @property
    def fingerprint(self) -> Fingerprint:
        assert self.clip.fingerprint, "every video of a build has one"
        return self.clip.fingerprint

    @property
    def description(self) -> Description:
        assert self.clip.description, "every video of a build has one"
        return self.clip.description

    @property
    def path(self) -> Path:
        """The file in the first format, which is compared."""
        return self.asset.path(self.clip.files[0])

    @property
    def rate(self) -> Fraction:
        """Frames per second of that file."""
        return FORMATS[self.clip.files[0].format].rate(self.clip.rate)


@dataclass(frozen=True)
class LockedFile:
    """One file of an accepted video."""

    sha256: Sha256
    encoder: str
    """Versions of ffmpeg and of this package."""


@dataclass(frozen=True)
class Snapshot:
    """A video as it was accepted from one environment."""

    environment: str
    """Its name in the lock file."""
    frame_count: Positive
    fps: Rate
    size: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,6}x[0-9]{1,6}\Z")]
    """Width and height in pixels, as ``640x480``."""
    sha256: Sha256
    frames: ShortHashes
    """As in :class:`.Fingerprint`."""
    drawn: Mapping[FrameNumber, tuple[str, ...]]
    """The lines of its description. Those that are as in the frame before are only counted."""
    motion: str
    """The numbers of its description."""
    files: Mapping[str, LockedFile]
    """By format."""

    @property
    def fingerprint(self) -> Fingerprint:
        return Fingerprint(self.sha256, self.frames)

    @property
    def description(self) -> Description:
        """What it shows; ValueError if that is damaged."""
        return Description(_expanded(self.drawn), self.motion)

    def has_frames_of(self, video: RenderedVideo) -> bool:
        """Whether it has the same frames at the same rate."""
        return self.sha256 == video.fingerprint.sha256 and self.fps == video.clip.fps

    def files_unlike(self, video: RenderedVideo) -> list[str]:
        """Return the formats whose files differ or exist on one side only."""
        files = {file.format: file.sha256 for file in video.clip.files}
        locked = {name: file.sha256 for name, file in self.files.items()}
        return [name for name in {**files, **locked} if files.get(name) != locked.get(name)]

    @classmethod
    def of(cls, video: RenderedVideo) -> Snapshot:
        clip = video.clip
        encoder = encoder_of(video.environment)
        return cls(
            environment=name_of(video.environment),
            frame_count=clip.frame_count,
            fps=clip.fps,
            size=f"{clip.width}x{clip.height}",
            sha256=video.fingerprint.sha256,
            frames=video.fingerprint.frames,
            drawn=_shortened(video.description.lines),
            motion=video.description.motion,
            files={file.format: LockedFile(file.sha256, encoder) for file in clip.files},
        )


def _shortened(lines: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Return lines by frame, in which runs of those of the frame before are counted: ``= 3``."""
    shortened: dict[str, tuple[str, ...]] = {}
    before: Sequence[str] = ()
    for number in sorted(lines, key=int):
        kept: list[str] = []
        for same, run in groupby(
            zip_longest(lines[number], before), lambda pair: pair[0] == pair[1]
        ):
            ours = [line for line, _ in run if line is not None]
            kept += [f"{_SAME}{len(ours)}"] if same else ours
        shortened[number] = tuple(kept)
        before = lines[number]
    return shortened


def _expanded(shortened: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Return the lines that :func:`_shortened` has shortened; ValueError if that is impossible."""
    lines: dict[str, tuple[str, ...]] = {}
    before: Sequence[str] = ()
    for number in sorted(shortened, key=int):
        whole: list[str] = []
        for line in shortened[number]:
            if line.startswith(_SAME):
                count = int(line.removeprefix(_SAME))
                whole += before[len(whole) : len(whole) + count]
            else:
                whole.append(line)
        lines[number] = tuple(whole)
        before = whole
    return lines


def name_of(environment: Versions) -> str:
    """Return the name of an environment in the lock file."""
    return hashlib.sha256(json.dumps(environment, sort_keys=True).encode()).hexdigest()[:8]


def encoder_of(environment: Versions) -> str:
    """Return the description of an encoder in the lock file."""
    return f"ffmpeg {environment['ffmpeg']}, animvideo {environment['animvideo']}"


def differing_parts(one: Versions, other: Versions) -> list[str]:
    """Return the names of the parts in which two environments differ."""
    return [name for name in sorted({*one, *other}) if one.get(name) != other.get(name)]
