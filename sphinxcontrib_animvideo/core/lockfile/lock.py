"""The lock file: what every video was when it was accepted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from ...errors import LockError
from ..model.asset import Asset, Clip
from ..model.fingerprint import Fingerprint
from ..model.formats import FORMATS
from ..model.job import Place
from .signature import pack, signature_of

FILE_NAME = "animvideo.lock"
_VERSION = 1

Environment = Mapping[str, str]
"""What a video was made with: versions and hashes, by name."""
ENCODING = ("animvideo", "ffmpeg")
"""The parts of an environment that decide bytes, but no frame."""


@dataclass(frozen=True)
class Rendered:
    """One video of a build."""

    name: str
    """As in the lock file; the document, and which of its videos it is: ``guide/waves#2``."""
    source: str
    """Hash of the code and its options."""
    place: Place
    asset: Asset
    clip: Clip
    environment: Environment

    @property
    def fingerprint(self) -> Fingerprint:
        assert self.clip.fingerprint, "every video of a build has one"
        return self.clip.fingerprint

    @property
    def path(self) -> Path:
        """The file that is looked at: the one in the first format."""
        return self.asset.path(self.clip.files[0])

    @property
    def rate(self) -> Fraction:
        """Frames per second of that file."""
        return FORMATS[self.clip.files[0].format].rate(self.clip.rate)


@dataclass(frozen=True)
class File:
    """One file of an accepted video."""

    sha256: str
    encoder: str
    """What wrote it."""


@dataclass(frozen=True)
class Record:
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
    files: Mapping[str, File]
    """By format."""

    @property
    def fingerprint(self) -> Fingerprint:
        return Fingerprint(self.sha256, self.frames)

    def has_frames_of(self, video: Rendered) -> bool:
        """Whether it shows the same frames, at the same rate."""
        return self.sha256 == video.fingerprint.sha256 and self.fps == video.clip.fps

    def files_unlike(self, video: Rendered) -> list[str]:
        """Return the formats whose files differ, or that only one of the two has."""
        files = {file.format: file.sha256 for file in video.clip.files}
        locked = {name: file.sha256 for name, file in self.files.items()}
        return [name for name in {**files, **locked} if files.get(name) != locked.get(name)]

    @classmethod
    def of(cls, video: Rendered) -> Record:
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
            files={file.format: File(file.sha256, encoder) for file in clip.files},
        )

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Record:
        files = {name: File(**file) for name, file in data["files"].items()}
        return cls(**{**data, "files": files})


@dataclass(frozen=True)
class Locked:
    """What is accepted of one video."""

    source: str
    records: tuple[Record, ...]
    """One for each environment."""

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Locked:
        return cls(data["source"], tuple(map(Record.from_json, data["records"])))


@dataclass
class Lock:
    """The content of a lock file."""

    environments: dict[str, Environment] = field(default_factory=dict)
    videos: dict[str, Locked] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Lock:
        """Read a lock file; one that is not there locks nothing.

        Raises
        ------
        LockError
            It cannot be read, or is none.
        """
        try:
            data = json.loads(path.read_text("utf-8"))
            version = data["version"]
            if version != _VERSION:
                raise LockError(
                    f"{path} has version {version} of the lock file; this animvideo reads "
                    f"version {_VERSION}. Use the animvideo that wrote it, or write it anew."
                )
            videos = {name: Locked.from_json(video) for name, video in data["videos"].items()}
            return cls(data["environments"], videos)
        except FileNotFoundError:
            return cls()
        except OSError as error:
            raise LockError(f"{path} cannot be read ({error.strerror}).") from None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise LockError(
                f"{path} is damaged ({type(error).__name__}: {error}). After a merge, keep either "
                "side of each conflict; else restore it, or delete it and lock the videos again."
            ) from None

    def write(self, path: Path) -> None:
        """Write a lock file, if anything in it is new: sorted, one fact per line."""
        used = {record.environment for video in self.videos.values() for record in video.records}
        data = {
            "version": _VERSION,
            "environments": {name: self.environments[name] for name in used},
            "videos": {name: asdict(video) for name, video in self.videos.items()},
        }
        text = json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        try:
            if path.exists() and path.read_text("utf-8") == text:
                return
            unfinished = path.with_name(f"{path.name}.unfinished")
            unfinished.write_text(text, "utf-8", newline="\n")
            unfinished.replace(path)
        except OSError as error:
            raise LockError(f"{path} cannot be written ({error.strerror}).") from None

    def pair(self, videos: Iterable[Rendered]) -> dict[str, str]:
        """Return which locked video each video of a build is, by name.

        A directive that was put before others in a document moves their numbers: one with the
        source of a locked video of the document is that video, whatever its number.
        """
        videos = list(videos)
        pairs: dict[str, str] = {}
        free = set(self.videos)

        def take(video: Rendered, name: str) -> None:
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

    def updated(self, videos: Sequence[Rendered], failed: Set[str]) -> Lock:
        """Return the lock in which all videos of a build are accepted as they are.

        What was accepted from other environments stays for the videos whose code and options
        are the same.

        Parameters
        ----------
        failed
            Names of the jobs of which nothing came; what is locked of them stays.
        """
        pairs = self.pair(videos)
        kept = {name: locked for name, locked in self.videos.items() if job_of(name) in failed}
        new = Lock(dict(self.environments), kept)
        for video in videos:
            before = self.videos[pairs[video.name]] if video.name in pairs else None
            environment = name_of(video.environment)
            records = before.records if before and before.source == video.source else ()
            # One that says all of it, whatever environment it names, is as good as a new one.
            same = (r for r in records if r.has_frames_of(video) and not r.files_unlike(video))
            record = next(same, None) or Record.of(video)
            others = [known for known in records if known.environment != record.environment]
            new.environments.setdefault(environment, dict(video.environment))
            listed = sorted([*others, record], key=lambda record: record.environment)
            new.videos[video.name] = Locked(video.source, tuple(listed))
        return new


def name_of(environment: Environment) -> str:
    """Return the name of an environment in the lock file."""
    return hashlib.sha256(json.dumps(environment, sort_keys=True).encode()).hexdigest()[:8]


def encoder_of(environment: Environment) -> str:
    """Return what a file says of its encoder."""
    return f"ffmpeg {environment['ffmpeg']}, animvideo {environment['animvideo']}"


def differing_parts(one: Environment, other: Environment) -> list[str]:
    """Return the names of the parts in which two environments differ."""
    return [name for name in sorted({*one, *other}) if one.get(name) != other.get(name)]


def job_of(name: str) -> str:
    """Return the name of the job that a video is of; it is that of the first of its videos."""
    document, number = name.rsplit("#", 1)
    return f"{document}#{number.partition('.')[0]}"


def _document(name: str) -> str:
    return name.rpartition("#")[0]
