"""What is noted of a video so that it can be compared over versions of Matplotlib."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.collections import LineCollection

from sphinxcontrib_animvideo.core.encoding.describer import Describer, joined, pack, unpack
from sphinxcontrib_animvideo.core.frames.drawing import Drawing
from sphinxcontrib_animvideo.core.frames.grabber import FrameGrabber
from sphinxcontrib_animvideo.core.lockfile.description_diff import compare_descriptions
from sphinxcontrib_animvideo.core.lockfile.parts import changes
from sphinxcontrib_animvideo.core.lockfile.snapshot import _expanded, _shortened
from sphinxcontrib_animvideo.core.model.description import Description

FRAMES = 40
X = np.linspace(0, 6, 60)


@pytest.fixture(autouse=True)
def _no_figures_left():
    yield
    plt.close("all")


class Plot:
    """A plot with some of everything."""

    def __init__(self):
        self.figure, (self.axes, self.other) = plt.subplots(1, 2, figsize=(4, 2))
        self.line, self.second = self.axes.plot(X, np.sin(X), X, np.cos(X))
        self.axes.set(title="waves", xlabel="time (s)", ylim=(-1.2, 1.2))
        self.line.set_label("sine")
        self.second.set_label("cosine")
        self.legend = self.axes.legend(loc="upper right")
        self.cloud = self.other.scatter(X[:20], np.sin(X[:20]), c="C2")
        self.image = self.other.imshow(np.eye(8), extent=(2, 4, -1, 1), aspect="auto")
        self.other.set(xlim=(0, 6), ylim=(-1.2, 1.2))
        self.note = self.other.text(1, 0.5, "a note")
        self.offset = 0

    def step(self, number):
        self.line.set_ydata(np.sin(X + 0.2 * (number + self.offset)))
        self.note.set_text(f"note {number}")


def description_of(change=lambda plot, number: None, count=FRAMES, starts=()):
    """Describe a video of the plot, in one piece or in segments that start at some frames."""
    plot, grabber, describers = Plot(), FrameGrabber(50, describe=True), []
    for number in range(count):
        plot.step(number)
        change(plot, number)
        grabber.take(plot.figure)
        if number in (0, *starts):
            describers.append(Describer())
        describers[-1].see(number, 1, grabber.drawing)
    return joined([describer.description for describer in describers], count)


STORED = Path(__file__).parent / "plot-3.11.json"
"""The description of the plot, made with Matplotlib 3.11: ``python -m tests.core.test_description``."""


@pytest.fixture(scope="module")
def plain():
    """The plot without changes, as this version of Matplotlib draws it, and as another one does."""
    stored = msgspec.json.decode(STORED.read_bytes(), type=Description)
    return {"this version": description_of(), "3.11": stored}


def test_other_versions_draw_the_same(plain):
    assert not compare_descriptions(plain["this version"], plain["3.11"])


def later(function):
    return lambda plot, number: function(plot) if number >= 20 else None


CHANGES = {
    "nothing": (lambda plot, _: None, []),
    "title": (lambda p, _: p.axes.set_title("wave"), ["the title is 'wave' instead of 'waves'"]),
    "no title": (lambda p, _: p.axes.set_title(""), ["the title 'waves' is gone"]),
    "unit": (
        lambda p, _: p.axes.set_xlabel("time (ms)"),
        ["the x label is 'time (ms)' instead of 'time (s)'"],
    ),
    "size of letters": (
        lambda p, _: p.axes.title.set_fontsize(13),
        ["the title 'waves' is 13pt instead of 12pt"],
    ),
    "legend": (
        lambda p, _: p.legend.get_texts()[1].set_text("cos"),
        ["a legend entry is 'cos' instead of 'cosine'"],
    ),
    "no legend": (
        lambda p, _: p.legend.set_visible(False),
        ["the legend entry 'sine' is gone", "the legend entry 'cosine' is gone"],
    ),
    "note": (
        later(lambda p: p.note.set_text("other")),
        ["a text is 'other' instead of 'note 32' from frame 21 on"],
    ),
    "place of a note": (
        lambda p, _: p.note.set_position((1, 0.6)),
        ["the text 'note 0' is at 1 0.6 instead of at 1 0.5"],
    ),
    "second curve": (
        later(lambda p: p.second.set_ydata(np.cos(X) + 0.072)),
        ["line 2 is up to 3 % higher from frame 21 on"],
    ),
    "color": (
        lambda p, _: p.line.set_color("C3"),
        ["line 1 is #d62728 instead of #1f77b4"],
    ),
    "width": (
        lambda p, _: p.line.set_linewidth(2),
        ["line 1 is 2pt wide instead of 1.5pt"],
    ),
    "no curve": (lambda p, _: p.second.set_visible(False), ["line 2 is gone"]),
    "ticks": (
        lambda p, _: p.axes.set_xticks([]),
        ["the x tick labels 0, 2, 4, 6 are gone"],
    ),
    "a tick": (
        lambda p, _: p.axes.set_xticks([0, 2.5, 5], ["0.0", "2.5", ""]),
        ["the x tick label '5.0' is gone"],
    ),
    "grid": (lambda p, _: p.axes.grid(axis="y"), ["the grid of the y axis is new"]),
    "background": (
        lambda p, _: p.axes.set_facecolor("#eeeeee"),
        ["patch 2 is filled with #eeeeee instead of #ffffff"],
    ),
    "points": (
        lambda p, _: p.cloud.set_offsets(np.c_[X[:20], np.sin(X[:20]) + 0.05]),
        ["the collection is up to 2.1 % higher"],
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_changes_are_told_in_words(name, plain):
    change, words = CHANGES[name]
    now = description_of(change)
    for before in plain.values():
        found = compare_descriptions(now, before).words
        assert len(found) >= len(words) if words else found == ()
        for expected in words:
            assert any(clause.startswith(expected) for clause in found), found


SMALL_CHANGES = {
    "a curve": lambda p, _: p.second.set_ydata(np.cos(X) + 0.024),
    "noise": lambda p, _: p.second.set_ydata(
        np.cos(X) + np.random.default_rng(1).normal(0, 0.1, 60)
    ),
    "points": lambda p, n: p.cloud.set_offsets(np.c_[X[:20], np.sin(X[:20]) + 0.024]),
    "sizes": lambda p, _: p.cloud.set_sizes([40]),
    "marker": lambda p, _: p.second.set_marker("s"),
    "dashes": lambda p, _: p.second.set_linestyle("--"),
    "exchanged colors": lambda p, _: (p.line.set_color("C1"), p.second.set_color("C0")),
    "limits": lambda p, _: p.axes.set_ylim(-1.2, 1.3),
    "an image": lambda p, _: p.image.set_data(np.roll(np.eye(8), 1, axis=0)),
    "noise on an image": lambda p, _: p.image.set_data(
        np.eye(8) + np.random.default_rng(1).normal(0, 0.05, (8, 8))
    ),
    "a frame late": lambda p, number: p.step(max(number - 1, 0)),
    "one frame": lambda p, number: p.step(number + 1 if number == 25 else number),
    "a note in one frame": lambda p, number: p.note.set_text(
        "x" if number == 25 else f"note {number}"
    ),
}


@pytest.mark.parametrize("name", SMALL_CHANGES)
def test_small_changes_are_found(name, plain):
    now = description_of(SMALL_CHANGES[name])
    first, last = (25, 25) if "one frame" in name else (int("late" in name), FRAMES - 1)
    for before in plain.values():
        assert compare_descriptions(now, before).frames == tuple(range(first, last + 1))


def test_letters_and_layout_mean_nothing(plain):
    def change(plot, number):
        plot.figure.subplots_adjust(left=0.2, wspace=0.3)
        for axes in plot.figure.axes:
            axes.tick_params(pad=5, labelrotation=10)

    with plt.rc_context({"text.hinting": "none", "text.antialiased": False}):
        now = description_of(change)
    for before in plain.values():
        assert not compare_descriptions(now, before)


KINDS = {
    "fill_between": lambda ax: ax.fill_between(X, np.sin(X), alpha=0.2),
    "fill_between with edges": lambda ax: ax.fill_between(X, np.sin(X), ec="C1", hatch="/"),
    "fill_betweenx": lambda ax: ax.fill_betweenx(np.sin(X), X),
    "stackplot": lambda ax: ax.stackplot(X, 0.3 + 0.1 * np.sin(X), 0.2 + 0 * X),
    "axvspan": lambda ax: ax.axvspan(1, 2, alpha=0.5),
    "hlines": lambda ax: ax.hlines(0.5, 1, 5),
    "vlines": lambda ax: ax.vlines([1, 2, 3], 0, [0.3, 0.5, 0.7]),
    "one point": lambda ax: ax.scatter([3], [0.5], s=400),
    "one point at the origin": lambda ax: ax.scatter([0], [0], s=400),
    "contourf": lambda ax: ax.contourf(X, X[:9] / 6, np.outer(X[:9], X)),
    "contour": lambda ax: ax.contour(X, X[:9] / 6, np.outer(X[:9], X), [1, 2]),
    "violinplot": lambda ax: ax.violinplot([X / 6], [2]),
    "fill": lambda ax: ax.fill(X, np.sin(X), alpha=0.3),
    "bar": lambda ax: ax.bar([1, 2, 3], [0.5, 1, 0.3]),
    "errorbar": lambda ax: ax.errorbar(X[::9], np.sin(X[::9]), 0.1, capsize=3),
    "eventplot": lambda ax: ax.eventplot(X[::5], lineoffsets=0.5, linelengths=0.4),
    "pcolormesh": lambda ax: ax.pcolormesh(X[:9], X[:9] / 9, np.outer(X[:8], X[:8])),
    "broken_barh": lambda ax: ax.broken_barh([(1, 2), (4, 1)], (0.2, 0.3)),
    "tripcolor": lambda ax: ax.tripcolor([0, 3, 6, 3], [0, 1, 0, -1], [1, 2, 3, 4]),
    "quiver": lambda ax: ax.quiver(X[::9], 0 * X[::9], 1, 0.2 * X[::9]),
    "a colored line": lambda ax: ax.add_collection(LineCollection([np.c_[X, np.sin(X)]], lw=3)),
    "colored segments": lambda ax: ax.add_collection(
        LineCollection(np.stack([np.c_[X, np.sin(X)][:-1], np.c_[X, np.sin(X)][1:]], 1), array=X)
    ),
    "points": lambda ax: ax.scatter(X, np.sin(X), X * 9, c=X),
    "stem": lambda ax: ax.stem(X[::9], np.sin(X[::9])),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_layout_means_nothing_and_the_data_something(kind):
    def described(top=1.2, **layout):
        figure, axes = plt.subplots(figsize=(4, 2))
        KINDS[kind](axes)
        axes.set(xlim=(0, 5 * top), ylim=(-1.2, top))
        figure.subplots_adjust(**layout)
        grabber, describer = FrameGrabber(50, describe=True), Describer()
        grabber.take(figure)
        describer.see(0, 1, grabber.drawing)
        return describer.description

    usual = described()
    assert not compare_descriptions(described(left=0.2, bottom=0.15), usual)
    assert compare_descriptions(described(top=1.25), usual)


def test_arrows_that_turn_are_found():
    def described(angle):
        figure, axes = plt.subplots(figsize=(4, 2))
        axes.quiver(X[::9], 0 * X[::9], np.cos(angle) + 0 * X[::9], np.sin(angle))
        grabber, describer = FrameGrabber(50, describe=True), Describer()
        grabber.take(figure)
        describer.see(0, 1, grabber.drawing)
        return describer.description

    assert not compare_descriptions(described(0.5), described(0.5))
    assert compare_descriptions(described(0.6), described(0.5))


def test_a_description_does_not_depend_on_segments():
    assert description_of(starts=(7, 20, 31)) == description_of()


def test_nothing_is_known_of_frames_that_are_not_described():
    describer = Describer()
    describer.see(0, 3, None)
    assert describer.description is None
    assert joined([None, None], 6) is None


def test_pictures_are_described():
    def video(pictures):
        describer = Describer()
        for number, picture in enumerate(pictures):
            describer.see(number, 1, Drawing.of_picture(picture))
        return describer.description

    def picture(level):
        return np.full((20, 30, 4), [level, level, level, 255], np.uint8)

    one = video([picture(0), picture(100), picture(200)])
    assert one.lines["0"] == ("picture fill #000000: around 0.100 0.100, size 0.200 x 0.200",)
    assert not compare_descriptions(one, video([picture(0), picture(100), picture(200)]))
    found = compare_descriptions(video([picture(0), picture(102), picture(220)]), one)
    assert found.frames == (1, 2)
    assert found.words == ("the picture is filled with #dcdcdc instead of #c8c8c8 from frame 2 on",)


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        ("x ticks: 0 | 1 | 2 | 3 | 4", "x ticks: 0 | 2 | 4", []),
        ("x ticks: \u22122 | 0 | 2", "x ticks: \u22122 | \u22121 | 0 | 1 | 2", []),
        ("x ticks: 0 | 2", "x ticks: 0 | 2 | 4", ["the x tick label '4' is gone"]),
        ("x ticks: 0 | 2 | 4", "x ticks: 0 | 2", ["the x tick label '4' is new"]),
        (
            "x ticks: 0 | 5 | 10",
            "x ticks: 0 | 2 | 4",
            ["the x tick labels are 0, 5, 10 instead of 0, 2, 4"],
        ),
        ("x ticks: a | c", "x ticks: a | b", ["the x tick labels are a, c instead of a, b"]),
        (
            "y ticks: $\\mathdefault{10^{0}}$ | $\\mathdefault{2\\times10^{0}}$",
            "y ticks: $\\mathdefault{10^{0}}$",
            [],
        ),
        (
            "pixels fill #331442: around 0.1 0.1, size 0.2 x 0.201",
            "pixels fill #32183c: around 0.1 0.1, size 0.2 x 0.2",
            [],
        ),
        (
            "title #000000 12pt: {a}",
            "title #000000 12pt: {b}",
            ["the title is '{a}' instead of '{b}'"],
        ),
        (
            "13 x line #000000 1pt: around 0 0, size 0 x 0",
            "14 x line #000000 1pt: around 0 0, size 0 x 0",
            ["13 lines instead of 14"],
        ),
        (
            "line #000000 1pt, dashed: around 0 0, size 0 x 0",
            "line #000000 1pt: around 0 0, size 0 x 0",
            ["the line is dashed instead of solid"],
        ),
        (
            "patch fill #ff0000, #000000 1pt",
            "patch #000000 1pt",
            ["the patch is filled with #ff0000 instead of nothing"],
        ),
        (
            "line marker 6 x 6pt",
            "line #00ff0080 1.5pt",
            [
                "the line is invisible instead of #00ff0080",
                "the line is drawn with markers of 6 x 6pt instead of none",
            ],
        ),
    ],
)
def test_lines_are_compared(now, before, words):
    assert [str(change) for change in changes([now], [before])] == words


def bars(*changed):
    """Return a description of ten bars."""
    bar = "patch fill #{}: around 0.{} 0.{}, size 0.1 x 0.{}"
    lines = [
        bar.format("ff0000" if n in changed else "0000ff", n, 5 if n in changed else 3, 2)
        for n in range(1, 11)
    ]
    numbers = np.full((2, 9), len(changed), np.int16)
    return Description({"0": (*lines, "title #000000 12pt: a"), "1": tuple(lines)}, pack(numbers))


@pytest.mark.parametrize(
    ("changed", "subject"),
    [
        ((4,), "patch 4 is"),
        ((4, 5), "patches 4 and 5 are"),
        ((3, 4, 5), "patches 3 to 5 are"),
        ((1, 3, 4, 5, 9), "patches 1, 3 to 5, and 9 are"),
    ],
)
def test_changes_that_are_alike_are_told_once(changed, subject):
    now, before = bars(*changed), bars()
    words = compare_descriptions(now, before).words
    assert words == (
        f"{subject} filled with #ff0000 instead of #0000ff",
        f"{subject} up to 20 % higher",
    )


def test_changes_of_texts_come_first():
    now, before = bars(4), bars()
    lines = (*now.lines["0"][:-1], "title #000000 12pt: b")
    words = compare_descriptions(replace(now, lines={"0": lines}), before).words
    assert words[0] == "the title is 'b' instead of 'a'"


def test_counts_in_a_damaged_lock_file_cost_nothing():
    now, before = (f"{count} x patch #000000 1pt" for count in (999999999, 999999998))
    (change,) = changes([now], [before])
    assert str(change) == "999999999 patches instead of 999999998"


def test_the_order_of_texts_means_nothing():
    texts = ["text #000000 10pt at 0 0: a", "text #000000 10pt at 0 1: b"]
    assert list(changes(texts, texts[::-1])) == []


def test_numbers_are_packed():
    numbers = np.random.default_rng(1).integers(-(2**15), 2**15, (50, 9)).astype(np.int16)
    assert (unpack(pack(numbers)) == numbers).all()
    for damaged in ("?", "", pack(numbers)[:-8], "A" * 40):
        with pytest.raises(ValueError, match="the numbers of its frames are damaged"):
            unpack(damaged)


def test_lines_are_shortened():
    lines = {"0": ("a", "b", "c"), "32": ("a", "x", "c", "d"), "40": ("a", "x"), "256": ()}
    shortened = _shortened(lines)
    assert shortened == {
        "0": ("a", "b", "c"),
        "32": ("= 1", "x", "= 1", "d"),
        "40": ("= 2",),
        "256": (),
    }
    assert _expanded(shortened) == lines


def test_many_shapes_have_one_line():
    figure, axes = plt.subplots()
    axes.set_axis_off()
    for number in range(20):
        axes.plot([0, 1], [0, number / 20], "k", linewidth=1)
    axes.set(xlim=(0, 1), ylim=(0, 1))
    grabber = FrameGrabber(describe=True)
    grabber.take(figure)
    assert grabber.drawing.lines()[1:] == (
        "20 x line #000000 1pt: around 0.500 0.238, size 1.000 x 0.950",
    )


if __name__ == "__main__":
    STORED.write_bytes(msgspec.json.format(msgspec.json.encode(description_of()), indent=1))
