"""Writes a clip: sources in, verified files out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

from ...errors import FrameError, LimitError, OutputError, RedrawError
from ..frames.arrays import Frame
from ..frames.grabber import FrameGrabber
from ..frames.sources import is_pil_image
from ..model.asset import Clip, Note, VideoFile
from ..model.fingerprint import Fingerprint
from ..model.formats import FORMATS
from .captions import check_caption, to_webvtt
from .clip_encoder import ClipEncoder
from .output import Output
from .picture_files import pictures_of
from .poster import decoded_poster, write_poster
from .segments import SegmentFolder
from .timeline import Timeline
from .video_file import video_file


class ClipWriter:
    """Writes one clip: the same frames in all formats, and a poster.

    Parameters
    ----------
    folder, stem
        Where the files go, and what their names begin with.
    fps
        Frames per second.
    formats, quality, encoder_args
        As in :mod:`.options`. Without formats, the frames are drawn and checked, but not written.
    poster
        ``first``, ``middle``, ``last``, a frame number, or seconds (a float); ``None`` if
        :meth:`finish` is not called.
    target_size
        Maximum size of each file in bytes: the best quality that fits is chosen.
    durable
        Whether the frames written so far can be played after a crash.
    frames
        Turns sources into frames.
    max_frames, max_bytes
        Limits of the clip and of each of its files; ``None`` is no limit.
    segments
        Where the segments of a long clip are kept until it is complete; ``None`` if it is encoded
        in one piece.
    hash_frames
        Whether to compute the fingerprint of the clip.
    check_flashes
        Whether to check the frames for flashes.
    on_frame
        Called after each frame that was written to ffmpeg, with their number so far.

    Raises
    ------
    FrameError, LimitError, RedrawError, EncoderError
        From :meth:`capture` and :meth:`finish`.
    """

    def __init__(
        self,
        folder: Path,
        stem: str,
        fps: Fraction,
        *,
        formats: tuple[str, ...] = ("mp4",),
        quality: str | int = "good",
        encoder_args: Mapping[str, tuple[str, ...]] | None = None,
        poster: str | int | float | None = "first",
        target_size: int | None = None,
        durable: bool = False,
        frames: FrameGrabber | None = None,
        max_frames: int | None = None,
        max_bytes: int | None = None,
        segments: SegmentFolder | None = None,
        hash_frames: bool = False,
        check_flashes: bool = False,
        on_frame: Callable[[int], None] = lambda frame_count: None,
    ) -> None:
        folder = folder.absolute()  # the code may change the current directory
        extra = encoder_args or {}
        self._outputs = [
            Output(
                FORMATS[name],
                folder / f"{stem}-{name}{FORMATS[name].suffix}",
                quality,
                tuple(extra.get(name, ())),
                durable=durable,
                target_size=target_size,
            )
            for name in formats
        ]
        self._stem = stem
        self._poster = poster
        self._poster_path = folder / f"{stem}-poster.png"
        self._timeline = Timeline(fps)
        self._frames = frames or FrameGrabber()
        self._max_frames = max_frames
        self._max_bytes = max_bytes
        self._segments = segments
        self._hash_frames = hash_frames
        self._check_flashes = check_flashes
        self._on_frame = on_frame
        self._encoder: ClipEncoder | None = None
        self._shape: tuple[int, ...] = ()
        self._pixel_ratio = 1
        self._captures = 0
        self._skipped = 0
        self._is_complete = False
        self._captions: list[tuple[float, str]] = []
        self._captions_path = folder / f"{stem}-captions.vtt"

    @property
    def frame_count(self) -> int:
        """Frames on the timeline so far, repeated ones included."""
        return self._timeline.frame_count

    @property
    def notes(self) -> list[Note]:
        """What is worth a warning: captures that are not in the video, and flashes."""
        dropped = [Note("dropped", self._timeline.dropped)] if self._timeline.dropped else []
        flashes = self._encoder.flashes if self._encoder else None
        return dropped + (flashes.notes if flashes else [])

    @property
    def written_count(self) -> int:
        """Frames written to ffmpeg; off by one if an exception interrupted a capture."""
        return self._encoder.frame_count if self._encoder else 0

    @property
    def fingerprint(self) -> Fingerprint | None:
        """The hashes of the frames so far, if they are computed."""
        if self._encoder is None:
            return Fingerprint.of([]) if self._hash_frames else None
        return self._encoder.fingerprint

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the videos in pixels; (0, 0) before the first frame."""
        return self._encoder.size if self._encoder else (0, 0)

    def capture(
        self, source: Any = None, hold: float | None = None, caption: str | None = None
    ) -> None:
        """Add *source* as it looks now, for *hold* seconds or one frame.

        All pictures are added of a file that has several, by default for their own durations.
        *caption* is a line of text shown from then on.
        """
        if caption is not None:
            check_caption(caption)
        if is_pil_image(source):  # the picture to which the code has sought
            self._capture(source, hold, caption)
            return
        for picture, seconds in pictures_of(source):
            self._capture(picture, seconds if hold is None else hold, caption)
            caption = None

    def _capture(self, source: Any, hold: float | None, caption: str | None) -> None:
        first, start = self._timeline.frame_count, self._timeline.seconds
        count = self._timeline.frames_for(hold)
        if self._max_frames is not None and first + count > self._max_frames:
            raise LimitError(
                f"more than {self._max_frames} frames were captured. Is there an endless loop?",
                option="max-frames",
                hint="If all frames are needed, increase {option}.",
            )
        if count and self._encoder and not self._encoder.needs(first, count):
            self._captures += 1
            self._skipped += 1
            self._encoder.skip(first)
            self._on_frame(first + count)
        elif count:
            with self._aborting_if_wrong():
                frame = self._frames.take(source)
            self._write(frame, first, count)
        self._timeline.advance(hold)
        if caption is not None:
            self._captions.append((start, caption))

    def _write(self, frame: Frame, first: int, count: int) -> None:
        self._captures += 1
        if not self._shape:
            self._encoder = self._open(frame) if self._outputs else None
            self._shape = frame.shape
        elif frame.shape != self._shape:
            raise FrameError(
                f"frame {self._captures} has {_size(frame.shape)} pixels, but the first frame has "
                f"{_size(self._shape)}. All frames of a video must have the same size. Resize or "
                "pad this frame."
            )
        if self._encoder is None:
            self._on_frame(first + count)
            return
        self._encoder.write(frame, self._frames.drawing, first, count, self._on_frame)

    def complete(self) -> bool:
        """Complete what is drawn here; return whether nothing is missing that others draw."""
        if not self._is_complete:
            self._is_complete = True
            if self._encoder:
                self._encoder.end_frames()
            with self._aborting_if_wrong():
                self._frames.finish(saw_all=not self._skipped)
        return self._encoder is None or self._encoder.complete(self.frame_count)

    def close(self) -> tuple[VideoFile, ...]:
        """Complete and verify the videos, and return them; none if nothing was written."""
        self.complete()
        if self._encoder is None:
            return ()
        self._encoder.close(self.frame_count)
        return tuple(self._file(output) for output in self._outputs)

    def finish(self) -> Clip | None:
        """Complete everything. ``None`` if nothing was written."""
        files = self.close()
        if not files:
            return None
        width, height = self.size
        first = self._outputs[0]  # a format may drop frames that come too fast for it
        rate = first.format.rate(self._timeline.fps)
        assert self._encoder
        pictures = self._encoder.pictures(self.frame_count)
        if pictures is None:
            pictures = decoded_poster(first.path, rate, self.size, self._poster)
        poster, page_poster = write_poster(pictures, self._poster_path)
        return Clip(
            files=files,
            poster=poster,
            page_poster=page_poster,
            captions=self.write_captions(),
            width=width,
            height=height,
            fps=str(self._timeline.fps),
            frame_count=self.frame_count,
            seconds=self._timeline.seconds,
            pixel_ratio=self._pixel_ratio,
            fingerprint=self.fingerprint,
            description=self._encoder.description,
        )

    def abort(self) -> None:
        """Stop ffmpeg; the files are of no use."""
        if self._encoder:
            self._encoder.abort()

    @contextmanager
    def _aborting_if_wrong(self) -> Iterator[None]:
        try:
            yield
        except RedrawError:  # frames that were written already may be wrong as well
            self.abort()
            raise

    def write_captions(self) -> VideoFile | None:
        """Write the captions, if there are any."""
        if not self._captions:
            return None
        cues = to_webvtt(self._captions, self._timeline.seconds)
        try:
            self._captions_path.write_text(cues, "utf-8", newline="\n")
        except OSError as error:
            raise OutputError(
                f"the captions cannot be written ({error.strerror}). Free some space, or write the "
                "video without captions."
            ) from error
        return video_file("vtt", self._captions_path, "text/vtt")

    def _open(self, frame: Frame) -> ClipEncoder:
        self._pixel_ratio = self._frames.pixel_ratio
        return ClipEncoder(
            frame,
            self._pixel_ratio,
            self._timeline.fps,
            self._outputs,
            poster=self._poster,
            hash_frames=self._hash_frames,
            check_flashes=self._check_flashes,
            stem=self._stem,
            segments=self._segments,
        )

    def _file(self, output: Output) -> VideoFile:
        media_type = output.format.type_of(output.path)
        return video_file(output.format.name, output.path, media_type, self._max_bytes)


def _size(shape: tuple[int, ...]) -> str:
    return f"{shape[1]} x {shape[0]}"
