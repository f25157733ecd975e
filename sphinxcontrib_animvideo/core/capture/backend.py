"""The Matplotlib backend of the worker: pauses are captures, showing opens no window.

Also the movie writer that takes the place of Matplotlib's, so that ``animation.save(...)``
is captured. No function of Matplotlib is patched.
"""

from __future__ import annotations

import inspect
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

from matplotlib import animation, rcParams
from matplotlib import pyplot as plt
from matplotlib._pylab_helpers import Gcf
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.registry import backend_registry
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from .api import current_recorder

BACKEND = f"module://{__name__}"
WRITER = "animvideo"
"""The name under which our movie writers are registered with Matplotlib."""
_WRITER_NAMES = (
    *(WRITER, "ffmpeg", "ffmpeg_file", "imagemagick", "imagemagick_file", "pillow", "html"),
    *("avconv", "avconv_file", "mencoder", "mencoder_file"),  # names in old scripts
)


class FigureManager(FigureManagerBase):
    """A manager without a window."""

    @classmethod
    def pyplot_show(cls, *args: Any, **kwargs: Any) -> None:
        """Keep the animations that a window would play now; ``plt.show`` ends here."""
        if recorder := current_recorder():
            for manager in Gcf.get_all_fig_managers():
                recorder.shown.extend(_animations_of(manager.canvas.figure))

    def show(self) -> None:
        """Do nothing."""


class FigureCanvas(FigureCanvasAgg):
    """An Agg canvas that is drawn when it is captured, and at no other time."""

    required_interactive_framework = None
    manager_class = FigureManager

    def draw_idle(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing: the capture that follows draws."""

    def start_event_loop(self, timeout: float = 0) -> None:
        """Capture the figure for *timeout* seconds; ``plt.pause`` ends here."""
        recorder = current_recorder()
        if recorder and timeout > 0:
            recorder.pause(self.figure, timeout)

    def flush_events(self) -> None:
        """Do nothing."""


class FigureWriter(animation.AbstractMovieWriter):
    """What our movie writers have in common: each frame is drawn when it is grabbed, and once."""

    @classmethod
    def isAvailable(cls) -> bool:  # noqa: N802  (Matplotlib's name)
        return True

    def setup(self, fig: Figure, outfile: Any, dpi: float | None = None) -> None:
        super().setup(fig, outfile, dpi=dpi)
        self._begin(outfile, dpi)
        self._canvas = fig.canvas
        if not isinstance(fig.canvas, FigureCanvas):
            FigureCanvas(fig)  # saving asks the canvas to draw each frame; this one does not

    def grab_frame(self, **savefig_kwargs: Any) -> None:
        # save() asks for the figure's own colour, composited onto white if it is transparent. To
        # set it again would make it look changed, and all that lies above it with it.
        colour = to_rgba(savefig_kwargs.get("facecolor", self.fig.get_facecolor()))
        if colour == self.fig.get_facecolor():
            self._grab()
        else:
            with self.fig._cm_set(facecolor=colour):
                self._grab()

    def finish(self) -> None:
        self.fig.set_canvas(self._canvas)

    def _begin(self, outfile: Any, dpi: float | None) -> None:
        raise NotImplementedError

    def _grab(self) -> None:
        raise NotImplementedError


class RecordingWriter(FigureWriter):
    """Takes the place of every movie writer: ``save`` becomes a capture, and writes no file."""

    supported_formats: ClassVar[list[str]] = ["rgba"]

    def __init__(self, fps: float = 5, *args: Any, **kwargs: Any) -> None:
        super().__init__(fps=fps)

    @classmethod
    def bin_path(cls) -> str:
        return ""

    def _begin(self, outfile: Any, dpi: float | None) -> None:
        recorder = current_recorder()
        assert recorder, "the recording writer is installed in workers only"
        self._recorder = recorder
        self._recorder.begin_saving(self.fig, animation_being_saved(), self.fps, dpi)

    def _grab(self) -> None:
        self._recorder.grab()

    def finish(self) -> None:
        super().finish()
        self._recorder.end_saving()
        # to_jshtml() and to_html5_video() read back a file that they had written to a
        # temporary folder.
        path = Path(self.outfile)
        if path.is_relative_to(tempfile.gettempdir()) and path.parent.is_dir():
            path.touch()


def _animations_of(figure: Figure) -> list[animation.Animation]:
    """Return the animations that wait for *figure* to be drawn, in order of creation."""
    waiting = figure.canvas.callbacks.callbacks.get("draw_event", {})
    owners = [getattr(reference(), "__self__", None) for _, reference in sorted(waiting.items())]
    return [owner for owner in owners if isinstance(owner, animation.Animation)]


def animation_being_saved() -> animation.Animation | None:
    """Return the animation whose ``save`` called; Matplotlib does not tell its writers."""
    frame = inspect.currentframe()
    while frame:
        caller = frame.f_locals.get("self")
        if isinstance(caller, animation.Animation):
            return caller
        frame = frame.f_back
    return None


def install() -> None:
    """Make this the backend, under whatever name a script asks for one, and the movie writer."""
    import matplotlib as mpl

    # matplotlib.use("agg") or use("TkAgg") in a script written for elsewhere lead here as well.
    for name in backend_registry.list_builtin():
        backend_registry._name_to_module[name.lower()] = BACKEND
    mpl.use(BACKEND)
    for name in _WRITER_NAMES:
        animation.writers.register(name)(RecordingWriter)
    abstract = (animation.AbstractMovieWriter, animation.MovieWriter, animation.FileMovieWriter)
    for name, value in list(vars(animation).items()):
        if (
            isinstance(value, type)
            and issubclass(value, animation.AbstractMovieWriter)
            and value not in abstract
        ):
            setattr(animation, name, RecordingWriter)


def play(moving: animation.Animation, fps: float) -> None:
    """Capture every frame of an animation, each drawn once."""
    # Saving is Matplotlib's own way through the frames of every kind of animation. A file name
    # is wanted; nothing is written to it.
    save(moving, "animation", RecordingWriter(fps))


def save(moving: animation.Animation, path: Any, writer: animation.AbstractMovieWriter) -> None:
    """Save an animation with a movie writer, in the figure's own dpi."""
    # Matplotlib divides by the interval, also where the writer knows the rate.
    interval = getattr(moving, "_interval", None)
    if interval == 0:
        moving._interval = 1
    try:
        moving.save(path, writer=writer, dpi="figure")
    finally:
        if interval == 0:
            moving._interval = interval


def close(figures: Iterable[Figure]) -> None:
    """Close figures of pyplot; others are left as they are."""
    for figure in figures:
        plt.close(figure)


def text_rendering() -> str:
    """Return how letters are drawn: a part of the environment, as the version of FreeType is."""
    names = ("hinting", "hinting_factor", "antialiased", "kerning_factor")
    return ", ".join(f"{name} {rcParams[f'text.{name}']}" for name in names)
