"""Videos of tests beside those that were accepted."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from matplotlib import pyplot  # noqa: F401  (an inner pytest must not be the first to)
from PIL import Image

from tests.video import decode

TESTS = """
import numpy as np, pytest

LEVEL = 100

def frames(count=6):
    for i in range(count):
        picture = np.full((40, 60, 3), 255, np.uint8)
        picture[10:30, 5 * i : 5 * i + 10] = LEVEL
        yield picture

@pytest.mark.animvideo(fps=10)
def test_returned():
    return frames()

@pytest.mark.animvideo(tolerance=3)
@pytest.mark.parametrize("count", [3, 4])
def test_many(count):
    return frames(count)

def test_fixture(animvideo):
    animvideo.record(frames(2))
    animvideo.compare()

@pytest.mark.animvideo
def test_of_nothing(animvideo):
    pass
"""
NAMES = ["test_fixture", "test_many[3]", "test_many[4]", "test_returned"]


@pytest.fixture
def run(pytester):
    """Run the inner pytest on the tests, changed or not."""

    def run(*words, **changes):
        text = TESTS
        for before, after in changes.items():
            text = text.replace(*after) if isinstance(after, tuple) else text + after
            assert before
        pytester.makepyfile(test_w=text)
        return pytester.runpytest("-p", "no:cacheprovider", *words)

    return run


@pytest.fixture
def run_both(run, workers):
    """Run it without and with workers."""
    return lambda *words, **changes: run(*words, *workers, **changes)


def locked(pytester):
    return json.loads((pytester.path / "animvideo.lock").read_text("utf-8"))["videos"]


def test_missing_entries_fail_and_are_accepted(run, pytester):
    result = run()
    result.assert_outcomes(failed=4, passed=1)
    result.stdout.fnmatch_lines(
        [
            "*test_returned*",
            "animvideo.lock has no entry for this test.",
            "actual: animvideo-results/test_w.py-test_returned-*/video.mp4",
            "To accept it, run: pytest --animvideo-update=missing",
        ]
    )
    assert "Traceback" not in result.stdout.str()
    candidate = next(pytester.path.glob("animvideo-results/*test_returned*/video.mp4"))
    assert len(decode(candidate).frames) == 6
    assert not (pytester.path / "animvideo.lock").exists()

    result = run("--animvideo-update=missing")
    result.assert_outcomes(passed=5)
    result.stdout.fnmatch_lines(["*animvideo: animvideo.lock*", f"accepted: {', '.join(NAMES)}"])
    assert sorted(locked(pytester)) == [f"test_w.py#{name}" for name in NAMES]
    assert not list(pytester.path.glob("animvideo-results/**/*.mp4"))

    run().assert_outcomes(passed=5)


def test_a_change_fails_and_is_accepted(run_both, pytester):
    run_both("--animvideo-update=missing")
    before = locked(pytester)
    change = {"level": ("= LEVEL", "= LEVEL if i != 2 else 90")}
    result = run_both(**change)
    result.assert_outcomes(failed=3, passed=2)
    result.stdout.fnmatch_lines(
        [
            "the video differs from the one in animvideo.lock: 1 of 6 frames differs, the first "
            "is frame 3; *",
            "actual: animvideo-results/test_w.py-test_returned-*/video.mp4",
            "To see the differences, keep baselines with --animvideo-baseline=DIR",
            "To accept it, run: pytest --animvideo-update=failed",
        ]
    )
    run_both("--animvideo-update=missing", **change).assert_outcomes(failed=3, passed=2)
    assert locked(pytester) == before
    run_both("--animvideo-update=failed", **change).assert_outcomes(passed=5)
    after = locked(pytester)
    assert {name for name in after if after[name] != before[name]} == {
        "test_w.py#test_returned",
        "test_w.py#test_many[3]",
        "test_w.py#test_many[4]",
    }
    run_both(**change).assert_outcomes(passed=5)


def test_what_is_shown_beside_a_baseline(run, pytester):
    run("--animvideo-update=missing", "--animvideo-baseline=known").assert_outcomes(passed=5)
    assert len(list(pytester.path.glob("known/*.mp4"))) == 4
    run("--animvideo-baseline=known").assert_outcomes(passed=5)
    result = run(
        "--animvideo-baseline=known",
        level=("= LEVEL", "= LEVEL\n        if i == 2: picture[35, 50] = 128"),
    )
    # One pixel of 40 x 60 is within the tolerance of one test, and beyond that of the others.
    result.assert_outcomes(failed=1, passed=4)
    result.stdout.fnmatch_lines(
        [
            "1 of 6 frames differs by more than the tolerance (0), the first is frame 3; levels "
            "differ by at most 127 of 255, by 0.0529 on average.",
            "expected: *known/test_w.py-test_returned-*.mp4",
            "actual: *animvideo-results/test_w.py-test_returned-*/video.mp4",
            "side by side: *side-by-side-mp4.mp4",
            "frame 3: *frame-3-expected.png",
            "*frame-3-actual.png",
            "*frame-3-difference.png",
        ]
    )
    (folder,) = pytester.path.glob("animvideo-results/*test_returned*")
    old, new = (
        np.asarray(Image.open(folder / f"frame-3-{what}.png"), int)
        for what in ("expected", "actual")
    )
    assert np.argwhere((old != new).any(axis=2)).tolist() == [[35, 50]]
    side_by_side = decode(folder / "side-by-side-mp4.mp4")
    assert len(side_by_side.frames) == 6
    assert "side-by-side-mp4.mp4" in (pytester.path / "animvideo-results/index.html").read_text()


def test_baselines_of_videos_that_were_accepted_before(run, pytester):
    run("--animvideo-update=missing").assert_outcomes(passed=5)
    change = {"level": ("LEVEL = 100", "LEVEL = 90")}
    result = run("--animvideo-baseline=known", **change)
    result.stdout.fnmatch_lines(
        [
            "expected: known/test_w.py-test_returned-*.mp4 does not exist",
            "To create it, run before the change: "
            "pytest --animvideo-update=missing --animvideo-baseline=known",
            "To accept it, run: pytest --animvideo-update=failed --animvideo-baseline=known",
        ]
    )
    # A video that has changed is not taken for the accepted one.
    run("--animvideo-baseline=known", "--animvideo-update=missing", **change)
    assert not list(pytester.path.glob("known/*"))
    before = locked(pytester)
    run("--animvideo-baseline=known", "--animvideo-update=missing").assert_outcomes(passed=5)
    assert len(list(pytester.path.glob("known/*.mp4"))) == 4
    assert locked(pytester) == before


@pytest.mark.parametrize("shape", ["(40, 60, 3)", "(41, 61, 3)"])
def test_a_baseline_of_an_earlier_video_is_not_compared(run, pytester, shape):
    """It was not updated with the lock file, as --animvideo-baseline was forgotten."""
    with_baselines = ["-k", "many", "--animvideo-baseline=known"]
    size = ("(40, 60, 3)", shape)
    run(*with_baselines, "--animvideo-update=all", size=size)
    accepted = {"size": size, "level": ("LEVEL = 100", "LEVEL = 60")}
    run("-k", "many", "--animvideo-update=failed", **accepted).assert_outcomes(passed=2)
    near = {"size": size, "level": ("LEVEL = 100", "LEVEL = 101")}  # to the earlier one
    result = run(*with_baselines, **near)
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        [
            "expected: known/test_w.py-test_many-*.mp4 is not the video that was accepted last",
            "To create it, run before the change: "
            "pytest --animvideo-update=missing --animvideo-baseline=known",
        ]
    )
    run(*with_baselines, "--animvideo-update=missing", **accepted).assert_outcomes(passed=2)
    near = {"size": size, "level": ("LEVEL = 100", "LEVEL = 61")}
    run(*with_baselines, **near).assert_outcomes(passed=2)


@pytest.mark.parametrize("suffix", [".webm", ".gif", ".webp", ".apng"])
def test_baselines_of_other_formats(run, suffix):
    marker = ("tolerance=3", f"tolerance=3, suffix='{suffix}'")
    with_baselines = ["-k", "many", "--animvideo-baseline=known"]
    run(*with_baselines, "--animvideo-update=all", marker=marker).assert_outcomes(passed=2)
    near = ("LEVEL = 100", "LEVEL = 101")
    run(*with_baselines, marker=marker, level=near).assert_outcomes(passed=2)


def test_a_tolerance_without_a_baseline(run):
    run("--animvideo-update=missing")
    result = run(level=("LEVEL = 100", "LEVEL = 99"))
    result.stdout.fnmatch_lines(["tolerance=3 has no effect without a baseline"])


def test_beyond_the_tolerance(run):
    run("--animvideo-update=all", "--animvideo-baseline=known")
    result = run("--animvideo-baseline=known", level=("LEVEL = 100", "LEVEL = 60"))
    result.assert_outcomes(failed=4, passed=1)
    result.stdout.fnmatch_lines(["3 of 3 frames differ by more than the tolerance (3), *"])


def test_another_length_and_another_size(run):
    run("--animvideo-update=all", "--animvideo-baseline=known")
    result = run(
        "--animvideo-baseline=known",
        count=("return frames()", "return frames(8)"),
        size=("(40, 60, 3)", "(44, 60, 3)"),
    )
    result.assert_outcomes(failed=4, passed=1)
    result.stdout.fnmatch_lines(["*8 frames instead of 6; 60x44 pixels instead of 60x40*"])


def test_an_animation_is_compared(run):
    animation = """
@pytest.mark.animvideo(style="default")
def test_animation():
    import matplotlib
    matplotlib.use("agg")
    import matplotlib.pyplot as plt
    from matplotlib.animation import FuncAnimation
    fig, ax = plt.subplots(figsize=(1, 1))
    line, = ax.plot([0, 1])
    return FuncAnimation(fig, lambda i: line.set_ydata([i, 1]), 5, interval=100)
"""
    run("--animvideo-update=missing", test=animation).assert_outcomes(passed=6)
    run(test=animation).assert_outcomes(passed=6)
    result = run(test=animation.replace("[i, 1]", "[i, 1 + (i == 3)]"))
    result.assert_outcomes(failed=1, passed=5)
    result.stdout.fnmatch_lines(["*1 of 5 frames differs, the first is frame 4*"])


def test_nothing_is_compared_where_nothing_is_recorded(run):
    run("--animvideo=off").assert_outcomes(passed=5)


@pytest.mark.parametrize(
    ("test", "said"),
    [
        (
            "def test_x(animvideo):\n    animvideo.compare()\n",
            "no frames were captured, so nothing can be compared.",
        ),
        (
            "@pytest.mark.animvideo(tolerance=-1)\ndef test_x():\n    return frames()\n",
            "tolerance= must be a number from 0 to 255, not -1",
        ),
        ("@pytest.mark.animvideo\ndef test_x():\n    return 5\n", "int"),
    ],
)
def test_mistakes(run, test, said):
    result = run("-k", "test_x", test=f"\n{test}")
    assert result.ret == 1
    assert said in result.stdout.str()
    assert not re.search(r"comparing\.py:\d+", result.stdout.str())


def test_a_damaged_lock_file(run, pytester):
    (pytester.path / "animvideo.lock").write_text("<<<<<<< ours")
    result = run("-k", "returned")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*animvideo.lock has a merge conflict in line 1. Keep one side of *"]
    )
    assert (pytester.path / "animvideo.lock").read_text() == "<<<<<<< ours"


NOTHING = """
import pytest

@pytest.mark.animvideo
def test_of_nothing():
    pass

@pytest.mark.mpl_image_compare
@pytest.mark.animvideo
def test_taken():
    pass

@pytest.mark.animvideo(fps=3)
def test_with_the_fixture(animvideo):
    pass

@pytest.mark.animvideo
class TestMany:
    def test_other(self):
        pass
"""


def test_a_test_that_gives_nothing_does_not_pass_silently(pytester):
    pytester.makepyfile(test_w=NOTHING)
    pytester.makeini("[pytest]\nmarkers = mpl_image_compare")
    result = pytester.runpytest("-p", "no:cacheprovider", "-W", "default")
    result.assert_outcomes(passed=2, failed=2, warnings=1)
    said = (
        "@pytest.mark.animvideo: the test returned nothing, so no video was recorded or compared. "
        "Return an animation or an iterable of pictures, or use the fixture animvideo."
    )
    taken = " The marker mpl_image_compare takes what the test returns; remove one of them."
    lines = [line.strip() for line in result.outlines]
    assert said in lines
    assert said + taken in lines
    result.stdout.fnmatch_lines("*test_w.py::TestMany::test_other: the test returned nothing*")
