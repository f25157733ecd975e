"""All frames of a source for one video, from Python and from tests with the marker."""

import itertools

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.animation import FuncAnimation

import sphinxcontrib_animvideo.moviewriter  # noqa: F401  (registers the writer)
from sphinxcontrib_animvideo import VideoWriter, write_video
from sphinxcontrib_animvideo.errors import FrameError, LimitError
from tests.video import decode


def moving(count, **options):
    fig, ax = plt.subplots(figsize=(2, 1))
    (line,) = ax.plot([0, 9])
    return FuncAnimation(fig, lambda i: line.set_ydata([i, 9]), count, init_func=list, **options)


@pytest.mark.parametrize(
    ("interval", "rate"),
    [(10, 100), (16, 62.5), (1000 / 60, 60), (5, 25), (0, 25), (33, 1000 / 33)],
)
def test_the_rate_of_an_animation(tmp_path, interval, rate):
    video = write_video(tmp_path / "a.mp4", moving(3, interval=interval))
    assert (float(video.fps), video.frame_count) == (pytest.approx(rate), 3)
    if interval >= 10:
        moving(3, interval=interval).save(tmp_path / "b.mp4", writer="animvideo")
        assert float(decode(tmp_path / "b.mp4").fps) == pytest.approx(rate, rel=1e-4)


def test_several_animations(tmp_path):
    one, two = moving(3), moving(4)
    for source in ([one, two], (one._fig, one, two), {"a": one, "b": two}):
        assert write_video(tmp_path / "a.mp4", source).frame_count == 7
    other = FuncAnimation(one._fig, lambda i: None, 2, init_func=list)
    assert write_video(tmp_path / "a.mp4", [one, other]).frame_count == 3  # together


def test_an_endless_animation_is_limited(tmp_path):
    said = r"^more than 5 frames .* Pass save_count, or a sequence as frames, .* max_frames=\.$"
    with pytest.raises(LimitError, match=said):
        write_video(
            tmp_path / "a.mp4", moving(itertools.count(), cache_frame_data=False), max_frames=5
        )


def test_a_figure_that_is_resized_while_it_is_saved(tmp_path):
    def resize(i):
        fig.set_size_inches(3, 1)

    fig = plt.figure(figsize=(2, 1))
    animation = FuncAnimation(fig, resize, 3, init_func=list)
    assert write_video(tmp_path / "a.mp4", animation).width == 200
    fig.set_size_inches(2, 1)
    animation.save(tmp_path / "b.mp4", writer="animvideo")
    assert decode(tmp_path / "b.mp4").width == 200


@pytest.mark.parametrize("name", ["bbox_inches", "format", "dpi"])
def test_arguments_that_no_movie_writer_accepts(tmp_path, name):
    from sphinxcontrib_animvideo.moviewriter import MovieWriter

    writer = MovieWriter(fps=5)
    with (
        pytest.raises(TypeError, match=name),
        writer.saving(plt.figure(figsize=(1, 1)), tmp_path / "a.mp4", 100),
    ):
        writer.grab_frame(**{name: "tight"})
    assert not (tmp_path / "a.mp4").exists()


def test_a_writer_takes_no_animation(tmp_path):
    said = r"an object of type FuncAnimation cannot become a frame. Pass it to write_video\."
    animation = moving(2)
    with pytest.raises(FrameError, match=said), VideoWriter(tmp_path / "a.mp4") as writer:
        writer.capture(animation)
    assert write_video(tmp_path / "a.mp4", animation).frame_count == 2


MARKED = """
import numpy as np, pytest
from matplotlib import pyplot as plt
from matplotlib.animation import FuncAnimation

def moving():
    fig, ax = plt.subplots(figsize=(1, 1))
    line, = ax.plot([0, 9])
    return FuncAnimation(fig, lambda i: line.set_ydata([i, 9]), 3, init_func=list, interval=20)

@pytest.mark.animvideo
def test_a():
    ani = moving()
    return ani._fig, ani

@pytest.mark.animvideo
def test_b():
    return [moving(), moving()]

@pytest.mark.animvideo
def test_c():
    return [None]

def test_d(animvideo):
    animvideo.record({"a": moving()})
    animvideo.capture(np.zeros((100, 100)))
"""


def test_what_marked_tests_return(pytester):
    pytester.makepyfile(test_w=MARKED)
    result = pytester.runpytest(
        "-p", "no:cacheprovider", "--animvideo=on", "--animvideo-update=all"
    )
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines("*picture 0 of the iterable is None.*")
    found = {
        path.parent.name.rpartition("_")[2][0] + path.stem.removeprefix("video"): decode(path)
        for path in pytester.path.glob("animvideo-results/*/*.mp4")
    }
    counts = {name: (len(video.frames), video.fps) for name, video in found.items()}
    both = {"b": (3, 50), "b-2": (3, 50)}
    assert counts == {"a": (3, 50), **both, "d": (3, 50), "d-2": (1, 25)}
    assert np.abs(found["d-2"].frames[-1].astype(int)).max() < 5
