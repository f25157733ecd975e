"""Whatever is done to whichever artist, in whatever order, every frame is that of a full redraw."""

from __future__ import annotations

import os

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matplotlib import patches
from matplotlib import pyplot as plt

from sphinxcontrib_animvideo.core.frames.redraw import Redrawer

from .corpus import X

OPERATIONS = []


def operation(function):
    """Register a change: (figure, one of its axes, a whole number, a number in 0..1)."""
    OPERATIONS.append(function)
    return function


def chosen(artists, number):
    artists = list(artists)
    return artists[number % len(artists)] if artists else None


def everything(figure):
    return [artist for artist in figure.findobj() if artist is not figure]


@operation
def set_data(figure, axes, number, level):
    if line := chosen(axes.lines, number):
        line.set_ydata(np.sin(np.arange(len(line.get_xdata())) + level))


@operation
def set_data_in_place(figure, axes, number, level):
    if line := chosen(axes.lines, number):
        line.get_xydata()[number % 5 :: 3] += level / 9


@operation
def set_offsets(figure, axes, number, level):
    if points := chosen(axes.collections, number):
        points.set_offsets(np.column_stack([X[:20] * level, X[:20]]))


@operation
def set_offsets_in_place(figure, axes, number, level):
    if points := chosen(axes.collections, number):
        points.get_offsets()[number % 5 :: 3] *= level


@operation
def set_sizes_in_place(figure, axes, number, level):
    if points := chosen(axes.collections, number):
        points.get_sizes()[number % 3] = 90 * level


@operation
def set_colors_in_place(figure, axes, number, level):
    if points := chosen(axes.collections, number):
        points.get_array()[number % 5 :: 3] = level


@operation
def set_image(figure, axes, number, level):
    if image := chosen(axes.images, number):
        image.set_data(np.full((6, 7), level) + np.eye(6, 7))


@operation
def set_image_in_place(figure, axes, number, level):
    if image := chosen(axes.images, number):
        image.get_array()[number % 6] = level


@operation
def set_limits_of_colors(figure, axes, number, level):
    if mappable := chosen([*axes.images, *axes.collections], number):
        mappable.set_clim(0, level + 0.1)


@operation
def set_limits(figure, axes, number, level):
    if number % 2:
        axes.set_xlim(0, 1 + 6 * level)
    else:
        axes.set_ylim(-1, 1 + 6 * level)


@operation
def autoscale(figure, axes, number, level):
    axes.relim()
    axes.autoscale()


@operation
def set_text(figure, axes, number, level):
    texts = [axes.title, axes.xaxis.label, axes.yaxis.label, *axes.texts, *figure.texts]
    chosen(texts, number).set_text(f"{level:.2f}" * (number % 3))


@operation
def set_title(figure, axes, number, level):
    axes.set_title(f"{number}", loc=("left", "center", "right")[number % 3], pad=9 * level)


@operation
def set_color(figure, axes, number, level):
    artist = chosen(everything(figure), number)
    for setter in ("set_color", "set_facecolor"):
        if hasattr(artist, setter):
            getattr(artist, setter)(f"C{number % 10}")
            break


@operation
def set_line_width(figure, axes, number, level):
    artist = chosen(everything(figure), number)
    if hasattr(artist, "set_linewidth"):
        artist.set_linewidth(5 * level)


@operation
def set_alpha(figure, axes, number, level):
    chosen(everything(figure), number).set_alpha(level)


@operation
def set_visible(figure, axes, number, level):
    chosen(everything(figure), number).set_visible(level > 0.5)


@operation
def set_zorder(figure, axes, number, level):
    chosen(everything(figure), number).set_zorder(number % 7 - 1)


@operation
def set_clip_on(figure, axes, number, level):
    chosen(everything(figure), number).set_clip_on(level > 0.5)


@operation
def set_animated(figure, axes, number, level):
    if line := chosen(axes.lines, number):
        line.set_animated(level > 0.5)


@operation
def set_ticks(figure, axes, number, level):
    axes.tick_params(length=9 * level, labelrotation=number % 90, labelsize=8 + number % 5)


@operation
def set_grid(figure, axes, number, level):
    axes.grid(level > 0.5, which="both" if number % 2 else "major")


@operation
def set_scale(figure, axes, number, level):
    axes.set_yscale(("linear", "symlog")[number % 2])


@operation
def set_aspect(figure, axes, number, level):
    axes.set_aspect("auto" if level > 0.5 else 0.5 + level)


@operation
def set_position(figure, axes, number, level):
    axes.set_position((0.1 + level / 3, 0.1, 0.5, 0.5))


@operation
def set_facecolor(figure, axes, number, level):
    (axes if number % 2 else figure).set_facecolor((level, level, 1, 0.5 + level / 2))


@operation
def add_line(figure, axes, number, level):
    axes.plot(X, np.sin(X * level), "-o" if number % 2 else "--", markersize=3)


@operation
def add_points(figure, axes, number, level):
    axes.scatter(X[:20], X[:20] * level, c=X[:20], s=np.full(20, 20.0))


@operation
def add_patch(figure, axes, number, level):
    axes.add_patch(patches.Ellipse((number % 6, level), 1, level, angle=number))


@operation
def add_text(figure, axes, number, level):
    axes.text(6 * level, level, f"{number}", rotation=number % 3 * 45, clip_on=number % 2 == 0)


@operation
def add_legend(figure, axes, number, level):
    for index, line in enumerate(axes.lines):
        line.set_label(f"line {index}")
    axes.legend(loc=("best", "upper left", "center")[number % 3])


@operation
def remove_artist(figure, axes, number, level):
    if artist := chosen([*axes.lines, *axes.texts, *axes.patches, *axes.collections], number):
        artist.remove()


@operation
def clear(figure, axes, number, level):
    if number % 5 == 0:
        axes.clear()


@operation
def set_in_layout(figure, axes, number, level):
    chosen(everything(figure), number).set_in_layout(level > 0.5)


@operation
def set_ratios(figure, axes, number, level):
    figure.axes[0].get_gridspec().set_width_ratios([1, 1 + level])


@operation
def set_padding(figure, axes, number, level):
    if engine := figure.get_layout_engine():
        engine.set(w_pad=level / 9)


@operation
def set_layout(figure, axes, number, level):
    if number % 4 == 0:
        figure.set_layout_engine(("constrained", "tight", "none")[number % 3])


@operation
def set_title_of_figure(figure, axes, number, level):
    (figure.suptitle, figure.supxlabel, figure.supylabel)[number % 3]("\n".join("ab"[: number % 2]))


@operation
def add_legend_outside(figure, axes, number, level):
    if axes.lines:
        axes.legend([axes.lines[0]], [f"{number}"], loc="upper left", bbox_to_anchor=(1, level))
        figure.legend([axes.lines[0]], ["a" * (number % 4)], loc="outside upper right")


@operation
def draw_in_between(figure, axes, number, level):
    if number % 2:
        figure.canvas.draw()
    else:
        axes.get_tightbbox()


STEP = st.tuples(
    st.sampled_from(OPERATIONS), st.integers(0, 99), st.floats(0, 1, width=16), st.integers(0, 2)
)
FRAMES = st.lists(st.lists(STEP, max_size=3), min_size=2, max_size=7)


def make_figure(layout):
    figure, (left, right) = plt.subplots(1, 2, figsize=(3.2, 2), layout=layout)
    left.plot(X, np.sin(X), label="sine")
    left.set_title("title")
    right.imshow(np.eye(6, 7), extent=(0, 6, -1, 1), aspect="auto")
    right.scatter(X[:20], np.cos(X[:20]), c=X[:20], s=np.full(20, 20.0))
    inset = right.inset_axes((0.5, 0.5, 0.5, 0.4))
    inset.bar([1, 2], [2, 1])
    figure.text(0.5, 0.02, "note")
    return figure, (left, right, inset)


# A few are enough to notice that all is lost; for the others, raise the number for a while.
@settings(
    max_examples=int(os.environ.get("ANIMVIDEO_EXAMPLES", "25")),
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(FRAMES, st.sampled_from([None, "constrained", "tight", "compressed"]))
@pytest.mark.filterwarnings("ignore")
def test_every_frame_is_that_of_a_full_redraw(frames, layout):
    (figure, axes), (other, other_axes) = make_figure(layout), make_figure(layout)
    try:
        incremental, full = Redrawer(figure), Redrawer(other, incremental=False)
        for number, steps in enumerate(frames):
            for change, whole, level, where in steps:
                change(figure, axes[where], whole, level)
                change(other, other_axes[where], whole, level)
            differing = (incremental.frame() != full.frame()).any(axis=2)
            assert not differing.any(), f"frame {number}: {int(differing.sum())} pixels differ"
        incremental.finish()
    finally:
        plt.close(figure)
        plt.close(other)


@pytest.fixture(autouse=True)
def _no_comparing(monkeypatch):
    """Nothing is mended by the full redraws that frames are compared with."""
    monkeypatch.setattr(Redrawer, "_compare", lambda *args: None)
