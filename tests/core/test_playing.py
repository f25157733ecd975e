"""What playing and recording leave behind in the figures, timers, and canvases of the user."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.animation import FuncAnimation, PillowWriter
from matplotlib.backends.backend_agg import FigureCanvasAgg

from sphinxcontrib_animvideo.core.capture.animations import interval_of, shortest_interval
from sphinxcontrib_animvideo.core.capture.in_process import InProcessRecorder, recording_in_process
from sphinxcontrib_animvideo.core.capture.playing import play
from sphinxcontrib_animvideo.core.model.settings import make_limits, make_settings
from sphinxcontrib_animvideo.errors import keyword
from sphinxcontrib_animvideo.video_sweep import default


@pytest.fixture
def figure():
    figure = plt.figure(figsize=(1, 1))
    yield figure
    plt.close(figure)


@pytest.fixture
def recorder():
    recorder = InProcessRecorder(make_settings({}, default), make_limits(default), keyword)
    yield recorder
    recorder.abort()


def animated(figure, count=3, **options):
    animation = FuncAnimation(figure, lambda n: None, count, init_func=list, **options)
    animation._draw_was_started = True  # else Matplotlib warns about those that are not played
    return animation


@pytest.mark.parametrize("fails", [False, True])
def test_the_figure_and_its_timer_are_given_back(figure, fails):
    animation, canvas, manager = animated(figure), figure.canvas, figure.canvas.manager
    timer = vars(animation.event_source).copy()

    def update(n):
        if fails:
            raise ValueError

    animation._func = update
    with pytest.raises(ValueError) if fails else plt.rc_context():  # noqa: PT011
        assert len(list(play([animation]))) == 3
    assert vars(animation.event_source) == timer
    assert (figure.canvas, canvas.manager, manager.canvas) == (canvas, manager, canvas)


def test_animations_that_share_a_timer(figure):
    one = animated(figure)
    two = animated(figure, 5, event_source=one.event_source)
    assert len(list(play([one, two]))) == 5
    assert not {"stop", "start"} & {*vars(one.event_source)}


def test_the_first_call_may_end_an_animation(figure):
    def update(n):
        raise StopIteration

    animation = FuncAnimation(figure, update, 3, repeat=False)
    assert list(play([animation])) == []


@pytest.mark.parametrize("kind", [float, np.float32, np.float16])
def test_intervals_of_all_kinds_do_not_drift(figure, kind):
    calls = []
    animation = FuncAnimation(
        figure, calls.append, 20_000, interval=kind(16.666666), init_func=list, repeat=False
    )
    for number, _ in enumerate(play([animation])):
        assert len(calls) == number + 1


def test_an_interval_of_zero_is_the_shortest(figure):
    fast, slow = animated(figure, interval=0), animated(figure, interval=200)
    assert interval_of(fast) == 0
    assert shortest_interval([slow, fast]) == 0


def test_figures_on_high_dpi_screens_are_recorded_at_their_own_dpi(figure, recorder):
    figure.canvas._set_device_pixel_ratio(2)
    with recording_in_process(recorder):
        recorder.capture(figure)
        asset = recorder.take(())
    assert (asset.clips[0].width, asset.clips[0].height) == (100, 100)
    assert figure.dpi == 200


def test_the_dpi_that_code_has_set_is_kept(figure, recorder):
    figure.set_dpi(50)
    with recording_in_process(recorder):
        recorder.capture(figure)
        figure.set_dpi(60)
        asset = recorder.take(())
    assert asset.clips[0].width == 50
    assert figure.dpi == 60


@pytest.mark.parametrize("first", [0, 1])
def test_two_writers_of_one_figure_give_its_canvas_back(tmp_path, figure, recorder, first):
    canvas = figure.canvas
    with recording_in_process(recorder):
        writers = PillowWriter(fps=5), PillowWriter(fps=5)
        for number, writer in enumerate(writers):
            writer.setup(figure, tmp_path / f"{number}.gif", 50)
        for writer in writers:
            writer.grab_frame()
        writers[first].finish()
        writers[1 - first].finish()
    assert figure.canvas is canvas
    assert type(canvas) is FigureCanvasAgg


def test_closed_figures_are_not_kept(recorder):
    figures = []
    with recording_in_process(recorder):
        for _ in range(20):
            figure = plt.figure(figsize=(1, 1))
            figures.append(weakref.ref(figure))
            recorder.capture(figure)
            plt.close(figure)
    del figure
    gc.collect()
    assert sum(1 for reference in figures if reference()) <= 5  # those whose drawing is kept


def test_the_backend_is_as_before_if_the_figures_cannot_be_listed(recorder):
    def figures():
        raise RuntimeError("dictionary changed size during iteration")
        yield

    with (
        pytest.raises(RuntimeError, match="changed size"),
        recording_in_process(recorder, figures()),
    ):
        pass
    assert plt.get_backend() == "agg"
