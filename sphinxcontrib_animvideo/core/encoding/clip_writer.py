"""The object that frames are given to: sources in, a verified clip out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from fractions import Fraction
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import FrameError, LimitError, RedrawError
from ..cache.environment import hash_file
from ..frames.arrays import Frame
from ..frames.grabber import FrameTaker
from ..model.asset import Clip, VideoFile
from ..model.fingerprint import Fingerprint, FrameHasher
from ..model.formats import FORMATS
from .decoder import decode_frames, probe
from .encoder import Encoder, Output
from .timeline import Timeline


class ClipWriter:
    """Writes one clip: the same frames in all formats, and a poster.

    Parameters
    ----------
    folder, stem
        Where the files go, and what their names begin with.
    fps
        Frames per second.
    formats, quality, encoder_args
        As in :mod:`.options`. Without a format the frames are drawn and checked, and nothing is
        written.
    poster
        ``first``, ``middle``, ``last``, a frame number, or seconds (a float).
    target_bytes
        Write the best quality whose files are not larger; ``None``: *quality* alone counts.
    durable
        Whether what is left of the files after a crash can be played.
    frames
        How sources become frames.
    max_frames, max_bytes
        Limits of the clip and of each of its files; ``None`` for none.
    fingerprinted
        Whether the clip has the hashes of its frames.
    on_frame
        Called after each frame that ffmpeg has taken, with their number so far.

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
        poster: str | int | float = "first",
        target_bytes: int | None = None,
        durable: bool = False,
        frames: FrameTaker | None = None,
        max_frames: int | None = None,
        max_bytes: int | None = None,
        fingerprinted: bool = False,
        on_frame: Callable[[int], None] = lambda frame_count: None,
    ) -> None:
        extra = encoder_args or {}
        self._outputs = [
            Output(
                FORMATS[name],
                folder / f"{stem}-{name}{FORMATS[name].suffix}",
                quality,
                tuple(extra.get(name, ())),
                durable=durable,
                max_bytes=target_bytes,
            )
            for name in formats
        ]
        self._poster = _Poster(poster, fps, folder / f"{stem}-poster.png")
        self._timeline = Timeline(fps)
        self._frames = frames or FrameTaker()
        self._max_frames = max_frames
        self._max_bytes = max_bytes
        self._hasher = FrameHasher() if fingerprinted else None
        self._on_frame = on_frame
        self._encoder: Encoder | None = None
        self._shape: tuple[int, ...] = ()
        self._pixel_ratio = 1
        self._captures = 0
        self._captions: list[tuple[float, str]] = []
        self._captions_path = folder / f"{stem}-captions.vtt"

    @property
    def frame_count(self) -> int:
        """Frames on the timeline so far, repeated ones included."""
        return self._timeline.frame_count

    @property
    def written_count(self) -> int:
        """Frames that ffmpeg has; one more or less where an exception interrupted a capture."""
        return self._encoder.frame_count if self._encoder else 0

    @property
    def fingerprint(self) -> Fingerprint | None:
        """The hashes of the frames so far, if they are taken."""
        return self._hasher.fingerprint if self._hasher else None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the videos in pixels; nothing before the first frame."""
        return self._encoder.size if self._encoder else (0, 0)

    def capture(
        self, source: Any = None, hold: float | None = None, caption: str | None = None
    ) -> None:
        """Add *source* as it looks now, for *hold* seconds or one frame.

        *caption* is a line of text shown from then on.
        """
        first, start = self._timeline.frame_count, self._timeline.seconds
        count = self._timeline.frames_for(hold)
        if self._max_frames is not None and first + count > self._max_frames:
            raise LimitError(
                f"more than {self._max_frames} frames were captured. Is there a loop that never "
                "ends? If all are wanted, raise max-frames (animvideo_max_frames)."
            )
        if count:
            with self._stopping_if_wrong():
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
                f"frame {self._captures} is {_size(frame.shape)} pixels, but the first one is "
                f"{_size(self._shape)}; all frames of a video have one size. Resize it, or pad it."
            )
        if self._encoder is None:
            self._on_frame(first + count)
            return
        self._poster.see(first, count, frame)
        with self._hasher.adding(frame, count) if self._hasher else nullcontext():
            for number in range(first, first + count):
                self._encoder.write(frame)
                self._on_frame(number + 1)

    def close(self) -> tuple[VideoFile, ...]:
        """Complete and verify the videos, and return them; none if nothing was written."""
        with self._stopping_if_wrong():
            self._frames.finish()
        if self._encoder is None:
            return ()
        self._encoder.close()
        return tuple(self._file(output) for output in self._outputs)

    def finish(self) -> Clip | None:
        """Complete everything. ``None`` if nothing was written."""
        files = self.close()
        if not files:
            return None
        width, height = self.size
        self._poster.finish(self._outputs[0], self.size)
        return Clip(
            files=files,
            poster=_video_file("png", self._poster.path, "image/png"),
            captions=self.write_captions(),
            width=width,
            height=height,
            fps=str(self._timeline.fps),
            frame_count=self.frame_count,
            seconds=self._timeline.seconds,
            pixel_ratio=self._pixel_ratio,
            fingerprint=self.fingerprint,
        )

    def abort(self) -> None:
        """Stop ffmpeg; the files are of no use."""
        if self._encoder:
            self._encoder.kill()

    @contextmanager
    def _stopping_if_wrong(self) -> Iterator[None]:
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
        self._captions_path.write_text(cues, "utf-8", newline="\n")
        return _video_file("vtt", self._captions_path, "text/vtt")

    def _open(self, frame: Frame) -> Encoder:
        self._pixel_ratio = self._frames.pixel_ratio
        height, width = frame.shape[:2]
        # A figure's corner has its background's colour: what a row added at the edge should have.
        red, green, blue = (int(level) for level in frame[-1, -1, :3])
        return Encoder(width, height, self._timeline.fps, self._outputs, (red, green, blue))

    def _file(self, output: Output) -> VideoFile:
        file = _video_file(output.format.name, output.path, output.format.type_of(output.path))
        if self._max_bytes is not None and file.size > self._max_bytes:
            raise LimitError(
                f"the {file.format} file has {file.size} bytes, more than animvideo_max_bytes "
                f"({self._max_bytes}) allows. Make the figure, the length or the quality smaller."
            )
        return file


def to_webvtt(captions: Sequence[tuple[float, str]], end: float) -> str:
    """Return WebVTT in which each caption stays until the next one begins.

    Parameters
    ----------
    captions
        Start in seconds, and text; an empty text shows nothing.
    end
        When the last one ends, in seconds.
    """
    ends = [*(start for start, _ in captions[1:]), end]
    cues = [
        f"{_clock(start)} --> {_clock(until)}\n{escape(' '.join(text.split()), quote=False)}\n"
        for (start, text), until in zip(captions, ends, strict=True)
        if text.strip() and until > start
    ]
    return "\n".join(["WEBVTT\n", *cues])


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds * 1000), 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"


class _Poster:
    """Picks the still picture from the frames as they pass by."""

    def __init__(self, wanted: str | int | float, fps: Fraction, path: Path) -> None:
        self.path = path
        self._fps = fps
        self._keep_latest = wanted == "last"
        self._wanted = int(wanted * fps) if isinstance(wanted, float) else wanted
        self._kept: Frame | None = None
        if wanted == "first":
            self._wanted = 0

    def see(self, first: int, count: int, frame: Frame) -> None:
        """Look at a frame that stands *count* times from number *first* on."""
        passes_by = isinstance(self._wanted, int) and first <= self._wanted < first + count
        if passes_by or self._keep_latest:
            self._kept = frame.copy()  # the canvas draws the next frame into the same memory

    def finish(self, video: Output, size: tuple[int, int]) -> None:
        """Write the picture, in the *size* of the video."""
        from PIL import Image

        if self._kept is not None:
            kept = self._kept[:, :, :3]
            missing = ((0, size[1] - kept.shape[0]), (0, size[0] - kept.shape[1]), (0, 0))
            pixels = np.pad(kept, missing, mode="edge")
        else:
            # Only at the end is it known which frame is in the middle, or that the wanted number
            # is beyond the end, where the last frame stands in for it.
            # A format may have dropped frames that come too fast for it.
            fps = video.format.rate(self._fps)
            written, _ = probe(video.path, fps)
            index = written // 2 if self._wanted == "middle" else written - 1
            (pixels,) = decode_frames(video.path, [index], size, fps)
        Image.fromarray(np.ascontiguousarray(pixels)).save(self.path, optimize=True)


def _video_file(format: str, path: Path, media_type: str) -> VideoFile:
    return VideoFile(format, path.name, media_type, path.stat().st_size, hash_file(path))


def _size(shape: tuple[int, ...]) -> str:
    return f"{shape[1]} x {shape[0]}"
