"""The error for code that runs but shows nothing that moves."""

from __future__ import annotations

from ...errors import NoFrameError


def no_frames(
    what: str,
    saved_figures: int,
    *,
    animated: bool = False,
    earlier: str = "",
    has_callable: bool = False,
) -> NoFrameError:
    """Return the error, which says what could be meant.

    Parameters
    ----------
    what
        What has run: ``the code`` or ``the cell``.
    saved_figures
        How often it called ``savefig``.
    animated
        Whether it has played animations.
    earlier
        Name of an animation that was created before it ran, if there is one.
    has_callable
        Whether a callable may be named that gives the frames.
    """
    message = f"{what} ran, but no frames were captured."
    if animated:
        message += " Its animations have no frames."
    if saved_figures:
        times = "once" if saved_figures == 1 else f"{saved_figures} times"
        message += f" It called savefig() {times}: call capture() there instead, or as well."
    if earlier:
        message += (
            f" To show the animation {earlier}, which existed before, call capture({earlier})."
        )
    named = "from a callable named after the script, " if has_callable else ""
    return NoFrameError(
        f"{message} Frames are captured by capture(), by plt.pause() with more than 0 seconds, by "
        f"canvas.flush_events() after a change, {named}and from Matplotlib animations that are "
        "shown, saved, or still exist at the end. If the code draws in a loop, call capture() in "
        "it. Timers and event handlers do not run."
    )
