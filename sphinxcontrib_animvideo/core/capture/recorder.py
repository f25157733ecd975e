"""Collects what one job captures: one clip of its own captures, one of each animation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

from ...errors import NoFrameError, RedrawError
from ..encoding.clip_writer import ClipWriter
from ..encoding.timeline import SCREEN_RATE, Timeline, own_rate
from ..frames.grabber import FrameTaker, is_animation, is_frame_source
from ..model.asset import Clip, Note
from ..model.job import Settings
from ..rendering.messages import Limits
from .user_code import ControlFlow


class EnoughFrames(ControlFlow):
    """Ends an endless animation."""


class RunAgain(ControlFlow):
    """What was recorded is of no use: run the code again, with other fields of its step."""

    def __init__(self, **changes: bool | str) -> None:
        super().__init__()
        self.changes = changes


class Track(Protocol):
    """What a recorder adds captures to: a :class:`ClipWriter`, or nothing but a count."""

    @property
    def frame_count(self) -> int: ...
    def capture(
        self, source: Any = None, hold: float | None = None, caption: str | None = None
    ) -> None: ...
    def finish(self) -> Clip | None: ...
    def abort(self) -> None: ...


class _Mute:
    """Counts frames without drawing: a directive of a ``:context:`` whose video is cached."""

    def __init__(self, fps: Fraction) -> None:
        self._timeline = Timeline(fps)

    @property
    def frame_count(self) -> int:
        return self._timeline.frame_count

    def capture(
        self, source: Any = None, hold: float | None = None, caption: str | None = None
    ) -> None:
        self._timeline.advance(hold)

    def finish(self) -> None:
        return None

    def abort(self) -> None:
        pass


@dataclass
class _Saving:
    """What a movie writer is recording."""

    figure: Any
    track: Track
    endless: bool
    """Whether it is an animation that does not say how many frames it has."""


@dataclass
class Recorder:
    """Collects the frames of one job.

    Parameters
    ----------
    settings, limits
        Of the job and of the build.
    folder
        Where the files go; ``None`` records nothing and only counts.
    steady_rate, incremental
        As in :class:`.task.Step`.
    report
        Called with the number of frames after each frame.
    play
        Saves a Matplotlib animation at a rate; see :func:`.backend.play`.
    """

    settings: Settings
    limits: Limits
    folder: Path | None
    steady_rate: bool
    incremental: bool
    report: Callable[[int], None]
    play: Callable[[Any, float], None]
    notes: list[Note] = field(default_factory=list)
    shown: list[Any] = field(default_factory=list)
    """Animations on figures that were shown; a script may keep them in no variable."""

    def __post_init__(self) -> None:
        self._main: Track | None = None
        self._tracks: list[Track] = []
        self._saving: _Saving | None = None
        self._saved: list[Any] = []
        self._pause: float | None = None
        self._playing = False

    @property
    def frame_count(self) -> int:
        """Frames of all clips so far."""
        return sum(track.frame_count for track in self._tracks)

    def capture(
        self, source: Any = None, hold: float | None = None, caption: str | None = None
    ) -> None:
        """Add one capture; the job's own captures are one clip."""
        if is_animation(source):
            self.record_animation(source)
            return
        if self._main is None:
            self._main = self._track(self.settings.fps or self.settings.default_fps)
        with self._right_frames():
            self._main.capture(source, hold, caption)

    def pause(self, figure: Any, seconds: float) -> None:
        """Capture *figure* for *seconds*; a constant pause sets the frame rate."""
        hurried = seconds * SCREEN_RATE < 1
        if self.settings.fps is None and self.steady_rate:
            if self._main is None and not hurried and seconds <= 1:
                self._pause = seconds
                self._main = self._track(own_rate(seconds, self.settings.default_fps))
            elif self._pause is not None and self._pause != seconds and not hurried:
                raise RunAgain(steady_rate=False)  # at the configured rate
        self.capture(figure, hold=None if hurried else seconds)

    def record(self, value: Any) -> None:
        """Record what a callable returned: an animation, one source, or an iterable of them."""
        if value is None:
            return
        if is_animation(value):
            self.record_animation(value)
        elif is_frame_source(value):
            # A callable that captures usually returns its figure as well.
            if not self._tracks:
                self.capture(value)
        else:
            try:
                items = iter(value)
            except TypeError:
                raise NoFrameError(
                    f"the callable returned a {type(value).__name__}; it may return an "
                    "Animation, or an iterable of figures, axes, arrays or images."
                ) from None
            for item in items:
                self.capture(item)

    def record_animation(self, moving: Any) -> None:
        """Record a Matplotlib animation as a clip of its own, unless it was already saved."""
        if any(moving is saved for saved in self._saved):
            return
        interval = getattr(moving, "_interval", None)
        rate = own_rate((interval or 0) / 1000, self.settings.default_fps)
        self._playing = True
        with suppress(EnoughFrames):  # noted
            self.play(moving, float(self.settings.fps or rate))
        self._playing = False

    def begin_saving(self, figure: Any, moving: Any, fps: float, dpi: float | None) -> None:
        """Start a clip for what a movie writer saves.

        *moving* is the animation, or ``None`` where the code itself grabs frames of *figure*.
        """
        rate = Fraction(str(fps)).limit_denominator(100_000)
        if rate > SCREEN_RATE:
            rate = self.settings.default_fps
        track: Track
        if moving is not None and any(moving is saved for saved in self._saved):
            track = _Mute(rate)  # saved in a second format
        else:
            track = self._track(self.settings.fps or rate, dpi)
        endless = moving is not None and getattr(moving, "_save_count", None) is None
        self._saved.append(moving)
        self._saving = _Saving(figure, track, endless)

    def grab(self) -> None:
        """Capture the next frame of what a movie writer saves."""
        saving = self._saving
        assert saving, "begin_saving comes first"
        if saving.endless and saving.track.frame_count >= self.settings.max_frames:
            self.notes.append(
                Note(
                    "max_frames",
                    f"an animation of unknown length was cut after {self.settings.max_frames} "
                    "frames (max-frames). Give it a save_count, or a sequence of frames, to say "
                    "how long it is."
                    + ("" if self._playing else " The code after its save() was not run."),
                )
            )
            raise EnoughFrames
        with self._right_frames():
            saving.track.capture(saving.figure)

    def end_saving(self) -> None:
        """End the clip of what a movie writer saved."""
        self._saving = None

    def finish(self) -> tuple[Clip, ...]:
        """Complete all clips.

        Raises
        ------
        NoFrameError
            Nothing was captured.
        """
        if not self.frame_count:
            raise NoFrameError(
                "the code ran, but nothing became a frame. Frames come from capture(), from "
                "plt.pause(seconds), from a callable named after the script, or from a "
                "Matplotlib Animation that is kept in a variable or shown by plt.show()."
            )
        with self._right_frames():
            return tuple(clip for track in self._tracks if (clip := track.finish()))

    def abort(self) -> None:
        """Stop all encoders."""
        for track in self._tracks:
            track.abort()

    def _track(self, fps: Fraction, dpi: float | None = None) -> Track:
        settings = self.settings
        track: Track
        if self.folder is None:
            track = _Mute(fps)
        else:
            track = ClipWriter(
                self.folder,
                str(len(self._tracks) + 1),
                fps,
                formats=settings.formats,
                quality=settings.quality,
                encoder_args=dict(settings.encoder_args),
                poster=settings.poster,
                frames=FrameTaker(
                    settings.dpi or dpi,
                    self.limits.max_pixels,
                    incremental=self.incremental and settings.redraw == "incremental",
                    pixel_ratio=2 if settings.hidpi else 1,
                ),
                max_frames=settings.max_frames,
                max_bytes=self.limits.max_bytes,
                fingerprinted=True,
                on_frame=lambda _: self.report(self.frame_count),
            )
        self._tracks.append(track)
        return track

    @contextmanager
    def _right_frames(self) -> Iterator[None]:
        try:
            yield
        except RedrawError as error:
            raise RunAgain(
                incremental=False, remark=f"drawn again, every frame in full: {error}"
            ) from error
