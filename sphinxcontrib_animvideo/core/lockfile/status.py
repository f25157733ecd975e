"""How a video stands to what was locked: the same, the same picture, or another one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from ..model.fingerprint import changed_frames
from ..model.humanize import count
from .lock import ENCODING, Environment, Lock, Locked, Record, Rendered, differing_parts, job_of
from .signature import ALIKE, ALIKE_IN_THE_MEAN, signature_of, unpack

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Verdict(Enum):
    """What is said of a video."""

    IDENTICAL = "identical"
    """Every byte is the same."""
    SAME_PICTURE = "same picture"
    """Bytes differ; a reader sees no difference."""
    CHANGED = "changed"
    NEW = "new"
    """The lock file does not have it."""
    GONE = "gone"
    """Only the lock file has it."""


@dataclass(frozen=True)
class Grade:
    """A video beside what was locked of it."""

    name: str
    verdict: Verdict
    reason: str = ""
    """In words; empty for videos that are identical, new or gone."""
    video: Rendered | None = None
    """``None`` if it is gone."""
    record: Record | None = None
    """What it was compared with; ``None`` if there was nothing."""
    frames: Sequence[int] = field(default=())
    """The numbers of the frames that have changed, from 0."""


def tally(verdicts: Iterable[Verdict]) -> str:
    """Return how many there are of each, in words."""
    counted = Counter(verdicts)
    return ", ".join(
        f"{counted[verdict]} {verdict.value}" for verdict in Verdict if counted[verdict]
    )


def grade_all(lock: Lock, videos: Sequence[Rendered], failed: Set[str]) -> list[Grade]:
    """Compare all videos of a build with a lock file.

    Parameters
    ----------
    failed
        Names of the jobs of which nothing came; what is locked of them is not gone.
    """
    pairs = lock.pair(videos)
    grades = []
    for video in videos:
        locked = lock.videos[pairs[video.name]] if video.name in pairs else None
        grades.append(grade(video, locked, lock.environments))
    gone = sorted(set(lock.videos) - set(pairs.values()))
    return grades + [Grade(name, Verdict.GONE) for name in gone if job_of(name) not in failed]


def grade(video: Rendered, locked: Locked | None, environments: Mapping[str, Environment]) -> Grade:
    """Compare a video with what was locked of it.

    Parameters
    ----------
    locked
        ``None`` if there is nothing.
    environments
        Those of the lock file, by name.
    """
    if locked is None:
        return Grade(video.name, Verdict.NEW, video=video)

    def distance(record: Record) -> int:
        return len(differing_parts(video.environment, environments[record.environment]))

    nearest = sorted(locked.records, key=distance)
    for record in nearest:
        if record.has_frames_of(video):
            differing = record.files_unlike(video)
            if not differing:
                return Grade(video.name, Verdict.IDENTICAL, "", video, record)
            reason = _why_bytes(video, locked, record, environments, differing)
            return Grade(video.name, Verdict.SAME_PICTURE, reason, video, record)
    signature = signature_of(video.path, video.rate)
    apart = [
        _drawing_parts(video.environment, environments[record.environment]) for record in nearest
    ]
    if all(apart):
        for record, parts in zip(nearest, apart, strict=True):
            largest, mean = _distance(video, record, signature)
            if largest <= ALIKE and mean <= ALIKE_IN_THE_MEAN:
                there = environments[record.environment]
                reason = f"drawn with {_in_words(parts, video.environment, there)}"
                return Grade(video.name, Verdict.SAME_PICTURE, reason, video, record)
    record = nearest[0]
    frames = changed_frames(video.fingerprint, record.fingerprint)
    parts = differing_parts(video.environment, environments[record.environment])
    reason = "; ".join(
        [
            *_what_changed(video, record, frames, signature),
            _why_changed(video, locked, parts, environments[record.environment]),
        ]
    )
    return Grade(video.name, Verdict.CHANGED, reason, video, record, frames)


def _why_bytes(
    video: Rendered,
    locked: Locked,
    record: Record,
    environments: Mapping[str, Environment],
    differing: list[str],
) -> str:
    there = environments[record.environment]
    parts = [part for part in differing_parts(video.environment, there) if part in ENCODING]
    what = f"the same frames, other bytes ({', '.join(differing)})"
    if parts:
        return f"{what}: encoded with {_in_words(parts, video.environment, there)}"
    if video.source != locked.source:
        return f"{what}: its options were edited"
    return f"{what}: the encoder, with the same version, wrote something else"


def _drawing_parts(here: Environment, there: Environment) -> list[str]:
    return [part for part in differing_parts(here, there) if part not in ENCODING]


def _in_words(parts: Sequence[str], here: Environment, there: Environment) -> str:
    return ", ".join(
        f"{part} {here.get(part, 'unknown')} instead of {there.get(part, 'unknown')}"
        for part in parts
    )


def _distance(video: Rendered, record: Record, signature: NDArray[np.uint8]) -> tuple[float, float]:
    """Return by how many levels the signatures differ in a block at most, and a frame's mean."""
    import numpy as np

    locked = unpack(record.signature)
    size = f"{video.clip.width}x{video.clip.height}"
    if locked.shape != signature.shape or size != record.size or video.clip.fps != record.fps:
        return 255, 255
    apart = np.abs(signature.astype(np.int16) - locked)
    return float(apart.max()), float(apart.mean(axis=(1, 2, 3)).max())


def _what_changed(
    video: Rendered, record: Record, frames: Sequence[int], signature: NDArray[np.uint8]
) -> list[str]:
    clip, said = video.clip, []
    if frames:
        total = count(max(clip.frame_count, record.frame_count), "frame")
        verb = "differs" if len(frames) == 1 else "differ"
        said.append(f"{len(frames)} of {total} {verb}, the first is frame {frames[0]}")
    size = f"{clip.width}x{clip.height}"
    for what, now, before in (
        ("frames", clip.frame_count, record.frame_count),
        ("pixels", size, record.size),
        ("frames per second", clip.fps, record.fps),
    ):
        if now != before:
            said.append(f"{now} {what} instead of {before}")
    if len(said) == 1 and frames:
        largest, _ = _distance(video, record, signature)
        amount = f"up to {largest:.0f}" if largest >= 1 else "less than 1"
        said.append(f"a block of 1/16 x 1/12 of the picture by {amount} of 255 levels in the mean")
    return said


def _why_changed(video: Rendered, locked: Locked, parts: Sequence[str], there: Environment) -> str:
    said = (
        "its code or options were edited"
        if video.source != locked.source
        else "its code and options are the same"
    )
    return f"{said}, {_in_words(parts, video.environment, there)}" if parts else said
