"""The Matplotlib backend that captures: ``plt.pause`` captures, ``plt.show`` opens no window."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from matplotlib import is_interactive, rcParams
from matplotlib import pyplot as plt
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.registry import backend_registry
from matplotlib.figure import Figure

from .api import current_recorder
from .canvases import RecordedCanvas, open_figures, replace_canvas
from .movie_writers import replace_writers

BACKEND = f"module://{__name__}"
_OF_FILES = {"pdf", "pgf", "ps", "svg", "template"}
"""Matplotlib's backends that only write files."""


class _NoWindow:
    """Accepts what scripts ask of a window: ``manager.window.showMaximized()``."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *args, **kwargs: None


class FigureManager(FigureManagerBase):
    """A manager without a window."""

    window = _NoWindow()

    @classmethod
    def pyplot_show(cls, *args: Any, block: bool | None = None, **kwargs: Any) -> None:
        """Record what is animated on the figures of pyplot, if ``plt.show`` would block."""
        recorder = current_recorder()
        if recorder and (not is_interactive() if block is None else block):
            recorder.window.show(open_figures())

    def show(self) -> None:
        """Do nothing."""


class FigureCanvas(RecordedCanvas):
    """A canvas that tells the recorder what a window would show."""

    required_interactive_framework = None
    manager_class = FigureManager

    def draw(self) -> None:
        """Draw the figure, for code that reads the pixels."""
        self.was_drawn = True
        super().draw()

    def draw_idle(self, *args: Any, **kwargs: Any) -> None:
        """Draw nothing: the capture that follows draws."""
        self.was_drawn = True

    def blit(self, bbox: Any = None) -> None:
        """Draw nothing: the capture that follows draws all artists, animated ones as well."""
        self.was_drawn = True

    def start_event_loop(self, timeout: float = 0) -> None:
        """Capture the figure for *timeout* seconds; called by ``plt.pause``."""
        recorder = current_recorder()
        if recorder and timeout > 0:
            recorder.window.pause(self.figure, timeout, self.was_drawn or self.figure.stale)
        self.was_drawn = False

    def flush_events(self) -> None:
        """Capture the figure, if it was drawn or has changed since the last time."""
        recorder = current_recorder()
        if recorder and (self.was_drawn or self.figure.stale):
            self.was_drawn = False
            recorder.window.flush_events(self.figure)


def install() -> None:
    """Install the backend under every name that scripts use, and the movie writers."""
    import matplotlib as mpl

    _take_names()
    mpl.use(BACKEND)
    replace_writers()


@contextmanager
def replacing_backends() -> Iterator[None]:
    """Let code in this block that chooses another backend get this one."""
    registry = backend_registry
    before = registry._name_to_module.copy(), registry._backend_to_gui_framework.copy()
    _take_names()
    try:
        yield
    finally:
        registry._name_to_module, registry._backend_to_gui_framework = before


def _take_names() -> None:
    # A script written for a desktop may call matplotlib.use("TkAgg"), one from a notebook
    # use("inline"), whether or not these are installed. PdfPages and savefig() need those of files.
    for name in {*backend_registry.list_all(), "inline", "ipympl", "widget"} - _OF_FILES:
        backend_registry._name_to_module[name.lower()] = BACKEND
        backend_registry._backend_to_gui_framework.setdefault(name.lower(), "headless")


@contextmanager
def recording_canvases(figures: Iterable[Figure]) -> Iterator[None]:
    """Let *figures*, which have canvases of another backend, be recorded in this block."""
    canvases = [figure.canvas for figure in figures]
    for canvas in canvases:
        replace_canvas(canvas, FigureCanvas(canvas.figure))
        _scale_dpi(canvas.figure, 1 / canvas.device_pixel_ratio)  # of a high-DPI screen
    try:
        yield
    finally:
        for canvas in canvases:
            _scale_dpi(canvas.figure, canvas.device_pixel_ratio)
            replace_canvas(canvas.figure.canvas, canvas)


def _scale_dpi(figure: Figure, factor: float) -> None:
    figure._set_dpi(figure.dpi * factor, forward=False)


def close(figures: Iterable[Figure]) -> None:
    """Close those of the figures that belong to pyplot."""
    for figure in figures:
        plt.close(figure)


def text_rendering() -> str:
    """Return the rcParams that decide how text is drawn, which are part of the environment."""
    names = ("hinting", "hinting_factor", "antialiased", "kerning_factor")
    return ", ".join(f"{name} {rcParams[f'text.{name}']}" for name in names)
