"""Lists the artists of a figure in the order in which Matplotlib draws them.

Follows ``Figure.draw`` and ``Axes.draw`` up to where they draw their artists, and does what these
do before: limits and aspects. What is no plain figure, sub-figure or axes is one artist.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import methodcaller

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase, SubFigure
from matplotlib.text import Text

from .display_list import DisplayListRenderer

_by_zorder = methodcaller("get_zorder")


def artists_of(figure: FigureBase, renderer: DisplayListRenderer) -> Iterator[Artist]:
    """Return the artists that are drawn, from bottom to top."""
    artists = figure._get_draw_artists(renderer)
    yield figure.patch
    for artist in artists:
        yield from _parts(artist, renderer)


def _parts(artist: Artist, renderer: DisplayListRenderer) -> Iterator[Artist]:
    if not is_plain(artist):
        yield artist
    elif artist.get_visible():
        if isinstance(artist, SubFigure):
            yield from artists_of(artist, renderer)
        else:
            yield from _parts_of_axes(artist, renderer)
        artist.stale = False


def _parts_of_axes(axes: Axes, renderer: DisplayListRenderer) -> Iterator[Artist]:
    axes._unstale_viewLim()
    axes._stale = True  # so that the following changes do not mark the figure as stale
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
        if artist not in hidden and not _is_empty(artist):
            yield from _parts(artist, renderer)


def _is_empty(artist: Artist) -> bool:
    """Whether *artist* is an empty text, as most titles are; a new title marks all of them."""
    return type(artist) is Text and not artist.get_text() and "draw" not in vars(artist)


def is_plain(artist: Artist) -> bool:
    """Whether *artist* is a container of a class that is known here."""
    return (
        type(artist) in (Axes, SubFigure)
        and "draw" not in vars(artist)
        and artist.get_agg_filter() is None
    )
