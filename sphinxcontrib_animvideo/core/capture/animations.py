"""The Matplotlib animations that code creates: which there are, and what they say."""

from __future__ import annotations

import gc
import inspect
import weakref
from collections.abc import Iterable, Iterator, Sequence

from matplotlib.animation import Animation, ArtistAnimation
from matplotlib.figure import Figure

from ..frames.sources import root_figure

SET_LENGTH = "Pass save_count, or a sequence as frames, to set the length of the animation."
"""What to do about an animation that does not say how many frames it has."""


class Animations:
    """The animations that code has created, in order of creation.

    They are kept until they are recorded. Of several on one figure, those that the code has
    dropped do not count: it has replaced them by others.
    """

    def __init__(self) -> None:
        self._waiting: list[Animation] = []
        self._recorded: weakref.WeakSet[Animation] = weakref.WeakSet()
        self._figures: weakref.WeakSet[Figure] = weakref.WeakSet()
        """Those of the animations that were recorded."""

    def add(self, animations: Iterable[Animation]) -> None:
        """Add animations, unless they were added before."""
        for new in animations:
            if new not in self._recorded and new not in self._waiting:
                self._waiting.append(new)

    def add_existing(self) -> None:
        """Add all animations that exist, also those on figures with other canvases than ours."""
        gc.collect()
        # isinstance() would ask proxies for their class.
        found = [known for known in gc.get_objects() if issubclass(type(known), Animation)]
        self.add(found)

    def note_recorded(self, animations: Iterable[Animation]) -> None:
        """Note that animations are in a video."""
        for animation in animations:
            self._recorded.add(animation)
            self._figures.add(figure_of_animation(animation))
        self._waiting = [known for known in self._waiting if known not in self._recorded]

    def waiting(self) -> list[Animation]:
        """Return the animations that were not recorded yet."""
        return [*self._waiting]

    def waiting_on(self, *figures: Figure) -> list[Animation]:
        """Return the animations on *figures* that were not recorded yet."""
        return [found for found in self.waiting() if figure_of_animation(found) in figures]

    @property
    def any_recorded(self) -> bool:
        """Whether an animation was recorded."""
        return bool(self._figures)

    def has_recorded(self, figure: Figure) -> bool:
        """Whether there is an animation on *figure* that was recorded."""
        return figure in self._figures

    def remaining(self) -> list[Animation]:
        """Return those that were not recorded yet and that the code has not replaced."""
        self.delete_replaced()
        return self.waiting()

    def delete_replaced(self) -> None:
        """Delete the animations that the code has dropped, where there are several on one figure.

        They are parts of reference cycles: whether they still exist would be chance.
        """
        # Held here, so that they are kept, whether or not the code still holds them.
        alone = [group[0] for group in by_figure(self._waiting) if len(group) == 1]
        if len(alone) == len(self._waiting):
            return
        known = [weakref.ref(animation) for animation in self._waiting]
        self._waiting = []
        gc.collect()
        self._waiting = [animation for reference in known if (animation := reference())]


def _figure_id(animation: Animation) -> int:
    return id(figure_of_animation(animation))


def figure_of_animation(animation: Animation) -> Figure:
    """Return the figure that an animation moves."""
    return root_figure(animation._fig)


def interval_of(animation: Animation) -> float | None:
    """Return the seconds from one frame of an animation to the next, if it sets them."""
    milliseconds = getattr(animation, "_interval", None)
    return None if milliseconds is None else float(milliseconds) / 1000


def rate_of_interval(animation: Animation) -> float | None:
    """Return the frames per second that Matplotlib computes from the interval of an animation."""
    milliseconds = getattr(animation, "_interval", None)
    return 1000.0 / milliseconds if milliseconds else None


def shortest_interval(animations: Iterable[Animation]) -> float | None:
    """Return the shortest of the intervals of some animations, in seconds, if they set any."""
    intervals = [interval_of(animation) for animation in animations]
    return min((interval for interval in intervals if interval is not None), default=None)


def frame_count_of(animation: Animation) -> int | None:
    """Return the number of frames that will be saved, if the animation says it."""
    if isinstance(animation, ArtistAnimation):
        return len(animation._framedata)
    return getattr(animation, "_save_count", None)


def are_endless(animations: Sequence[Animation]) -> bool:
    """Whether there are animations, none of which says how many frames it has."""
    return bool(animations) and all(frame_count_of(animation) is None for animation in animations)


def by_figure(animations: Sequence[Animation]) -> Iterator[list[Animation]]:
    """Yield the animations that advance together, which are those on one figure."""
    figures: dict[int, list[Animation]] = {}
    for animation in animations:
        figures.setdefault(_figure_id(animation), []).append(animation)
    yield from figures.values()


def animations_being_saved(figure: Figure) -> list[Animation]:
    """Return the animation of *figure* whose ``save`` is running, and those saved with it.

    Matplotlib does not pass them to movie writers.
    """
    frame = inspect.currentframe()
    while frame:
        saving = frame.f_locals.get("self")
        if isinstance(saving, Animation) and frame.f_code.co_name == "save":
            if figure_of_animation(saving) is not root_figure(figure):
                return []  # the update function uses a movie writer
            extra = frame.f_locals.get("extra_anim") or ()
            return [saving, *(other for other in extra if other._fig is saving._fig)]
        frame = frame.f_back
    return []
