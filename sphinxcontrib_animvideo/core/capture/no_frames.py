"""The error for code that runs but shows nothing that moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import NoFrameError

if TYPE_CHECKING:
    from .recorder import Recorder


def no_frames(
    what: str,
    recorder: Recorder,
    *,
    earlier: str = "",
    has_callable: bool = False,
) -> NoFrameError:
    """Return the error, which says what could be meant.

    Parameters
    ----------
    what
        What has run: ``the code`` or ``the cell``.
    recorder
        What has recorded it.
    earlier
        Name of an animation that was created before it ran, if there is one.
    has_callable
        Whether a callable may be named that gives the frames.
    """
    message = f"{what} ran, but no frames were captured."
    saved_figures = recorder.saved_figures
    if recorder.animations.any_recorded:
        message += " Its animations produced no frames."
    if saved_figures:
        times, figures, places = (
            ("once", "this figure", "place")
            if saved_figures == 1
            else (f"{saved_figures} times", "these figures", "places")
        )
        message += (
            f" savefig() was called {times}: to record {figures}, call capture() in the same "
            f"{places}."
        )
    if earlier:
        message += (
            f" The animation {earlier} was created earlier. To record it, call capture({earlier})."
        )
    named = "from a callable named after the script, " if has_callable else ""
    return NoFrameError(
        f"{message} Frames are captured by capture(), by plt.pause() with a positive interval, by "
        f"canvas.flush_events() after a change, {named}and from Matplotlib animations that are "
        "shown, saved, or still exist at the end. If the code draws in a loop, call capture() in "
        "it. GUI timers and event handlers do not run."
    )
