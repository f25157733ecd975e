"""A Matplotlib movie writer: ``animation.save("x.mp4", writer="animvideo")``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from matplotlib import animation, rcParams

from .core.capture.animations import animations_being_saved, frame_count_of
from .core.capture.movie_writers import WRITER, FigureWriter
from .core.model.options import PYTHON, options_of
from .core.model.text import shown
from .errors import OptionError, WriterError
from .video import Video
from .writer import VideoWriter


@animation.writers.register(WRITER)
class MovieWriter(FigureWriter):
    """A movie writer for Matplotlib, registered under the name ``animvideo``.

    Parameters
    ----------
    fps
        Frames per second.
    metadata
        Metadata of the file, such as ``{"title": "A wave"}``.
    extra_args
        Additional ffmpeg output arguments, as a list.
    codec, bitrate
        Not supported: the extension of the file selects the codec, and *quality* the size.
    **options
        As for :class:`.VideoWriter`.

    Raises
    ------
    OptionError
        A value is out of range, or not supported.
    """

    supported_formats = ()

    def __new__(cls, fps: float | Fraction | str = 5, *args: Any, **options: Any) -> Any:
        """Return the writer that captures frames instead, where code is run for its frames."""
        return cls.replacement(fps) if cls.replacement else super().__new__(cls)

    def __init__(
        self,
        fps: float | Fraction | str = 5,
        codec: str | None = None,
        bitrate: int | None = None,
        extra_args: Sequence[str] | None = None,
        metadata: Mapping[str, str] | None = None,
        **options: Any,
    ) -> None:
        _refuse(codec, "codec", "The extension of the file selects it.")
        _refuse(bitrate, "bitrate", 'Use quality= with a word such as "good", or a number.')
        super().__init__(fps=fps, metadata=metadata)
        self._options = options
        given = options_of(PYTHON)["extra-args"].read(extra_args or ())
        self._options["extra_args"] = [*_tags(metadata or {}), *given]
        self._writer: VideoWriter | None = None

    @property
    def video(self) -> Video:
        """The finished video."""
        return self._set_up().video

    def _begin(self, outfile: Any, dpi: float | None) -> None:
        total = next(map(frame_count_of, animations_being_saved(self.fig)), None)
        options: dict[str, Any] = {"total": total, **self._options}
        self._writer = VideoWriter(outfile, self.fps, dpi=self.dpi, **options)

    def grab_frame(self, **savefig_kwargs: Any) -> None:
        self._set_up()
        super().grab_frame(**savefig_kwargs)

    def _grab(self) -> None:
        self._set_up().capture(self.fig)

    def finish(self) -> None:
        writer = self._set_up()
        super().finish()
        # Matplotlib also calls this when the code that draws has failed.
        if sys.exc_info()[0]:
            writer.abort()
        else:
            writer.close()

    def _set_up(self) -> VideoWriter:
        if self._writer is None:
            raise WriterError("the movie writer has no file yet. Call setup() or saving() first.")
        return self._writer


def _tags(metadata: Mapping[str, str]) -> Iterator[str]:
    """Yield the ffmpeg arguments that set the metadata of a file."""
    if not isinstance(metadata, Mapping):
        raise OptionError(
            f"metadata must be a dictionary, such as {{'title': 'A wave'}}, not {shown(metadata)}."
        )
    for name, value in metadata.items():
        yield from ("-metadata", f"{name}={value}")


def _refuse(value: Any, name: str, instead: str) -> None:
    if value is not None and value != rcParams[f"animation.{name}"]:
        raise OptionError(f"the movie writer {WRITER} does not support {name}. {instead}")
