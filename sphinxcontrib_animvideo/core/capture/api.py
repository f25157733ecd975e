"""``capture()``, by which code adds a frame to its video."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .recorder import Recorder

_recorder: Recorder | None = None
"""One for the process, so that threads of the code capture as well."""


def capture(source: Any = None, *, hold: float | None = None, caption: str | None = None) -> None:
    """Add *source* as it looks now to the video, as its next frame.

    Parameters
    ----------
    source
        A Matplotlib figure, or what belongs to one, such as an artist or a grid of seaborn; an
        axes (the pixels inside it, without labels and ticks); an array of shape (height, width)
        or (height, width, channels) with 1, 3, or 4 channels, of integers from 0 to 255, floats
        from 0 to 1, or bools; a PIL image; the path or the bytes of an image file or a video, all
        pictures of which are added; or a Matplotlib ``Animation``, which becomes a separate
        video. Defaults to the current figure.
    hold
        How long the frame is shown, in seconds. Defaults to one frame, and to their own durations
        for the pictures of a file.
    caption
        Text that is shown from this frame on, until the next caption.

    Raises
    ------
    FrameError
        *source* cannot become a frame, or differs in size from the first one.

    Notes
    -----
    Outside of a recording, for example when a reader runs code copied from a page, the source is
    shown in a window for a moment.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from sphinxcontrib_animvideo import capture
    >>> fig, ax = plt.subplots()
    >>> (line,) = ax.plot([0, 1])
    >>> for level in range(10):
    ...     line.set_ydata([0, level])
    ...     capture()
    >>> capture(fig, hold=2, caption="This is where it ends.")
    """
    if recorder := _recorder:
        recorder.capture(source, hold=hold, caption=caption)
    else:
        _show(source, hold)


@contextmanager
def recording(recorder: Recorder) -> Iterator[None]:
    """Send the captures of this block to *recorder*."""
    before = redirect(recorder)
    try:
        yield
    finally:
        redirect(before)


def redirect(recorder: Recorder | None) -> Recorder | None:
    """Send captures to *recorder* from now on; return the previous recorder."""
    global _recorder
    before, _recorder = _recorder, recorder
    return before


def current_recorder() -> Recorder | None:
    """Return the recorder that captures go to, if there is one."""
    return _recorder


def is_recording() -> bool:
    """Return whether captures of this process are recorded."""
    return _recorder is not None


def _show(source: Any, hold: float | None) -> None:
    from matplotlib import pyplot as plt

    from ..frames.grabber import FrameGrabber
    from ..frames.sources import is_axes, is_figure

    if is_axes(source):
        source = source.figure
    if source is not None and not is_figure(source):
        pixels = FrameGrabber().take(source)
        plt.figure("capture", clear=True).figimage(pixels)
    elif source is not None and source.number in plt.get_fignums():
        plt.figure(source.number)
    plt.pause(hold or 0.04)
