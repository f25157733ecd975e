"""Compares videos with the lock file: identical, the same picture, changed, new, or gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from ...errors import LockError
from ..model.fingerprint import changed_frames
from ..model.humanize import count
from .lock import Lock, LockEntry, is_of_docs, job_of
from .snapshot import ENCODING, RenderedVideo, Snapshot, Versions, differing_parts

if TYPE_CHECKING:
    from .description_diff import Differences

RESULTS_FILE = "animvideo.json"
"""Name of the file in which a Sphinx builder reports the statuses, for the command line."""


class Status(StrEnum):
    """The status of a video."""

    IDENTICAL = "identical"
    """Every byte is the same."""
    SAME_PICTURE = "same picture"
    """The bytes differ, but readers see no difference."""
    CHANGED = "changed"
    NEW = "new"
    """The video has no entry in the lock file."""
    GONE = "gone"
    """The entry has no video."""


@dataclass(frozen=True)
class VideoStatus:
    """The status of a video, and what it was compared with."""

    name: str
    status: Status
    reasons: Sequence[str] = ()
    """A description, as clauses; empty for videos that are identical, new, or gone."""
    video: RenderedVideo | None = None
    """``None`` if it is gone."""
    snapshot: Snapshot | None = None
    """What it was compared with; ``None`` if there was nothing."""
    frames: Sequence[int] = field(default=())
    """The numbers of the frames that have changed, from 0."""

    @property
    def reason(self) -> str:
        """The description on one line."""
        return "; ".join(self.reasons)


def count_statuses(statuses: Iterable[Status]) -> str:
    """Return the number of videos with each status, as text."""
    counted = Counter(statuses)
    return ", ".join(f"{counted[status]} {status.value}" for status in Status if counted[status])


def compare_all(lock: Lock, videos: Sequence[RenderedVideo], failed: Set[str]) -> list[VideoStatus]:
    """Compare all videos of the docs with a lock file.

    Parameters
    ----------
    failed
        Names of the jobs that failed; their entries are not gone.
    """
    pairs = lock.pair(videos)
    found = []
    for video in videos:
        locked = lock.videos[pairs[video.name]] if video.name in pairs else None
        found.append(compare(video, locked, lock.environments))
    known = {name for name in lock.videos if is_of_docs(name) and job_of(name) not in failed}
    gone = sorted(known - set(pairs.values()))
    return found + [VideoStatus(name, Status.GONE) for name in gone]


def compare(
    video: RenderedVideo, locked: LockEntry | None, environments: Mapping[str, Versions]
) -> VideoStatus:
    """Compare a video with its entry in the lock file.

    Parameters
    ----------
    locked
        ``None`` if there is no entry.
    environments
        Those of the lock file, by name.
    """
    if locked is None:
        return VideoStatus(video.name, Status.NEW, video=video)

    def distance(snapshot: Snapshot) -> int:
        return len(differing_parts(video.environment, environments[snapshot.environment]))

    nearest = sorted(locked.snapshots, key=distance)
    for snapshot in nearest:
        if snapshot.has_frames_of(video):
            differing = snapshot.files_unlike(video)
            if not differing:
                return VideoStatus(video.name, Status.IDENTICAL, (), video, snapshot)
            reason = _why_bytes(video, locked, snapshot, environments, differing)
            return VideoStatus(video.name, Status.SAME_PICTURE, (reason,), video, snapshot)
    # In one environment, each pixel counts; in others, only what is drawn.
    apart = [
        _drawing_parts(video.environment, environments[snapshot.environment])
        for snapshot in nearest
    ]
    compared = nearest if all(apart) else nearest[:1]
    differences = [_differences(video, snapshot) for snapshot in compared]
    if all(apart):
        for snapshot, parts, found in zip(nearest, apart, differences, strict=True):
            if found is not None and not found:
                there = environments[snapshot.environment]
                reason = f"drawn with {_in_words(parts, video.environment, there)}"
                return VideoStatus(video.name, Status.SAME_PICTURE, (reason,), video, snapshot)
    snapshot, found = nearest[0], differences[0]
    frames: Sequence[int] = changed_frames(video.fingerprint, snapshot.fingerprint)
    if apart[0] and found and found.frames:
        frames = found.frames
    parts = differing_parts(video.environment, environments[snapshot.environment])
    reasons = (
        *_what_changed(video, snapshot, frames, found),
        _why_changed(video, locked, parts, environments[snapshot.environment]),
    )
    return VideoStatus(video.name, Status.CHANGED, reasons, video, snapshot, frames)


def _why_bytes(
    video: RenderedVideo,
    locked: LockEntry,
    snapshot: Snapshot,
    environments: Mapping[str, Versions],
    differing: list[str],
) -> str:
    there = environments[snapshot.environment]
    parts = [part for part in differing_parts(video.environment, there) if part in ENCODING]
    what = f"same frames, different bytes ({', '.join(differing)})"
    if parts:
        return f"{what}: encoded with {_in_words(parts, video.environment, there)}"
    if video.source != locked.source:
        return f"{what}: the options have changed"
    return f"{what}: the same version of the encoder wrote different bytes"


def _drawing_parts(here: Versions, there: Versions) -> list[str]:
    return [part for part in differing_parts(here, there) if part not in ENCODING]


def _in_words(parts: Sequence[str], here: Versions, there: Versions) -> str:
    if "matplotlib" in parts:  # other versions come with another FreeType and other settings
        parts = [part for part in parts if part not in ("freetype", "text")]
    return ", ".join(
        f"{part} {here.get(part, 'unknown')} instead of {there.get(part, 'unknown')}"
        for part in parts
    )


def _differences(video: RenderedVideo, snapshot: Snapshot) -> Differences | None:
    """Return what is drawn differently; ``None`` if the frames are not the same ones."""
    size = f"{video.clip.width}x{video.clip.height}"
    shown = snapshot.frame_count, snapshot.size, snapshot.fps
    if shown != (video.clip.frame_count, size, video.clip.fps):
        return None
    from .description_diff import compare_descriptions  # loads NumPy, and is seldom needed

    try:
        return compare_descriptions(video.description, snapshot.description)
    except ValueError as error:
        raise LockError(
            f"the entry {video.name} in the lock file is damaged ({error}). Restore it, or delete "
            "the entry and lock the videos again."
        ) from None


def _what_changed(
    video: RenderedVideo,
    snapshot: Snapshot,
    frames: Sequence[int],
    differences: Differences | None,
) -> list[str]:
    clip, found = video.clip, []
    if frames:
        total = count(max(clip.frame_count, snapshot.frame_count), "frame")
        verb = "differs" if len(frames) == 1 else "differ"
        found.append(f"{len(frames)} of {total} {verb}, the first is frame {frames[0] + 1}")
    size = f"{clip.width}x{clip.height}"
    for what, now, before in (
        ("frames", clip.frame_count, snapshot.frame_count),
        ("pixels", size, snapshot.size),
        ("frames per second", clip.fps, snapshot.fps),
    ):
        if now != before:
            found.append(f"{now} {what} instead of {before}")
    if differences:
        found += differences.words
    elif differences is not None:
        found.append("the same texts and shapes are drawn, but their pixels differ")
    return found


def _why_changed(
    video: RenderedVideo, locked: LockEntry, parts: Sequence[str], there: Versions
) -> str:
    reason = (
        "the code or the options have changed"
        if video.source != locked.source
        else "the code and the options are the same"
    )
    return f"{reason}, {_in_words(parts, video.environment, there)}" if parts else reason
