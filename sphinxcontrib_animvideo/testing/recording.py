"""The videos of one test, written while the test runs."""

from __future__ import annotations

import shutil
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import (
    AnimvideoError,
    EncoderError,
    FrameError,
    OutputError,
    RedrawError,
    WriterError,
    keyword,
)

# Other imports wait until a test records: this module is loaded at every start of pytest.
if TYPE_CHECKING:
    from ..core.capture.recorder import Recorder
    from ..core.model.asset import Clip
    from ..core.model.settings import Limits, Settings
    from ..video import Video
    from .marker import MarkerOptions


class Recording:
    """The value of the fixture ``animvideo``: records the videos of a test.

    What the test captures, pauses, shows, and saves is recorded as everywhere else. Captures form
    one video, and each animation forms another one.
    """

    def __init__(
        self,
        path: Path,
        options: MarkerOptions,
        active: bool,
        compare: Callable[[Recording], None],
    ) -> None:
        self._path = path
        self._options = options
        self.active = active
        """Whether anything is recorded."""
        self._compare = compare
        self._recorder: Recorder
        self._videos: tuple[Video, ...] | None = None

    @property
    def path(self) -> Path:
        """The video file of this test; it exists after the test, if it is kept.

        Further videos have numbers in their names, as ``video-2.mp4``.
        """
        return self._path

    @property
    def paths(self) -> list[Path]:
        """The files of all videos so far."""
        return [self._numbered(number) for number in range(1, self._recorder.clip_count + 1)]

    def capture(
        self, source: Any = None, *, hold: float | None = None, caption: str | None = None
    ) -> None:
        """Add *source* as it looks now.

        Parameters
        ----------
        source, hold, caption
            As for :func:`.capture`.

        Raises
        ------
        AnimvideoError
            As from :func:`.capture`.
        WriterError
            The video was completed by :meth:`compare`.
        """
        __tracebackhide__ = True
        self._add(lambda recorder: recorder.capture(source, hold, caption))

    def record(self, source: Any) -> None:
        """Add all frames of an animation, or of an iterable.

        Parameters
        ----------
        source
            As for :func:`.write_video`. With ``--animvideo=off`` an iterable is not consumed.

        Raises
        ------
        AnimvideoError
            As from :meth:`capture`.
        FrameError
            *source* is ``None``, or of no such kind.
        """
        if source is None:
            raise FrameError("None cannot become frames. Does the function return what it creates?")
        __tracebackhide__ = True
        self._add(lambda recorder: recorder.record(source))

    def record_animations(self) -> None:
        """Add the animations that the test has created, if they are still alive."""
        if self._videos:
            return
        with self._adding() as recorder:
            recorder.record_animations(recorder.animations.remaining())

    def compare(self) -> None:
        """Complete the videos, and fail the test if they differ from the accepted ones.

        They are compared with ``animvideo.lock`` next to the test, and with the baselines in the
        directory of ``--animvideo-baseline``. With ``--animvideo=off`` nothing is compared.
        """
        __tracebackhide__ = True
        if self.active:
            self._compare(self)

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Record what the code in this block captures, animates, and shows."""
        from ..core.capture.in_process import InProcessRecorder, recording_in_process

        if self.active:
            folder = self._path.with_name(f"{self._path.name}.unfinished")
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                self._recorder = self._silent()
                raise OutputError(
                    f"cannot create the directory {folder.parent} ({error.strerror}). Set "
                    "--animvideo-output to a directory that can be created."
                ) from None
            settings, limits = self._settings(), _no_limits()
            self._recorder = InProcessRecorder(settings, limits, keyword, folder=folder)
        else:
            self._recorder = self._silent()
        with recording_in_process(self._recorder):
            yield

    @property
    def has_frames(self) -> bool:
        """Whether anything was captured."""
        return bool(self.paths)

    def finish(self) -> tuple[Video, ...]:
        """Complete the videos, and return them. A second call returns the same ones."""
        if self._videos is None:
            self._recorder.window.settle()
            if not self.has_frames:
                self.abort()
                return ()
            self._videos = tuple(
                self._move(number, clip) for number, clip in enumerate(self._recorder.finish(), 1)
            )
            self._remove_folder()
            self._warn()
        return self._videos

    def abort(self) -> None:
        """Stop without a video. After :meth:`finish`, remove the videos."""
        paths = self.paths
        self._recorder.abort()
        self._remove_folder()
        self._recorder, self.active, self._videos = self._silent(), False, None
        for path in paths:
            path.unlink(missing_ok=True)
            path.with_suffix(".vtt").unlink(missing_ok=True)

    def _settings(self) -> Settings:
        from ..core.model.formats import format_of
        from ..core.model.options import OPTIONS
        from ..core.model.settings import make_settings

        options = self._options
        given = {
            "fps": options.fps,
            "max-frames": options.max_frames,
            "dpi": options.dpi,
            "quality": options.quality,
            "redraw": options.redraw,
            "check-flashes": options.check_flashes,
            "formats": (format_of(self._path).name,),
        }
        written = {name: value for name, value in given.items() if value is not None}
        return make_settings(written, lambda name: OPTIONS[name].default)

    def _silent(self) -> Recorder:
        from ..core.capture.silent import SilentRecorder

        return SilentRecorder(
            self._settings(), _no_limits(), None, True, True, lambda frame_count: None
        )

    def _add(self, add: Callable[[Recorder], None]) -> None:
        """Call *add*; an error of ours is shown at the line of the test, not at ours."""
        __tracebackhide__ = True
        try:
            with self._adding() as recorder:
                add(recorder)
        except AnimvideoError as error:
            raise error.with_traceback(None) from error.__cause__

    @contextmanager
    def _adding(self) -> Iterator[Recorder]:
        """Yield the recorder; what an error of ffmpeg or of a redraw leaves is removed."""
        if self._videos is not None:
            raise WriterError(
                "the video of this test is complete. Add frames before animvideo.compare()."
            )
        try:
            yield self._recorder
        except (EncoderError, RedrawError):
            self.abort()
            raise

    def _numbered(self, number: int) -> Path:
        return self._path.with_stem(f"{self._path.stem}-{number}") if number > 1 else self._path

    def _move(self, number: int, clip: Clip) -> Video:
        """Move a clip to where the videos of the test are kept."""
        from ..video import Video

        folder, path = self._recorder.folder, self._numbered(number)
        assert folder, "files of clips are in a folder"
        (folder / clip.files[0].name).replace(path)
        if clip.captions:
            (folder / clip.captions.name).replace(path.with_suffix(".vtt"))
        file = replace(clip.files[0], name=path.name)
        return Video(path, replace(clip, files=(file,), poster=None, captions=None))

    def _remove_folder(self) -> None:
        if folder := self._recorder.folder:
            shutil.rmtree(folder, ignore_errors=True)

    def _warn(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("always")  # a hook of pytest must not raise them as errors
            for note in self._recorder.notes:
                warnings.warn(note.message, stacklevel=2)


def _no_limits() -> Limits:
    from ..core.model.settings import Limits

    return Limits(*(sys.maxsize for _ in fields(Limits)))
