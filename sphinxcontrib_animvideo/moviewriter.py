"""``animation.save("x.mp4", writer="animvideo")``: Matplotlib's way, our frames and files."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from matplotlib import animation, rcParams

from .core.capture.backend import WRITER, FigureWriter, animation_being_saved
from .errors import OptionError
from .video import Video, VideoWriter


@animation.writers.register(WRITER)
class MovieWriter(FigureWriter):
    """A movie writer of Matplotlib's, under the name ``animvideo``.

    Parameters
    ----------
    fps
        Frames per second.
    metadata
        Titles and the like for the file, as in ``{"title": "A wave"}``.
    extra_args
        More arguments for ffmpeg's output.
    codec, bitrate
        Not taken: the codec follows from the suffix, and the size from *quality*.
    **options
        As for :class:`.VideoWriter`.

    Raises
    ------
    OptionError
        A value is out of range, or not taken.
    """

    supported_formats = ()

    def __init__(
        self,
        fps: float | Fraction | str = 5,
        codec: str | None = None,
        bitrate: int | None = None,
        extra_args: Sequence[str] | None = None,
        metadata: Mapping[str, str] | None = None,
        **options: Any,
    ) -> None:
        _refuse(codec, "codec", "The suffix of the file says which one it is.")
        _refuse(bitrate, "bitrate", 'Say quality=, a word such as "good" or the encoder\'s number.')
        super().__init__(fps=fps, metadata=metadata)
        self._options = options
        tags = [f"{name}={value}" for name, value in (metadata or {}).items()]
        tagged = [part for tag in tags for part in ("-metadata", tag)]
        self._options["extra_args"] = [*tagged, *(extra_args or ())]
        self._writer: VideoWriter | None = None

    @property
    def video(self) -> Video:
        """What was written, when it is complete."""
        assert self._writer, "setup() comes first"
        return self._writer.video

    def _begin(self, outfile: Any, dpi: float | None) -> None:
        total = getattr(animation_being_saved(), "_save_count", None)
        options: dict[str, Any] = {"total": total, **self._options}
        self._writer = VideoWriter(outfile, self.fps, dpi=self.dpi, **options)

    def _grab(self) -> None:
        assert self._writer, "setup() comes first"
        self._writer.capture(self.fig)

    def finish(self) -> None:
        assert self._writer, "setup() comes first"
        super().finish()
        # Matplotlib also comes here when the code that draws has failed.
        if sys.exc_info()[0]:
            self._writer.abort()
        else:
            self._writer.close()


def _refuse(value: Any, name: str, instead: str) -> None:
    if value is not None and value != rcParams[f"animation.{name}"]:
        raise OptionError(f"the movie writer {WRITER} takes no {name}. {instead}")
