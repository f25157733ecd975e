"""Records what one job captures, animates, and shows."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..encoding.copied_video import playable
from ..encoding.picture_files import pictures_in, step_of
from ..encoding.segments import SegmentFolder
from ..encoding.timeline import frame_rate, ignored_step, sets_rate
from ..frames.sources import animations_of, figure_of, is_animation, is_pil_image, root_figure
from ..model.asset import Clip, Note
from ..model.settings import Limits, Settings
from .animations import (
    Animations,
    animations_being_saved,
    by_figure,
    figure_of_animation,
    interval_of,
    rate_of_interval,
    shortest_interval,
)
from .canvases import note_shown
from .control_flow import EnoughFrames, Restart
from .figure_recording import FigureRecording
from .forks import refuse_in_fork
from .no_frames import no_frames
from .playing import play
from .restarts import restarting
from .tracks import FrameCounter, Track, TrackFactory
from .window import Window

if TYPE_CHECKING:
    from matplotlib.animation import Animation
    from matplotlib.figure import Figure

    from ..frames.grabber import FrameGrabber


@dataclass
class Recorder:
    """Records what a person would have seen move in a window.

    Captures, pauses, and events form one clip; each animation and each figure that is saved forms
    another one, in the order in which they begin.

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
    animations
        The animations that the code has created so far.
    segments
        The segments of long clips; needed if there is a *folder*.
    """

    settings: Settings
    limits: Limits
    folder: Path | None
    steady_rate: bool
    incremental: bool
    on_frame: Callable[[int], None]
    animations: Animations = field(default_factory=Animations)
    notes: list[Note] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    """What is worth logging at info level."""
    saved_figures: int = 0
    """How often the code called ``savefig``."""
    segments: SegmentFolder | None = None

    def __post_init__(self) -> None:
        self._process = os.getpid()
        self._main: Track | None = None
        self._tracks: list[Track] = []
        self._recordings: list[FigureRecording] = []
        self.window = Window(self)
        self._factory = TrackFactory(
            *(self.settings, self.limits, self.folder, self.segments, self.incremental),
            on_frame=lambda: self.on_frame(sum(track.written_count for track in self._tracks)),
            warn=lambda message: self.notes.append(Note("array", message)),
        )
        self._grabber = self._factory.grabber()

    @property
    def frame_count(self) -> int:
        """Frames of all clips so far."""
        return sum(track.frame_count for track in self._tracks)

    @property
    def clip_count(self) -> int:
        """Clips so far."""
        return sum(1 for track in self._tracks if track.frame_count)

    # -- captures and windows --------------------------------------------------------------

    def capture(
        self, source: Any = None, hold: float | None = None, caption: str | None = None
    ) -> None:
        """Add one capture; the job's own captures form one clip."""
        refuse_in_fork(self._process)
        if is_animation(source):
            self.record_animations([source])
            return
        self.window.settle()
        recording = self._recording_of(figure_of(source)) if self._recordings else None
        if recording:  # a frame is grabbed in a moment
            recording.hold, recording.caption = hold, caption
        else:
            if self._main is None:
                step = None if is_pil_image(source) else step_of(source)
                self._main = self._track(self._rate(step=step), self._grabber)
            with self._restart_if_wrong():
                self._main.capture(source, hold, caption)

    def keep(self, figure: Figure) -> Any:
        """Return *figure* as it looks now, to be captured later."""
        if self.folder is None:
            return figure
        with self._restart_if_wrong():
            return self._grabber.keep(figure)

    @property
    def is_first_capture(self) -> bool:
        """Whether there are no captures yet, so that the next one may decide the frame rate."""
        return self._main is None

    def begin_pauses(self, seconds: float) -> None:
        """Start the clip of captures, the first of which is a pause of *seconds*."""
        self._main = self._track(self._rate(step=seconds), self._grabber)

    def vary_rate(self) -> None:
        """Give the clip of varying pauses the configured rate."""
        raise Restart(
            steady_rate=False,
            remark=f"the video has {float(self.settings.default_fps):g} frames per second, "
            "because plt.pause() is called with different intervals.",
        )

    @property
    def recorded_figures(self) -> list[Figure]:
        """The figures that are being played or saved."""
        return [recording.figure for recording in self._recordings]

    # -- results ---------------------------------------------------------------------------

    def record(self, value: Any) -> None:
        """Record what a callable returned: animations, one source, or an iterable of them."""
        if value is None:
            return
        if animations := animations_of(value):
            self.record_animations(animations)
        elif figure := figure_of(value):
            # A callable that captures or animates its figure usually returns the figure as well.
            if not self._tracks and not self.animations.waiting_on(figure):
                self.capture(value)
        else:
            for picture, hold in pictures_in(value):
                self.capture(picture, hold)

    def record_file(self, path: Path) -> None:
        """Record a video or an animated image; what browsers can play is copied as it is."""
        if self.folder and (info := playable(path) if self.settings.fps is None else None):
            self._tracks.append(self._factory.copy(path, str(len(self._tracks) + 1), info))
        else:
            self.capture(path)

    # -- animations ------------------------------------------------------------------------

    def record_animations(self, animations: Sequence[Animation]) -> None:
        """Record animations, those on one figure as one clip, unless they were recorded."""
        self.window.settle()
        self.animations.add(animations)
        for together in by_figure([a for a in self.animations.waiting() if a in animations]):
            figure = figure_of_animation(together[0])
            rate = self._rate(step=shortest_interval(together))
            recording = FigureRecording(figure, rate, figure.dpi, together, played=True)
            self._begin(recording)
            try:
                with closing(play(together)) as frames:
                    for _ in frames:
                        self.grab(recording)
            except EnoughFrames:  # there is a note
                pass
            finally:
                self.end_saving(recording)

    def begin_saving(self, figure: Figure, fps: float, dpi: float | None) -> FigureRecording:
        """Start a clip of what a movie writer saves."""
        self.window.settle()
        animations = animations_being_saved(figure)  # none if the code itself grabs the frames
        # Matplotlib passes the rate of the interval if the code does not pass another one.
        step = next((interval_of(a) for a in animations[:1] if fps == rate_of_interval(a)), None)
        rate = self._rate(step=step) if step else self._rate(explicit=fps)
        recording = FigureRecording(root_figure(figure), rate, dpi, animations, played=False)
        self._begin(recording)
        return recording

    def _begin(self, recording: FigureRecording) -> None:
        figure, animations = recording.figure, recording.animations
        waiting = self.animations.waiting()
        is_second_format = animations and not any(animation in waiting for animation in animations)
        if is_second_format and not figure.stale:
            recording.track = FrameCounter(recording.rate)
        elif not self._recording_of(figure):  # it has one recording at a time
            recording.track = self._track(recording.rate, self._factory.grabber(recording.dpi))
        self.animations.note_recorded(animations)
        self._recordings.append(recording)

    def grab(self, recording: FigureRecording) -> None:
        """Capture the next frame of a figure that is being saved or played."""
        if recording.track is None:
            if self._recording_of(recording.figure) is not recording:
                return
            # The other recording of the figure has ended.
            recording.track = self._track(recording.rate, self._factory.grabber(recording.dpi))
        if recording.endless and recording.track.frame_count >= self.settings.max_frames:
            self._end_endless(recording)
        with self._restart_if_wrong():
            recording.track.capture(recording.figure, recording.hold, recording.caption)
        recording.hold, recording.caption = None, None

    def _end_endless(self, recording: FigureRecording) -> None:
        """End an endless animation."""
        self.notes.append(Note("max_frames", recording.truncated(self.settings.max_frames)))
        raise EnoughFrames

    def end_saving(self, recording: FigureRecording) -> None:
        """End the clip of a figure that was saved or played."""
        if recording in self._recordings:  # not if the recorder was aborted
            self._recordings.remove(recording)
            note_shown(recording.figure)

    def _recording_of(self, figure: Figure | None) -> FigureRecording | None:
        return next((found for found in self._recordings if found.figure is figure), None)

    # -- clips -----------------------------------------------------------------------------

    def complete(self) -> bool:
        """Complete what was drawn here; return False if other processes do the rest.

        Raises
        ------
        NoFrameError
            Nothing was captured.
        """
        refuse_in_fork(self._process)
        self.window.settle()
        if not self.frame_count:
            raise no_frames("the code", self, has_callable=True)
        with self._restart_if_wrong():
            are_complete = [track.complete() for track in self._tracks]
            return all(are_complete) and (self.segments is None or self.segments.claim_clips())

    def finish(self) -> tuple[Clip, ...]:
        """Complete all clips; raises what :meth:`complete` does."""
        self.complete()
        with self._restart_if_wrong():
            clips = tuple(clip for track in self._tracks if (clip := track.finish()))
        self.notes += [note for track in self._tracks for note in track.notes]
        return clips

    def abort(self) -> None:
        """Stop all encoders, which belong to the process that has started them."""
        if os.getpid() != self._process:
            return
        for track in self._tracks:
            track.abort()

    def _rate(
        self, *, explicit: float | None = None, step: float | Fraction | None = None
    ) -> Fraction:
        option, default = self.settings.fps, self.settings.default_fps
        if option is None and explicit is None and step is not None and not sets_rate(step):
            self.remarks.append(ignored_step(step, default))
        return frame_rate(option=option, explicit=explicit, step=step, default=default)

    def _track(self, fps: Fraction, grabber: FrameGrabber) -> Track:
        """Start a clip."""
        refuse_in_fork(self._process)
        track = self._factory.track(str(len(self._tracks) + 1), fps, grabber)
        self._tracks.append(track)
        return track

    def _restart_if_wrong(self) -> AbstractContextManager[None]:
        return restarting(self.settings.parallel)
