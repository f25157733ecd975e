"""The video of one test, written while it runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import EncoderError, RedrawError

if TYPE_CHECKING:
    from fractions import Fraction

    from ..video import Video, VideoWriter
    from .marker import Settings


class Recording:
    """What the fixture ``animvideo`` gives to a test."""

    def __init__(
        self,
        path: Path,
        settings: Settings,
        active: bool,
        compare: Callable[[Recording], None],
    ) -> None:
        self._path = path
        self._settings = settings
        self._active = active
        self._compare = compare
        self._writer: VideoWriter | None = None

    @property
    def path(self) -> Path:
        """The video of this test; it is there when the test has ended, if it is kept."""
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
            self.abort()  # nothing of it can be used
            raise

    def record(self, source: Any) -> None:
        """Add all frames of an animation, or of an iterable.

        Parameters
        ----------
        source
            As for :func:`.write_video`. With ``--animvideo=off`` an iterable is left unread.

        Raises
        ------
        AnimvideoError
            As from :meth:`.VideoWriter.capture`.
        """
        if not self._active:
            return
        from ..core.encoding.timeline import own_rate
        from ..core.frames.grabber import is_animation, pictures_in
        from ..core.model.options import OPTIONS

        if is_animation(source):
            from .animation_frames import save

            seconds = getattr(source, "_interval", 0) / 1000
            writer = self._open(own_rate(seconds, OPTIONS["fps"].default))
            save(source, float(writer.fps), self.capture)
        else:
            for picture in pictures_in(source):
                self.capture(picture)

    def compare(self) -> None:
        """Complete the video, and fail the test if it is not the one that was accepted.

        It is compared with ``animvideo.lock`` beside the test, and with what is kept below the
        folder of ``--animvideo-baseline``. With ``--animvideo=off`` nothing is compared.
        """
        __tracebackhide__ = True
        if self._active:
            self._compare(self)

    @property
    def has_frames(self) -> bool:
        """Whether anything was captured."""
        return self._writer is not None and self._writer.frame_count > 0

    def _open(self, fps: Fraction | None = None) -> VideoWriter:
        """Return the writer; *fps* is the rate of a new one where none is asked for."""
        if self._writer is None:
            from ..core.model.options import OPTIONS
            from ..video import VideoWriter  # imports NumPy

            settings = self._settings
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = VideoWriter(
                self._path,
                settings.fps or fps or OPTIONS["fps"].default,
                quality=settings.quality,
                dpi=settings.dpi,
                redraw=settings.redraw,
                fingerprint=True,
                max_frames=settings.max_frames or OPTIONS["max-frames"].default,
                progress=False,
            )
        return self._writer

    def close(self) -> bool:
        """Complete the video; return whether there is one. A second call changes nothing."""
        return self.finish() is not None

    def finish(self) -> Video | None:
        """Complete the video, and return it, if there is one. A second call changes nothing."""
        if self._writer is None or not self.has_frames:
            self.abort()
            return None
        return self._writer.close()

    def abort(self) -> None:
        """Leave no video. After :meth:`close` it removes the video."""
        self._active = False
        if self._writer:
            self._writer.abort()
            self._writer = None
        for path in (self._path, self._path.with_suffix(".vtt")):
            path.unlink(missing_ok=True)
