"""Encodes the frames of a clip: in one piece if it is short, and in segments if it is long."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from math import ceil

from ..frames.arrays import Frame
from ..frames.drawing import Drawing
from ..model.description import Description
from ..model.fingerprint import Fingerprint
from ..model.own_files import own_files
from .describer import joined
from .encoder import Encoder, check_written
from .flash_check import ColorSampler, FlashCheck, unpack
from .flash_transitions import Colors
from .frame_hasher import FrameHasher
from .output import Output
from .poster import Pictures, PosterPicker
from .segment_writer import SegmentWriter
from .segments import SegmentFolder, SegmentsDifferError, StoredSegment


class ClipEncoder:
    """Encodes frames in all formats of a clip.

    Parameters
    ----------
    frame
        The first frame of the clip, which decides its size.
    pixel_ratio
        Pixels of the frame, along a side, for one CSS pixel.
    fps
        Frames per second.
    outputs
        The files to write.
    poster, hash_frames, check_flashes
        As for :class:`.ClipWriter`.
    stem
        Name of the clip among the segments of its job.
    segments
        Where the segments of a long clip are; ``None`` if it is encoded in one piece.
    """

    def __init__(
        self,
        frame: Frame,
        pixel_ratio: int,
        fps: Fraction,
        outputs: Sequence[Output],
        *,
        poster: str | int | float | None,
        hash_frames: bool,
        check_flashes: bool,
        stem: str,
        segments: SegmentFolder | None,
    ) -> None:
        self._shape = frame.shape
        self._ratio = pixel_ratio
        # A figure's corner has its background's color: what a row added at the edge should have.
        red, green, blue = (int(level) for level in frame[-1, -1, :3])
        self._padding = (red, green, blue)
        self._fps = fps
        self._outputs = outputs
        self._poster = poster
        self._hash_frames = hash_frames
        self._stem = stem
        self._segments = segments
        self._part: SegmentWriter | None = None
        self._is_mine: dict[int, bool] = {}
        self._before: dict[int, str] = {}
        self._closer: ThreadPoolExecutor | None = None
        self._closing: tuple[SegmentWriter, Future[None]] | None = None
        self._written = 0
        self._digests: list[bytes] | None = None
        self._description: Description | None = None
        self.size = (0, 0)
        """Width and height of the videos in pixels."""
        self.flashes = self._new_check() if check_flashes else None
        if segments is None or self._claim(0):
            self._part = self._open(0)

    @property
    def frame_count(self) -> int:
        """Frames that were written; off by one if an exception interrupted a capture."""
        return self._written + (self._part.encoder.frame_count if self._part else 0)

    @property
    def fingerprint(self) -> Fingerprint | None:
        """The hashes of the frames, if they are computed; of those so far in one piece."""
        if self._digests is not None:
            return Fingerprint.of(self._digests)
        return self._part.hasher.fingerprint if self._part and self._part.hasher else None

    @property
    def description(self) -> Description | None:
        """What the frames of a clip that is closed show, if that was noted."""
        part = self._part if self._digests is None else None
        return part.describer.description if part else self._description

    def needs(self, first: int, count: int) -> bool:
        """Return whether frames have to be drawn: they, or the two after, are in a segment of ours.

        The two frames before a segment show whether it looks the same where those before them were
        left out.
        """
        if self._segments is None:
            return True
        length = self._segments.length
        last = (first + count + 1) // length
        return any(self._claim(index) for index in range(first // length, last + 1))

    def skip(self, first: int) -> None:
        """Take note that the frame *first* was not drawn."""
        if self._segments:
            self._leave(first // self._segments.length)

    def write(
        self,
        frame: Frame,
        drawing: Drawing | None,
        first: int,
        count: int,
        on_frame: Callable[[int], None],
    ) -> None:
        """Write a frame that is repeated *count* times from number *first* on."""
        if self._segments is None:
            assert self._part
            self._part.write(frame, drawing, first, count, on_frame)
            return
        end, length = first + count, self._segments.length
        while first < end:
            index = first // length
            stop = min(end, (index + 1) * length)
            self._leave(index)
            if self._claim(index):
                self._part = self._part or self._open(index)
                self._part.write(frame, drawing, first, stop - first, on_frame)
            else:
                if stop == (index + 1) * length and self._claim(index + 1):
                    self._before[index + 1] = hashlib.sha256(frame.data).hexdigest()
                on_frame(stop)
            first = stop

    def end_frames(self) -> None:
        """End the frames."""
        if self._part:
            self._part.encoder.end_frames()

    def complete(self, frame_count: int) -> bool:
        """Complete the last segment; return whether all segments are there."""
        if self._is_whole(frame_count):
            return True
        self._leave(-1)
        self._settle()
        assert self._segments
        while not (are_there := all(self._stored(frame_count))) and self._segments.wait():
            pass
        return are_there

    def close(self, frame_count: int) -> None:
        """Complete and verify the files of a clip of *frame_count* frames, all of which are there.

        Raises
        ------
        SegmentsDifferError
            The segments do not fit together.
        """
        if self._is_whole(frame_count):
            assert self._part
            self._part.encoder.close()
            frame_count = self._part.encoder.frame_count
        else:
            parts = self._parts(frame_count)
            self._join(parts, frame_count)
            if self.flashes:
                self.flashes = self._new_check()
                for number, colors in (found for part in parts for found in unpack(part.colors)):
                    self.flashes.add(number, colors)
        if self.flashes:
            self.flashes.finish(frame_count)

    def pictures(self, frame_count: int) -> Pictures | None:
        """Return the poster of a clip that is closed, if its frame could be picked."""
        if self._is_whole(frame_count):
            assert self._part
            return self._part.poster.pictures()
        parts = self._parts(frame_count)
        if self._poster == "last":
            return parts[-1].poster
        return next((found for part in parts if (found := part.poster)), None)

    def abort(self) -> None:
        """Stop ffmpeg; the files are of no use."""
        for part in filter(None, (self._closing and self._closing[0], self._part)):
            part.encoder.kill()
        if self._closer:
            self._closer.shutdown(wait=False)

    # -- segments --------------------------------------------------------------------------

    def _is_whole(self, frame_count: int) -> bool:
        """Whether the clip is in one piece, and that piece ours."""
        if self._segments is None:
            return True
        only = self._part is not None and self._part.index == 0
        is_short = frame_count <= self._segments.length
        return only and is_short and not self._segments.stores_all

    def _claim(self, index: int) -> bool:
        """Return whether a segment is one of ours, after claiming it if that is open."""
        if index not in self._is_mine:
            assert self._segments
            self._is_mine[index] = self._segments.claim(self._stem, index, self._fps)
        return self._is_mine[index]

    def _new_check(self) -> FlashCheck:
        height, width = self._shape[:2]
        return FlashCheck(self._fps, (width, height), self._ratio)

    def _open(self, index: int) -> SegmentWriter:
        height, width = self._shape[:2]
        outputs = [output.of_segment(index) if index else output for output in self._outputs]
        encoder = Encoder(width, height, self._fps, outputs, self._padding)
        self.size = encoder.size
        colors: list[tuple[int, Colors]] = []
        sampler = None
        if check := self.flashes:

            def add(number: int, picture: Colors) -> None:
                if self._segments:
                    colors.append((number, picture))
                if index == 0:  # beside the encoding; it may be the whole clip
                    check.add(number, picture)

            sampler = ColorSampler((width, height), self._ratio, add)
        hasher = FrameHasher() if self._hash_frames else None
        picker = PosterPicker(self._poster, self._fps)
        return SegmentWriter(index, encoder, picker, hasher, sampler, colors)

    def _leave(self, index: int) -> None:
        """Complete the current segment beside the drawing, unless it is *index*."""
        part = self._part
        if part is None or part.index == index:
            return
        self._part = None
        self._settle()
        self._written += part.encoder.frame_count
        self._closer = self._closer or ThreadPoolExecutor(1, "animvideo-segments")
        self._closing = part, self._closer.submit(self._store, part)

    def _settle(self) -> None:
        """Wait until the segment before is stored."""
        if self._closing:
            self._closing[1].result()
            self._closing = None

    def _store(self, part: SegmentWriter) -> None:
        assert self._segments
        before = self._before.get(part.index, "")
        with own_files():
            self._segments.put(self._stem, part.close(self._fps, before))

    def _stored(self, frame_count: int) -> Iterator[StoredSegment | None]:
        """Yield the segments of a clip with so many frames; ``None`` for one that is missing."""
        assert self._segments
        length = self._segments.length
        for index in range(ceil(frame_count / length)):
            stored = self._segments.get(self._stem, index)
            count = min(length, frame_count - index * length)
            fits = stored is not None and (
                Fraction(stored.segment.fps) == self._fps and stored.segment.frame_count == count
            )
            yield stored if fits else None

    def _parts(self, frame_count: int) -> list[StoredSegment]:
        return [part for part in self._stored(frame_count) if part]

    def _join(self, parts: Sequence[StoredSegment], frame_count: int) -> None:
        self._digests = []
        for segment in [part.segment for part in parts]:
            before = self._digests[-1].hex() if self._digests else ""
            if segment.digest_before and segment.digest_before != before:
                raise SegmentsDifferError(
                    f"frame {len(self._digests)} depends on frames that are drawn before it"
                )
            self._digests += segment.frame_digests
        self._description = joined([part.segment.description for part in parts], frame_count)
        self.size = parts[0].segment.width, parts[0].segment.height
        self._written = frame_count
        for output in self._outputs:
            files = [(p.video(output.format.name), p.segment.frame_count) for p in parts]
            kept = output.format.rate(self._fps) / self._fps
            given = range(frame_count, frame_count + 1), self.size
            check_written(output.path, output.join(files, self._fps), given, kept)
            output.discard_first()
