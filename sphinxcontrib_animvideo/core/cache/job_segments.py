"""The segments of a job: kept in the cache until its videos are complete, and shared by processes.

A render that was interrupted goes on with what is there. Several processes that run the same code
each claim the next segment that nobody draws yet.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec

from ..encoding.segments import LongClipError, SegmentFolder, SegmentsDifferError
from ..model.decode import convert
from ..model.own_files import own_files
from .dependencies import Dependency

_PAUSE = 0.1
"""Seconds between two looks at what others have drawn."""


@dataclass(frozen=True)
class Inputs:
    """What the code has read so far."""

    dependencies: Sequence[Dependency]
    rewritten: Sequence[str]
    """Files that it has read after it had written them."""


class _Extra(msgspec.Struct, frozen=True):
    """What is stored with each segment."""

    dependencies: tuple[Dependency, ...]
    rewritten: tuple[str, ...]
    process: str
    """Which process has drawn it."""


@dataclass
class JobSegments(SegmentFolder):
    """The segments of one job.

    Parameters
    ----------
    process
        Name of this process.
    claims
        A folder that all processes share which draw the job at this moment; ``None`` if this one
        draws all segments that are missing.
    share
        Of the segments: the number of the first one, and the distance to the next one; with a
        distance of 0, only the first one, and no long clips. ``None`` is all of them.
    all_drawn
        A file that is there when nobody draws any more; ``None`` if this process draws.
    alive
        Called now and then while it waits.
    inputs
        Returns what the code has read so far.
    document, source_dir
        As *folder* and *source_dir* of :class:`.Job`.
    """

    process: str
    claims: Path | None
    share: tuple[int, int] | None
    all_drawn: Path | None
    alive: Callable[[], None]
    inputs: Callable[[], Inputs]
    document: str
    source_dir: str
    _is_long: bool = field(default=False, init=False)
    _rewritten: dict[str, set[str]] = field(default_factory=dict, init=False)

    def claim(self, stem: str, index: int, fps: Fraction) -> bool:
        """Return whether this process has to draw a segment, because nobody else does."""
        stored = self.get(stem, index)
        if stored and Fraction(stored.segment.fps) == fps:
            return False
        if self.all_drawn:
            return False
        if self.share:
            first, distance = self.share
            if not distance and index:
                self._is_long = True
                raise LongClipError
            return index % distance == first if distance else True
        return self._claim(f"{stem}-{index}")

    @property
    def stores_all(self) -> bool:
        return bool(self.share and self.share[1])

    def wait(self) -> bool:
        if not self.all_drawn or self.all_drawn.exists():
            return False
        self.alive()
        time.sleep(_PAUSE)
        return True

    def claim_clips(self) -> bool:
        """Return whether this process has to join the segments, because nobody else does.

        Raises
        ------
        SegmentsDifferError
            Two of the processes that have drawn them have written a file, and read it again: each
            may have read what the other one has written.
        """
        if files := [name for name, drawn in self._rewritten.items() if len(drawn) > 1]:
            raise SegmentsDifferError(
                f"two processes have written and read {Path(min(files)).name} at the same time"
            )
        return not self._is_long and self._claim("clips")

    def _claim(self, name: str) -> bool:
        if self.claims is None:
            return True
        try:
            with own_files(), (self.claims / name).open("x", encoding="utf-8") as file:
                file.write(self.process)
        except FileExistsError:
            return False
        return True

    def _extra(self) -> dict[str, Any]:
        inputs = self.inputs()
        return {
            "dependencies": [asdict(each) for each in inputs.dependencies],
            "rewritten": list(inputs.rewritten),
            "process": self.process,
        }

    def _is_current(self, extra: Mapping[str, Any]) -> bool:
        with suppress(ValueError):
            found = convert(extra, _Extra)
            for name in found.rewritten:
                self._rewritten.setdefault(name, set()).add(found.process)
            return all(
                each.is_current(self.document, self.source_dir) for each in found.dependencies
            )
        return False
