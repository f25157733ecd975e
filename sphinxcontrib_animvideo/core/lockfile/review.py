"""What a reviewer decides about videos that differ from a lock file, and how it is applied."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any, Literal

import msgspec

from ...errors import LockError, OptionError
from ..model.stored import digest_of, read_stored
from ..model.text import suggestion
from . import FILE_NAME
from .lock import Lock, LockEntry, accepted_entry, job_of, read_entry
from .snapshot import Versions, name_of
from .status import Status, VideoStatus

REPORT_FOLDER = "animvideo-report"
"""The directory of the report, where no other one is chosen."""
REVIEW_FILE = "review.json"
"""Name of the file in the folder of a report, in which nothing is decided yet."""
TO_DECIDE = (Status.CHANGED, Status.NEW, Status.GONE)
"""The statuses that a reviewer decides about."""
_VERSION = 1


@dataclass(frozen=True)
class ReviewedVideo:
    """A video that differs from its entry in a lock file, and what was decided about it."""

    name: str
    status: Status
    words: tuple[str, ...]
    """What differs."""
    file: str
    """Where the video is made, relative to the directory in which it was compared."""
    line: int
    lock: str
    """The lock file, relative to the same directory."""
    locked: str
    """The name of the entry; empty if there is none."""
    digest: str
    """Of the entry; empty if there is none."""
    entry: Mapping[str, Any] | None
    """What takes its place if it is accepted; ``None`` if the entry is removed."""
    strip: str = ""
    """A picture with frames before and now, relative to the report; empty if there is none."""
    decision: Literal["", "accept", "reject"] = ""
    note: str = ""


@dataclass(frozen=True)
class Review:
    """The videos to review, and the environments that their entries name."""

    environments: Mapping[str, Versions]
    videos: tuple[ReviewedVideo, ...]
    version: int = _VERSION

    @classmethod
    def read(cls, path: Path) -> Review:
        """Read a file written by :meth:`text`, or by the page of a report.

        Raises
        ------
        LockError
            It cannot be read, or is damaged.
        """
        try:
            review = read_stored(path, cls)
            if review.version != _VERSION:
                raise ValueError(f"its format version is {review.version}, not {_VERSION}")
        except OSError as error:
            raise LockError(f"cannot read {path} ({error.strerror or error}).") from None
        except ValueError as error:
            raise LockError(
                f"{path} does not hold the decisions of a review ({error}). Save the file again "
                "from the report."
            ) from None
        return review

    @property
    def text(self) -> str:
        """JSON."""
        return json.dumps(msgspec.to_builtins(self), ensure_ascii=False)

    @property
    def open(self) -> list[ReviewedVideo]:
        """The videos to decide about."""
        return [video for video in self.videos if video.status in TO_DECIDE]

    def accepting(self, names: Sequence[str]) -> Review:
        """Return the review in which the videos of these names are accepted.

        Raises
        ------
        OptionError
            There is no such video.
        """
        known = [video.name for video in self.open]
        for name in names:
            if name not in known:
                raise OptionError(f"no video named {name} is to be reviewed.{_hint(name, known)}")
        videos = (
            replace(video, decision="accept") if video.name in names else video
            for video in self.videos
        )
        return replace(self, videos=tuple(videos))


def _hint(name: str, known: Sequence[str]) -> str:
    listed = f" The videos are: {', '.join(known)}." if known else ""
    return suggestion(name, known) or listed


def review_of(lock: Lock, path: str, statuses: Sequence[VideoStatus]) -> Review:
    """Return the videos of a build that a reviewer decides about.

    Parameters
    ----------
    lock
        What they were compared with.
    path
        Of that file, relative to the current directory.
    """
    videos = [status.video for status in statuses if status.video]
    pairs = lock.pair(videos)
    found = []
    for status in statuses:
        locked = pairs.get(status.name, "") if status.video else status.name
        is_open = status.status in TO_DECIDE
        if is_open or (locked and locked != status.name):
            found.append(_to_review(lock, path, status, locked, is_open))
    return Review({name_of(one.environment): one.environment for one in videos}, tuple(found))


def _to_review(
    lock: Lock, path: str, status: VideoStatus, locked: str, is_open: bool
) -> ReviewedVideo:
    before = lock.videos.get(locked)
    entry = before  # of a directive that has only moved in its document
    if is_open:
        entry = accepted_entry(status.video, before) if status.video else None
    location = status.video.location if status.video else None
    return ReviewedVideo(
        status.name,
        status.status,
        tuple(status.reasons),
        relative_to_here(Path(location.file)) if location else path,
        location.line if location else 1,
        path,
        locked,
        _digest(before),
        entry.to_json() if entry else None,
        decision="" if is_open else "accept",
    )


def relative_to_here(path: Path) -> str:
    """Return a path relative to the current directory, if it is inside, with slashes."""
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else str(path)


def apply(review: Review) -> list[Path]:
    """Change the lock files as decided; return those that were changed.

    Nothing is written if one of the decisions cannot be applied.

    Raises
    ------
    LockError
        A lock file cannot be read or written, or has changed since the videos were compared.
    """
    paths = dict.fromkeys(video.lock for video in review.open if video.decision == "accept")
    changed = []
    for name in paths:
        path = Path(name)
        if path.name != FILE_NAME:
            raise LockError(f"{path} is no lock file, which is always named {FILE_NAME}.")
        if not path.parent.is_dir():
            raise LockError(
                f"{path} does not exist. Run this command in the directory in which the videos "
                "were compared."
            )
        accepted = [v for v in review.videos if v.lock == name and v.decision == "accept"]
        changed.append((path, _applied(Lock.read(path), path, accepted, review.environments)))
    for path, lock in changed:
        lock.write(path)
    return [path for path, _ in changed]


def _applied(
    lock: Lock,
    path: Path,
    accepted: Sequence[ReviewedVideo],
    environments: Mapping[str, Versions],
) -> Lock:
    known = {**lock.environments, **environments}
    kept, entries = dict(lock.videos), {}
    for video in accepted:
        entry = None
        if video.entry is not None:
            entry = read_entry(path, video.name, video.entry, known)
        if _is_applied(lock, video, entry):
            continue
        if video.digest:
            del kept[_name_of_entry(kept, video, path)]
        if entry:
            entries[video.name] = entry
    return Lock(known, {**dict(_with_free_names(kept, entries)), **entries})


def _is_applied(lock: Lock, video: ReviewedVideo, entry: LockEntry | None) -> bool:
    if entry is None:
        return video.locked not in lock.videos
    return _digest(lock.videos.get(video.name)) == _digest(entry)


def _name_of_entry(entries: Mapping[str, LockEntry], video: ReviewedVideo, path: Path) -> str:
    """Return the name of the entry that a video was compared with; it may have moved since."""
    names = [name for name, entry in entries.items() if _digest(entry) == video.digest]
    if not names:
        raise LockError(
            f"the entry {video.locked} in {path} has changed since the videos were compared. "
            "Compare them again."
        )
    return video.locked if video.locked in names else names[0]


def _with_free_names(
    kept: Mapping[str, LockEntry], entries: Mapping[str, LockEntry]
) -> Iterator[tuple[str, LockEntry]]:
    """Yield the entries that are kept, under names that none of the new *entries* has.

    The number in a name is only a place in the document: a video is found by its source.
    """
    free = count(1 + max((_number(name) for name in {*kept, *entries}), default=0))
    moved: dict[str, str] = {}
    for name, entry in kept.items():
        job = job_of(name)
        if name in entries and job not in moved:
            moved[job] = re.sub(r"#[^#\[]*(?=[^#]*\Z)", f"#{next(free)}", job)
        yield moved.get(job, job) + name.removeprefix(job), entry


def _number(name: str) -> int:
    number = re.search(r"#(\d+)[^#]*\Z", name)
    return int(number[1]) if number else 0


def _digest(entry: LockEntry | None) -> str:
    return digest_of(entry.to_json()) if entry else ""
