"""The Matplotlib backend that captures: ``plt.pause`` captures, ``plt.show`` opens no window.

It comes with a movie writer that replaces Matplotlib's, so that ``animation.save(...)`` is
captured. No function of Matplotlib is patched.
"""

from __future__ import annotations

import inspect
import tempfile
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

from matplotlib import animation as mpl_animation
from matplotlib import pyplot as plt
from matplotlib import rcParams
from matplotlib._pylab_helpers import Gcf
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.registry import backend_registry
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from ..encoding.timeline import natural_rate
from .api import current_recorder

BACKEND = f"module://{__name__}"
WRITER = "animvideo"
"""The name of our movie writers in Matplotlib's registry."""
_WRITER_NAMES = (
    *(WRITER, "ffmpeg", "ffmpeg_file", "imagemagick", "imagemagick_file", "pillow", "html"),
    *("avconv", "avconv_file", "mencoder", "mencoder_file"),  # names in old scripts
)


class FigureManager(FigureManagerBase):
    """A manager without a window."""

    @classmethod
    def pyplot_show(cls, *args: Any, **kwargs: Any) -> None:
        """Note the animations that a window would play now; called by ``plt.show``."""
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
        """Capture the figure for *timeout* seconds; called by ``plt.pause``."""
        recorder = current_recorder()
        if recorder and timeout > 0:
            recorder.pause(self.figure, timeout)

    def flush_events(self) -> None:
        """Do nothing."""


class FigureWriter(mpl_animation.AbstractMovieWriter):
    """Base class of our movie writers, which draw each frame once, when it is grabbed."""

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
        # save() asks for the figure's own color, composited onto white if it is transparent. To
        # set it again would make it look changed, and all that lies above it with it.
        color = to_rgba(savefig_kwargs.get("facecolor", self.fig.get_facecolor()))
        if color == self.fig.get_facecolor():
            self._grab()
        else:
            with self.fig._cm_set(facecolor=color):
                self._grab()

    def finish(self) -> None:
        self.fig.set_canvas(self._canvas)

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
        assert recorder, "this writer is installed in workers only"
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


class _CallbackWriter(FigureWriter):
    """Writes nothing, and calls a function with the figure for each frame."""

    def __init__(self, fps: float, on_frame: Callable[[Figure], None]) -> None:
        super().__init__(fps=fps)
        self._on_frame = on_frame

    def _begin(self, outfile: Any, dpi: float | None) -> None:
        pass

    def _grab(self) -> None:
        self._on_frame(self.fig)


def _animations_of(figure: Figure) -> list[mpl_animation.Animation]:
    """Return the animations that start when *figure* is drawn, in order of creation."""
    waiting = figure.canvas.callbacks.callbacks.get("draw_event", {})
    owners = [getattr(reference(), "__self__", None) for _, reference in sorted(waiting.items())]
    return [owner for owner in owners if isinstance(owner, mpl_animation.Animation)]


def animation_being_saved() -> mpl_animation.Animation | None:
    """Return the animation whose ``save`` is running, which Matplotlib does not pass to writers."""
    frame = inspect.currentframe()
    while frame:
        caller = frame.f_locals.get("self")
        if isinstance(caller, mpl_animation.Animation):
            return caller
        frame = frame.f_back
    return None


def install() -> None:
    """Install the backend under every name that scripts use, and the movie writer."""
    import matplotlib as mpl

    # A script written for a desktop may call matplotlib.use("agg") or use("TkAgg").
    for name in backend_registry.list_builtin():
        backend_registry._name_to_module[name.lower()] = BACKEND
    mpl.use(BACKEND)
    for name in _WRITER_NAMES:
        mpl_animation.writers.register(name)(CapturingWriter)
    abstract = (
        mpl_animation.AbstractMovieWriter,
        mpl_animation.MovieWriter,
        mpl_animation.FileMovieWriter,
    )
    for name, value in list(vars(mpl_animation).items()):
        if (
            isinstance(value, type)
            and issubclass(value, mpl_animation.AbstractMovieWriter)
            and value not in abstract
        ):
            setattr(mpl_animation, name, CapturingWriter)


def play(animation: mpl_animation.Animation, fps: float) -> None:
    """Capture every frame of an animation, each drawn once."""
    # Saving is Matplotlib's own way to step through every kind of animation. A file name is
    # required; nothing is written to it.
    save(animation, "animation", CapturingWriter(fps))


def save(
    animation: mpl_animation.Animation, path: Any, writer: mpl_animation.AbstractMovieWriter
) -> None:
    """Save an animation with a movie writer, at the figure's own dpi."""
    # Matplotlib divides by the interval, even if the writer has a rate of its own.
    interval = getattr(animation, "_interval", None)
    if interval == 0:
        animation._interval = 1
    try:
        animation.save(path, writer=writer, dpi="figure")
    finally:
        if interval == 0:
            animation._interval = interval


def for_each_frame(
    animation: mpl_animation.Animation, fps: float, on_frame: Callable[[Figure], None]
) -> None:
    """Call *on_frame* with the figure of an animation, for each of its frames."""
    # A file name is required; nothing is written to it.
    save(animation, "animation", _CallbackWriter(fps, on_frame))


def animation_rate(animation: mpl_animation.Animation, default: Fraction) -> Fraction:
    """Return the frame rate that an animation's interval asks for; *default* if it has none."""
    milliseconds = getattr(animation, "_interval", None) or 0
    return natural_rate(milliseconds / 1000, default)


def close(figures: Iterable[Figure]) -> None:
    """Close those of the figures that belong to pyplot."""
    for figure in figures:
        plt.close(figure)


def text_rendering() -> str:
    """Return the rcParams that decide how text is drawn, which are part of the environment."""
    names = ("hinting", "hinting_factor", "antialiased", "kerning_factor")
    return ", ".join(f"{name} {rcParams[f'text.{name}']}" for name in names)
