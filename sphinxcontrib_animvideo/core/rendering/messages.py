"""What is handed to a worker process, as plain data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..model.job import Job


@dataclass(frozen=True)
class Limits:
    """Limits from the configuration."""

    max_pixels: int
    max_bytes: int
    max_memory: int
    """MiB."""

    @classmethod
    def of(cls, value_of: Callable[[str], Any]) -> Limits:
        """Make them of the options that *value_of* returns by name."""
        return cls(value_of("max-pixels"), value_of("max-bytes"), value_of("max-memory"))


@dataclass(frozen=True)
class Trial:
    """Conditions on which no video should depend."""

    hash_seed: int = 0
    """Decides the order of sets."""
    watched: bool = False
    """Whether the code is watched for what may make it draw something else the next time."""


@dataclass(frozen=True)
class Step:
    """One directive of a chain."""

    job: Job
    folder: str
    """Where its files and its output go."""
    encode: bool
    """False where only the namespace is wanted: the video is cached."""
    steady_rate: bool = True
    """Whether a constant pause may set the frame rate; false when it proved not to be."""
    incremental: bool = True
    """Whether frames may be drawn incrementally; false when a frame came out wrong."""
    remark: str = ""
    """What to tell at info level when it is done."""


@dataclass(frozen=True)
class Task:
    """What one process does: one directive, or the directives of a ``:context:`` in order."""

    steps: tuple[Step, ...]
    limits: Limits
    watched: bool = False
    """As in :class:`Trial`."""

    def changed(self, index: int, changes: Mapping[str, Any]) -> Task:
        """Return the task to run after step *index* proved to need other fields."""
        steps = list(self.steps)
        steps[index] = replace(steps[index], **changes)
        return replace(self, steps=tuple(steps))
