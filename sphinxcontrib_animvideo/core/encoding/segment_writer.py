"""Encodes the frames of one segment, or of a whole clip, and notes what else is known of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from fractions import Fraction

from ..frames.arrays import Frame
from ..frames.drawing import Drawing
from .describer import Describer
from .encoder import Encoder
from .flash_check import ColorSampler, pack
from .flash_transitions import Colors
from .frame_hasher import FrameHasher
from .poster import PosterPicker
from .segments import FinishedSegment, Segment


@dataclass
class SegmentWriter:
    """Writes the frames of one segment.

    Parameters
    ----------
    index
        Of the segment.
    encoder
        Where the frames go.
    poster, hasher, sampler
        Look at the frames; the latter two if that is wanted.
    colors
        What *sampler* has found.
    """

    index: int
    encoder: Encoder
    poster: PosterPicker
    hasher: FrameHasher | None
    sampler: ColorSampler | None
    colors: list[tuple[int, Colors]]
    describer: Describer = field(default_factory=Describer, init=False)

    def write(
        self,
        frame: Frame,
        drawing: Drawing | None,
        first: int,
        count: int,
        on_frame: Callable[[int], None],
    ) -> None:
        """Write a frame that is repeated *count* times from number *first* on."""
        self.describer.see(first, count, drawing)
        self.poster.see(first, count, frame, self.encoder.size)
        if self.sampler:
            self.sampler.see(first, frame)
        with self.hasher.adding(frame, count) if self.hasher else nullcontext():
            for number in range(first, first + count):
                self.encoder.write(frame)
                on_frame(number + 1)

    def close(self, fps: Fraction, digest_before: str) -> FinishedSegment:
        """Complete the segment, and return what is to be stored of it."""
        videos = self.encoder.close_segment()
        width, height = self.encoder.size
        segment = Segment(
            fps=str(fps),
            index=self.index,
            frame_count=self.encoder.frame_count,
            width=width,
            height=height,
            digests=b"".join(self.hasher.digests).hex() if self.hasher else "",
            digest_before=digest_before,
            description=self.describer.description,
            videos={format: f"{format}{path.suffix}" for format, path in videos.items()},
        )
        return FinishedSegment(segment, videos, pack(self.colors), self.poster.pictures())
