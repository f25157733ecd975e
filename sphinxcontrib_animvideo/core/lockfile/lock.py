"""The lock file, which records what every video was when it was accepted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Any

from ...errors import LockError
from ..model.decode import convert
from ..model.formats import FORMATS
from ..model.stored import read_stored
from ..model.sweep import Combination, label
from .snapshot import RenderedVideo, Snapshot, Versions, name_of

SOURCE_DIGITS = 16
"""Digits of the hash of a video's code and options."""
_VERSION = 2


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
        """Return the entry that *data* describes; ValueError if it does not."""
        source = convert(data.get("source"), str)
        return cls(source, convert(data.get("records"), tuple[Snapshot, ...]))


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
            data = read_stored(path, dict[str, Any])
            _check_version(path, data.get("version"))
            environments = convert(data.get("environments"), dict[str, dict[str, str]])
            videos = convert(data.get("videos"), dict[str, dict[str, Any]])
        except FileNotFoundError:
            return cls()
        except OSError as error:
            raise LockError(f"cannot read {path} ({error.strerror or error}).") from None
        except ValueError as error:
            if line := _conflict(path):
                text = (
                    f"{path} has a merge conflict in line {line}. Keep one side of each conflict."
                )
                raise LockError(text) from None
            raise LockError(
                f"{path} is damaged ({error}). Restore the file, or delete it and lock the videos "
                "again."
            ) from None
        entries = {name: read_entry(path, name, videos[name], environments) for name in videos}
        return cls({**environments}, entries)

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

        Parameters
        ----------
        failed
            Names of the jobs that failed; their entries stay as they are.
        """
        pairs = self.pair(videos)
        kept = {
            name: locked
            for name, locked in self.videos.items()
            if job_of(name) in failed or not is_of_docs(name)
        }
        new = Lock(dict(self.environments), kept)
        for video in videos:
            before = self.videos[pairs[video.name]] if video.name in pairs else None
            new.environments.setdefault(name_of(video.environment), dict(video.environment))
            new.videos[video.name] = accepted_entry(video, before)
        return new


def accepted_entry(video: RenderedVideo, before: LockEntry | None) -> LockEntry:
    """Return the entry in which a video is accepted as it is.

    Snapshots from other environments are kept if the code and the options are the same.

    Parameters
    ----------
    before
        Its entry so far, if there is one.
    """
    known = before.snapshots if before and before.source == video.source else ()
    # One that is true for this video need not be replaced, whatever environment it names.
    same = (one for one in known if one.has_frames_of(video) and not one.files_unlike(video))
    snapshot = next(same, None) or Snapshot.of(video)
    others = [one for one in known if one.environment != snapshot.environment]
    return LockEntry(
        video.source, tuple(sorted([*others, snapshot], key=attrgetter("environment")))
    )


def _check_version(path: Path, version: Any) -> None:
    if version is None:
        raise ValueError("it has no version")
    if version != _VERSION:
        raise LockError(
            f"{path} has format version {version}, but this version of animvideo reads format "
            f"version {_VERSION}. Use the version of animvideo that wrote it, or delete the file "
            "and lock the videos again."
        )


def _conflict(path: Path) -> int:
    """Return the number of the line that begins the first merge conflict, or 0."""
    lines = path.read_bytes().splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.startswith(b"<<<<<<< ")), 0)


def read_entry(
    path: Path, name: str, data: Mapping[str, Any], environments: Mapping[str, Versions]
) -> LockEntry:
    """Return an entry of the lock file *path*; LockError if it is damaged."""
    try:
        entry = LockEntry.from_json(data)
        if not entry.snapshots:
            raise ValueError("it has no records")
        for snapshot in entry.snapshots:
            _check_references(name, snapshot, environments)
        return entry
    except ValueError as error:
        raise LockError(
            f"the entry {name} in {path} is damaged ({error}). Restore it, or delete the entry "
            "and lock the videos again."
        ) from None


def _check_references(name: str, snapshot: Snapshot, environments: Mapping[str, Versions]) -> None:
    """Raise ValueError if a snapshot names what there is not."""
    if not re.search(r"#[^#]+\Z", name):
        raise ValueError("its name has no number after #")
    if snapshot.environment not in environments:
        raise ValueError(f"there is no environment {snapshot.environment}")
    _ = snapshot.description  # raises ValueError if it is damaged
    unknown = [format for format in snapshot.files if format not in FORMATS]
    if unknown or not snapshot.files:
        what = f"the format {unknown[0]} is unknown" if unknown else "it names no files"
        raise ValueError(what)


def job_of(name: str) -> str:
    """Return the name of the job of a video, which is that of its first video.

    The second video of ``wave#1`` is ``wave#1.2``, that of ``wave#1[speed=0.5]``, which is a
    combination of a sweep, is ``wave#1[speed=0.5].2``.
    """
    return re.sub(r"\.\d+\Z", "", name)


def is_of_docs(name: str) -> bool:
    """Whether an entry is one of a directive, which is numbered, and not one of a test.

    Tests beside ``conf.py`` have their entries in the same file.
    """
    return bool(re.search(r"#\d+(\[[^#]*\])?(\.\d+)?\Z", name))


def combination_suffix(combination: Combination) -> str:
    """Return what a combination of a sweep adds to the name of a video."""
    if not combination:
        return ""
    parts = [f"{name}={_SEPARATOR.sub(_encoded, label(text))}" for name, text in combination]
    return f"[{','.join(parts)}]"


_SEPARATOR = re.compile(r"[%#\[\],=]")


def _encoded(match: re.Match[str]) -> str:
    return f"%{ord(match[0]):02X}"


def _document(name: str) -> str:
    return name.rpartition("#")[0]
