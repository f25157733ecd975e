"""One video file, written from Python: sources in, a finished file out."""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from operator import length_hint
from pathlib import Path
from types import TracebackType
from typing import Any

from .core.encoding.clip_writer import ClipWriter
from .core.encoding.timeline import own_rate
from .core.frames.arrays import Colours
from .core.frames.grabber import FrameTaker, is_animation, pictures_in
from .core.model.asset import Clip, VideoFile
from .core.model.fingerprint import Fingerprint
from .core.model.formats import format_of
from .core.model.options import OPTIONS, check_formats
from .errors import (
    EncoderError,
    NoFrameError,
    OptionError,
    OutputError,
    RedrawError,
    WriterError,
)
from .progress import FrameBar


@dataclass(frozen=True)
class Video:
    """A finished video file. In a notebook it is shown as a player.

    Examples
    --------
    >>> import numpy as np
    >>> from sphinxcontrib_animvideo import write_video
    >>> video = write_video("dark.mp4", np.zeros((30, 120, 160)), fps=20)
    >>> video.width, video.height, video.seconds
    (160, 120, 1.5)
    """

    path: Path
    width: int
    """Pixels."""
    height: int
    fps: Fraction
    """Frames per second, exact."""
    frame_count: int
    fingerprint: Fingerprint | None = field(default=None, repr=False)
    """The hashes of the frames, if the writer was told to take them."""

    @property
    def seconds(self) -> float:
        """How long it is."""
        return float(self.frame_count / self.fps)

    def _repr_html_(self) -> str:
        """Return a player, for notebooks."""
        from .html.embed import html_of

        return html_of(self)


def clip_of(video: Video, poster: VideoFile, sha256: str = "") -> Clip:
    """Return a video file as the clip that players and lock files know.

    Parameters
    ----------
    poster
        The still picture; a file that need not exist where nobody looks at it.
    sha256
        Of the video file, where it counts.
    """
    made = format_of(video.path)
    size = video.path.stat().st_size
    return Clip(
        files=(VideoFile(made.name, video.path.name, made.type_of(video.path), size, sha256),),
        poster=poster,
        captions=None,
        width=video.width,
        height=video.height,
        fps=str(video.fps),
        frame_count=video.frame_count,
        seconds=video.seconds,
        fingerprint=video.fingerprint,
    )


class VideoWriter:
    """Writes a video file, frame by frame.

    The format follows from the suffix of *path*. The file appears under its name when it is
    complete, in the place of one that was there. Until then it grows in a folder beside it, with
    ``.unfinished`` at the end of its name; what is there after a crash can be played.

    Parameters
    ----------
    path
        The file to write.
    fps
        Frames per second: a number, or a fraction.
    quality
        ``draft``, ``good``, ``best``, ``lossless``, or the encoder's own constant quality.
    max_size
        Most bytes of the file, as a number or as ``"2 MB"``: the best quality that fits is
        written, which takes several times as long. *quality* counts for nothing then.
    dpi
        Dots per inch of figures; ``None`` is each figure's own.
    redraw
        ``incremental`` draws what has changed of a figure, ``full`` everything for every frame.
        The frames are the same.
    cmap, vmin, vmax, norm, bad
        How arrays of one channel become colours; see :class:`.core.arrays.Colours`.
    raw_size
        Width and height of sources that are bytes without a header: 1, 3 or 4 for each pixel.
    max_frames
        Most frames; more are an error. Default: no limit.
    keep_unfinished
        Whether an error or Ctrl-C in a ``with`` block leaves what was written so far under the
        name *path*. Without it nothing is left, and a file that was there stays. What comes of
        a frame that was drawn wrong, or of an ffmpeg that has failed, is never kept.
    extra_args
        More arguments for ffmpeg's output.
    progress
        Whether a bar counts the frames. Default: on a terminal and in a notebook, when it takes
        longer than a second.
    total
        How many frames there will be, if it is known: the bar then tells the time left.
    fingerprint
        Whether to take the hashes of the frames.
    on_frame
        Called with the number of frames so far, after each of them.

    Raises
    ------
    OptionError
        A value is out of range, or the suffix is unknown.
    OutputError
        No file can be written there.

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

    def __init__(
        self,
        path: str | os.PathLike[str],
        fps: float | Fraction | str = 25,
        *,
        quality: str | int = "good",
        max_size: int | str | None = None,
        dpi: float | None = None,
        redraw: str = "incremental",
        cmap: Any = None,
        vmin: float | None = None,
        vmax: float | None = None,
        norm: Any = None,
        bad: Any = None,
        raw_size: tuple[int, int] | None = None,
        max_frames: int | None = None,
        keep_unfinished: bool = False,
        extra_args: Sequence[str] = (),
        progress: bool | None = None,
        total: int | None = None,
        fingerprint: bool = False,
        on_frame: Callable[[int], None] | None = None,
    ) -> None:
        self.path = Path(path)
        self.fps: Fraction = OPTIONS["fps"].read(fps, "fps")
        chosen = format_of(self.path)
        quality = OPTIONS["quality"].read(quality, "quality")
        check_formats((chosen.name,), quality)
        frames = FrameTaker(
            None if dpi is None else OPTIONS["dpi"].read(dpi, "dpi"),
            incremental=OPTIONS["redraw"].read(redraw, "redraw") == "incremental",
            colours=Colours(cmap, vmin, vmax, norm, bad),
            raw_size=raw_size,
        )
        self._keep_unfinished = keep_unfinished
        self._bar = FrameBar(self.path.name, total, progress)
        self._on_frame = on_frame
        # A file that was there stays until the new one is complete.
        self._folder = _folder_beside(self.path)
        self._writer = ClipWriter(
            self._folder,
            self.path.stem,
            self.fps,
            formats=(chosen.name,),
            quality=quality,
            encoder_args={chosen.name: tuple(map(str, extra_args))},
            frames=frames,
            target_bytes=None if max_size is None else _bytes(max_size),
            durable=True,
            fingerprinted=fingerprint,
            max_frames=max_frames,
            on_frame=self._tell,
        )
        # Reentrant, as Ctrl-C can come just after it was taken: the file is to be completed then.
        self._in_use = threading.RLock()
        self._process = os.getpid()
        self._ended = ""
        self._video: Video | None = None

    @property
    def frame_count(self) -> int:
        """Frames so far, holds counted as the frames that they fill."""
        return self._writer.frame_count

    @property
    def video(self) -> Video:
        """What was written, when it is complete."""
        if self._video is None:
            raise WriterError(f"{self.path} is not complete. Close its writer first.")
        return self._video

    def capture(
        self, source: Any = None, *, hold: float | None = None, caption: str | None = None
    ) -> None:
        """Add *source* as it looks now.

        Parameters
        ----------
        source
            A Matplotlib figure, or an axes (the pixels inside of it, without labels and ticks);
            an array of shape (height, width) or (height, width, 1, 3 or 4) with integers in
            0..255, uint16, floats in 0..1 or bools; a PIL image; the path of an image file;
            PNG or JPEG bytes. Default: the current figure.
        hold
            How long it is seen, in seconds. Default: one frame.
        caption
            A line of text from this frame on, until the next caption; the captions are written
            into a file of their own, with the suffix ``.vtt``.

        Raises
        ------
        FrameError
            *source* cannot become a frame, or has another size than the first one.
        LimitError
            There are *max_frames* already.
        RedrawError
            A frame was drawn incrementally, and proved to be wrong.
        EncoderError
            ffmpeg has failed.
        WriterError
            The writer is closed, is in use by another thread, or belongs to another process.
        """
        with self._using():
            self._writer.capture(source, hold, caption)

    def close(self) -> Video:
        """Complete the file, and put it under its name. A second call changes nothing.

        Raises
        ------
        NoFrameError
            Nothing was captured; there is no file then.
        RedrawError, EncoderError, WriterError
            As from :meth:`capture`; a file that was there stays.
        """
        if self._video:
            return self._video
        with self._using():
            try:
                self._video = self._complete()
                self._ended = "is complete"
            finally:
                self._discard("could not be completed")
        return self._video

    def abort(self) -> None:
        """Stop, and leave no file. After :meth:`close` it does nothing."""
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
        # After these, what was written cannot be trusted, or not be completed.
        hopeless = isinstance(error, (RedrawError, EncoderError))
        if error is None or (self._keep_unfinished and self._writer.written_count and not hopeless):
            self.close()
        else:
            self.abort()

    @contextmanager
    def _using(self) -> Iterator[None]:
        if self._ended:
            raise WriterError(f"{self.path} {self._ended}; frames need a new VideoWriter.")
        if os.getpid() != self._process:
            raise WriterError(
                "a VideoWriter belongs to the process that made it, and this is a fork of that. "
                "Send the frames to that process, or write a video of its own in each."
            )
        if not self._in_use.acquire(blocking=False):
            raise WriterError(
                "two threads use one VideoWriter at the same time; their frames would come in "
                "any order. Let one of them write, or take turns with a lock."
            )
        try:
            yield
        finally:
            self._in_use.release()

    def _tell(self, frame_count: int) -> None:
        self._bar.show(frame_count)
        if self._on_frame:
            self._on_frame(frame_count)

    def _complete(self) -> Video:
        files = self._writer.close()
        if not files:
            raise NoFrameError(
                f"nothing was captured for {self.path}; a video needs at least one frame. Is what "
                "it is made of empty?"
            )
        if captions := self._writer.write_captions():
            Path(self._folder, captions.name).replace(self.path.with_suffix(".vtt"))
        Path(self._folder, files[0].name).replace(self.path)
        return Video(
            self.path,
            *self._writer.size,
            self.fps,
            self._writer.written_count,
            self._writer.fingerprint,
        )

    def _discard(self, why: str) -> None:
        self._ended = self._ended or why
        self._bar.close()
        self._writer.abort()
        shutil.rmtree(self._folder, ignore_errors=True)


_UNITS = {"": 1, "B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}


def _bytes(size: int | str) -> int:
    """Return a number of bytes, given as it is or with a unit."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d*)?)\s*([kMG]?B)?\s*", str(size))
    if not match or not float(match[1]):
        raise OptionError(
            f'max_size takes a number of bytes, or text such as "500 kB" or "2 MB"; it was given '
            f"{size!r}."
        )
    return int(float(match[1]) * _UNITS[match[2] or ""])


def _folder_beside(path: Path) -> Path:
    """Make a folder for what is not complete yet; OutputError if nothing can be written there."""
    if path.is_dir():
        raise OutputError(f"{path} is a folder. Name a file in it.")
    folder = path.with_name(f"{path.name}.unfinished")
    try:
        shutil.rmtree(folder, ignore_errors=True)  # of a process that was killed
        folder.mkdir()
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written ({error.strerror}). Name a file in a folder that exists "
            "and can be written to."
        ) from None
    return folder


def write_video(
    path: str | os.PathLike[str],
    source: Any,
    fps: float | Fraction | str | None = None,
    **options: Any,
) -> Video:
    """Write a video file of an animation, or of several pictures.

    Parameters
    ----------
    path
        The file to write; its suffix says the format.
    source
        A Matplotlib ``Animation``; a stack of arrays, of shape (frames, height, width) or
        (frames, height, width, 1, 3 or 4); a pattern of file names such as ``"frames/*.png"``, in
        natural order; or an iterable of anything that :meth:`VideoWriter.capture` takes, which
        is not read further than what is written.
    fps
        Frames per second. Default: the animation's own rate, else 25.
    **options
        As for :class:`VideoWriter`. *total* is known by itself of whatever has a length.

    Returns
    -------
    Video

    Raises
    ------
    AnimvideoError
        As from :class:`VideoWriter` and its methods. There is no new file then, and one that was
        there stays.

    Examples
    --------
    >>> import numpy as np
    >>> from sphinxcontrib_animvideo import write_video
    >>> write_video("fade.mp4", np.linspace(0, 1, 50)[:, None, None] * np.ones((50, 120, 160)))
    Video(path=..., width=160, height=120, fps=Fraction(25, 1), frame_count=50)
    """
    if is_animation(source):
        return _write_animation(path, source, fps, options)
    pictures = pictures_in(source)
    options.setdefault("total", length_hint(pictures) or None)
    with VideoWriter(path, 25 if fps is None else fps, **options) as writer:
        for picture in pictures:
            writer.capture(picture)
    return writer.video


def _write_animation(
    path: str | os.PathLike[str],
    moving: Any,
    fps: float | Fraction | str | None,
    options: Mapping[str, Any],
) -> Video:
    from .core.capture.backend import save
    from .moviewriter import MovieWriter

    default: Fraction = OPTIONS["fps"].default
    interval = getattr(moving, "_interval", 0) / 1000
    writer = MovieWriter(own_rate(interval, default) if fps is None else fps, **options)
    save(moving, path, writer)
    return writer.video
