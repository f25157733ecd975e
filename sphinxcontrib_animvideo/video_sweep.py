"""``sweep``: videos of a function for all combinations of its parameters, in one player."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .core.capture.in_process import InProcessRecorder, recording_in_process, style_and_seed
from .core.capture.no_frames import no_frames
from .core.model.asset import Asset
from .core.model.options import MAGIC, OPTIONS, read_options
from .core.model.settings import make_limits, make_settings
from .core.model.sweep import Sweep, in_words, values_of
from .core.model.sweep_code import check_size, default_of
from .errors import AnimvideoError, ExecutionError, keyword
from .html.embed import embedded_sweep
from .html.player import player_options
from .progress import FrameBar
from .writer import warn_at_caller


class VideoSweep:
    """The videos of a sweep. Notebooks display them as one player with a control per parameter.

    The videos are part of the notebook, and of the HTML that it is exported to.

    Attributes
    ----------
    parameters : dict
        The values of each parameter, by name, as readers see them.
    html : str
        The player with all videos, for any page.
    """

    def __init__(self, sweep: Sweep, html: str) -> None:
        self.parameters = {p.name: list(p.labels) for p in sweep.parameters}
        self.html = html

    def __repr__(self) -> str:
        return f"VideoSweep({self.parameters})"

    def _repr_html_(self) -> str:
        """Return the player, for notebooks."""
        return self.html


def sweep(
    function: Callable[..., Any], options: Mapping[str, Any] | None = None, /, **parameters: Any
) -> VideoSweep:
    """Make a video for each combination of the values of parameters, shown in one player.

    Parameters
    ----------
    function
        Called once for each combination, with the parameters as keyword arguments. It captures
        frames with :func:`capture`, or returns an animation, a figure, or several pictures.
    options
        Options of the video, as those of ``%%animvideo``, such as ``{"fps": 30, "loop": True}``.
        ``max_sweep``, by default 64, is the maximum number of combinations. ``sweep_default``,
        such as ``{"damping": [0.2]}``, is what is shown first; by default the middle.
    **parameters
        The values of each parameter: a list or an array of numbers, strings, or other values
        that can be written as Python literals.

    Returns
    -------
    VideoSweep

    Raises
    ------
    AnimvideoError
        A value has no label, there are too many combinations, or an option is not allowed.
    Exception
        What *function* raises, if it fails for every combination. If it fails for some of them,
        there is a warning, and the player says why.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import numpy as np
    >>> from sphinxcontrib_animvideo import capture, sweep
    >>> def wave(frequency):
    ...     fig, ax = plt.subplots(figsize=(2, 1))
    ...     x = np.linspace(0, 1)
    ...     (line,) = ax.plot(x, np.sin(x))
    ...     for i in range(5):
    ...         line.set_ydata(np.sin(frequency * x + i))
    ...         capture(fig)
    >>> sweep(wave, {"loop": True}, frequency=[1, 2, 4])
    VideoSweep({'frequency': ['1', '2', '4']})
    """
    given = {name.replace("_", "-"): value for name, value in (options or {}).items()}
    written = read_options(MAGIC, given, keyword)
    swept: Sweep = OPTIONS["sweep"].read(parameters)
    check_sweep(swept, written)
    settings = make_settings(written, default)
    recorders, outcomes = [], []
    with FrameBar(getattr(function, "__name__", "sweep")) as bar:
        for combination in swept.combinations:
            recorder = InProcessRecorder(settings, make_limits(default), keyword, bar.show)
            recorders.append(recorder)  # its files are removed with it
            outcome = _outcome(recorder, function, values_of(combination), written)
            if isinstance(outcome, AnimvideoError):
                outcome.combination = in_words(combination)
            outcomes.append(outcome)
    messages = [note.message for each in outcomes if isinstance(each, Asset) for note in each.notes]
    for message in dict.fromkeys(messages):
        warn_at_caller(message)
    html = sweep_player(swept, outcomes, written)
    for outcome in outcomes:
        if isinstance(outcome, AnimvideoError):
            warn_at_caller(outcome.explain(keyword))
    return VideoSweep(swept, html)


def _outcome(
    recorder: InProcessRecorder,
    function: Callable[..., Any],
    values: Mapping[str, Any],
    written: Mapping[str, Any],
) -> Asset | AnimvideoError:
    """Return what comes of one call of a function."""
    try:
        with recording_in_process(recorder), style_and_seed(written):
            recorder.record(function(**values))
            asset = recorder.take(())
        return asset or no_frames("the function", recorder)
    except AnimvideoError as error:
        return error
    except Exception as error:
        raised = ExecutionError(f"the function raised {type(error).__name__}: {error}")
        raised.__cause__ = error
        return raised
    finally:
        recorder.abort()


def check_sweep(sweep: Sweep, written: Mapping[str, Any]) -> None:
    """Raise :class:`OptionError` if a sweep is too large, or its default is none of its values."""
    check_size(sweep, written.get("max-sweep", default("max-sweep")))
    default_of(sweep, written.get("sweep-default"))


def sweep_player(
    sweep: Sweep, outcomes: Sequence[Asset | AnimvideoError], written: Mapping[str, Any]
) -> str:
    """Return a player with all videos of a sweep.

    Parameters
    ----------
    outcomes
        What came of each combination.
    written
        The options that are given, by name.

    Raises
    ------
    Exception
        What was raised first, if there is no video at all.
    """
    number = default_of(sweep, written.get("sweep-default"))
    in_order = sorted(range(len(outcomes)), key=lambda each: (each != number, each))
    shown = next((n for n in in_order if isinstance(outcomes[n], Asset)), None)
    if shown is None:
        error = outcomes[0]
        assert isinstance(error, AnimvideoError)
        raise error.__cause__ or error
    poster = written.get("poster", default("poster"))
    return embedded_sweep(sweep, outcomes, shown, player_options(written), poster)


def default(name: str) -> Any:
    """Return the default of an option."""
    return OPTIONS[name].default
