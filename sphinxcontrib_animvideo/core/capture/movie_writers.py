"""Movie writers for Matplotlib that add to a recording what an animation saves.

In worker processes they replace Matplotlib's, and write no file. Elsewhere they record beside
Matplotlib's, which write their files as always.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, ClassVar

from matplotlib import animation as mpl_animation
from matplotlib import rcParams
from matplotlib.figure import Figure

from ..encoding.ffmpeg import find_ffmpeg
from ..frames.sources import root_figure
from .api import current_recorder
from .canvases import SavingCanvas

WRITER = "animvideo"
"""The name of our movie writers in Matplotlib's registry."""
_WRITER_NAMES = (
    *(WRITER, "ffmpeg", "ffmpeg_file", "imagemagick", "imagemagick_file", "pillow", "html"),
    *("avconv", "avconv_file", "mencoder", "mencoder_file"),  # names in old scripts
)


class FigureWriter(mpl_animation.AbstractMovieWriter):
    """Base class of our movie writers, which draw each frame once, when it is grabbed."""

    replacement: ClassVar[type[FigureWriter] | None] = None
    """The class that is used instead in worker processes, where no files are written."""

    @classmethod
    def isAvailable(cls) -> bool:  # noqa: N802  (Matplotlib's name)
        return True

    def setup(self, fig: Figure, outfile: Any, dpi: float | None = None) -> None:
        super().setup(root_figure(fig), outfile, dpi=dpi)
        self._begin(outfile, dpi)
        self._canvas = SavingCanvas(self.fig)

    def grab_frame(self, **savefig_kwargs: Any) -> None:
        mpl_animation._validate_grabframe_kwargs(savefig_kwargs)
        # save() asks for the figure's own color, composited onto white if it is transparent.
        with self._canvas.frame(savefig_kwargs.get("facecolor", self.fig.get_facecolor())):
            self._grab()

    def finish(self) -> None:
        self._canvas.release()

    def _begin(self, outfile: Any, dpi: float | None) -> None:
        raise NotImplementedError

    def _grab(self) -> None:
        raise NotImplementedError


class CapturingWriter(FigureWriter):
    """Replaces every movie writer: ``save`` captures the frames, and writes no file."""

    supported_formats: ClassVar[list[str]] = ["rgba"]

    def __init__(self, fps: float = 5, *args: Any, **kwargs: Any) -> None:
        super().__init__(fps=fps)

    @classmethod
    def bin_path(cls) -> str:
        return ""

    def _begin(self, outfile: Any, dpi: float | None) -> None:
        recorder = current_recorder()
        assert recorder, "this writer is used while code is recorded only"
        self._recorder = recorder
        self._recording = recorder.begin_saving(self.fig, self.fps, dpi)

    def _grab(self) -> None:
        self._recorder.grab(self._recording)

    def finish(self) -> None:
        super().finish()
        self._recorder.end_saving(self._recording)
        # to_jshtml() and to_html5_video() read back a file that they had written to a
        # temporary folder.
        path = Path(self.outfile)
        if path.is_relative_to(tempfile.gettempdir()) and path.parent.is_dir():
            path.touch()


def replace_writers() -> None:
    """Let all animations be captured instead of saved, in a worker process."""
    for name in _WRITER_NAMES:
        mpl_animation.writers.register(name)(CapturingWriter)
    for name in _writer_classes():
        setattr(mpl_animation, name, CapturingWriter)
    FigureWriter.replacement = CapturingWriter
    _record_others()


@contextmanager
def recording_writers() -> Iterator[None]:
    """Let all animations that are saved in this block be recorded as well.

    Matplotlib's writers that need ffmpeg find the one of this package if there is no other.
    """
    registered = mpl_animation.writers._registered
    registered_before, classes_before = dict(registered), _writer_classes()
    saving = mpl_animation.AbstractMovieWriter.saving
    with _ffmpeg_for_matplotlib():
        try:
            _record_others()
            all_before = {*registered_before.values(), *classes_before.values()}
            replaced = {cls: _recording(cls) for cls in all_before}
            registered |= {name: replaced[cls] for name, cls in registered_before.items()}
            for name, cls in classes_before.items():
                setattr(mpl_animation, name, replaced[cls])
            yield
        finally:
            mpl_animation.AbstractMovieWriter.saving = saving
            registered.clear()
            registered |= registered_before
            for name, cls in classes_before.items():
                setattr(mpl_animation, name, cls)


def _record_others() -> None:
    """Record what is saved by movie writers that are not Matplotlib's, with ``saving()``."""
    base = mpl_animation.AbstractMovieWriter
    saving = base.saving  # Animation.save() calls it as well

    @wraps(saving)
    def recorded(self: Any, *args: Any, **kwargs: Any) -> Any:
        self.__class__ = _recording(type(self))
        return saving(self, *args, **kwargs)

    base.saving = recorded


def _recording(original: type[mpl_animation.AbstractMovieWriter]) -> type:
    """Return a subclass of a movie writer that records what it writes; itself, if it does so."""
    if issubclass(original, CapturingWriter) or hasattr(original, "_records"):
        return original

    class RecordingWriter(original):
        _records = True

        def setup(self, fig: Figure, outfile: Any, *args: Any, **kwargs: Any) -> None:
            super().setup(fig, outfile, *args, **kwargs)
            self._recorder = current_recorder()
            if self._recorder:
                self._recording = self._recorder.begin_saving(fig, self.fps, self.dpi)

        def grab_frame(self, **savefig_kwargs: Any) -> None:
            super().grab_frame(**savefig_kwargs)
            if self._recorder:
                self._recorder.grab(self._recording)

        def finish(self) -> None:
            if self._recorder:
                self._recorder.end_saving(self._recording)
            super().finish()

    RecordingWriter.__name__ = RecordingWriter.__qualname__ = original.__name__
    RecordingWriter.__doc__ = original.__doc__
    return RecordingWriter


def _writer_classes() -> dict[str, type[mpl_animation.AbstractMovieWriter]]:
    """Return the movie writers that Matplotlib defines, by name."""
    abstract = ("AbstractMovieWriter", "MovieWriter", "FileMovieWriter")
    return {
        name: value
        for name, value in vars(mpl_animation).items()
        if isinstance(value, type)
        and issubclass(value, mpl_animation.AbstractMovieWriter)
        and name not in abstract
    }


@contextmanager
def _ffmpeg_for_matplotlib() -> Iterator[None]:
    before = rcParams["animation.ffmpeg_path"]
    if shutil.which(before) is None:
        rcParams["animation.ffmpeg_path"] = find_ffmpeg()
    try:
        yield
    finally:
        rcParams["animation.ffmpeg_path"] = before
