"""What a recorder adds captures to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

from ...errors import LimitError
from ..encoding.clip_writer import ClipWriter
from ..encoding.copied_video import CopiedVideo
from ..encoding.probe import Info
from ..encoding.segments import SegmentFolder
from ..encoding.timeline import Timeline
from ..frames.arrays import ColorMapping
from ..frames.grabber import FrameGrabber
from ..model.asset import Clip, Note
from ..model.settings import Limits, Settings


class Track(Protocol):
    """What a recorder adds captures to, such as a :class:`.ClipWriter`."""

    @property
    def frame_count(self) -> int: ...
    @property
    def written_count(self) -> int: ...
    @property
    def notes(self) -> Sequence[Note]: ...
    def capture(
        self, source: Any = None, hold: float | None = None, caption: str | None = None
    ) -> None: ...
    def complete(self) -> bool: ...
    def finish(self) -> Clip | None: ...
    def abort(self) -> None: ...


class FrameCounter:
    """Counts frames without drawing them: those of a cached video, or of an animation that is saved
    again.
    """

    def __init__(self, fps: Fraction) -> None:
        self._timeline = Timeline(fps)

    @property
    def frame_count(self) -> int:
        return self._timeline.frame_count

    @property
    def written_count(self) -> int:
        return self.frame_count

    @property
    def notes(self) -> Sequence[Note]:
        return ()

    def capture(
        self, source: Any = None, hold: float | None = None, caption: str | None = None
    ) -> None:
        self._timeline.advance(hold)

    def complete(self) -> bool:
        return True

    def finish(self) -> None:
        return None

    def abort(self) -> None:
        pass


class SteadyOrNot:
    """A clip of pauses in code that runs once: whether they are constant is known at the end.

    Parameters
    ----------
    steady
        The clip to complete if all pauses are equal.
    varying
        The clip to complete otherwise.
    """

    def __init__(self, steady: Track, varying: Track) -> None:
        self._chosen = self._steady = steady
        self._varying = varying
        self._error: LimitError | None = None

    @property
    def frame_count(self) -> int:
        return self._chosen.frame_count

    @property
    def written_count(self) -> int:
        return self._chosen.written_count

    @property
    def notes(self) -> Sequence[Note]:
        return self._chosen.notes

    def capture(
        self, source: Any = None, hold: float | None = None, caption: str | None = None
    ) -> None:
        if self._chosen is self._steady:
            self._steady.capture(source, hold, caption)
        try:
            if self._error is None:
                self._varying.capture(source, hold, caption)
        except LimitError as error:  # it has more frames than the other one
            self._error = error
        if self._error and self._chosen is self._varying:
            raise self._error

    def choose_varying(self) -> None:
        """Complete the clip of varying pauses."""
        self._chosen = self._varying
        self._steady.abort()

    def complete(self) -> bool:
        if self._chosen is self._steady:
            self._varying.abort()
        return self._chosen.complete()

    def finish(self) -> Clip | None:
        return self._chosen.finish()

    def abort(self) -> None:
        self._steady.abort()
        self._varying.abort()


@dataclass(frozen=True)
class TrackFactory:
    """Makes the tracks of one job.

    Parameters
    ----------
    settings, limits, folder, segments, incremental
        As in :class:`.Recorder`.
    on_frame
        Called after each frame.
    warn
        Called with a message about an array that may not look as intended.
    """

    settings: Settings
    limits: Limits
    folder: Path | None
    segments: SegmentFolder | None
    incremental: bool
    on_frame: Callable[[], None]
    warn: Callable[[str], None]

    def track(self, stem: str, fps: Fraction, frames: FrameGrabber) -> Track:
        """Return a new track, whose files have names that begin with *stem*."""
        settings = self.settings
        if self.folder is None:
            return FrameCounter(fps)
        return ClipWriter(
            self.folder,
            stem,
            fps,
            formats=settings.formats,
            quality=settings.quality,
            encoder_args=dict(settings.encoder_args),
            poster=settings.poster,
            frames=frames,
            max_frames=settings.max_frames,
            max_bytes=self.limits.max_bytes,
            segments=self.segments,
            hash_frames=True,
            check_flashes=settings.check_flashes,
            on_frame=lambda _: self.on_frame(),
        )

    def copy(self, path: Path, stem: str, info: Info) -> Track:
        """Return a track that is a copy of a video file."""
        assert self.folder, "nothing is copied to only count frames"
        settings = self.settings
        return CopiedVideo(
            path,
            self.folder,
            stem,
            settings.poster,
            settings.max_frames,
            self.limits.max_bytes,
            info,
            settings.check_flashes,
        )

    def grabber(self, dpi: float | None = None) -> FrameGrabber:
        """Return what turns sources into frames; *dpi* is that of a movie writer."""
        return FrameGrabber(
            self.settings.dpi or dpi,
            self.limits.max_pixels,
            incremental=self.incremental and self.settings.redraw == "incremental",
            colors=ColorMapping(warn=self.warn),
            pixel_ratio=2 if self.settings.hidpi else 1,
            describe=True,
        )
