"""The artists of a figure, in the order in which Matplotlib draws them.

Follows ``Figure.draw`` and ``Axes.draw`` up to where they draw their artists, and does what these
do before: limits, aspects, layout. What is no plain figure, sub-figure or axes is one artist.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from operator import methodcaller

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure, FigureBase, SubFigure
from matplotlib.text import Text

from .display_list import RecordingRenderer

_by_zorder = methodcaller("get_zorder")


def artists_of(figure: FigureBase, renderer: RecordingRenderer) -> Iterator[Artist]:
    """Return what is drawn, from the lowest to the highest."""
    artists = figure._get_draw_artists(renderer)
    if isinstance(figure, Figure) and figure.axes and (engine := figure.get_layout_engine()):
        with suppress(ValueError):  # as Figure.draw does
            engine.execute(figure)
    yield figure.patch
    for artist in artists:
        yield from _parts(artist, renderer)


def _parts(artist: Artist, renderer: RecordingRenderer) -> Iterator[Artist]:
    if not is_plain(artist):
        yield artist
    elif artist.get_visible():
        if isinstance(artist, SubFigure):
            yield from artists_of(artist, renderer)
        else:
            yield from _parts_of_axes(artist, renderer)
        artist.stale = False


def _parts_of_axes(axes: Axes, renderer: RecordingRenderer) -> Iterator[Artist]:
    axes._unstale_viewLim()
    axes._stale = True  # keeps what follows from telling the figure
    locator = axes.get_axes_locator()
    if locator or axes.get_aspect() != "auto" or axes.get_box_aspect() is not None:
        # Otherwise done by _get_draw_artists().
        axes.apply_aspect(locator(axes, renderer) if locator else None)
    hidden: set[Artist] = {axes.patch}
    framed = axes.axison and axes._frameon
    if not framed:
        hidden.update(axes.spines.values())
    if not axes.axison:
        hidden.update(axes._axis_map.values())
    if framed:
        yield axes.patch
    for artist in sorted(axes.get_children(), key=_by_zorder):
        if artist not in hidden:
            yield from _parts(artist, renderer)


def is_plain(artist: Artist) -> bool:
    """Whether *artist* is a container that is drawn as is known here."""
    return (
        type(artist) in (Axes, SubFigure)
        and "draw" not in vars(artist)
        and artist.get_agg_filter() is None
    )


def titles_of(axes: Axes) -> tuple[Text, Text, Text]:
    """Return the titles in the middle, on the left and on the right."""
    return axes.title, axes._left_title, axes._right_title


def neighbours_of(axes: Axes) -> set[Axes]:
    """Return the axes that the titles of *axes* must not cover, itself among them."""
    aligned = axes.figure._align_label_groups["title"]
    return {
        *axes.child_axes,
        *axes._twinned_axes.get_siblings(axes),
        *aligned.get_siblings(axes),
    }


def place_titles(axes: Axes, renderer: RecordingRenderer) -> bool:
    """Move the titles above what stands on the axes, as Matplotlib does before it draws.

    Matplotlib lays out all tick labels to learn where they are, which takes longer than to draw
    all else. It matters only where labels or offset texts are at the top.

    Returns
    -------
    bool
        Whether the ticks were laid out again.
    """
    if axes._autotitlepos is not None and not axes._autotitlepos:
        return False
    titles = titles_of(axes)
    neighbours = neighbours_of(axes)
    for other in neighbours:
        if _may_be_in_the_way(other):
            axes._update_title_position(renderer)
            return True
    top = max(_outline(other).get_window_extent(renderer).ymax for other in neighbours)
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
        not drawn  # else the offset text is up to date
        or axes.xaxis.get_ticks_position() in ("top", "unknown")
        or axes.xaxis.get_label_position() == "top"
        or bool(axes.yaxis.offsetText.get_text())
    )


def _outline(axes: Axes) -> Artist:
    return axes.spines.get("outline", axes)
