"""What is drawn, and what is not; how a wrong frame is noticed."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.axis import XAxis
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from mpl_toolkits.axes_grid1.axes_divider import make_axes_area_auto_adjustable

from sphinxcontrib_animvideo.core.frames.grabber import FrameGrabber
from sphinxcontrib_animvideo.core.frames.redraw import Redrawer
from sphinxcontrib_animvideo.core.frames.redraw.fonts import TextRenderer
from sphinxcontrib_animvideo.core.frames.redraw.inputs import Inputs
from sphinxcontrib_animvideo.errors import RedrawError


@pytest.fixture
def figure():
    figure, axes = plt.subplots(figsize=(3, 2))
    axes.plot([0, 1, 0])
    axes.set_title("title")
    yield figure
    plt.close("all")


@pytest.fixture
def drawn(monkeypatch):
    """The classes of the artists that were drawn since it was cleared."""
    names = []
    for kind in (Line2D, XAxis):

        def draw(self, renderer, kind=kind, original=kind.draw):
            names.append(kind.__name__)
            original(self, renderer)

        monkeypatch.setattr(kind, "draw", draw)
    return names


def frames(redrawer, count, change=lambda number: None):
    taken = []
    for number in range(count):
        change(number)
        taken.append(redrawer.frame())
    return taken


def test_only_what_has_changed_is_drawn(figure, drawn):
    redrawer = Redrawer(figure)
    line = figure.axes[0].lines[0]
    frames(redrawer, 4)
    drawn.clear()
    frames(redrawer, 3, lambda number: line.set_ydata([0, number, 0]))
    assert drawn == ["Line2D"] * 3


def test_a_new_title_leaves_the_ticks_alone(figure, drawn, monkeypatch):
    redrawer = Redrawer(figure)
    frames(redrawer, 4)
    drawn.clear()
    laid_out = []
    monkeypatch.setattr(XAxis, "_update_ticks", lambda self: laid_out.append(self))
    frames(redrawer, 3, lambda number: figure.axes[0].set_title(f"frame {number}"))
    assert not drawn
    assert not laid_out


@pytest.mark.parametrize("layout", ["constrained", "compressed", "tight"])
def test_a_layout_engine_runs_when_the_room_it_makes_changes(layout, monkeypatch):
    figure, axes = plt.subplots(figsize=(3, 2), layout=layout)
    (line,) = axes.plot([0, 1, 0])
    engine = figure.get_layout_engine()
    runs = []
    execute = engine.execute
    monkeypatch.setattr(engine, "execute", lambda figure: runs.append(1) or execute(figure))

    def runs_for(change):
        runs.clear()
        frames(redrawer, 5, change)
        return len(runs)

    redrawer = Redrawer(figure)
    redrawer._is_compared = lambda: False
    axes.set_title("frame 0")
    axes.set_ylim(-1, 1.2)
    frames(redrawer, 16)  # a tight layout comes closer to its end step by step
    assert runs_for(lambda number: line.set_ydata([0, number / 9, 0])) == 0
    assert runs_for(lambda number: axes.set_title(f"frame {number}")) == 0
    assert runs_for(lambda number: axes.set_ylim(-1 - number / 99, 1.2)) == 0
    assert runs_for(lambda number: axes.set_ylabel("label")) > 0
    assert runs_for(lambda number: axes.set_title("line\n" * number)) == 5
    plt.close(figure)


def test_the_arguments_of_an_engine_can_be_arrays():
    figure, axes = plt.subplots(figsize=(3, 2), layout="constrained")
    redrawer = Redrawer(figure)
    frames(redrawer, 4)
    before = axes.get_position().width
    figure.get_layout_engine().set(rect=np.array([0, 0, 0.5, 1]))
    frames(redrawer, 4)
    assert axes.get_position().width < 0.6 * before
    plt.close(figure)


def test_a_layout_engine_of_ones_own_always_runs():
    class Engine(ConstrainedLayoutEngine):
        def execute(self, figure):
            runs.append(1)
            return super().execute(figure)

    runs = []
    figure, _ = plt.subplots(figsize=(3, 2), layout=Engine())
    frames(Redrawer(figure), 6)
    assert len(runs) == 6
    plt.close(figure)


def test_an_engine_that_would_have_moved_something_is_noticed():
    figure, axes = plt.subplots(figsize=(3, 2), layout="constrained")
    (line,) = axes.plot([0, 1, 0])
    redrawer = Redrawer(figure)
    frames(redrawer, 3, lambda number: line.set_ydata([0, number / 9, 0]))
    axes.set_title("title")
    frames(redrawer, 4)
    figure.get_layout_engine().set(rect=(0, 0, 0.5, 1))
    redrawer._scene._layout._arguments = redrawer._scene._layout._current_arguments()
    with pytest.raises(RedrawError, match="Axes 'title' changed in a way"):
        frames(redrawer, 1)
    plt.close(figure)


def test_an_unchanged_figure_gives_the_same_array(figure, drawn):
    redrawer = Redrawer(figure)
    frames(redrawer, 4)
    drawn.clear()
    taken = frames(redrawer, 2)
    assert taken[0] is taken[1]
    figure.axes[0].lines[0].set_color("red")
    assert redrawer.frame() is not taken[1]
    assert drawn == ["Line2D"]


def test_unchanged_frames_are_not_looked_at(figure, monkeypatch):
    taker = FrameGrabber()
    for _ in range(5):
        frame = taker.take(figure)
    monkeypatch.setattr("sphinxcontrib_animvideo.core.frames.grabber.on_white", None)
    assert taker.take(figure) is frame


def test_the_first_frame_is_drawn_once_and_compared_at_the_end(figure, drawn):
    redrawer = Redrawer(figure)
    frames(redrawer, 3)
    assert drawn.count("XAxis") == 1
    redrawer.finish()
    assert drawn.count("XAxis") == 2


def settling_figures():
    for layout in ("constrained", "compressed", "tight"):
        figure, axes = plt.subplots(2, 2, figsize=(3, 2), layout=layout)
        for each in axes.flat:
            each.set(title="title", ylabel="label")
        yield figure
    figure = plt.figure(figsize=(3, 2))
    areas = [figure.add_axes((x, 0, 0.5, 1)) for x in (0, 0.5)]
    for axes in areas:
        axes.set(ylabel="label", title="title")
        make_axes_area_auto_adjustable(axes, use_axes=areas)
    yield figure


def test_the_first_frame_of_a_figure_that_settles_is_that_of_matplotlib():
    for figure, other in zip(settling_figures(), settling_figures(), strict=True):
        other.canvas.draw()
        assert np.array_equal(Redrawer(figure).frame(), other.canvas.buffer_rgba())
    plt.close("all")


def test_figures_of_one_frame_are_drawn_once(drawn):
    grabber = FrameGrabber()
    for number in range(6):
        figure = plt.figure(number)
        figure.subplots().plot([0, number])
        grabber.take(figure)
        plt.close(figure)
    grabber.finish()
    assert drawn.count("XAxis") == 6 + 1  # that the first one stays alone is not expected


def test_renderers_share_what_is_known_of_texts(figure, monkeypatch):
    def measured(renderer, text, font, ismath):
        texts.append(text)
        return measure(renderer, text, font, ismath)

    texts = []
    measure = RendererAgg.get_text_width_height_descent
    monkeypatch.setattr(RendererAgg, "get_text_width_height_descent", measured)
    figure.axes[0].set_title("a title of its own")
    frames(Redrawer(figure), 8)  # the last one is compared
    frames(Redrawer(figure, dpi=figure.dpi), 1)
    assert texts.count("a title of its own") == 1
    frames(Redrawer(figure, dpi=2 * figure.dpi), 1)
    assert texts.count("a title of its own") == 2


def test_the_size_of_a_text_is_that_of_the_font_that_is_found_now(figure):
    def width():
        renderer = TextRenderer(100, 100, 72)
        return renderer.get_text_width_height_descent("wide", FontProperties(), False)[0]

    sans = width()
    with plt.rc_context({"font.family": "monospace"}):
        assert width() != sans
    with plt.rc_context({"font.sans-serif": "DejaVu Serif"}):
        assert width() != sans
    assert width() == sans


def test_the_colors_of_a_colormap_are_not_compared_one_by_one():
    image = plt.figure().subplots().imshow(np.eye(3))
    image.figure.canvas.draw()
    assert sum(map(len, Inputs(image).lists.values())) < 20
    plt.close("all")


def test_in_full_everything_is_drawn_for_every_frame(figure, drawn):
    redrawer = Redrawer(figure, incremental=False)
    frames(redrawer, 5)
    redrawer.finish()
    assert drawn.count("XAxis") == 5


def test_frames_are_compared_ever_less_often(figure, monkeypatch):
    compared = []
    compare = Redrawer._compare

    def counted(self, *args):
        compared.append(self._frame_count)
        compare(self, *args)

    monkeypatch.setattr(Redrawer, "_compare", counted)
    redrawer = Redrawer(figure)
    line = figure.axes[0].lines[0]
    frames(redrawer, 300, lambda number: line.set_ydata([0, number, 0]))
    redrawer.finish()
    assert compared == [8, 128, 256, 300]


def color_behind_our_back(figure, color):
    label = figure.axes[0].xaxis.get_major_ticks()[1].label1
    label._color = color  # set_color() would tell


def test_a_change_that_cannot_be_seen_is_noticed_and_named(figure):
    redrawer = Redrawer(figure)
    frames(redrawer, 7)
    color_behind_our_back(figure, "red")
    with pytest.raises(
        RedrawError,
        match=r"^XAxis in the axes 'title' changed in a way .* set redraw= to \"full\"\.$",
    ):
        redrawer.frame()


def test_the_last_frame_is_compared(figure):
    redrawer = Redrawer(figure)
    frames(redrawer, 5)
    color_behind_our_back(figure, "red")
    redrawer.frame()
    with pytest.raises(RedrawError, match="XAxis"):
        redrawer.finish()


def test_the_last_frame_of_each_of_many_figures_is_compared(figure):
    taker = FrameGrabber()
    for _ in range(5):
        taker.take(figure)
    color_behind_our_back(figure, "red")
    taker.take(figure)
    others = [plt.figure(figsize=(1, 1)) for _ in range(4)]
    with pytest.raises(RedrawError, match="XAxis"):
        for other in others:
            taker.take(other)


def test_what_happens_to_a_figure_after_its_last_frame_is_nobodys_business(figure):
    redrawer = Redrawer(figure)
    frames(redrawer, 3)
    figure.axes[0].set_title("$no formula")
    redrawer.finish()


def test_the_inside_of_an_axes():
    taken = []
    for incremental in (True, False):
        figure, axes = plt.subplots(figsize=(3, 2))
        (line,) = axes.plot([0, 1, 0])
        taker = FrameGrabber(incremental=incremental)
        for number in range(7):
            line.set_ydata([0, number, 0])
            taken.append(taker.take(axes).copy())
        taker.finish()
        plt.close(figure)
    assert taken[0].shape < (200, 300, 4)
    for frame, expected in zip(taken[:7], taken[7:], strict=True):
        assert np.array_equal(frame, expected)


def test_little_is_kept_of_what_is_not_visible():
    figure, axes = plt.subplots(figsize=(3, 2))
    images = [axes.imshow(np.full((200, 150), number / 40)) for number in range(40)]
    redrawer = Redrawer(figure)
    tracemalloc.start()
    for number in range(40):
        for image in images:
            image.set_visible(image is images[number])
        redrawer.frame()
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    plt.close(figure)
    assert kept < 5e6


def test_two_videos_of_one_figure_do_not_disturb_each_other(figure):
    other, axes = plt.subplots(figsize=(3, 2))
    axes.plot([0, 1, 0])
    axes.set_title("title")
    first, second, full = Redrawer(figure), Redrawer(figure), Redrawer(other, incremental=False)
    for number in range(7):
        for changed in (figure, other):
            for label in changed.axes[0].get_xticklabels():
                label.set_color(f"C{number}")
        expected = full.frame()
        assert np.array_equal(first.frame(), expected), number
        assert np.array_equal(second.frame(), expected), number


def test_another_dpi_is_not_a_change(figure, drawn):
    redrawer = Redrawer(figure, dpi=50)
    frames(redrawer, 4)
    drawn.clear()
    taken = frames(redrawer, 2)
    assert taken[0].shape == (100, 150, 4)
    assert taken[0] is taken[1]
    assert not drawn
    assert figure.dpi == 100


def test_what_is_kept_of_a_figure_is_small():
    figure, axs = plt.subplots(3, 3, figsize=(6.4, 4.8))
    x = np.linspace(0, 9, 1000)
    lines = [axes.plot(x, np.sin(x))[0] for axes in axs.flat]
    axs[1, 1].imshow(np.random.default_rng(0).random((500, 500)))
    Redrawer(figure).frame()  # what Matplotlib itself keeps
    tracemalloc.start()
    redrawer = Redrawer(figure)
    for number in range(40):
        for line in lines:
            line.set_ydata(np.sin(x + number))
        pixels = redrawer.frame()
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    plt.close(figure)
    assert kept + pixels.nbytes < 20e6  # the renderer's own buffer is not traced


def test_an_error_while_drawing_is_the_users(figure):
    redrawer = Redrawer(figure)
    frames(redrawer, 3)
    line = figure.axes[0].lines[0]
    line.set_ydata([0, 2, 0])
    line.set_clip_path(None)
    line.set_path_effects([None])
    with pytest.raises(AttributeError):
        redrawer.frame()
    line.set_path_effects([])
    expected = Redrawer(figure, incremental=False).frame().copy()
    assert np.array_equal(redrawer.frame(), expected)
