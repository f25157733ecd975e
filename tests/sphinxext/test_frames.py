"""The four ways to make frames, in real builds, judged by the decoded videos."""

import itertools
import os
import re
import sys
import time

import pytest

from sphinxcontrib_animvideo.core.encoding.ffmpeg import find_ffmpeg
from tests.conftest import FIGURE, directive
from tests.video import decode

ANIMATION = FIGURE + "from matplotlib.animation import ArtistAnimation, FuncAnimation\n"


def videos(project, code="", options="", argument="", **config):
    project.page(code, options, argument=argument)
    build = project.build(**config)
    assert build.warnings == []
    return [decode(path) for path in sorted_by_page(build)]


def sorted_by_page(build, page="index.html"):
    names = re.findall(r'<source src="([^"]+)"', build.page(page))
    return [(build.outdir / page).parent / name for name in names]


def only(found):
    assert len(found) == 1
    return found[0]


def heights(video):
    """Return for each frame how high the blue line is, in 0..1 of the picture."""
    ends = []
    for frame in video.frames:
        column = frame[:, 50].astype(int)
        blue = (column[:, 2] - column[:, 0] > 100).nonzero()[0]
        ends.append(1 - blue.mean() / len(frame) if len(blue) else None)
    return ends


def is_rising(video):
    ends = heights(video)
    return all(a < b for a, b in itertools.pairwise(ends))


RISE = "ax.set_ylim(-1, 7); line.set(linewidth=5, color='b')\ndef rise(i): line.set_ydata([i, i]); return [line]\n"


def test_capture(project):
    code = FIGURE + RISE + "for i in range(6):\n    rise(i)\n    capture()\n"
    video = only(videos(project, code))
    assert (video.width, video.height, len(video.frames), video.fps) == (100, 100, 6, 25)
    assert is_rising(video)


def test_capture_is_importable_and_holds(project):
    code = "from sphinxcontrib_animvideo import capture\n" + FIGURE
    code += "capture(fig, hold=0.5)\nax.clear()\ncapture(ax.figure, hold=1)\n"
    assert len(only(videos(project, code, ":fps: 10")).frames) == 15


def test_capture_of_axes_arrays_and_files(project):
    from PIL import Image

    project.folder.mkdir(exist_ok=True)
    Image.new("RGB", (20, 20), (0, 0, 255)).save(project.folder / "blue.png")
    code = """\
        import io
        import numpy as np
        from PIL import Image
        red = np.full((20, 20, 3), (255, 0, 0), np.uint8)
        buffer = io.BytesIO()
        Image.fromarray(red).save(buffer, "PNG")
        for source in (red, red / 255, Image.fromarray(red), buffer.getvalue(), "blue.png"):
            capture(source)
        """
    video = only(videos(project, code, ":quality: lossless"))
    assert [tuple(frame[9, 9]) for frame in video.frames] == [(255, 0, 0)] * 4 + [(0, 0, 255)]


def test_a_constant_pause_sets_the_rate(project):
    video = only(videos(project, FIGURE + "for i in range(4):\n    plt.pause(0.1)\n"))
    assert (len(video.frames), video.fps) == (4, 10)


@pytest.mark.parametrize("pauses", ["0.5, 0.04, 0.04", "0.04, 0.5, 0.04"])
def test_other_pauses_are_holds_at_the_configured_rate(project, pauses):
    code = FIGURE + f"for dt in ({pauses}):\n    plt.pause(dt)\n"
    video = only(videos(project, code))
    assert video.fps == 25
    assert video.seconds == pytest.approx(0.58, abs=0.05)


def test_pauses_too_short_to_see_are_one_frame_each(project):
    video = only(videos(project, FIGURE + "for i in range(4):\n    plt.pause(0.001)\n"))
    assert (len(video.frames), video.fps) == (4, 25)


def test_the_fps_option_beats_pause_and_interval(project):
    code = ANIMATION + "plt.pause(0.5)\nani = FuncAnimation(fig, lambda i: [], 5, interval=100)\n"
    paused, moving = videos(project, code, ":fps: 20")
    assert (len(paused.frames), paused.fps) == (10, 20)
    assert (len(moving.frames), moving.fps) == (5, 20)


def test_plain_script_with_a_pause_loop(project):
    project.write(
        "script.py",
        "import matplotlib\nmatplotlib.use('TkAgg')\n"
        + FIGURE
        + RISE
        + "plt.ion()\nplt.show()\n"
        + "if __name__ == '__main__':\n"
        + "    for i in range(5):\n        rise(i)\n        plt.draw()\n        plt.pause(0.05)\n"
        + "    plt.ioff()\n    plt.show(block=True)\n",
    )
    video = only(videos(project, argument="script.py"))
    assert (len(video.frames), video.fps) == (5, 20)
    assert is_rising(video)


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("    return FuncAnimation(fig, rise, 4, interval=50)", 4),
        ("    return [FuncAnimation(fig, rise, 4)]", 4),
        ("    for i in range(3):\n        rise(i)\n        yield fig", 3),
        ("    return ([rise(i), ax][1] for i in range(5))", 5),
        ("    import numpy as np\n    return np.zeros((7, 20, 20, 3))", 7),
        ("    return [np.zeros((20, 20))] * 6\nimport numpy as np", 6),
        ("    for i in range(2):\n        capture(fig)\n    return fig", 2),
        ("    return fig", 1),
    ],
)
def test_callables(project, body, count):
    project.write("script.py", ANIMATION + RISE + f"def make():\n{body}\n\nboom = False\n")
    assert len(only(videos(project, argument="script.py make")).frames) == count


def test_a_callable_may_follow_a_colon(project):
    project.write("script.py", ANIMATION + RISE + "def make():\n    return fig\n")
    assert len(only(videos(project, argument="script.py:make")).frames) == 1


@pytest.mark.parametrize(
    ("call", "count", "fps"),
    [
        ("FuncAnimation(fig, rise, 6)", 6, 5),
        ("FuncAnimation(fig, rise, frames=[0, 2, 4], interval=40)", 3, 25),
        ("FuncAnimation(fig, rise, frames=iter(range(5)), save_count=5)", 5, 5),
        ("FuncAnimation(fig, rise, frames=lambda: iter(range(5)), save_count=5)", 5, 5),
        ("FuncAnimation(fig, rise, save_count=6)", 6, 5),
        ("FuncAnimation(fig, rise, 6, init_func=lambda: [line], blit=True)", 6, 5),
        ("FuncAnimation(fig, rise, 6, repeat=True, repeat_delay=1000)", 6, 5),
        ("FuncAnimation(fig, lambda i, k: rise(i * k), 3, fargs=(2,))", 3, 5),
        ("FuncAnimation(fig, rise, 4, interval=0)", 4, 25),
        ("FuncAnimation(fig, rise, 4, interval=1)", 4, 25),
    ],
)
def test_function_animations(project, call, count, fps):
    video = only(videos(project, ANIMATION + RISE + f"ani = {call}\nplt.close()\nplt.show()\n"))
    assert (len(video.frames), video.fps) == (count, fps)
    assert is_rising(video)


def test_artist_animation(project):
    code = ANIMATION + RISE
    code += "line.remove()\nrows = [ax.plot([0, 1], [i, i], 'b', lw=5) for i in range(5)]\n"
    code += "ani = ArtistAnimation(fig, rows, interval=100, blit=True)\n"
    video = only(videos(project, code))
    assert (len(video.frames), video.fps) == (5, 10)
    assert is_rising(video)


def test_each_frame_of_an_animation_is_drawn_once(project):
    code = ANIMATION + RISE
    code += """\
draws = []
class Counting(type(line)):
    def draw(self, renderer):
        draws.append(1)
        super().draw(renderer)
line.__class__ = Counting
ani = FuncAnimation(fig, rise, 6)
ani.save("x.mp4", writer="ffmpeg")
assert len(draws) == 6, draws
"""
    assert len(only(videos(project, code, ":redraw: full")).frames) == 6


@pytest.mark.parametrize("argument", ["s.py", "s.py main"])
def test_an_animation_that_lives_in_a_function_until_it_is_shown(project, argument):
    code = ANIMATION + RISE + "def main():\n    ani = FuncAnimation(fig, rise, 5)\n    plt.show()\n"
    project.write("s.py", code + ("" if " " in argument else "main()\nplt.close('all')\n"))
    assert len(only(videos(project, argument=argument)).frames) == 5


def test_two_animations_on_one_figure_advance_together(project):
    code = ANIMATION + RISE
    code += "other, = ax.plot([0, 0], color='r', linewidth=5)\n"
    code += "up = FuncAnimation(fig, rise, 3)\n"
    code += "down = FuncAnimation(fig, lambda i: other.set_ydata([6 - i] * 2), frames=5)\n"
    video = only(videos(project, code, ":quality: lossless"))
    assert len(video.frames) == 5
    blue = heights(video)
    assert blue[0] < blue[1] < blue[2] > blue[3] < blue[4]  # the shorter one repeats
    red = [(f[..., 0].astype(int) - f[..., 2] > 100).nonzero()[0].mean() for f in video.frames]
    assert red == sorted(set(red))


@pytest.mark.parametrize(
    ("save", "fps"),
    [
        ("ani.save('x.mp4')", 5),
        ("ani.save('x.gif', writer='pillow', fps=10)", 10),
        ("ani.save('x.mp4', writer='imagemagick', dpi=50, fps=12)", 12),
        ("ani.save('x.mp4', writer=animation.writers['ffmpeg'](fps=7))", 7),
        ("ani.save('x.mp4', writer=animation.FFMpegWriter(fps=8, codec='libx264'))", 8),
        ("ani.save('x.gif', animation.PillowWriter(fps=9))", 9),
        ("ani.save('a.mp4', fps=6); ani.save('b.gif', fps=6)", 6),
        ("html = ani.to_jshtml(fps=4)", 4),
        ("html = ani.to_html5_video()", 5),
    ],
)
def test_saving_becomes_the_capture_and_writes_no_file(project, save, fps):
    code = ANIMATION + RISE + "from matplotlib import animation\n"
    code += f"ani = FuncAnimation(fig, rise, 5)\n{save}\nrise(0)\n"
    video = only(videos(project, code))
    assert (len(video.frames), video.fps) == (5, fps)
    assert video.width == (50 if "dpi" in save else 100)
    assert sorted(path.name for path in project.folder.iterdir()) == [
        "_build",
        "conf.py",
        "index.rst",
    ]


def test_grabbing_frames_with_a_movie_writer(project):
    code = ANIMATION + RISE + "from matplotlib.animation import FFMpegWriter\n"
    code += "writer = FFMpegWriter(fps=15, metadata={'title': 'x'})\n"
    code += "with writer.saving(fig, 'x.mp4', 100):\n"
    code += "    for i in range(5):\n        rise(i)\n        writer.grab_frame()\n"
    video = only(videos(project, code))
    assert (len(video.frames), video.fps) == (5, 15)
    assert is_rising(video)


def test_an_endless_animation_is_cut_with_a_warning_on_every_build(project):
    code = ANIMATION + "import itertools\n"
    code += (
        "ani = FuncAnimation(fig, lambda i: [], itertools.count(), cache_frame_data=False,\n"
        "    save_count=None)\n"
    )
    project.page(code, ":max-frames: 12")
    for rendered in (1, 0):
        build = project.build()
        assert build.summary == (rendered, 1 - rendered, 0)
        warning = only(build.warnings)
        assert (
            "an animation of unknown length was truncated at 12 frames (max-frames). Pass save_count, or a sequence as frames, to set the length of the animation."
            in warning
        )
        assert warning.startswith(f"{project.folder / 'index.rst'}:4: WARNING: ")
        assert warning.endswith("[animvideo.max_frames]")
        assert len(decode(only(sorted_by_page(build))).frames) == 12


def test_what_follows_the_save_of_an_endless_animation_is_not_run(project):
    code = ANIMATION + "import itertools\n"
    code += "ani = FuncAnimation(fig, lambda i: [], itertools.count(), cache_frame_data=False,\n"
    code += "    save_count=None)\nani.save('a.mp4')\n1 / 0\n"
    project.page(code, ":max-frames: 3")
    (warning,) = project.build().warnings
    assert (
        "to set the length of the animation. The code stopped at save(); the lines after it did not run."
        in warning
    )


def test_doctest_code(project):
    code = """\
        >>> import matplotlib.pyplot as plt
        >>> fig = plt.figure(figsize=(1, 1))
        >>> for _ in range(3):
        ...     capture(fig)
        >>> 1 + 1
        2
        """
    assert len(only(videos(project, code)).frames) == 3


def test_context(project):
    pages = [
        directive(FIGURE + "value = 3\ncapture()", ":context:"),
        directive("assert value == 3\nvalue = 4\nfor _ in range(2): capture(fig)", ":context:"),
        directive("assert 'value' not in globals()\n" + FIGURE + "capture()"),
        directive(
            "assert value == 4 and plt.get_fignums() == []\nplt.figure(figsize=(1, 1))\ncapture()",
            ":context: close-figs",
        ),
        directive("assert 'value' not in globals()\n" + FIGURE + "capture()", ":context: reset"),
    ]
    project.write("index.rst", "Page\n====\n\n" + "\n".join(pages))
    build = project.build()
    assert build.warnings == []
    assert [len(decode(p).frames) for p in sorted_by_page(build)] == [1, 2, 1, 1, 1]


def test_a_skipped_directive_is_no_part_of_a_context(project):
    text = directive("1 / 0", ":context:\n:skip:") + directive(FIGURE + "capture()", ":context:")
    project.write("index.rst", "P\n=\n\n" + text)
    build = project.build()
    assert build.warnings == []
    assert build.page().count("<video") == 1


def test_options_of_one_directive_do_not_reach_the_next_of_a_context(project):
    text = directive(FIGURE + "capture()", ":context:\n:dpi: 50")
    text += directive("plt.figure(figsize=(1, 1))\ncapture()", ":context:")
    project.write("index.rst", "P\n=\n\n" + text)
    assert [decode(path).width for path in sorted_by_page(project.build())] == [50, 100]


def test_a_script_with_doctests_in_its_docstring_is_no_doctest(project):
    project.write("s.py", '"""Draw.\n\n>>> 1 + 1\n2\n"""\n' + FIGURE + "capture()\n")
    assert len(only(videos(project, argument="s.py")).frames) == 1


def test_a_script_with_a_byte_order_mark(project):
    (project.folder / "s.py").write_bytes(b"\xef\xbb\xbf" + (FIGURE + "capture()\n").encode())
    assert len(only(videos(project, argument="s.py")).frames) == 1


def test_threads_of_the_code_capture_as_well(project):
    code = FIGURE + "import threading\nthread = threading.Thread(target=capture, args=(fig,))\n"
    assert len(only(videos(project, code + "thread.start(); thread.join()")).frames) == 1


def test_a_capture_that_failed_and_was_caught_leaves_no_gap(project):
    code = FIGURE + "import numpy as np\ncapture()\ntry:\n    capture(np.zeros((9, 9, 9)))\n"
    code += "except Exception: pass\ncapture()\n"
    assert len(only(videos(project, code)).frames) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="forks")
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_what_the_code_leaves_running_holds_nothing_up(project, method):
    code = "import multiprocessing, threading, time\n" + FIGURE + "capture()\n"
    code += "pool = multiprocessing.get_context('fork').Pool(1)\n"
    code += "threading.Thread(target=time.sleep, args=(60,)).start()\n"
    start = time.monotonic()
    assert videos(project, code, animvideo_start_method=method)
    assert time.monotonic() - start < 40


@pytest.mark.parametrize("absolute", [False, True])
def test_styles_in_the_configuration(project, absolute):
    path = project.write("sub/my.mplstyle", "lines.linewidth: 9\n")
    code = FIGURE + "assert plt.rcParams['lines.linewidth'] == 9\ncapture()"
    assert videos(project, code, animvideo_style=str(path) if absolute else "sub/my.mplstyle")


def test_a_poster_beyond_the_end_of_a_gif_that_dropped_frames(project):
    project.page(FIGURE + "for i in range(10): capture()", ":formats: gif\n:fps: 100\n:poster: 999")
    assert project.build().warnings == []


def test_contexts_are_not_shared_between_documents(project):
    project.write(
        "index.rst",
        "Page\n====\n\n.. toctree::\n\n   b\n\n" + directive(FIGURE + "capture()", ":context:"),
    )
    project.page("assert 'fig' not in globals()\n" + FIGURE + "capture()", ":context:", "b.rst")
    assert project.build().warnings == []


def test_the_jobs_environment_is_fixed(project, monkeypatch, tmp_path):
    (tmp_path / "matplotlibrc").write_text("timezone: America/New_York\n")
    monkeypatch.setenv("MATPLOTLIBRC", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    project.write("sub/data.txt", "7")
    project.write("sub/helper.py", "ANSWER = 42\n")
    code = f"""\
        import os, random, sys, time
        import numpy as np
        import matplotlib as mpl
        from pathlib import Path
        import helper
        assert __name__ == "__main__" and helper.ANSWER == 42
        assert Path.cwd() == Path({str(project.folder / "sub")!r})
        assert Path("data.txt").read_text() == "7"
        assert os.environ["PYTHONHASHSEED"] == "0" and hash("a") == hash("a")
        assert random.random() == random.Random(3).random()
        assert np.random.rand() == np.random.RandomState(3).rand()
        assert mpl.rcParams["lines.linewidth"] == 5, "configured"
        assert mpl.rcParams["axes.facecolor"] == "#E5E5E5", "style"
        assert mpl.rcParams["timezone"] == "UTC"
        assert time.tzname[0] == "UTC"
        import matplotlib.pyplot as plt
        plt.figure(figsize=(1, 1))
        capture()
        """
    project.write("index.rst", "Page\n====\n\n.. toctree::\n\n   sub/page\n")
    project.page(code, ":seed: 3\n:dpi: 50\n:style: ggplot", "sub/page.rst")
    build = project.build(animvideo_rcparams={"lines.linewidth": 5})
    assert build.warnings == []
    assert decode(only(sorted_by_page(build, "sub/page.html"))).width == 50
    assert sorted(path.name for path in (project.folder / "sub").iterdir()) == [
        "data.txt",
        "helper.py",
        "page.rst",
    ]


def test_pre_code_runs_first_and_once_in_a_context(project):
    text = directive("x.append(1)\n" + FIGURE + "capture()", ":context:")
    text += directive("assert x == [1]\ncapture()", ":context:")
    project.write("index.rst", "Page\n====\n\n" + text)
    assert project.build(animvideo_pre_code="x = []").warnings == []


def test_a_style_file_beside_the_document(project):
    project.write("my.mplstyle", "lines.linewidth: 9\n")
    code = FIGURE + "assert plt.rcParams['lines.linewidth'] == 9\ncapture()"
    assert len(videos(project, code, ":style: my.mplstyle")) == 1


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_start_methods_give_the_same_bytes(make_project, method):
    reference = make_project("reference")
    other = make_project(method)
    for one in (reference, other):
        one.page(FIGURE + RISE + "for i in range(4):\n    rise(i)\n    plt.pause(0.1)\n")
    expected, built = reference.build(), other.build(animvideo_start_method=method)
    assert built.page() == expected.page()
    assert [path.read_bytes() for path in built.files("_images/*")] == [
        path.read_bytes() for path in expected.files("_images/*")
    ]


@pytest.mark.skipif(os.name != "posix", reason="a shell script stands in for a slow ffmpeg")
def test_the_timeout_is_for_the_code_not_for_ffmpeg(project, monkeypatch, tmp_path):
    slow = tmp_path / "ffmpeg"
    slow.write_text(
        f'#!/bin/sh\n"{find_ffmpeg()}" "$@" || exit 1\n'
        'case "$*" in *"-f rawvideo -pix_fmt rgba"*) sleep 6;; esac\n'
    )
    slow.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(slow))
    assert videos(project, FIGURE + "capture()", ":timeout: 3")


@pytest.mark.once
@pytest.mark.skipif(os.name != "posix", reason="resource")
def test_memory_does_not_grow_with_the_number_of_frames(project):
    peaks = []
    for frames in (100, 1500):
        code = f"import numpy as np\npicture = np.zeros((480, 640, 3), np.uint8)\nfor i in range({frames}):\n"
        code += "    picture[:, :, 0] = i % 256\n    capture(picture)\nimport resource\n"
        code += "print('peak', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
        project.page(code, ":quality: draft")
        build = project.build()
        assert build.warnings == []
        peaks.append(int(re.search(r"peak (\d+)", build.status)[1]) / 1024)
    assert peaks[1] - peaks[0] < 30
