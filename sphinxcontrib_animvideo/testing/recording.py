"""The video of one test, written while the test runs."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import EncoderError, RedrawError

if TYPE_CHECKING:
    from fractions import Fraction

    from ..video import Video
    from ..writer import VideoWriter
    from .marker import MarkerOptions


class Recording:
    """The value of the fixture ``animvideo``: records the video of a test."""

    def __init__(
        self,
        path: Path,
        options: MarkerOptions,
        active: bool,
        compare: Callable[[Recording], None],
    ) -> None:
        self._path = path
        self._options = options
        self._active = active
        self._compare = compare
        self._writer: VideoWriter | None = None

    @property
    def path(self) -> Path:
        """The video file of this test; it exists after the test, if it is kept."""
        return self._path

    def capture(
        self, source: Any = None, *, hold: float | None = None, caption: str | None = None
    ) -> None:
        """Add *source* as it looks now.

        Parameters
        ----------
        source, hold, caption
            As for :meth:`.VideoWriter.capture`.

        Raises
        ------
        AnimvideoError
            As from :meth:`.VideoWriter.capture`.
        """
        if not self._active:
            return
        writer = self._open()
        try:
            writer.capture(source, hold=hold, caption=caption)
        except (EncoderError, RedrawError):
            self.abort()  # what was written is unusable
            raise

    def record(self, source: Any) -> None:
        """Add all frames of an animation, or of an iterable.

        Parameters
        ----------
        source
            As for :func:`.write_video`. With ``--animvideo=off`` an iterable is not consumed.

        Raises
        ------
        AnimvideoError
            As from :meth:`.VideoWriter.capture`.
        """
        if not self._active:
            return
        from ..core.capture.sequence import sequence_of

        sequence = sequence_of(source)
        self._open(sequence.step)
        sequence.capture_all(self.capture)

    def compare(self) -> None:
        """Complete the video, and fail the test if it differs from the accepted one.

        It is compared with ``animvideo.lock`` next to the test, and with the baseline in the
        directory of ``--animvideo-baseline``. With ``--animvideo=off`` nothing is compared.
        """
        __tracebackhide__ = True
        if self._active:
            self._compare(self)

    @property
    def has_frames(self) -> bool:
        """Whether anything was captured."""
        return self._writer is not None and self._writer.frame_count > 0

    def _open(self, step: float | Fraction | None = None) -> VideoWriter:
        """Return the writer; *step* is the time between frames, if the source sets it."""
        if self._writer is None:
            from ..core.encoding.timeline import frame_rate
            from ..core.model.options import OPTIONS
            from ..writer import VideoWriter  # imports NumPy

            options = self._options
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = VideoWriter(
                self._path,
                frame_rate(option=options.fps, step=step, default=OPTIONS["fps"].default),
                quality=options.quality,
                dpi=options.dpi,
                redraw=options.redraw,
                hash_frames=True,
                max_frames=options.max_frames or OPTIONS["max-frames"].default,
                progress=False,
            )
        return self._writer

    def close(self) -> bool:
        """Complete the video; return whether there is one. A second call does nothing."""
        return self.finish() is not None

    def finish(self) -> Video | None:
        """Complete the video, and return it, if there is one. A second call does nothing."""
        if self._writer is None or not self.has_frames:
            self.abort()
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("always")  # a hook of pytest must not raise them as errors
            return self._writer.close()

    def abort(self) -> None:
        """Stop without a video. After :meth:`close`, remove the video."""
        self._active = False
        if self._writer:
            self._writer.abort()
            self._writer = None
        for path in (self._path, self._path.with_suffix(".vtt")):
            path.unlink(missing_ok=True)
