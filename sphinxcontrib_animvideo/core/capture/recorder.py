"""Records what one job captures: one clip of its own captures, and one of each animation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

from ...errors import NoFrameError, RedrawError
from ..encoding.clip_writer import ClipWriter
from ..encoding.timeline import SCREEN_RATE, Timeline, natural_rate
from ..frames.grabber import FrameGrabber
from ..frames.sources import is_animation, is_frame_source
from ..model.asset import Clip, Note
from ..model.settings import Limits, Settings
from .backend import animation_rate, play
from .user_code import ControlFlow


class EnoughFrames(ControlFlow):
    """Ends an endless animation."""


class Restart(ControlFlow):
    """The recording is unusable: the code has to run again, with other fields of its step."""

    def __init__(self, **changes: bool | str) -> None:
        super().__init__()
        self.changes = changes


class Track(Protocol):
    """What a recorder adds captures to: a :class:`ClipWriter`, or a counter of frames."""

    @property
    def frame_count(self) -> int: ...
    def capture(
        self, source: Any = None, hold: float | None = None, caption: str | None = None
    ) -> None: ...
    def finish(self) -> Clip | None: ...
    def abort(self) -> None: ...


class _FrameCounter:
    """Counts frames without drawing, for a directive of a ``:context:`` whose video is cached."""

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
    """The animation or figure that a movie writer is recording."""

    figure: Any
    track: Track
    endless: bool
    """Whether it is an animation that does not say how many frames it has."""


@dataclass
class Recorder:
    """Records the frames of one job.

    Parameters
    ----------
    settings, limits
        Of the job and of the build.
    folder
        Where the files go; ``None`` only counts the frames.
    steady_rate, incremental
        As in :class:`.messages.Step`.
    on_frame
        Called with the number of frames after each frame.
    """

    settings: Settings
    limits: Limits
    folder: Path | None
    steady_rate: bool
    incremental: bool
    on_frame: Callable[[int], None]
    notes: list[Note] = field(default_factory=list)
    shown: list[Any] = field(default_factory=list)
    """Animations on figures that were shown; the script may hold them in no variable."""

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
        """Add one capture; the job's own captures form one clip."""
        if is_animation(source):
            self.record_animation(source)
            return
        if self._main is None:
            self._main = self._track(self.settings.fps or self.settings.default_fps)
        with self._restart_if_wrong():
            self._main.capture(source, hold, caption)

    def pause(self, figure: Any, seconds: float) -> None:
        """Capture *figure* for *seconds*; a constant pause sets the frame rate."""
        hurried = seconds * SCREEN_RATE < 1
        if self.settings.fps is None and self.steady_rate:
            if self._main is None and not hurried and seconds <= 1:
                self._pause = seconds
                self._main = self._track(natural_rate(seconds, self.settings.default_fps))
            elif self._pause is not None and self._pause != seconds and not hurried:
                raise Restart(steady_rate=False)  # at the configured rate
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
                    f"the callable returned an object of type {type(value).__name__}. It must "
                    "return an Animation, or an iterable of figures, axes, arrays, or images."
                ) from None
            for item in items:
                self.capture(item)

    def record_animation(self, animation: Any) -> None:
        """Record a Matplotlib animation as a separate clip, unless it was already saved."""
        if any(animation is saved for saved in self._saved):
            return
        rate = animation_rate(animation, self.settings.default_fps)
        self._playing = True
        with suppress(EnoughFrames):  # there is a note
            play(animation, float(self.settings.fps or rate))
        self._playing = False

    def begin_saving(self, figure: Any, animation: Any, fps: float, dpi: float | None) -> None:
        """Start a clip of what a movie writer saves.

        *animation* is ``None`` if the code itself grabs frames of *figure*.
        """
        rate = Fraction(str(fps)).limit_denominator(100_000)
        if rate > SCREEN_RATE:
            rate = self.settings.default_fps
        track: Track
        if animation is not None and any(animation is saved for saved in self._saved):
            track = _FrameCounter(rate)  # saved in a second format
        else:
            track = self._track(self.settings.fps or rate, dpi)
        endless = animation is not None and getattr(animation, "_save_count", None) is None
        self._saved.append(animation)
        self._saving = _Saving(figure, track, endless)

    def grab(self) -> None:
        """Capture the next frame of what a movie writer saves."""
        saving = self._saving
        assert saving, "begin_saving comes first"
        if saving.endless and saving.track.frame_count >= self.settings.max_frames:
            self.notes.append(
                Note(
                    "max_frames",
                    f"an animation of unknown length was truncated at {self.settings.max_frames} "
                    "frames (max-frames). Pass save_count, or a sequence as frames, to set its "
                    "length." + ("" if self._playing else " The code after save() was not run."),
                )
            )
            raise EnoughFrames
        with self._restart_if_wrong():
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
                "the code ran, but no frames were captured. Frames are captured by capture(), by "
                "plt.pause(seconds), from a callable named after the script, and from Matplotlib "
                "animations that are assigned to a variable or shown with plt.show()."
            )
        with self._restart_if_wrong():
            return tuple(clip for track in self._tracks if (clip := track.finish()))

    def abort(self) -> None:
        """Stop all encoders."""
        for track in self._tracks:
            track.abort()

    def _track(self, fps: Fraction, dpi: float | None = None) -> Track:
        settings = self.settings
        track: Track
        if self.folder is None:
            track = _FrameCounter(fps)
        else:
            track = ClipWriter(
                self.folder,
                str(len(self._tracks) + 1),
                fps,
                formats=settings.formats,
                quality=settings.quality,
                encoder_args=dict(settings.encoder_args),
                poster=settings.poster,
                frames=FrameGrabber(
                    settings.dpi or dpi,
                    self.limits.max_pixels,
                    incremental=self.incremental and settings.redraw == "incremental",
                    pixel_ratio=2 if settings.hidpi else 1,
                ),
                max_frames=settings.max_frames,
                max_bytes=self.limits.max_bytes,
                hash_frames=True,
                on_frame=lambda _: self.on_frame(self.frame_count),
            )
        self._tracks.append(track)
        return track

    @contextmanager
    def _restart_if_wrong(self) -> Iterator[None]:
        try:
            yield
        except RedrawError as error:
            raise Restart(
                incremental=False,
                remark=f"rendered again with full redraws: {error.message}",
            ) from error
