"""``VideoWriter``: writes one video file, frame by frame."""

from __future__ import annotations

import atexit
import os
import sys
import threading
import warnings
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Unpack

from .core.encoding.clip_writer import ClipWriter
from .core.encoding.unfinished import UnfinishedFolder
from .core.frames.arrays import ColorMapping
from .core.frames.grabber import FrameGrabber
from .core.model.asset import Clip
from .core.model.formats import format_of
from .core.model.options import PYTHON, options_of
from .core.model.settings import check_formats
from .errors import EncoderError, NoFrameError, RedrawError, WriterError
from .keywords import VideoOptions, documented, read_keywords
from .progress import FrameBar, reporting
from .video import Video


@documented
class VideoWriter:
    """Writes a video file, frame by frame.

    The extension of *path* selects the format. The file appears under its name when it is
    complete, and replaces an existing one. Until then it grows in a folder beside it, whose name
    ends with ``.unfinished``; after a crash, its frames can be played. A writer that is dropped
    without :meth:`close` writes no file; with *keep_unfinished*, its folder stays as after a crash.

    Parameters
    ----------
    path
        The file to write.
    fps
        Frames per second: a number or a fraction.
    **options

    Raises
    ------
    OptionError
        A value is out of range, or the extension is unknown.
    OutputError
        The file cannot be written.
    WriterError
        Another writer is writing the same file.
    TypeError
        There is no such keyword argument.

    Examples
    --------
    >>> import numpy as np
    >>> from sphinxcontrib_animvideo import VideoWriter
    >>> with VideoWriter("noise.mp4", fps=10) as writer:
    ...     for _ in range(20):
    ...         writer.capture(np.random.random((120, 160)))
    >>> writer.video.frame_count
    20
    """

    _ended = "was not created"

    def __init__(
        self,
        path: str | os.PathLike[str],
        fps: float | Fraction | str = 25,
        **options: Unpack[VideoOptions],
    ) -> None:
        self.path = Path(path)
        self.fps: Fraction = options_of(PYTHON)["fps"].read(fps)
        format = format_of(self.path)
        values = read_keywords(options)
        check_formats((format.name,), values["quality"])
        self._messages: list[str] = []
        frames = FrameGrabber(
            values["dpi"],
            incremental=values["redraw"] == "incremental",
            colors=ColorMapping(
                **{name: values[name] for name in ("cmap", "vmin", "vmax", "norm", "bad")},
                warn=self._messages.append,
            ),
            raw_size=values["raw_size"],
        )
        self._keep_unfinished = values["keep_unfinished"]
        self._bar = FrameBar(self.path.name, values["total"], values["progress"])
        self._folder = UnfinishedFolder(self.path)
        self._writer = ClipWriter(
            self._folder.path,
            "video",
            self.fps,
            formats=(format.name,),
            quality=values["quality"],
            encoder_args={format.name: values["extra_args"]},
            poster=None,
            frames=frames,
            target_size=values["target_size"],
            durable=True,
            hash_frames=values["hash_frames"],
            check_flashes=values["check_flashes"],
            max_frames=values["max_frames"],
            on_frame=reporting(self._bar, values["on_frame"]),
        )
        # Reentrant, as Ctrl-C can come just after it is taken, and the file must be completed.
        self._in_use = threading.RLock()
        self._process = os.getpid()
        self._video: Video | None = None
        self._folder.claim()  # last, as wrong arguments must leave nothing behind
        self._ended = ""
        _open_writers.add(self)

    @property
    def frame_count(self) -> int:
        """Frames so far; a hold counts as the frames that it fills."""
        return self._writer.frame_count

    @property
    def video(self) -> Video:
        """The finished video; WriterError before :meth:`close`."""
        if self._video is None:
            raise WriterError(f"{self.path} is not complete yet. Close the writer first.")
        return self._video

    def capture(
        self, source: Any = None, *, hold: float | None = None, caption: str | None = None
    ) -> None:
        """Add *source* as it looks now.

        Parameters
        ----------
        source
            A Matplotlib figure, or what belongs to one, such as an artist or a grid of seaborn;
            an axes (the pixels inside it, without labels and ticks); an array of shape (height,
            width) or (height, width, channels) with 1, 3, or 4 channels, of integers from 0 to
            255, uint16, floats from 0 to 1, or bools; a PIL image; or the path or the bytes of an
            image file or a video, all pictures of which are added. Defaults to the current figure.
        hold
            How long the frame is shown, in seconds. Defaults to one frame, and to their own
            durations for the pictures of a file.
        caption
            Text that is shown from this frame on, until the next caption. Captions are written
            to a separate file with the extension ``.vtt``.

        Raises
        ------
        FrameError
            *source* cannot become a frame, or differs in size from the first one.
        LimitError
            *max_frames* is exceeded.
        RedrawError
            A frame that was drawn incrementally turned out wrong.
        EncoderError
            ffmpeg has failed.
        WriterError
            The writer is closed, is in use by another thread, or belongs to another process.
        """
        with self._using():
            if caption is not None:
                self._folder.check_captions()
            self._writer.capture(source, hold, caption)

    def close(self) -> Video:
        """Complete the file, and move it to *path*. A second call does nothing.

        Raises
        ------
        NoFrameError
            No frames were captured, so no file is written.
        OutputError
            The complete file cannot be moved to *path*; it is kept in the folder.
        RedrawError, EncoderError, WriterError
            As from :meth:`capture`; an existing file is kept.
        """
        if self._video:
            return self._video
        with self._using():
            try:
                self._video = self._complete()
                self._ended = "is complete"
            finally:
                self._discard("could not be completed")
        # Now, as a warning may be turned into an error, and the video is good.
        for message in (*self._messages, *(note.message for note in self._writer.notes)):
            warn_at_caller(message)
        return self._video

    def abort(self) -> None:
        """Stop without writing a file. Does nothing after :meth:`close`."""
        if not self._ended:
            with self._using():
                self._discard("was aborted")

    def __enter__(self) -> VideoWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # After these, what was written may be wrong or cannot be completed.
        unusable = isinstance(error, (RedrawError, EncoderError))
        if error is None or (self._keep_unfinished and self._writer.written_count and not unusable):
            self.close()
        else:
            self.abort()

    @contextmanager
    def _using(self) -> Iterator[None]:
        if self._ended:
            raise WriterError(f"{self.path} {self._ended}. Use a new VideoWriter for more frames.")
        if os.getpid() != self._process:
            raise WriterError(
                "a VideoWriter can only be used in the process that created it, not in a fork. "
                "Send the frames to that process, or write a separate video in each process."
            )
        if not self._in_use.acquire(blocking=False):
            raise WriterError(
                "a VideoWriter was used by two threads at the same time. Write from one thread, or "
                "use a lock."
            )
        try:
            yield
        finally:
            self._in_use.release()

    def _complete(self) -> Video:
        files = self._writer.close()
        if not files:
            raise NoFrameError(
                f"no frames were captured for {self.path}. Is the source an empty iterable?"
            )
        if captions := self._writer.write_captions():
            self._folder.move(captions.name, self._folder.captions)
        self._folder.move(files[0].name, self._folder.target)
        width, height = self._writer.size
        count = self._writer.written_count
        clip = Clip(
            files=(replace(files[0], name=self.path.name),),
            poster=None,
            captions=None,
            width=width,
            height=height,
            fps=str(self.fps),
            frame_count=count,
            seconds=float(count / self.fps),
            fingerprint=self._writer.fingerprint,
        )
        return Video(self._folder.target_from_here(), clip)

    def _discard(self, reason: str, keep: bool = False) -> None:
        self._ended = self._ended or reason
        self._bar.close()
        if keep:  # ffmpeg completes its file there when the encoder is dropped
            self._folder.leave()
        else:
            self._writer.abort()
            self._folder.remove()

    def __del__(self) -> None:
        """End a writer that nobody can close any more."""
        if self._ended or os.getpid() != self._process:
            return
        keep = self._keep_unfinished and self._writer.written_count > 0
        self._discard("was dropped", keep)
        kept = f" Its frames are in {self._folder.path}." if keep else ""
        warnings.warn(
            f"{self.path} was not written, because its VideoWriter was dropped.{kept} Use a with "
            "block, or call close().",
            ResourceWarning,
            stacklevel=2,
        )


def warn_at_caller(message: str) -> None:
    """Warn at the line that has called this package."""
    own, level, frame = str(Path(__file__).parent), 1, sys._getframe()
    while frame.f_back and frame.f_code.co_filename.startswith(own):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, stacklevel=level)


_open_writers: weakref.WeakSet[VideoWriter] = weakref.WeakSet()


@atexit.register
def _end_open_writers() -> None:
    for writer in list(_open_writers):
        writer.__del__()
