"""Figures, each with changes between its frames.

A case is a generator: it yields its figure whenever a frame is to be taken. Two runs of it give
two figures that look the same frame by frame.
"""

from __future__ import annotations

import datetime
import warnings
from collections.abc import Callable, Iterator

import matplotlib as mpl
import numpy as np
from matplotlib import colors, patches, patheffects, ticker, transforms
from matplotlib import pyplot as plt
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.offsetbox import AnchoredText, AnnotationBbox, OffsetImage
from matplotlib.path import Path

Case = Callable[[], Iterator[Figure]]
CASES: dict[str, Case] = {}
STEPS = 6
X = np.linspace(0, 6, 60)


def case(function: Case) -> Case:
    CASES[function.__name__] = function
    return function


def subplots(*args, **kwargs):
    kwargs.setdefault("figsize", (3, 2.4))
    return plt.subplots(*args, **kwargs)


def rng():
    return np.random.default_rng(3)


# Lines -------------------------------------------------------------------------------------------


@case
def line():
    fig, ax = subplots()
    (line,) = ax.plot(X, np.sin(X))
    ax.set_title("a sine")
    for i in range(STEPS):
        line.set_ydata(np.sin(X + i))
        yield fig


@case
def growing_line():
    fig, ax = subplots()
    (line,) = ax.plot([], [])
    ax.set(xlim=(0, 6), ylim=(-1, 1))
    for i in range(STEPS):
        line.set_data(X[: 10 * i], np.sin(X[: 10 * i]))
        yield fig


@case
def line_and_title():
    fig, ax = subplots()
    (line,) = ax.plot(X, np.sin(X))
    for i in range(STEPS):
        line.set_ydata(np.sin(X + i))
        ax.set_title(f"frame {i}")
        ax.set_title("left" * (i % 3), loc="left")
        yield fig


@case
def title_of_several_lines():
    fig, ax = subplots()
    ax.plot(X, X)
    for i in range(STEPS):
        ax.set_title("\n".join("abc"[: i % 3 + 1]), fontsize=8 + i)
        yield fig


@case
def labels_and_suptitle():
    fig, ax = subplots()
    ax.plot(X, X)
    for i in range(STEPS):
        ax.set_xlabel(f"x {i}")
        ax.set_ylabel("y" * i, rotation=10 * i)
        fig.suptitle(f"figure {i // 2}")
        yield fig


@case
def line_style():
    fig, ax = subplots()
    (line,) = ax.plot(X, np.sin(X), "o--", markevery=5)
    for i in range(STEPS):
        line.set_linewidth(1 + i)
        line.set_color(f"C{i}")
        line.set_linestyle((i, (4, 2)))
        line.set_markersize(3 + i)
        line.set_markevery(i + 1)
        yield fig


@case
def lines_that_come_and_go():
    fig, ax = subplots()
    ax.set(xlim=(0, 6), ylim=(-6, 6))
    lines = []
    for i in range(STEPS + 2):
        lines += ax.plot(X, np.sin(X) * i)
        if i > 2:
            lines.pop(0).remove()
        yield fig


@case
def many_axes():
    fig, axs = subplots(3, 3, figsize=(5, 4))
    lines = [ax.plot(X, np.sin(X + k))[0] for k, ax in enumerate(axs.flat)]
    for i in range(STEPS):
        for k, line in enumerate(lines):
            if (i + k) % 2:
                line.set_ydata(np.sin(X + i * k))
        axs[1, 1].set_title(f"{i}")
        yield fig


@case
def autoscaled_data():
    fig, ax = subplots()
    (line,) = ax.plot(X, X)
    for i in range(STEPS):
        line.set_ydata(X * (i + 1))
        ax.relim()
        ax.autoscale_view()
        yield fig


@case
def errorbars_and_stems():
    fig, (ax, ax2) = subplots(1, 2)
    bars = ax.errorbar(X[::10], X[::10], yerr=0.5, capsize=3)
    stem = ax2.stem(X[::6], np.sin(X[::6]))
    for i in range(STEPS):
        bars.lines[0].set_ydata(X[::10] + i / 5)
        stem.markerline.set_ydata(np.sin(X[::6] + i))
        yield fig


@case
def infinite_line():
    fig, ax = subplots()
    ax.plot(X, X)
    line = ax.axline((0, 0), slope=1)
    ax.axhline(2)
    for i in range(STEPS):
        line.set_slope(i)
        if i == 3:
            ax.set_xlim(0, 4)
        yield fig


@case
def animated_artists():
    fig, ax = subplots()
    (line,) = ax.plot(X, np.sin(X), animated=True)
    text = ax.text(1, 0, "", animated=True)
    for i in range(STEPS):
        line.set_ydata(np.sin(X + i))
        text.set_text(str(i))
        yield fig


# Limits and axes ---------------------------------------------------------------------------------


@case
def scrolling_window():
    fig, ax = subplots()
    ax.plot(np.linspace(0, 50, 900), np.sin(np.linspace(0, 50, 900)))
    ax.set_title("scrolling")
    for i in range(STEPS):
        ax.set_xlim(i * 1.3, i * 1.3 + 6)
        yield fig


@case
def zoom():
    fig, ax = subplots()
    ax.plot(X, X)
    ax.plot(0.5, 0.5, "o", transform=ax.transAxes)
    ax.text(0.1, 0.9, "corner", transform=ax.transAxes)
    ax.grid(True)
    for i in range(STEPS):
        ax.set(xlim=(-i, 6 + i), ylim=(-i, 6 + i))
        yield fig


@case
def shared_axes():
    fig, axs = subplots(2, 2, sharex=True, sharey="row")
    for ax in axs.flat:
        ax.plot(X, np.sin(X))
    for i in range(STEPS):
        axs[0, 0].set_xlim(0, 6 - i / 3)
        axs[1, 1].set_ylim(-1 - i, 1)
        yield fig


@case
def twin_axes():
    fig, ax = subplots()
    twin = ax.twinx()
    ax.plot(X, X, "C0")
    (line,) = twin.plot(X, np.sin(X), "C1")
    top = ax.twiny()
    top.set_xlabel("top")
    for i in range(STEPS):
        line.set_ydata(np.sin(X + i))
        twin.set_ylim(-1 - i, 1)
        ax.set_title(f"two scales {i}")
        if i > 3:
            top.set_xlim(0, i)
        yield fig


@case
def inset_axes():
    fig, ax = subplots()
    ax.plot(X, np.sin(X))
    inset = ax.inset_axes((0.6, 0.6, 0.35, 0.35), xlim=(1, 2), ylim=(0.5, 1.1))
    (line,) = inset.plot(X, np.sin(X))
    ax.indicate_inset_zoom(inset)
    for i in range(STEPS):
        line.set_ydata(np.sin(X) + i / 20)
        inset.set_title(f"{i}", fontsize=6)
        if i > 2:
            inset.set_xlim(1, 2 + i / 10)
        yield fig


@case
def secondary_axis():
    fig, ax = subplots()
    (line,) = ax.plot(X, np.sin(X))
    ax.secondary_xaxis("top", functions=(np.rad2deg, np.deg2rad))
    for i in range(STEPS):
        line.set_ydata(np.sin(X + i))
        ax.set_title(f"{i}")
        if i > 3:
            ax.set_xlim(0, i)
        yield fig


@case
def equal_aspect_with_changing_data():
    fig, ax = subplots()
    ax.set_aspect("equal")
    (line,) = ax.plot(X, X)
    for i in range(STEPS):
        line.set_data(X * (1 + i / 3), X)
        ax.relim()
        ax.autoscale_view()
        ax.set_title(f"{i}")
        yield fig


@case
def equal_aspect_by_datalim():
    fig, ax = subplots()
    ax.set_aspect("equal", adjustable="datalim")
    circle = ax.add_patch(patches.Circle((0, 0), 1))
    ax.set(xlim=(-3, 3), ylim=(-3, 3))
    for i in range(STEPS):
        circle.set_center((i / 3, 0))
        if i == 4:
            ax.set_xlim(-5, 5)
        yield fig


@case
def logarithmic():
    fig, (ax, ax2) = subplots(1, 2, figsize=(4, 2.4))
    (line,) = ax.loglog(X + 1, np.exp(X))
    (other,) = ax2.semilogy(X + 1, np.exp(X))
    for i in range(STEPS):
        line.set_ydata(np.exp(X + i / 3))
        other.set_color(f"C{i}")
        if i == 3:
            ax.set_ylim(1, 1e5)
        if i == 5:
            ax2.set_yscale("linear")
        yield fig


@case
def other_scales():
    fig, axs = subplots(1, 3, figsize=(5, 2.4))
    for ax, scale in zip(axs, ("symlog", "logit", "asinh"), strict=True):
        ax.set_yscale(scale)
    lines = [ax.plot(X, 0.5 + 0.4 * np.sin(X))[0] for ax in axs]
    for i in range(STEPS):
        for line in lines:
            line.set_ydata(0.5 + 0.4 * np.sin(X + i))
        if i == 4:
            axs[0].set_ylim(-10, 10)
        yield fig


@case
def scale_by_functions():
    power = [1.0]
    fig, ax = subplots()
    ax.set_xscale("function", functions=(lambda x: x * power[0], lambda x: x / power[0]))
    (line,) = ax.plot(X, np.sin(X))
    for i in range(STEPS):
        line.set_ydata(np.sin(X + i))
        yield fig


@case
def dates():
    fig, ax = subplots()
    days = [datetime.datetime(2024, 1, 1) + datetime.timedelta(days=int(d)) for d in range(60)]
    (line,) = ax.plot(days, X)
    fig.autofmt_xdate()
    for i in range(STEPS):
        line.set_ydata(X + i / 10)
        if i > 3:
            ax.set_xlim(days[i], days[40 + i])
        yield fig


@case
def many_dates():
    fig, ax = subplots()
    days = np.datetime64("2024-01-01T00:00") + np.arange(40_000)
    (line,) = ax.plot(days, np.sin(np.arange(40_000) / 4000))
    for i in range(3):
        line.set_color(f"C{i}")
        yield fig


@case
def concise_dates():
    fig, ax = subplots()
    days = np.datetime64("2024-01-01") + np.arange(60)
    ax.plot(days, X)
    locator = mpl.dates.AutoDateLocator()
    ax.xaxis.set_major_formatter(mpl.dates.ConciseDateFormatter(locator))
    for i in range(STEPS):
        ax.set_xlim(days[0], days[10 * i + 9])
        yield fig


@case
def categories():
    fig, ax = subplots()
    bars = ax.bar(["one", "two", "three"], [1, 2, 3])
    for i in range(STEPS):
        for bar in bars:
            bar.set_height(bar.get_height() + 0.1)
        if i == 3:
            ax.bar(["four"], [4])
        yield fig


@case
def large_numbers():
    fig, ax = subplots()
    (line,) = ax.plot(X, 1e8 + X)
    for i in range(STEPS):
        line.set_ydata(1e8 + X * (1 + i / 10))
        ax.set_title(f"over the offset text {i}", loc="left")
        if i == 3:
            ax.ticklabel_format(useOffset=False)
        yield fig


@case
def ticks_at_the_top():
    fig, ax = subplots()
    image = ax.matshow(np.eye(4))
    for i in range(STEPS):
        image.set_data(np.roll(np.eye(4), i, axis=1))
        ax.set_title(f"above the ticks {i}")
        if i == 4:
            ax.xaxis.set_ticks_position("bottom")
        yield fig


@case
def tick_settings():
    fig, ax = subplots()
    ax.plot(X, X)
    yield fig
    ax.tick_params(axis="x", rotation=30, colors="red")
    yield fig
    for label in ax.get_yticklabels():
        label.set_color("green")
    yield fig
    ax.minorticks_on()
    yield fig
    ax.grid(True, which="both")
    yield fig
    ax.set_xticks([0, 2, 4], ["zero", "two", "four"])
    yield fig
    ax.xaxis.set_major_locator(ticker.MultipleLocator(0.7))
    yield fig
    ax.yaxis.get_major_formatter().set_powerlimits((0, 0))
    yield fig
    ax.xaxis.get_major_ticks()[1].label1.set_fontsize(14)
    yield fig


@case
def formatter_with_a_memory():
    factor = [1]
    fig, ax = subplots()
    ax.plot(X, X)
    ax.xaxis.set_major_formatter(lambda value, _: f"{value * factor[0]:g}")
    ax.set_title("live")
    for i in range(STEPS):
        factor[0] = i
        yield fig


@case
def own_formatter_class():
    class Formatter(ticker.ScalarFormatter):
        factor = 1

        def __call__(self, x, pos=None):
            return f"{x * Formatter.factor:g}"

    fig, ax = subplots()
    (line,) = ax.plot(X, X)
    ax.yaxis.set_major_formatter(Formatter())
    for i in range(STEPS):
        Formatter.factor = i
        line.set_color(f"C{i}")
        yield fig


@case
def spines():
    fig, ax = subplots()
    ax.plot(X - 3, X - 3)
    yield fig
    ax.spines["left"].set_position("zero")
    yield fig
    ax.spines[["top", "right"]].set_visible(False)
    yield fig
    ax.spines["bottom"].set_color("red")
    ax.spines["bottom"].set_bounds(-2, 2)
    yield fig
    ax.set_xlim(-2, 3)
    yield fig
    ax.spines["left"].set_position(("axes", 0.2))
    ax.set_ylabel("label")
    yield fig
    ax.spines["left"].set_linewidth(5)
    yield fig


@case
def axis_off_and_on():
    fig, ax = subplots()
    (line,) = ax.plot(X, 1e7 * X)
    for i in range(STEPS):
        ax.set_title(f"{i}")
        line.set_color(f"C{i}")
        if i % 2:
            ax.axis("off")
        else:
            ax.axis("on")
        yield fig


@case
def title_above_hidden_axis():
    fig, ax = subplots()
    (line,) = ax.plot(X, 1e8 + X)
    ax.axis("off")
    ax.set_title("left", loc="left")
    for i in range(STEPS):
        line.set_color(f"C{i}")
        ax.set_ylim(0, 10 ** (i + 3))
        yield fig


@case
def inverted_and_frameless():
    fig, ax = subplots()
    ax.plot(X, X)
    yield fig
    ax.invert_yaxis()
    yield fig
    ax.set_frame_on(False)
    yield fig
    ax.set_axisbelow(True)
    ax.grid(True)
    yield fig
    ax.set_facecolor("0.8")
    ax.set_frame_on(True)
    yield fig
    ax.xaxis.set_visible(False)
    yield fig
    ax.set_visible(False)
    yield fig


@case
def aligned_labels():
    fig, axs = subplots(2, 1)
    axs[0].set_ylabel("a")
    axs[1].set_ylabel("b")
    fig.align_ylabels()
    for i in range(STEPS):
        axs[0].set_ylim(0, 10**i)
        yield fig


@case
def aligned_titles():
    fig, axs = subplots(1, 2)
    fig.align_titles() if hasattr(fig, "align_titles") else None
    for i in range(STEPS):
        axs[0].set_title(f"{i}")
        axs[1].set_title("two\nlines" * (i % 2))
        if i == 3:
            axs[1].xaxis.tick_top()
        yield fig


@case
def axes_that_move():
    fig, ax = subplots()
    ax.plot(X, X)
    other = fig.add_axes((0.5, 0.5, 0.3, 0.3))
    for i in range(STEPS):
        ax.set_position((0.1 + i / 50, 0.2, 0.7, 0.6))
        if i == 3:
            other.set_zorder(-1)
        if i == 4:
            other.remove()
        if i == 5:
            fig.add_axes((0.2, 0.7, 0.2, 0.2))
        yield fig


# Layouts -----------------------------------------------------------------------------------------


@case
def constrained_layout():
    fig, axs = subplots(1, 2, layout="constrained")
    (line,) = axs[0].plot(X, X)
    axs[1].set_ylabel("y")
    for i in range(STEPS + 3):
        line.set_ydata(X + i / 10)
        if i == 4:
            axs[0].set_title("two\nlines")
        if i == 6:
            axs[1].set_ylim(0, 1e5)
        yield fig


@case
def constrained_layout_that_settles():
    fig, axs = subplots(1, 2, layout="constrained")
    (line,) = axs[0].plot(X, X)
    note = axs[1].text(0.5, 0.5, "note", clip_on=True)
    fig.suptitle("one")
    for i in range(30):
        line.set_ydata(X * (1 - i / 99))
        if i == 8:
            axs[0].set_ylabel("label")
        if i == 12:
            note.set_clip_on(False)
            note.set_position((0.9, 0.5))
        if i == 16:
            axs[1].get_subplotspec().get_gridspec().set_width_ratios([1, 2])
        if i == 20:
            fig.get_layout_engine().set(w_pad=0.2)
        if i == 24:
            fig.suptitle("one\ntwo")
        if i == 27:
            axs[1].tick_params(labelsize=4)
        yield fig


@case
def constrained_layout_and_autoscaling():
    fig, ax = subplots(layout="constrained")
    (line,) = ax.plot(X, X)
    for i in range(12):
        line.set_ydata(X * 10 ** (i // 4))
        ax.relim()
        ax.autoscale_view()
        yield fig


@case
def constrained_layout_with_colorbar():
    fig, ax = subplots(layout="constrained")
    image = ax.imshow(rng().random((5, 5)))
    fig.colorbar(image)
    for i in range(STEPS):
        image.set_data(rng().random((5, 5)) * (i + 1))
        if i > 2:
            image.autoscale()
        yield fig


@case
def tight_layout():
    fig, axs = subplots(2, 2, layout="tight")
    for i in range(STEPS):
        axs[0, 0].set_title("t" * i)
        axs[1, 1].plot(X, X * 10**i)
        yield fig


def makes_room(layout, every=1):
    """Yield a figure after changes that its layout has to make room for, and after others."""
    fig, axs = subplots(1, 2, figsize=(4, 2.4), layout=layout)
    left, right = axs
    (line,) = left.plot(X, X, label="a")
    outside = right.annotate("note", (0.5, 0.5), annotation_clip=False)
    bar = fig.colorbar(right.imshow(rng().random((5, 5)), aspect="auto"))
    twin = left.twinx()
    inset = right.inset_axes((0.6, 0.6, 0.3, 0.3))
    changes = [
        lambda: left.set_title("frame 1"),
        lambda: left.set_title("frame 2"),
        lambda: left.set_title("two\nlines"),
        lambda: fig.supylabel("all"),
        lambda: fig.suptitle("all"),
        lambda: fig.suptitle("both"),
        lambda: twin.set_ylim(0, 1e4),
        lambda: bar.set_label("colors"),
        lambda: inset.tick_params(labelsize=14),
        lambda: inset.set_position((0.6, -0.4, 0.3, 0.3)),
        lambda: outside.set_position((0.2, 0.8)),
        lambda: outside.set_position((-3.5, 0.5)),
        lambda: outside.set_in_layout(False),
        lambda: right.plot([9], [9], "o", clip_on=False),
        lambda: right.lines[0].remove(),
        lambda: right.scatter([0.4], [0.5]),
        lambda: left.legend(loc="upper left", bbox_to_anchor=(0, 1.4)),
        lambda: left.get_legend().get_texts()[0].set_text("a longer name"),
        lambda: left.xaxis.set_major_formatter("{x} cm"),
        lambda: left.tick_params(labelrotation=60),
        lambda: right.set_visible(False),
        lambda: left.set_position((0.3, 0.3, 0.5, 0.5)),
    ]
    for number, change in enumerate(changes[::every]):
        change()
        for step in range(2 if number % 3 == 0 else 1):
            line.set_ydata(X * (1 - 0.4 * step) / (number + 1))
            yield fig


@case
def constrained_layout_makes_room():
    yield from makes_room("constrained")


@case
def tight_layout_makes_room():
    yield from makes_room("tight", every=3)  # which is slow


@case
def subfigures():
    fig = plt.figure(figsize=(4, 2.4))
    left, right = fig.subfigures(1, 2)
    (line,) = left.subplots().plot(X, X)
    axs = right.subplots(2, 1)
    for i in range(STEPS):
        line.set_ydata(X + i)
        right.suptitle(f"right {i // 2}")
        axs[1].set_title(f"{i}")
        if i == 3:
            left.set_facecolor("0.9")
        yield fig


@case
def mosaic():
    fig = plt.figure(figsize=(4, 3), layout="constrained")
    axs = fig.subplot_mosaic("AB;CC")
    (line,) = axs["C"].plot(X, X)
    for i in range(STEPS):
        line.set_ydata(X - i / 10)
        yield fig


# Collections -------------------------------------------------------------------------------------


@case
def scatter():
    fig, ax = subplots()
    points = ax.scatter(*rng().random((2, 80)))
    for i in range(STEPS):
        points.set_offsets(rng().random((80, 2)) * (1 - i / 9))
        yield fig


@case
def scatter_colors_and_sizes():
    fig, ax = subplots()
    points = ax.scatter(*rng().random((2, 80)), c=X[:80].repeat(2)[:80], s=X.repeat(2)[:80] * 20)
    fig.colorbar(points)
    for i in range(STEPS):
        points.set_array(rng().random(80) * (i + 1))
        points.set_sizes(np.arange(80) + i * 10)
        points.set_edgecolor(f"C{i}")
        if i == 4:
            points.set_cmap("plasma")
        yield fig


@case
def scatter_in_place():
    fig, ax = subplots()
    points = ax.scatter(*rng().random((2, 80)), c=np.linspace(0, 1, 80))
    for i in range(STEPS):
        points.get_offsets()[i, 0] += 0.3
        points.get_array()[:10] += 0.05
        yield fig


@case
def masked_scatter():
    fig, ax = subplots()
    points = ax.scatter(*np.ma.masked_greater(rng().random((2, 80)), 0.9))
    for i in range(STEPS):
        points.get_offsets()[i] = np.ma.masked
        yield fig


@case
def segments():
    fig, ax = subplots()
    lines = ax.add_collection(LineCollection([], linewidths=[1, 2]))
    ax.set(xlim=(0, 6), ylim=(-1, 1))
    for i in range(STEPS):
        lines.set_segments([np.column_stack([X, np.sin(X + i + k)]) for k in range(4)])
        lines.set_array(np.arange(4) * i)
        yield fig


@case
def patch_collection():
    fig, ax = subplots()
    circles = PatchCollection([patches.Circle((k, k), 0.5) for k in range(5)], hatch="//")
    ax.add_collection(circles)
    ax.set(xlim=(-1, 5), ylim=(-1, 5))
    for i in range(STEPS):
        circles.set_facecolors([f"C{i + k}" for k in range(5)])
        circles.get_paths()[0].vertices[:, 0] += 0.1
        yield fig


@case
def filled_between():
    fig, ax = subplots()
    ax.set(ylim=(-2, 2))
    filled = None
    for i in range(STEPS):
        if filled:
            filled.remove()
        filled = ax.fill_between(X, np.sin(X + i), -1, alpha=0.5)
        yield fig


@case
def quad_mesh():
    fig, ax = subplots()
    mesh = ax.pcolormesh(rng().random((8, 9)))
    fig.colorbar(mesh, extend="both")
    for i in range(STEPS):
        mesh.set_array(rng().random((8, 9)) * (i + 1))
        if i == 3:
            mesh.set_clim(0, 3)
        if i == 5:
            mesh.set_edgecolor("white")
        yield fig


@case
def gouraud():
    fig, ax = subplots()
    mesh = ax.pcolormesh(rng().random((8, 9)), shading="gouraud")
    for i in range(STEPS):
        mesh.set_array(rng().random((8, 9)) + i / 10)
        yield fig


@case
def mesh_in_place():
    fig, ax = subplots()
    mesh = ax.pcolormesh(rng().random((8, 9)))
    (line,) = ax.plot([0, 8], [0, 8])
    for i in range(STEPS):
        mesh.get_array()[i] = 1
        line.set_color(f"C{i}")
        yield fig


@case
def contours():
    fig, ax = subplots()
    x, y = np.meshgrid(X[:30], X[:30])
    for i in range(STEPS):
        lines = ax.contour(x, y, np.sin(x + i / 4) * y)
        filled = ax.contourf(x, y, np.cos(x) * y, alpha=0.4, hatches=["/", None])
        ax.clabel(lines)
        yield fig
        lines.set_linewidth(2)
        yield fig
        lines.remove()
        filled.remove()
        for text in [*ax.texts]:
            text.remove()


@case
def quiver_and_barbs():
    fig, (ax, ax2) = subplots(1, 2, figsize=(5, 2.4))
    x, y = np.meshgrid(range(5), range(5))
    arrows = ax.quiver(x, y, x, y)
    ax.quiverkey(arrows, 0.9, 1.05, 1, "1")
    barbs = ax2.barbs(x, y, 5.0 * x, 5.0 * y)
    for i in range(STEPS):
        arrows.set_UVC(np.cos(x + i), np.sin(y + i))
        barbs.set_UVC(5.0 * x + i, 5.0 * y - i)
        if i == 4:
            ax.set_xlim(-1, 6)
        yield fig


@case
def streamplot():
    fig, ax = subplots()
    x, y = np.meshgrid(range(5), range(5))
    for i in range(3):
        ax.clear()
        ax.streamplot(x, y, np.cos(y + i), np.sin(x))
        yield fig
    yield fig


@case
def triangles():
    fig, ax = subplots()
    x, y = rng().random((2, 30))
    mesh = ax.tripcolor(x, y, rng().random(30))
    lines = ax.triplot(x, y, lw=0.5)
    for i in range(STEPS):
        mesh.set_array(rng().random(len(mesh.get_array())) + i)
        lines[0].set_color(f"C{i}")
        yield fig


@case
def hexagons_and_events():
    fig, (ax, ax2) = subplots(1, 2)
    hexagons = ax.hexbin(*rng().random((2, 200)), gridsize=8)
    events = ax2.eventplot([[1, 2, 3]])
    for i in range(STEPS):
        hexagons.set_array(hexagons.get_array() + i)
        events[0].set_positions([1, 2, 3 + i])
        yield fig


# Images ------------------------------------------------------------------------------------------


@case
def image():
    fig, ax = subplots()
    shown = ax.imshow(rng().random((20, 30)))
    for i in range(STEPS):
        shown.set_data(np.roll(rng().random((20, 30)), i))
        yield fig


@case
def image_in_place():
    fig, ax = subplots()
    data = np.zeros((20, 30), np.uint8)
    shown = ax.imshow(data, vmin=0, vmax=9)
    for i in range(STEPS):
        shown.get_array()[i] = i
        yield fig


@case
def large_image_in_place():
    fig, ax = subplots()
    shown = ax.imshow(np.zeros((500, 600)), vmin=0, vmax=9, interpolation="nearest")
    for i in range(STEPS):
        shown.get_array()[30 * i : 30 * i + 30] = i
        yield fig


@case
def image_with_colorbar():
    fig, ax = subplots()
    shown = ax.imshow(rng().random((20, 30)), interpolation="bilinear", cmap="magma")
    bar = fig.colorbar(shown, orientation="horizontal")
    for i in range(STEPS):
        shown.set_data(rng().random((20, 30)) * (i + 1))
        if i > 2:
            shown.autoscale()
        if i == 5:
            bar.set_label("label")
        yield fig


@case
def norms():
    fig, ax = subplots()
    norm = colors.LogNorm(0.1, 1)
    shown = ax.imshow(rng().random((20, 30)) + 0.1, norm=norm)
    fig.colorbar(shown)
    yield fig
    norm.vmin = 0.01
    yield fig
    shown.set_norm(colors.PowerNorm(0.5))
    yield fig
    shown.set_clim(0, 2)
    yield fig
    shown.set_norm(colors.BoundaryNorm([0, 0.5, 1, 2], 256))
    yield fig


@case
def colormap_in_place():
    fig, ax = subplots()
    cmap = plt.colormaps["viridis"].copy()
    data = rng().random((20, 30))
    data[5:9] = np.nan
    ax.imshow(data, cmap=cmap, vmin=0.2)
    (line,) = ax.plot([0, 20], [0, 10])
    yield fig
    with warnings.catch_warnings(action="ignore"):  # to be deprecated
        ax.images[0].cmap.set_bad("red")
        line.set_color("C1")
        yield fig
        ax.images[0].cmap.set_under("white")
        yield fig


@case
def rgba_images():
    fig, ax = subplots()
    fig.figimage(rng().random((30, 30, 3)), 5, 5, alpha=0.5)
    shown = ax.imshow(rng().random((20, 30, 4)), extent=(0, 3, 0, 2))
    for i in range(STEPS):
        shown.set_alpha(1 - i / 10)
        shown.set_extent((0, 3 + i, 0, 2))
        yield fig


@case
def irregular_images():
    fig, (ax, ax2) = subplots(1, 2)
    irregular = mpl.image.NonUniformImage(ax, extent=(0, 6, 0, 4))
    irregular.set_data([0, 1, 4, 6], [0, 1, 4], rng().random((3, 4)))
    ax.add_image(irregular)
    ax.set(xlim=(0, 6), ylim=(0, 4))
    fast = ax2.pcolorfast([0, 1, 3], [0, 2, 3], rng().random((2, 2)))
    for i in range(STEPS):
        irregular.set_data([0, 1, 4, 6], [0, 1, 4], rng().random((3, 4)) + i)
        fast.set_clim(0, i + 1)
        yield fig


@case
def image_in_a_box():
    fig, ax = subplots()
    picture = OffsetImage(rng().random((10, 10)), zoom=2)
    box = ax.add_artist(AnnotationBbox(picture, (0.5, 0.5)))
    for i in range(STEPS):
        box.xy = (0.1 + i / 10, 0.5)
        picture.set_data(rng().random((10, 10)) + i)
        yield fig


# Patches -----------------------------------------------------------------------------------------


@case
def bars_with_hatches():
    fig, ax = subplots()
    bars = ax.bar(range(4), [1, 2, 3, 4], hatch=["/", "x", "", "o"], edgecolor="k")
    for i in range(STEPS):
        for k, bar in enumerate(bars):
            bar.set_height(2 + np.sin(k + i))
        bars[1].set_hatch("*" * i)
        yield fig


@case
def bar_race():
    fig, ax = subplots()
    bars = ax.barh(range(5), range(5))
    ax.set_xlim(0, 8)
    texts = [ax.text(0, k, "") for k in range(5)]
    for i in range(STEPS):
        for k, (bar, text) in enumerate(zip(bars, texts, strict=True)):
            width = 4 + 3 * np.sin(i / 2 + k)
            bar.set_width(width)
            bar.set_y(k + i / 30)
            text.set_position((width, k))
            text.set_text(f"{width:.1f}")
        yield fig


@case
def many_patches():
    fig, ax = subplots()
    wedge = ax.add_patch(patches.Wedge((0, 0), 1, 0, 90))
    ellipse = ax.add_patch(patches.Ellipse((1, 1), 1, 0.5))
    polygon = ax.add_patch(patches.Polygon([(0, 0), (1, 0), (0, 1)], alpha=0.5))
    fancy = ax.add_patch(patches.FancyBboxPatch((-1, -1), 0.5, 0.5, boxstyle="round,pad=0.1"))
    arc = ax.add_patch(patches.Arc((0, 0), 2, 3))
    ax.set(xlim=(-2, 2), ylim=(-2, 2))
    for i in range(STEPS):
        wedge.set_theta2(90 + 20 * i)
        ellipse.angle = 10 * i
        polygon.set_xy([(0, 0), (1 + i / 5, 0), (0, 1)])
        fancy.set_boxstyle("sawtooth" if i % 2 else "round", pad=0.1)
        arc.theta2 = 360 - 20 * i
        yield fig


@case
def arrows():
    fig, (ax, ax2) = subplots(1, 2)
    arrow = ax.add_patch(patches.FancyArrowPatch((0, 0), (1, 1), mutation_scale=10))
    bridge = patches.ConnectionPatch((0.5, 0.5), (0.5, 0.5), "data", "data", axesA=ax, axesB=ax2)
    fig.add_artist(bridge)
    for i in range(STEPS):
        arrow.set_positions((0, i / 10), (1, 1))
        ax2.set_xlim(0, 1 + i)
        arrow.set_arrowstyle("->" if i % 2 else "fancy")
        yield fig


@case
def clip_path():
    fig, ax = subplots()
    (line,) = ax.plot(X, np.sin(X), lw=20)
    image = ax.imshow(rng().random((9, 9)), extent=(0, 6, -1, 1), aspect="auto")
    circle = patches.Circle((3, 0), 1, transform=ax.transData)
    image.set_clip_path(circle)
    for i in range(STEPS):
        circle.set_radius(1 + i / 5)
        image.set_clip_path(circle)
        line.set_clip_path(Path([(0, -1), (6, -1), (3, 1)]), ax.transData)
        line.set_clip_on(i % 2 == 0)
        yield fig


@case
def pie():
    fig, ax = subplots()
    for i in range(STEPS):
        ax.clear()
        ax.pie([1, 2, 3 + i], labels=list("abc"), autopct="%.0f", shadow=i == 2)
        yield fig


@case
def statistics():
    fig, axs = subplots(1, 3, figsize=(5, 2.4))
    data = rng().normal(size=(40, 3))
    for i in range(3):
        for ax in axs:
            ax.clear()
        axs[0].boxplot(data[: 20 + i])
        axs[1].violinplot(data[: 20 + i])
        axs[2].hist(data[: 20 + i, 0], histtype="step")
        yield fig


@case
def table():
    fig, ax = subplots()
    cells = ax.table([["1", "2"], ["3", "4"]], loc="center")
    for i in range(STEPS):
        cells[0, 0].get_text().set_text(f"{i}")
        cells[1, 1].set_facecolor(f"C{i}")
        yield fig


# Text --------------------------------------------------------------------------------------------


@case
def texts():
    fig, ax = subplots()
    moving = ax.text(0.5, 0.5, "a", rotation=30, bbox={"facecolor": "C1", "boxstyle": "round"})
    formula = fig.text(0.2, 0.2, r"$\frac{1}{2}$")
    wrapped = ax.text(0.1, 0.9, "a long text that is wrapped somewhere", wrap=True)
    for i in range(STEPS):
        moving.set_position((0.5, 0.1 * i))
        moving.set_rotation(30 * i)
        moving.get_bbox_patch().set_facecolor(f"C{i}")
        formula.set_text(rf"$\frac{{{i}}}{{2}}$ and more")
        wrapped.set_fontsize(8 + i)
        yield fig


@case
def text_across_pixels():
    fig, ax = subplots()
    text = ax.text(0, 0.5, "To AV 0123")
    for i in range(4 * STEPS):
        text.set_x(i / 173)
        text.set_y(0.5 + i / 379)
        text.set_antialiased(i % 5 != 4)
        yield fig


@case
def font_in_place():
    fig, ax = subplots()
    text = ax.text(0.5, 0.5, "text")
    for i in range(STEPS):
        text.get_fontproperties().set_size(8 + i)
        yield fig


@case
def annotations():
    fig, ax = subplots()
    ax.plot(X, np.sin(X))
    note = ax.annotate(
        "here",
        (1, 0),
        xytext=(20, 20),
        textcoords="offset points",
        arrowprops={"arrowstyle": "->", "connectionstyle": "arc3,rad=0.2"},
        bbox={"boxstyle": "round"},
    )
    other = ax.annotate("there", (0.5, 0.5), xycoords=note, xytext=(4, -1))
    ax.annotate("both", (3, 0.1), xycoords=("data", "axes fraction"), xytext=(4, -0.5))
    for i in range(STEPS):
        note.xy = (i, np.sin(i))
        note.set_text(f"here {i}")
        other.set_color(f"C{i}")
        if i == 4:
            ax.set_xlim(-1, 5)
        yield fig


@case
def anchored_text():
    fig, ax = subplots()
    anchored = ax.add_artist(AnchoredText("text", "upper left"))
    for i in range(STEPS):
        anchored.txt.set_text(f"text {i}")
        yield fig


@case
def legend():
    fig, ax = subplots()
    lines = ax.plot(X, np.sin(X), X, np.cos(X))
    shown = ax.legend(lines, ["a", "b"], loc="upper right", title="lines")
    for i in range(STEPS):
        lines[0].set_ydata(np.sin(X + i))
        shown.get_texts()[0].set_text(f"a {i}")
        shown.get_lines()[1].set_color(f"C{i}")
        shown.set_bbox_to_anchor((1 - i / 10, 0.9))
        if i == 4:
            shown.get_frame().set_facecolor("0.8")
        yield fig


@case
def legend_at_the_best_place():
    fig, ax = subplots()
    (line,) = ax.plot(X, X, label="line")
    ax.legend()
    fig.legend(loc="outside upper right") if i_am_constrained(fig) else fig.legend()
    for i in range(STEPS):
        line.set_ydata(X if i % 2 else X[::-1])
        yield fig


def i_am_constrained(fig):
    return fig.get_layout_engine() is not None


# Appearance --------------------------------------------------------------------------------------


@case
def path_effects():
    fig, ax = subplots()
    glow = patheffects.withStroke(linewidth=5, foreground="w")
    (line,) = ax.plot(X, np.sin(X), path_effects=[patheffects.SimpleLineShadow(), glow])
    text = ax.text(3, 0, "glow", path_effects=[glow])
    for i in range(STEPS):
        line.set_ydata(np.sin(X + i))
        glow._gc["linewidth"] = 5 + i
        text.set_text(f"glow {i}")
        yield fig


@case
def own_path_effect():
    class Effect(patheffects.AbstractPathEffect):
        def draw_path(self, renderer, gc, tpath, affine, face):
            gc.set_linewidth(Effect.width)
            renderer.draw_path(gc, tpath, affine, face)

    Effect.width = 1
    fig, ax = subplots()
    ax.plot(X, np.sin(X), path_effects=[Effect()])
    for i in range(STEPS):
        Effect.width = i + 1
        yield fig


@case
def sketch():
    fig, ax = subplots()
    (line,) = ax.plot(X, np.sin(X))
    line.set_sketch_params(2, 50, 10)
    for i in range(STEPS):
        line.set_ydata(np.sin(X + i))
        if i == 3:
            ax.spines["left"].set_sketch_params(3, 30, 5)
        yield fig


@case
def xkcd():
    with plt.xkcd():
        fig, ax = subplots()
        (line,) = ax.plot(X, np.sin(X))
        for i in range(3):
            line.set_ydata(np.sin(X + i))
            yield fig


@case
def agg_filter():
    fig, ax = subplots()
    (line,) = ax.plot(X, np.sin(X), lw=5)
    shift = [0]
    line.set_agg_filter(lambda image, dpi: (image[::-1] ** 0.5, shift[0], 0))
    for i in range(STEPS):
        shift[0] = i
        yield fig


@case
def rasterized():
    fig, ax = subplots()
    ax.set_rasterization_zorder(0)
    (line,) = ax.plot(X, np.sin(X), zorder=-5, rasterized=True)
    ax.plot(X, np.cos(X))
    for i in range(STEPS):
        line.set_ydata(np.sin(X + i))
        yield fig


@case
def zorder():
    fig, ax = subplots()
    ax.set_axisbelow(False)
    bars = ax.bar([0, 1, 2], [3, 2, 1], width=1.5, edgecolor="k")
    for i in range(STEPS):
        bars[i % 3].set_zorder(i)
        ax.xaxis.set_zorder(i - 2)
        yield fig


@case
def visibility_and_alpha():
    fig, ax = subplots()
    lines = ax.plot(X, np.sin(X), X, np.cos(X), lw=5)
    ax.grid(True)
    for i in range(STEPS):
        lines[i % 2].set_visible(i % 3 > 0)
        lines[1].set_alpha(1 - i / 10)
        ax.title.set_visible(i % 2 == 0)
        ax.set_title("t")
        ax.xaxis.grid(i % 2 == 0)
        yield fig


@case
def transparent_figure():
    fig, ax = subplots()
    fig.patch.set_alpha(0)
    ax.patch.set_alpha(0.3)
    (line,) = ax.plot(X, np.sin(X))
    for i in range(STEPS):
        line.set_ydata(np.sin(X + i))
        fig.patch.set_alpha(i / 5)
        if i == 4:
            fig.set_facecolor("C3")
        yield fig


@case
def settings():
    fig, ax = subplots()
    (line,) = ax.plot(X, np.sin(X))
    for i in range(STEPS):
        line.set_ydata(np.sin(X + i))
        with mpl.rc_context({"path.snap": i % 2 == 0, "text.hinting": "none"}):
            yield fig


@case
def size_and_dpi():
    fig, ax = subplots()
    ax.plot(X, np.sin(X))
    for i in range(STEPS):
        if i % 2:
            fig.set_dpi(100 + i)
        else:
            fig.set_size_inches(3, 2.4 + i / 10)
        yield fig


@case
def size_that_is_no_exact_number_of_pixels():
    fig, ax = subplots(figsize=(4.6, 2.3333))  # 459.99999999999994 pixels
    (line,) = ax.plot(X, np.sin(X))
    for i in range(4):
        line.set_ydata(np.sin(X + i))
        yield fig


@case
def no_antialiasing():
    fig, ax = subplots()
    (line,) = ax.plot(X, np.sin(X), antialiased=False)
    text = ax.text(1, 0, "text")
    for i in range(STEPS):
        line.set_ydata(np.sin(X + i))
        text.set_antialiased(i % 2 == 0)
        yield fig


# Axes of other kinds -----------------------------------------------------------------------------


@case
def polar():
    fig, ax = subplots(subplot_kw={"projection": "polar"})
    (line,) = ax.plot(X, X)
    for i in range(STEPS):
        line.set_ydata(X * i)
        ax.set_title(f"{i}")
        if i == 4:
            ax.set_theta_offset(1)
        yield fig


@case
def three_dimensions():
    fig = plt.figure(figsize=(4, 2))
    ax = fig.add_subplot(121, projection="3d")
    flat = fig.add_subplot(122)
    x, y = np.meshgrid(range(5), range(5))
    ax.plot_surface(x, y, x * y)
    (line,) = flat.plot(X, X)
    for i in range(STEPS):
        ax.view_init(30, 10 * i)
        line.set_ydata(X + i / 5)
        yield fig


@case
def only_three_dimensions():
    fig = plt.figure(figsize=(2, 2))
    ax = fig.add_subplot(projection="3d")
    points = ax.scatter(X, X, X)
    for i in range(STEPS):
        points.set_alpha(1 - i / 10)
        ax.set_title(f"{i}")
        yield fig
    fig.add_axes((0, 0, 0.2, 0.2))
    yield fig


@case
def geographic():
    fig, ax = subplots(subplot_kw={"projection": "mollweide"})
    (line,) = ax.plot(X - 3, X / 6)
    for i in range(STEPS):
        line.set_ydata(X / 6 - i / 10)
        yield fig


@case
def own_axes_class():
    class OwnAxes(mpl.axes.Axes):
        width = 1

        def draw(self, renderer):
            for line in self.lines:
                line.set_linewidth(OwnAxes.width)
            super().draw(renderer)

    fig = plt.figure(figsize=(3, 2))
    OwnAxes(fig, (0.2, 0.2, 0.7, 0.7))
    ax = fig.add_axes(OwnAxes(fig, (0.2, 0.2, 0.7, 0.7)))
    ax.plot(X, X)
    for i in range(STEPS):
        OwnAxes.width = i + 1
        yield fig


@case
def axes_grid():
    from mpl_toolkits.axes_grid1 import make_axes_locatable

    fig, ax = subplots()
    image = ax.imshow(rng().random((5, 9)))
    side = make_axes_locatable(ax).append_axes("right", "10%", pad=0.1)
    fig.colorbar(image, cax=side)
    for i in range(STEPS):
        image.set_data(rng().random((5, 9)) * i)
        if i == 3:
            image.set_extent((0, 20, 0, 9))
        yield fig


# Code that is hard to follow ---------------------------------------------------------------------


@case
def own_artist_class():
    class OwnLine(Line2D):
        shift = 0

        def draw(self, renderer):
            self.set_ydata(np.sin(X + OwnLine.shift))
            super().draw(renderer)

    fig, ax = subplots()
    (other,) = ax.plot(X, np.cos(X))
    ax.add_line(OwnLine(X, X))
    for i in range(STEPS):
        OwnLine.shift = i
        other.set_color(f"C{i}")
        yield fig


@case
def own_class_that_changes_others():
    class OwnLine(Line2D):
        color = "r"

        def draw(self, renderer):
            for line in self.axes.lines:
                line.set_color(OwnLine.color)
            self.axes.title.set_color(OwnLine.color)
            super().draw(renderer)

    fig, ax = subplots()
    ax.set_title("title")
    ax.add_line(OwnLine(X, X, zorder=1, visible=False))
    ax.plot(X, np.sin(X))
    for i in range(STEPS):
        OwnLine.color = f"C{i}"
        yield fig


@case
def replaced_draw_method():
    fig, ax = subplots()
    (line,) = ax.plot(X, np.sin(X))
    draw = line.draw
    shift = [0]

    def drawn_with_a_shift(renderer):
        line.set_ydata(np.sin(X + shift[0]))
        draw(renderer)

    line.draw = drawn_with_a_shift
    for i in range(STEPS):
        shift[0] = i
        yield fig


@case
def mutable_transform():
    fig, ax = subplots()
    turn = transforms.Affine2D()
    ax.add_patch(patches.Rectangle((0, 0), 1, 1, transform=turn + ax.transData))
    ax.set(xlim=(-2, 2), ylim=(-2, 2))
    for i in range(STEPS):
        turn.clear().rotate_deg(15 * i)
        yield fig


@case
def vertices_in_place():
    fig, ax = subplots()
    path = Path(np.array([(0.0, 0.0), (1, 0), (0, 1)]))
    ax.add_patch(patches.PathPatch(path))
    (line,) = ax.plot([0, 1], [0, 1])
    for _ in range(STEPS):
        path.vertices[0] += 0.1
        line.get_path().vertices[1, 1] -= 0.1
        yield fig


@case
def attributes_set_directly():
    fig, ax = subplots()
    (line,) = ax.plot(X, np.sin(X))
    text = ax.text(3, 0, "text")
    for i in range(STEPS):
        line._linewidth = 1 + i
        text._text = f"text {i}"
        yield fig


@case
def lists_in_place():
    fig, ax = subplots()
    (line,) = ax.plot(X, np.sin(X), "o", markevery=[0])
    for i in range(STEPS):
        line.get_markevery().append(5 * i)
        yield fig


@case
def cleared_axes():
    fig, ax = subplots()
    for i in range(STEPS):
        ax.clear()
        ax.plot(X, np.sin(X + i))
        ax.set_title(f"{i}")
        yield fig


@case
def cleared_figure():
    fig = plt.figure(figsize=(3, 2.4))
    for i in range(STEPS):
        fig.clear()
        fig.add_subplot(1, 1 + i % 2, 1).plot(X, np.sin(X + i))
        yield fig


@case
def drawn_by_others_in_between():
    fig, ax = subplots()
    (line,) = ax.plot(X, np.sin(X))
    for i in range(STEPS):
        line.set_ydata(np.sin(X + i))
        for label in ax.get_xticklabels():
            label.set_color(f"C{i}")
        if i % 2:
            fig.canvas.draw()
        else:
            ax.draw_artist(line)
            ax.draw_artist(ax.xaxis)
            ax.get_tightbbox()
        yield fig


@case
def listener_that_draws():
    fig, ax = subplots()
    (line,) = ax.plot(X, np.sin(X))
    (other,) = ax.plot(X, np.cos(X), animated=True)

    def draw_other(event):
        ax.draw_artist(other)

    yield fig
    fig.canvas.mpl_connect("draw_event", draw_other)
    for i in range(STEPS):
        line.set_ydata(np.sin(X + i))
        yield fig


@case
def nothing_changes():
    fig, ax = subplots()
    (line,) = ax.plot(X, np.sin(X))
    for i in range(2 * STEPS):
        line.set_ydata(np.sin(X + i // 4))
        yield fig


@case
def one_after_the_other():
    """The set of what changes is another one after some frames."""
    fig, axs = subplots(2, 2)
    lines = [ax.plot(X, np.sin(X))[0] for ax in axs.flat]
    for i in range(40):
        lines[i // 10].set_ydata(np.sin(X + i))
        axs[0, 0].set_title(f"{i // 15}")
        yield fig


@case
def overlapping_axes():
    fig, ax = subplots()
    (line,) = ax.plot(X, X, lw=9)
    for k in range(3):
        box = fig.add_axes((0.2 + k / 10, 0.2 + k / 10, 0.4, 0.4), label=str(k))
        box.patch.set_alpha(0.5)
        box.plot(X, -X)
    for i in range(STEPS):
        line.set_ydata(X + i)
        yield fig


@case
def unclipped():
    fig, ax = subplots()
    (line,) = ax.plot(X, X, clip_on=False, lw=4)
    ax.set(xlim=(0, 6), ylim=(0, 6))
    for i in range(STEPS):
        line.set_ydata(X * (1 + i / 10))
        yield fig


@case
def empty_figure():
    fig = plt.figure(figsize=(1, 1))
    for i in range(4):
        fig.set_facecolor(f"C{i // 2}")
        yield fig


# Artists that are drawn more than once -----------------------------------------------------------


@case
def legend_added_again():
    fig, ax = subplots()
    (line,) = ax.plot(X, np.sin(X), label="a sine")
    ax.add_artist(ax.legend(framealpha=0.3, loc="upper right"))
    for i in range(STEPS):
        ax.set_title(f"{i}")
        if i == 3:
            line.set_ydata(np.cos(X))
        yield fig


@case
def line_added_three_times():
    fig, ax = subplots()
    (line,) = ax.plot(X, np.sin(X), alpha=0.3, linewidth=9)
    other = ax.axhline(0.5, alpha=0.3, linewidth=20)
    for _ in range(2):
        ax._children.append(line)
    for i in range(STEPS):
        if i % 2:
            line.set_ydata(np.sin(X + i))
        else:
            other.set_ydata([0.2 * i] * 2)
        if i == 4:
            ax._children.remove(line)
        yield fig


@case
def text_of_the_figure_added_twice():
    fig, _ = subplots()
    text = fig.text(0.5, 0.5, "twice", alpha=0.4, size=20)
    fig.texts.append(text)
    patch = fig.add_artist(patches.Rectangle((0.1, 0.1), 0.6, 0.6, alpha=0.3))
    fig.patches.append(patch)
    for i in range(STEPS):
        text.set_rotation(20 * i)
        if i > 2:
            patch.set_width(0.1 * i)
        yield fig


@case
def axes_added_twice():
    fig, ax = subplots()
    ax.patch.set_alpha(0.5)
    (line,) = ax.plot(X, np.sin(X), alpha=0.3, linewidth=9)
    fig._localaxes.append(ax)
    for i in range(STEPS):
        line.set_ydata(np.sin(X + i))
        ax.set_title(f"{i}")
        yield fig
