"""Places titles above the labels and ticks on top of the axes.

Matplotlib lays out all tick labels to learn how high they are, which takes longer than to draw all
else. It matters only where labels or offset texts may be at the top.
"""

from __future__ import annotations

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.text import Text

from .display_list import DisplayListRenderer
from .drawing_order import is_plain


def titles_of(axes: Axes) -> tuple[Text, Text, Text]:
    """Return the center, left, and right titles."""
    return axes.title, axes._left_title, axes._right_title


def neighbors_of(axes: Axes) -> set[Axes]:
    """Return the axes that the titles of *axes* must not cover, including *axes*."""
    aligned = axes.figure._align_label_groups["title"]
    return {
        *axes.child_axes,
        *axes._twinned_axes.get_siblings(axes),
        *aligned.get_siblings(axes),
    }


def place_titles(axes: Axes, renderer: DisplayListRenderer) -> bool:
    """Move the titles to where Matplotlib moves them before it draws.

    The axis of *axes* and of its neighbors must have been drawn as they are now.

    Returns
    -------
    bool
        Whether the ticks were laid out again.
    """
    if axes._autotitlepos is not None and not axes._autotitlepos:
        return False
    titles = titles_of(axes)
    neighbors = neighbors_of(axes)
    for other in neighbors:
        if _may_be_in_the_way(other):
            axes._update_title_position(renderer)
            return True
    top = max(_outline(other).get_window_extent(renderer).ymax for other in neighbors)
    for title in titles:
        x, _ = title.get_position()
        title.set_position((x, 1.0))
        if top < 0:
            return False
        bottom = title.get_window_extent(renderer).ymin
        if bottom < top:
            _, y = axes.transAxes.inverted().transform((0, top))
            title.set_position((x, y))
            bottom = title.get_window_extent(renderer).ymin
            if bottom < top:
                _, y = axes.transAxes.inverted().transform((0.0, 2 * top - bottom))
                title.set_position((x, y))
    highest = max(title.get_position()[1] for title in titles)
    for title in titles:
        x, _ = title.get_position()
        title.set_position((x, highest))
    return False


def _may_be_in_the_way(axes: Axes) -> bool:
    """Whether labels or offset texts may be at the top of *axes*."""
    drawn = is_plain(axes) and axes.get_visible() and axes.axison
    return (
        not drawn  # otherwise the offset text is up to date
        or axes.xaxis.get_ticks_position() in ("top", "unknown")
        or axes.xaxis.get_label_position() == "top"
        or bool(axes.yaxis.offsetText.get_text())
    )


def _outline(axes: Axes) -> Artist:
    return axes.spines.get("outline", axes)
