"""The lock file, which records what every video was when it was accepted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec

from ...errors import LockError
from ..model.asset import Asset, Clip
from ..model.fingerprint import Fingerprint
from ..model.formats import FORMATS
from ..model.job import SourceLocation
from .signature import pack, signature_of

FILE_NAME = "animvideo.lock"
SOURCE_DIGITS = 16
"""Digits of the hash of a video's code and options."""
_VERSION = 1

Versions = Mapping[str, str]
"""The environment of a video: versions and hashes, by name."""
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

    sha256: str
    encoder: str
    """Versions of ffmpeg and of this package."""


@dataclass(frozen=True)
class Snapshot:
    """A video as it was accepted from one environment."""

    environment: str
    """Its name in the lock file."""
    frame_count: int
    fps: str
    size: str
    """Width and height in pixels, as ``640x480``."""
    sha256: str
    frames: str
    """As in :class:`.Fingerprint`."""
    signature: str
    """As text; see :mod:`.signature`."""
    files: Mapping[str, LockedFile]
    """By format."""

    @property
    def fingerprint(self) -> Fingerprint:
        return Fingerprint(self.sha256, self.frames)

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
            signature=pack(signature_of(video.path, video.rate)),
            files={file.format: LockedFile(file.sha256, encoder) for file in clip.files},
        )


@dataclass(frozen=True)
class LockEntry:
    """What is accepted of one video."""

    source: str
    snapshots: tuple[Snapshot, ...]
    """One for each environment."""

    def to_json(self) -> dict[str, Any]:
        """Return the entry as JSON data, for :meth:`from_json`."""
        return {"source": self.source, "records": [asdict(one) for one in self.snapshots]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> LockEntry:
        """Return the entry that *data* describes; ValueError or KeyError if it does not."""
        snapshots = msgspec.convert(data["records"], tuple[Snapshot, ...])
        return cls(msgspec.convert(data["source"], str), snapshots)


@dataclass
class Lock:
    """The content of a lock file."""

    environments: dict[str, Versions] = field(default_factory=dict)
    videos: dict[str, LockEntry] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Lock:
        """Read a lock file; an empty lock if there is none.

        Raises
        ------
        LockError
            It cannot be read, or is damaged.
        """
        try:
            data = json.loads(path.read_text("utf-8"))
            version = data["version"]
            if version != _VERSION:
                raise LockError(
                    f"{path} has format version {version}, but this version of animvideo reads "
                    f"format version {_VERSION}. Use the version of animvideo that wrote it, or "
                    "lock the videos again."
                )
            videos = {name: LockEntry.from_json(video) for name, video in data["videos"].items()}
            environments = msgspec.convert(data["environments"], dict[str, dict[str, str]])
            return cls({**environments}, videos)
        except FileNotFoundError:
            return cls()
        except OSError as error:
            raise LockError(f"cannot read {path} ({error.strerror}).") from None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise LockError(
                f"{path} is damaged ({type(error).__name__}: {error}). After a merge, keep one "
                "side of each conflict. Otherwise restore the file, or delete it and lock the "
                "videos again."
            ) from None

    def write(self, path: Path) -> None:
        """Write the lock file if anything in it has changed: sorted, with one value per line."""
        used = {one.environment for video in self.videos.values() for one in video.snapshots}
        data = {
            "version": _VERSION,
            "environments": {name: self.environments[name] for name in used},
            "videos": {name: video.to_json() for name, video in self.videos.items()},
        }
        text = json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        try:
            if path.exists() and path.read_text("utf-8") == text:
                return
            unfinished = path.with_name(f"{path.name}.unfinished")
            unfinished.write_text(text, "utf-8", newline="\n")
            unfinished.replace(path)
        except OSError as error:
            raise LockError(f"cannot write {path} ({error.strerror}).") from None

    def pair(self, videos: Iterable[RenderedVideo]) -> dict[str, str]:
        """Return which locked video each video of a build is, by name.

        A directive that is added before others of a document changes their numbers: a video with
        the source of a locked video of the document is that video, whatever its number.
        """
        videos = list(videos)
        pairs: dict[str, str] = {}
        free = set(self.videos)

        def take(video: RenderedVideo, name: str) -> None:
            pairs[video.name] = name
            free.discard(name)

        for video in videos:
            if video.name in free and self.videos[video.name].source == video.source:
                take(video, video.name)
        moved: dict[tuple[str, str], list[str]] = {}
        for name in sorted(free):
            moved.setdefault((_document(name), self.videos[name].source), []).append(name)
        for video in videos:
            names = moved.get((_document(video.name), video.source))
            if video.name not in pairs and names:
                take(video, names.pop(0))
        for video in videos:
            if video.name not in pairs and video.name in free:
                take(video, video.name)
        return pairs

    def updated(self, videos: Sequence[RenderedVideo], failed: Set[str]) -> Lock:
        """Return the lock in which all videos of a build are accepted as they are.

        Snapshots from other environments are kept if the code and the options are the same.

        Parameters
        ----------
        failed
            Names of the jobs that failed; their entries stay as they are.
        """
        pairs = self.pair(videos)
        kept = {name: locked for name, locked in self.videos.items() if job_of(name) in failed}
        new = Lock(dict(self.environments), kept)
        for video in videos:
            before = self.videos[pairs[video.name]] if video.name in pairs else None
            environment = name_of(video.environment)
            known = before.snapshots if before and before.source == video.source else ()
            # One that is true for this video need not be replaced, whatever environment it names.
            same = (
                one for one in known if one.has_frames_of(video) and not one.files_unlike(video)
            )
            snapshot = next(same, None) or Snapshot.of(video)
            others = [one for one in known if one.environment != snapshot.environment]
            new.environments.setdefault(environment, dict(video.environment))
            listed = sorted([*others, snapshot], key=lambda one: one.environment)
            new.videos[video.name] = LockEntry(video.source, tuple(listed))
        return new


def name_of(environment: Versions) -> str:
    """Return the name of an environment in the lock file."""
    return hashlib.sha256(json.dumps(environment, sort_keys=True).encode()).hexdigest()[:8]


def encoder_of(environment: Versions) -> str:
    """Return the description of an encoder in the lock file."""
    return f"ffmpeg {environment['ffmpeg']}, animvideo {environment['animvideo']}"


def differing_parts(one: Versions, other: Versions) -> list[str]:
    """Return the names of the parts in which two environments differ."""
    return [name for name in sorted({*one, *other}) if one.get(name) != other.get(name)]


def job_of(name: str) -> str:
    """Return the name of the job of a video, which is that of its first video."""
    document, number = name.rsplit("#", 1)
    return f"{document}#{number.partition('.')[0]}"


def _document(name: str) -> str:
    return name.rpartition("#")[0]
