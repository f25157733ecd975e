"""Progress as a number of frames: a bar in terminals and notebooks, and reports to functions."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .core.model.asset import Asset

if TYPE_CHECKING:
    from .core.model.job import Job
    from .core.rendering.render import Result

_PATIENCE = 1.0
"""Seconds before the bar is shown; shorter videos need none."""
_MOMENT = 0.001


class _NotebookOutput:
    """A file that shows its last line below the cell, and no line once it is blank.

    The output is then empty, and notebooks show nothing for it. A bar of widgets, or text on the
    standard output, would stay in the saved notebook.
    """

    encoding = "utf-8"

    def __init__(self) -> None:
        self._handle: Any = None

    def write(self, text: str) -> None:
        from IPython.display import display

        line = text.strip()
        data = {"text/plain": line} if line else {}
        if self._handle:
            self._handle.update(data, raw=True)
        elif line:
            self._handle = display(data, raw=True, display_id=True)

    def flush(self) -> None:
        """Do nothing: every line is shown at once."""


class FrameBar:
    """A progress bar that counts frames and disappears at the end.

    Parameters
    ----------
    title
        Text before the number.
    total
        Expected number of frames, for the remaining time; ``None`` if unknown.
    shown
        ``True`` or ``False``; ``None``: where there is a terminal or a notebook, and when it takes
        longer than a second.
    """

    def __init__(self, title: str, total: int | None = None, shown: bool | None = None) -> None:
        self._title = title
        self._total = total
        self._shown = _is_seen() if shown is None else shown
        self._started = time.time()  # the clock that tqdm has
        self._due = self._started + (_PATIENCE if shown is None else 0)
        self._bar: Any = None

    def __enter__(self) -> FrameBar:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def show(self, frame_count: int) -> None:
        """Show the number of frames so far."""
        if not self._shown:
            return
        if self._bar is None:
            if time.time() < self._due:
                return
            self._bar = self._open()
        self._bar.update(frame_count - self._bar.n)

    def close(self) -> None:
        """Remove the bar."""
        self._shown = False
        if self._bar is not None:
            self._bar.close()

    def _open(self) -> Any:
        from tqdm import tqdm  # takes a while, and most videos are there before

        bar = tqdm(
            desc=self._title,
            total=self._total,
            unit=" frames",
            leave=False,
            file=_NotebookOutput() if _in_notebook() else sys.stderr,
            delay=_MOMENT,  # or it would begin with no frame
        )
        bar.start_t = bar.last_print_t = min(self._started, time.time() - _MOMENT)
        return bar


class FrameCount:
    """The progress of a rendering, as the number of frames so far.

    Parameters
    ----------
    report
        Function that gets the number.
    """

    def __init__(self, report: Callable[[int], None]) -> None:
        self._report = report

    def start(self, total: int) -> None:
        """Do nothing: there are no frames yet."""

    def tick(self, frames: Mapping[Job, int]) -> None:
        """Report the number of frames so far."""
        self._report(sum(frames.values()))

    def note(self, message: str) -> None:
        """Print a message on standard error."""
        print(f"animvideo: {message}", file=sys.stderr, flush=True)

    def finish(self, result: Result) -> None:
        """Report the number of all frames."""
        if isinstance(result.outcome, Asset):
            self._report(result.outcome.frame_count)


def reporting(bar: FrameBar, on_frame: Callable[[int], None] | None) -> Callable[[int], None]:
    """Return a function that passes the number of frames to a bar and to another function."""

    def report(frame_count: int) -> None:
        bar.show(frame_count)
        if on_frame:
            on_frame(frame_count)

    return report


def _is_seen() -> bool:
    return _in_notebook() or bool(sys.stderr and sys.stderr.isatty())


def _in_notebook() -> bool:
    """Whether a kernel of Jupyter runs the code, not a shell of IPython's on a terminal."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")
