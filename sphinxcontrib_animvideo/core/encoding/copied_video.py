"""A video file of the author's that is published as it is, with a poster and a fingerprint."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ...errors import FrameError, LimitError
from ..frames.drawing import Drawing
from ..model.asset import Clip, Note
from ..model.formats import format_of
from .decoder import read_frames
from .describer import Describer
from .flash_check import FlashCheck
from .frame_hasher import FrameHasher
from .picture_files import video_info
from .poster import PosterPicker, decoded_poster, write_poster
from .probe import Info
from .video_file import video_file

_PLAYABLE = {
    ".mp4": ("h264", "av1"),
    ".m4v": ("h264", "av1"),
    ".webm": ("vp8", "vp9", "av1"),
}
"""The codecs that browsers play, by the extensions of the files."""


@dataclass
class CopiedVideo:
    """A clip that is a copy of a video file.

    Parameters
    ----------
    path
        The file.
    folder, stem
        Where the copy goes, and its name without the extension.
    poster, max_frames, max_bytes, check_flashes
        As for :class:`.ClipWriter`.
    info
        The properties of the file.
    """

    path: Path
    folder: Path
    stem: str
    poster: str | int | float
    max_frames: int
    max_bytes: int
    info: Info
    check_flashes: bool
    notes: Sequence[Note] = field(default=(), init=False)

    @property
    def frame_count(self) -> int:
        return self.info.frame_count

    @property
    def written_count(self) -> int:
        return self.frame_count

    def capture(self, *args: object) -> None:
        raise NotImplementedError("a copied video is complete")

    def finish(self) -> Clip:
        """Copy the file, and return its description.

        Raises
        ------
        LimitError
            It has too many frames or bytes.
        FrameError
            It cannot be decoded.
        """
        info, size = self.info, (self.info.width, self.info.height)
        if info.frame_count > self.max_frames:
            raise LimitError(
                f"{self.path.name} has {info.frame_count} frames, which exceeds the "
                f"limit of {self.max_frames}.",
                option="max-frames",
                hint="If all frames are needed, increase {option}.",
            )
        suffix = ".webm" if self.path.suffix.lower() == ".webm" else ".mp4"
        copy = self.folder / f"{self.stem}{suffix}"
        shutil.copyfile(self.path, copy)
        picker = PosterPicker(self.poster, info.fps)
        flashes = FlashCheck(info.fps, size) if self.check_flashes else None
        hasher, describer, count = FrameHasher(), Describer(), 0
        for count, pixels in enumerate(read_frames(copy, size, info.fps), 1):
            frame = np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])
            picker.see(count - 1, 1, frame, size)
            describer.see(count - 1, 1, Drawing.of_picture(frame))
            if flashes:
                flashes.see(count - 1, frame)
            with hasher.adding(frame, 1):
                pass
        if not count:
            raise FrameError(f"ffmpeg cannot decode {self.path}.")
        pictures = picker.pictures() or decoded_poster(copy, info.fps, size, self.poster)
        poster, page_poster = write_poster(pictures, self.folder / f"{self.stem}-poster.png")
        if flashes:
            flashes.finish(count)
            self.notes = flashes.notes
        format = format_of(copy)
        return Clip(
            files=(video_file(format.name, copy, format.type_of(copy), self.max_bytes),),
            poster=poster,
            page_poster=page_poster,
            captions=None,
            width=info.width,
            height=info.height,
            fps=str(info.fps),
            frame_count=count,
            seconds=float(count / info.fps),
            fingerprint=hasher.fingerprint,
            description=describer.description,
        )

    def complete(self) -> bool:
        return True

    def abort(self) -> None:
        """Do nothing: nothing runs."""


def playable(path: Path) -> Info | None:
    """Return the properties of a video file, if browsers can play it as it is."""
    codecs = _PLAYABLE.get(path.suffix.lower(), ())
    info = video_info(path) if codecs else None
    return info if info and info.codec in codecs and info.is_8_bit_420 and info.fps else None
