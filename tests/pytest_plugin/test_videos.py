"""Videos of tests: what is kept, where, and what a user is told."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from matplotlib import pyplot  # noqa: F401  (an inner pytest must not be the first to)

from tests.code_blocks import code_blocks
from tests.pytest_plugin.conftest import XDIST
from tests.test_docs import DOCS
from tests.video import decode

HEAVY = {"matplotlib", "numpy", "sphinx", "docutils", "imageio_ffmpeg", "tqdm", "PIL"}
TESTS = """
import numpy as np

def test_good(animvideo):
    animvideo.capture(np.zeros((20, 30)))

def test_bad(animvideo):
    for level in (0, 100, 200):
        animvideo.capture(np.full((20, 30), level, np.uint8), caption=f"level {level}")
    assert animvideo.path.name == "video.mp4"
    assert not animvideo.path.exists()
    raise ValueError("the last level was 200")

def test_without_frames(animvideo):
    assert False
"""
BAD = "animvideo-results/test_videos.py-test_bad-3ac1b38c/video.mp4"
"""What the video of ``test_bad`` is called."""


@pytest.fixture
def videos(pytester):
    """Return the files in the folder of the results, by name."""

    def files(folder: str = "animvideo-results") -> list[str]:
        found = pytester.path.joinpath(folder).rglob("*")
        return sorted(
            path.relative_to(pytester.path).as_posix() for path in found if path.is_file()
        )

    return files


def write(pytester, text: str) -> None:
    pytester.makepyfile(test_videos=text)


def levels(path: Path) -> list[int]:
    """Return the gray of each frame of a video."""
    return [round(float(frame.mean())) for frame in decode(path).frames]


# -- the start ---------------------------------------------------------------------------------


def test_starting_pytest_loads_nothing_heavy(tmp_path, monkeypatch):
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")  # the entry point is found
    monkeypatch.delenv("PYTEST_PLUGINS")
    program = (
        "import sys, pytest; pytest.main(['--markers']); "
        "assert 'sphinxcontrib_animvideo.testing.results' in sys.modules; "
        f"sys.exit(' '.join({HEAVY!r} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, check=False, capture_output=True, text=True
    )
    assert done.stderr == "\n"


def test_running_tests_loads_nothing_that_they_do_not_use(pytester):
    write(
        pytester,
        f"""
        import sys

        def test_nothing():
            assert not {HEAVY!r} & set(sys.modules)

        def test_unused(animvideo):
            assert animvideo.path
            assert not {{"sphinx", "docutils", "tqdm"}} & set(sys.modules)

        def test_array(animvideo):
            import numpy as np
            animvideo.capture(np.zeros((2, 2)))
            assert not {{"sphinx", "docutils", "tqdm"}} & set(sys.modules)
        """,
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=3)


def test_the_help_names_all_options(pytester):
    pytester.runpytest("--help").stdout.fnmatch_lines(
        [
            "videos of tests and of the docs (animvideo):",
            "  --animvideo={off,on,retain-on-failure}",
            "  --animvideo-output=DIR",
            "  --animvideo-update={missing,failed,all}",
            "  --animvideo-baseline=DIR",
            "  --animvideo-docs *Collect each animvideo *",
            "  --animvideo-docs-mode={full,smoke,off}",
            "*How to test the directives of the docs: *",
            "  animvideo (string): *",
            "  animvideo_output (string):",
            "  animvideo_baseline (string):",
            "  animvideo_docs (string):",
        ]
    )
    pytester.runpytest("--markers").stdout.fnmatch_lines(
        [
            "@pytest.mark.animvideo(fps=, style=, max_frames=, dpi=, quality=, redraw=, "
            "tolerance=, suffix=, check_flashes=): how the fixture animvideo records the video of this test."
        ]
    )


# -- what is kept ------------------------------------------------------------------------------


def test_videos_of_failing_tests_are_kept(pytester, videos, workers):
    write(pytester, TESTS)
    result = pytester.runpytest(*workers)
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        [
            "=* animvideo: 1 video =*",
            f"test_videos.py::test_bad (failed): {BAD}",
            "All videos on one page: animvideo-results/index.html",
            "=* short test summary info =*",
        ],
        consecutive=True,
    )
    captions = BAD.replace(".mp4", ".vtt")
    assert videos() == ["animvideo-results/index.html", BAD, captions]
    assert levels(pytester.path / BAD) == [0, 100, 200]
    page = pytester.path.joinpath("animvideo-results/index.html").read_text("utf-8")
    assert "<title>Videos of tests: 1 video, 1 from failed tests</title>" in page
    assert '<source src="test_videos.py-test_bad-3ac1b38c/video.mp4"' in page
    assert "<li>ValueError: the last level was 200</li>" in page


def test_on_keeps_all(pytester, videos, workers):
    write(pytester, TESTS)
    result = pytester.runpytest("--animvideo=on", "--animvideo-output=out/new", *workers)
    result.stdout.fnmatch_lines(
        [
            "=* animvideo: 2 videos =*",
            f"test_videos.py::test_bad (failed): {BAD.replace('animvideo-results', 'out/new')}",
            "All videos on one page: out/new/index.html",
        ],
        consecutive=True,
    )
    assert [name.partition("-")[2][:-10] for name in videos("out") if name.endswith(".mp4")] == [
        "test_bad-3ac1b38c",
        "test_good-8c6fee96",
    ]
    page = pytester.path.joinpath("out/new/index.html").read_text("utf-8")
    assert page.index("test_bad") < page.index("test_good")
    assert not pytester.path.joinpath("animvideo-results").exists()


def test_off_records_nothing(pytester, videos):
    write(
        pytester,
        """
        import pytest

        @pytest.mark.parametrize("number", [1, 2])
        def test_bad(animvideo, number):
            animvideo.capture(f"not even a picture")
            animvideo.record(1 / 0 for _ in range(9))
            assert animvideo.path.parts[-3] == "animvideo-results"
            assert False
        """,
    )
    pytester.makeini("[pytest]\nanimvideo = off")
    result = pytester.runpytest()
    result.assert_outcomes(failed=2)
    result.stdout.no_fnmatch_line("E *ZeroDivisionError*")
    result.stdout.no_fnmatch_line("*= animvideo*")
    assert videos() == []


def test_the_configuration_file_is_checked(pytester):
    pytester.makeini("[pytest]\nanimvideo = always")
    result = pytester.runpytest()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: animvideo in *tox.ini must be one of off, on, retain-on-failure, not 'always'."]
    )


def test_the_folder_of_the_configuration_file_is_below_the_root(pytester, videos):
    write(pytester, TESTS)
    pytester.makeini("[pytest]\nanimvideo_output = out")
    pytester.mkdir("elsewhere")
    pytester.chdir()
    result = pytester.runpytest("--rootdir", pytester.path, "-k", "test_bad")
    result.stdout.fnmatch_lines(["All videos on one page: out/index.html"])
    assert len(videos("out")) == 3


def test_what_an_earlier_run_has_left_is_removed(pytester, videos):
    write(pytester, TESTS)
    pytester.runpytest("--animvideo=on")
    unfinished = pytester.path / BAD.replace("video.mp4", "retry-1/video.mp4.unfinished")
    unfinished.mkdir(parents=True)
    (unfinished / "video-mp4.mp4").touch()
    own = ["mine.txt", "folder/video.mp4", f"{Path(BAD).parent.name}/notes.txt"]
    for name in own:
        path = pytester.path / "animvideo-results" / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    before = videos()
    pytester.runpytest("--collect-only")
    assert videos() == before
    pytester.runpytest("-k", "nothing or without")
    assert videos() == sorted(f"animvideo-results/{name}" for name in own)


def test_a_run_with_nothing_to_show_leaves_nothing(pytester):
    write(pytester, TESTS)
    pytester.runpytest("-k", "bad").assert_outcomes(failed=1, deselected=2)
    assert pytester.path.joinpath("animvideo-results").exists()
    pytester.runpytest("-k", "good or without").assert_outcomes(passed=1, failed=1, deselected=1)
    assert not pytester.path.joinpath("animvideo-results").exists()


def test_names_that_no_file_system_takes(pytester, videos):
    write(
        pytester,
        """
        import numpy as np
        import pytest

        @pytest.mark.parametrize("name", ["a/b", "a:b", "A:b", "../..", "é" * 300, "con.", ""])
        def test(animvideo, name):
            animvideo.capture(np.zeros((2, 2)))
        """,
    )
    pytester.runpytest("--animvideo=on").assert_outcomes(passed=7)
    folders = [Path(name).parent.name for name in videos() if name.endswith(".mp4")]
    assert len({folder.lower() for folder in folders}) == 7
    assert all(
        folder.replace("-", "").replace(".", "").replace("_", "").isalnum() for folder in folders
    )
    assert max(map(len, folders)) <= 70


def test_retries_are_kept_apart(pytester, videos, workers, load):
    load(XDIST, "pytest_rerunfailures")
    write(
        pytester,
        """
        import numpy as np

        runs = []

        def test_flaky(animvideo):
            runs.append(0)
            animvideo.capture(np.full((20, 30), 10 * len(runs), np.uint8))
            assert len(runs) == 3
        """,
    )
    result = pytester.runpytest("--reruns=2", "--junitxml=report.xml", *workers)
    assert result.ret == 0
    result.stdout.fnmatch_lines(
        [
            "=* animvideo: 2 videos =*",
            "test_videos.py::test_flaky (failed): animvideo-results/*/video.mp4",
            "test_videos.py::test_flaky (failed, retry 1): animvideo-results/*/retry-1/video.mp4",
            "All videos on one page: animvideo-results/index.html",
        ],
        consecutive=True,
    )
    first, second = [path for path in videos() if path.endswith(".mp4")][::-1]
    assert levels(pytester.path / first) == [10]
    assert levels(pytester.path / second) == [20]
    assert properties(pytester, "report.xml") == [first, second]


def properties(pytester, report: str) -> list[str]:
    """Return the videos in a JUnit report."""
    found = ET.parse(pytester.path / report).iter("property")
    return [each.attrib["value"] for each in found if each.attrib["name"] == "animvideo"]


# -- tests that end in the middle ----------------------------------------------------------------


def test_a_test_that_is_stopped_leaves_what_was_captured(pytester, videos, load):
    load("pytest_timeout")
    write(
        pytester,
        """
        import threading
        import numpy as np

        def test_bad(animvideo):
            for level in (0, 100):
                animvideo.capture(np.full((20, 30), level, np.uint8))
            threading.Event().wait()
        """,
    )
    result = pytester.runpytest_subprocess("--timeout=5", "-o", "timeout_func_only=true")
    result.stdout.fnmatch_lines(["FAILED test_videos.py::test_bad - Failed: Timeout *"])
    assert levels(pytester.path / BAD) == [0, 100]


def test_ctrl_c_leaves_what_was_captured(pytester, videos):
    write(pytester, TESTS.replace("ValueError(", "KeyboardInterrupt("))
    result = pytester.runpytest_subprocess()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines([f"test_videos.py::test_bad (interrupted): {BAD}"])
    assert levels(pytester.path / BAD) == [0, 100, 200]


def test_failures_outside_of_the_test_itself_count(pytester, videos):
    write(
        pytester,
        """
        import numpy as np
        import pytest

        @pytest.fixture
        def before(animvideo):
            animvideo.capture(np.zeros((2, 2)))
            raise ValueError

        @pytest.fixture
        def after():
            yield
            raise ValueError

        def test_before(before):
            pass

        def test_after(after, animvideo):
            animvideo.capture(np.zeros((2, 2)))

        def test_skipped(animvideo):
            animvideo.capture(np.zeros((2, 2)))
            pytest.skip()

        @pytest.mark.xfail
        def test_expected(animvideo):
            animvideo.capture(np.zeros((2, 2)))
            assert False
        """,
    )
    result = pytester.runpytest()
    result.assert_outcomes(passed=1, errors=2, skipped=1, xfailed=1)
    result.stdout.fnmatch_lines(
        [
            "=* animvideo: 2 videos =*",
            "test_videos.py::test_before (failed): *",
            "test_videos.py::test_after (failed): *",
            "All videos on one page: *",
        ],
        consecutive=True,
    )
    assert len([name for name in videos() if name.endswith(".mp4")]) == 2


def test_a_wrong_frame_fails_the_test_and_the_others_stay(pytester, videos):
    write(
        pytester,
        """
        import numpy as np

        def test_bad(animvideo):
            animvideo.capture(np.zeros((20, 30)))
            animvideo.capture(np.zeros((30, 30)))
        """,
    )
    result = pytester.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["E * frame 2 has 30 x 30 pixels, but the first frame has 30 x 20. *"]
    )
    assert levels(pytester.path / BAD) == [0]


# -- the fixture and the marker ------------------------------------------------------------------


def test_the_marker_says_how_to_record(pytester):
    write(
        pytester,
        """
        import matplotlib.pyplot as plt
        import pytest
        from matplotlib.animation import FuncAnimation

        @pytest.fixture
        def figure():
            return plt.subplots(figsize=(2, 1))

        def moving(figure, interval):
            figure, axes = figure
            line, = axes.plot([0, 1])
            return FuncAnimation(figure, lambda n: line.set_ydata([0, n]), 6, interval=interval)

        def test_own_rate(animvideo, figure):
            animvideo.record(moving(figure, interval=100))
            animvideo.capture(hold=1)

        @pytest.mark.animvideo(fps=50, dpi=50, style="dark_background", suffix=".webm")
        class TestMarked:
            def test_class(self, animvideo, figure):
                assert plt.rcParams["axes.facecolor"] == "black"
                animvideo.record(moving(figure, interval=100))

            @pytest.mark.animvideo(fps="30000/1001", quality="lossless", suffix=".mkv")
            def test_nearest(self, animvideo, figure):
                animvideo.record([figure[0]] * 3)

        def test_style_is_over():
            assert plt.rcParams["axes.facecolor"] == "white"
        """,
    )
    pytester.runpytest("--animvideo=on").assert_outcomes(passed=4)
    found = {path.parent.name[15:-9]: path for path in pytester.path.rglob("video.*")}
    own, marked, nearest = (
        decode(found[name])
        for name in ("test_own_rate", "TestMarked-test_class", "TestMarked-test_nearest")
    )
    assert (own.fps, len(own.frames), own.width, own.height) == (10, 6, 200, 100)
    (held,) = (decode(path) for path in pytester.path.rglob("video-2.*"))
    assert (held.fps, len(held.frames)) == (25, 25)
    assert (marked.fps, len(marked.frames), marked.width, marked.codec) == (50, 6, 100, "vp9")
    assert marked.frames[0].mean() < 128
    assert (float(nearest.fps), nearest.codec) == (pytest.approx(29.97, abs=0.01), "ffv1")


WINDOW = """
import matplotlib.pyplot as plt
import pytest
from matplotlib.animation import FuncAnimation
from sphinxcontrib_animvideo import capture

def pauses():
    fig, ax = plt.subplots(figsize=(2, 1))
    line, = ax.plot([0, 5])
    for level in range(5):
        line.set_ydata([0, level])
        plt.pause(0.5)
    animation = FuncAnimation(fig, lambda n: line.set_ydata([0, n]), 6, interval=100)
    plt.show()

@pytest.mark.animvideo
def test_marked():
    pauses()

def test_fixture(animvideo):
    pauses()
    capture(caption="the end")
    raise RuntimeError("failed after it was shown")
"""


def test_what_moves_in_a_window_is_recorded(pytester):
    write(pytester, WINDOW)
    pytester.runpytest("--animvideo-update=all").assert_outcomes(passed=1, failed=1)
    folder = pytester.path / "animvideo-results"
    first, second = (
        decode(next(folder.glob(f"*-test_fixture-*/{name}")))
        for name in ("video.mp4", "video-2.mp4")
    )
    assert (first.fps, len(first.frames)) == (2, 6)
    assert (second.fps, len(second.frames)) == (10, 6)
    assert not list(folder.rglob("*test_marked*"))
    summary = (folder / "index.html").read_text("utf-8")
    assert summary.count("<video") == 2
    # The same videos again are accepted, and other ones are not.
    lock = json.loads((pytester.path / "animvideo.lock").read_text("utf-8"))
    assert list(lock["videos"]) == [
        "test_videos.py#test_marked",
        "test_videos.py#test_marked.2",
    ]
    pytester.runpytest("-k", "marked").assert_outcomes(passed=1)
    write(pytester, WINDOW.replace("line.set_ydata([0, n])", "line.set_ydata([1, n])"))
    result = pytester.runpytest("-k", "marked")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["actual: *test_marked-*/video-2.mp4"])


def test_nothing_is_drawn_when_no_videos_are_wanted(pytester):
    write(pytester, WINDOW)
    result = pytester.runpytest("--animvideo=off", "-W", "error")
    result.assert_outcomes(passed=1, failed=1)
    assert not (pytester.path / "animvideo-results").exists()


def test_open_figures_stay_open(pytester):
    write(
        pytester,
        """
        import matplotlib.pyplot as plt
        import pytest

        @pytest.fixture
        def figure():
            return plt.figure(figsize=(1, 1))

        def test_before(figure, animvideo):
            animvideo.capture()
            assert plt.get_fignums() == [1]

        def test_after():
            assert plt.get_fignums() == [1]
            assert plt.gcf().get_figwidth() == 1
        """,
    )
    pytester.runpytest("-W", "error").assert_outcomes(passed=2)


def test_figures_of_earlier_fixtures_are_recorded(pytester, videos):
    write(
        pytester,
        """
        import matplotlib.pyplot as plt
        import pytest

        @pytest.fixture
        def line():
            figure, axes = plt.subplots(figsize=(1, 1))
            yield axes.plot([0, 1])[0]
            assert type(figure.canvas).__module__ == "matplotlib.backends.backend_agg"
            plt.close(figure)

        def test_pauses(line, animvideo):
            for n in range(3):
                line.set_ydata([0, n])
                plt.pause(0.1)

        def test_events(line, animvideo):
            for n in range(3):
                line.set_ydata([0, n])
                line.figure.canvas.flush_events()
        """,
    )
    pytester.runpytest("--animvideo=on").assert_outcomes(passed=2)
    paths = [pytester.path / name for name in videos() if name.endswith(".mp4")]
    assert [len(decode(path).frames) for path in paths] == [3, 3]


@pytest.mark.parametrize("mode", ["on", "off"])
def test_pauses_and_rates_of_all_kinds(pytester, mode):
    write(
        pytester,
        """
        import matplotlib.pyplot as plt
        from matplotlib.animation import FuncAnimation

        def test_pauses(animvideo):
            figure, axes = plt.subplots(figsize=(1, 1))
            for seconds in (0.1, 2, 0.3):
                axes.plot([0, seconds])
                plt.pause(seconds)
            plt.close(figure)
        """,
    )
    pytester.runpytest(f"--animvideo={mode}").assert_outcomes(passed=1)


def test_a_test_that_is_not_recorded_may_save_at_any_rate(pytester):
    write(
        pytester,
        """
        import matplotlib.pyplot as plt
        from matplotlib.animation import FuncAnimation

        def test_save(animvideo):
            figure, axes = plt.subplots(figsize=(1, 1))
            animation = FuncAnimation(figure, lambda n: axes.plot([0, n]), 3)
            animation.save("fast.gif", writer="pillow", fps=2000)
            plt.close(figure)
        """,
    )
    pytester.runpytest("--animvideo=off").assert_outcomes(passed=1)


def test_frames_after_the_comparison_are_refused(pytester):
    write(
        pytester,
        """
        import numpy as np
        import pytest
        from sphinxcontrib_animvideo.errors import FrameError

        @pytest.mark.animvideo
        def test_marked(animvideo):
            animvideo.capture(np.zeros((2, 2)))
            animvideo.compare()

        def test_nothing(animvideo):
            with pytest.raises(FrameError, match="None cannot become frames"):
                animvideo.record(None)

        def test_late(animvideo):
            animvideo.capture(np.zeros((2, 2)))
            animvideo.compare()
            animvideo.capture(np.zeros((2, 2)))
        """,
    )
    result = pytester.runpytest("--animvideo-update=all")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "E *WriterError: the video of this test is complete. Add frames before "
            "animvideo.compare()."
        ]
    )


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("{mark}async def test_it(): return FRAMES", "an asynchronous test"),
        (
            "class TestIt(TestCase):\n    {mark}    def test_it(self): return FRAMES",
            "a method of *",
        ),
        (
            "class TestIt(TestCase):\n    {mark}    async def test_it(self): return FRAMES",
            "an asynchronous test",
        ),
    ],
)
def test_a_marked_test_whose_result_is_not_seen_fails(pytester, code, what):
    head = (
        "import numpy as np, pytest\nfrom unittest import TestCase\nFRAMES = np.zeros((2, 8, 8))\n"
    )
    pytester.makepyfile(head + code.format(mark="@pytest.mark.animvideo\n"))
    result = pytester.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [f"@pytest.mark.animvideo: what {what} returns cannot be compared. Use the fixture *"]
    )


def test_a_test_of_unittest_can_use_the_fixture(pytester):
    write(
        pytester,
        """
        import unittest
        import numpy as np
        import pytest

        @pytest.mark.animvideo(fps=5)
        class TestIt(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def video(self, animvideo):
                self.video = animvideo

            def test_it(self):
                self.video.record(np.zeros((2, 8, 8)))
                self.video.compare()
        """,
    )
    pytester.runpytest("--animvideo-update=missing").assert_outcomes(passed=1)
    pytester.runpytest().assert_outcomes(passed=1)


@pytest.mark.parametrize("words", [[], ["--animvideo=on"], ["--animvideo=off"]], ids=str)
def test_options_that_do_not_fit_together(pytester, words):
    write(
        pytester,
        """
        import numpy as np
        import pytest

        @pytest.mark.animvideo(suffix=".gif", quality="lossless")
        def test_returned():
            return np.zeros((2, 8, 8))

        @pytest.mark.animvideo(suffix=".gif", quality="lossless")
        def test_fixture(animvideo):
            pass
        """,
    )
    result = pytester.runpytest(*words)
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(
        [
            "@pytest.mark.animvideo: quality= of gif must be one of draft, good, best, not lossless, *"
        ]
    )


@pytest.mark.parametrize("words", [["--animvideo=off"], ["-o", "animvideo=off"]])
def test_nothing_can_be_accepted_if_nothing_is_recorded(pytester, words):
    result = pytester.runpytest("--animvideo-update=missing", *words)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["*--animvideo-update has no videos to accept if animvideo is off.*"]
    )


@pytest.mark.parametrize(
    ("marker", "said"),
    [
        (
            "fsp=3",
            "unknown argument fsp. Did you mean fps? Allowed: check_flashes, dpi, fps, max_frames, "
            "quality, redraw, style, suffix, tolerance.",
        ),
        ("3", "it takes keyword arguments only, but was given 3."),
        (
            "fps=0",
            "fps= must be a number of frames per second from 0.001 to 1000, not 0.",
        ),
        (
            "fps='1e999999999'",
            "fps= must be a number of frames per second from 0.001 to 1000, not '1e999999999'.",
        ),
        ("suffix='.txt'", "video.txt: unsupported file extension '.txt'. Use one of *"),
        ("style='gaudy'", "*'gaudy' is not a valid package style*"),
    ],
)
def test_wrong_markers(pytester, marker, said):
    write(
        pytester,
        f"""
        import pytest

        @pytest.mark.animvideo({marker})
        def test_bad(animvideo):
            pass
        """,
    )
    result = pytester.runpytest()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["_* ERROR at setup of test_bad _*", f"@pytest.mark.animvideo: {said}", "=*"],
        consecutive=True,
    )


def test_a_loop_that_never_ends_does(pytester):
    write(
        pytester,
        """
        import itertools
        import numpy as np
        import pytest

        @pytest.mark.animvideo(max_frames=10)
        def test_bad(animvideo):
            animvideo.record(np.zeros((2, 2)) for _ in itertools.count())
        """,
    )
    pytester.runpytest().stdout.fnmatch_lines(
        ["E *LimitError: more than 10 frames were captured.*"]
    )
    assert len(levels(pytester.path / BAD)) == 10


# -- reports ---------------------------------------------------------------------------------------


def test_reports_name_the_videos(pytester, workers, load):
    load(XDIST, "pytest_metadata.plugin", "pytest_html.plugin")
    write(pytester, TESTS)
    report = ["--html=reports/new/page.html", "--junitxml=report.xml"]
    pytester.runpytest(*report, *workers)
    page = pytester.path.joinpath("reports/new/page.html").read_text("utf-8")
    found = re.search(r'data-jsonblob="([^"]*)"', page)
    assert found
    tests = json.loads(html.unescape(found[1]))["tests"]
    ((extra,), *_) = [test["extras"] for test in tests["test_videos.py::test_bad"]]
    assert extra["content"].startswith(f'<video src="../../{BAD}" controls ')
    assert not tests["test_videos.py::test_good"][0]["extras"]
    assert properties(pytester, "report.xml") == [BAD]


def test_without_plugins_of_pytest(pytester, videos):
    write(pytester, TESTS)
    result = pytester.runpytest("-p", "no:cacheprovider", "-p", "no:junitxml")
    result.assert_outcomes(passed=1, failed=2)
    assert BAD in videos()


def test_the_videos_of_a_parametrized_test_share_a_player(pytester, workers):
    write(
        pytester,
        """
        import numpy as np
        import pytest

        @pytest.mark.parametrize("level", [50, 100, 200])
        @pytest.mark.parametrize("kind", ["a", "b"])
        def test_shades(animvideo, level, kind):
            animvideo.capture(np.full((20, 30), level, np.uint8))
            animvideo.capture(np.full((20, 30), level + 9, np.uint8))
            assert (level, kind) != (200, "b"), "too bright"

        @pytest.mark.parametrize("value", [object(), [1]])
        def test_values_without_short_names(animvideo, value):
            animvideo.capture(np.zeros((20, 30)))

        def test_alone(animvideo):
            animvideo.capture(np.zeros((20, 30)))
        """,
    )
    pytester.runpytest("-q", "--animvideo=on", *workers)
    folder = pytester.path / "animvideo-results"
    page = (folder / "index.html").read_text("utf-8")
    names = re.findall(r'<article id="video-\d+" data-name="([^"]+)"', page)
    assert sorted(names) == [
        "test_videos.py::test_alone",
        "test_videos.py::test_shades",
        "test_videos.py::test_shades[b-200]",
        "test_videos.py::test_values_without_short_names",
    ]
    parts = page.partition('data-name="test_videos.py::test_shades"')[2].partition("</article>")
    items = dict(re.findall(r"<li[^>]*>(.*?): (.*?)</li>", parts[0]))
    assert sorted(items) == sorted(f"{a}, {b}" for a in "ab" for b in (50, 100, 200))
    assert items["b, 200"] == "There is no test with these parameters."
    for values, link in items.items():
        if found := re.search('href="(.*?)"', link):
            assert abs(levels(folder / found[1])[0] - int(values.partition(", ")[2])) < 4
    assert ".animvideo-sweep:not([data-ready])" in page


def test_formats_that_are_no_videos(pytester):
    write(
        pytester,
        """
        import numpy as np
        import pytest

        @pytest.mark.parametrize("name", [
            pytest.param(suffix, marks=pytest.mark.animvideo(suffix=suffix))
            for suffix in (".gif", ".mkv")
        ])
        def test_bad(animvideo, name):
            animvideo.capture(np.zeros((2, 2)))
            raise ValueError("<b>")
        """,
    )
    pytester.runpytest("-q")
    page = pytester.path.joinpath("animvideo-results/index.html").read_text("utf-8")
    assert '/video.gif" alt="test_videos.py::test_bad[.gif]" loading="lazy"' in page
    assert page.count("<video") == 0
    assert '/video.mkv">video.mkv</a> cannot be played by browsers.</p>' in page
    assert "ValueError: &lt;b&gt;" in page


def test_the_code_of_the_page_runs(pytester):
    write(
        pytester,
        "\n".join(block.code for block in code_blocks(DOCS / "how-to" / "tests.rst", "python")),
    )
    told = pytester.runpytest("--animvideo=on", "--animvideo-update=missing", "--strict-markers")
    told.assert_outcomes(passed=4)
    frames = {len(decode(path).frames) for path in pytester.path.rglob("video.mp4")}
    assert frames == {30, 10, 100}


@pytest.mark.parametrize("marker", ["", "@pytest.mark.animvideo"])
def test_a_folder_for_results_that_cannot_be_created(pytester, workers, marker):
    pytester.path.joinpath("animvideo-results").touch()
    pytester.makepyfile(
        f"""
        import numpy as np
        import pytest

        {marker}
        def test_video(animvideo):
            animvideo.capture(np.zeros((20, 20)))

        def test_without():
            pass
        """
    )
    result = pytester.runpytest_subprocess("--animvideo=on", *workers)
    outcomes = result.parseoutcomes()
    assert outcomes["passed"] == 1
    assert outcomes.get("errors", 0) + outcomes.get("failed", 0) == 1
    result.stdout.fnmatch_lines(
        "*cannot create the directory *animvideo-results*. Set --animvideo-output to a directory*"
    )
    assert "INTERNALERROR" not in result.stdout.str()
    assert "Traceback" not in result.stdout.str()


def test_an_error_is_told_once(pytester):
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.animvideo
        def test_number():
            return 5
        """
    )
    said = pytester.runpytest_inprocess("--animvideo=on").stdout.str()
    said = said.partition("short test summary")[0]  # which repeats it
    assert said.count("cannot become frames") == 1
    assert "During handling" not in said


@pytest.mark.parametrize("call", ["capture('x')", "record(3)", "capture(hold=-1)"])
def test_an_error_of_a_call_is_shown_at_the_line_of_the_test(pytester, call):
    pytester.makepyfile(f"def test_it(animvideo):\n    animvideo.{call}\n")
    result = pytester.runpytest("--tb=short")
    result.assert_outcomes(failed=1)
    places = [line for line in result.stdout.lines if re.match(r"\S+\.py:\d+: ", line)]
    assert len(places) == 1
    assert "test_an_error_of_a_call_is_shown_at_the_line_of_the_test" in places[0]
