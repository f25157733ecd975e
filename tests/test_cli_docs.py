"""``animvideo verify`` and ``animvideo lock``: a documentation against its lock file."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from PIL import Image

from tests.test_cli import Shell

pytestmark = pytest.mark.once

PAGE = """\
Page
====

.. animvideo::

   {}
"""
STEADY = """\
import random
import matplotlib.pyplot as plt
fig, ax = plt.subplots(figsize=(1, 1))
line, = ax.plot([0, 1])
for i in range(4):
    line.set_ydata([i, random.random()])
    capture()
"""


@pytest.fixture
def shell(tmp_path):
    shell = Shell(tmp_path)
    shell.write("docs/conf.py", 'extensions = ["sphinxcontrib_animvideo"]\n')
    return shell


def page(shell, code):
    shell.write("docs/index.rst", PAGE.format("\n   ".join(code.splitlines())))


def test_lock_and_verify(shell):
    page(shell, STEADY)
    assert shell.run_process("lock", "docs", "-q")[:2] == (0, "docs/animvideo.lock: 1 video\n")
    assert list(json.loads((shell.folder / "docs/animvideo.lock").read_text())["videos"]) == [
        "index#1"
    ]
    status, out, _ = shell.run_process("verify", "docs", "-q", "--format", "markdown")
    assert (status, out) == (0, "### Videos of the docs: 1 identical\n")
    assert (shell.folder / "animvideo-report/summary.md").read_text("utf-8") == out
    page(shell, STEADY.replace("range(4)", "range(3, -1, -1)"))
    status, out, err = shell.run("verify", "docs", "-q", "--cache-dir", "cache")
    assert status == 1
    assert out == (
        "docs/animvideo.lock: 1 changed\n"
        "To review the videos, open animvideo-report/index.html\n"
        "To accept some of them, run: animvideo accept NAME...\n"
    )
    assert "docs/index.rst:4: WARNING: this video has changed: 4 of 4 frames differ" in err
    assert "If this change is intended, run: animvideo lock docs [animvideo.changed]" in err
    assert (shell.folder / "animvideo-report/index.html").is_file()
    assert (shell.folder / "cache").is_dir()
    status, out, _ = shell.run("verify", "docs", "-q", "--json", "--cache-dir", "cache")
    assert status == 1
    answer = json.loads(out)
    assert answer["fits"] is False
    assert answer["videos"][0]["status"] == "changed"
    assert not (shell.folder / "docs/_build").exists()


def test_failures_and_videos_that_are_not_locked(shell):
    page(shell, STEADY)
    status, out, err = shell.run("verify", "docs")
    assert (status, out.splitlines()[0]) == (1, "docs/animvideo.lock: 1 new")
    assert "rendering 1 video" in err
    page(shell, "1 / 0")
    status, out, err = shell.run("lock", "docs", "-q")
    assert (status, out) == (
        1,
        "docs/animvideo.lock: 0 videos; 1 failed, and its entry was kept\n",
    )
    assert "ZeroDivisionError" in err
    assert "Traceback (most recent call last)" in err  # of the user's code
    assert "sphinxcontrib_animvideo" not in err


@pytest.mark.parametrize(
    ("files", "words", "said"),
    [
        (
            {},
            ["nowhere"],
            "animvideo: DOCS must be a directory with a conf.py; there is none in nowhere.",
        ),
        (
            {"docs/conf.py": "1 / 0"},
            ["docs", "-q"],
            "animvideo: Sphinx could not build the docs; see its output above.",
        ),
        ({}, ["docs", "-D", "animvideo_nothing=1", "-q"], "animvideo_nothing"),
        *(
            (
                {},
                ["docs", "-D", f"animvideo_lock_mode={mode}"],
                "animvideo: --define cannot set animvideo_lock_mode, which animvideo verify sets itself.",
            )
            for mode in ("off", "update", "chek")
        ),
        (
            {},
            ["docs", "-D", "animvideo_cache_dir=cache"],
            "which animvideo verify sets itself. Use --cache-dir.",
        ),
        ({}, ["docs", "-D", "foo"], "animvideo: --define must be NAME=VALUE, not foo."),
        (
            {},
            ["docs", "--cache-dir", "docs/conf.py"],
            "animvideo: --cache-dir must be a directory; docs/conf.py is a file.",
        ),
        (
            {},
            ["docs", "--report", "docs"],
            "docs is not empty, and does not contain an earlier report. Choose another directory",
        ),
    ],
)
def test_mistakes(shell, files, words, said):
    page(shell, STEADY)
    for name, text in files.items():
        shell.write(name, text)
    status, _, err = shell.run("verify", *words)
    assert status != 0
    assert said in err
    assert "sphinxcontrib_animvideo/cli" not in err
    assert ("Traceback" in err) == ("1 / 0" in files.values())
    assert (shell.folder / "docs" / "conf.py").is_file()


@pytest.mark.parametrize("words", [["lock"], ["verify"], ["verify", "--twice"]])
def test_the_extension_is_missing(shell, words):
    conf = shell.write("docs/conf.py", "extensions = []\n")
    shell.write("docs/index.rst", "Page\n====\n")
    with shell.start(*words, "docs", "-q") as process:
        _, said = process.communicate(timeout=120)
    assert process.returncode != 0
    assert said == (
        f'animvideo: add "sphinxcontrib_animvideo" to extensions in {conf}.\n'
        "animvideo: Sphinx could not build the docs; see its output above.\n"
    )


SHOW = """\
import matplotlib.pyplot as plt
fig, ax = plt.subplots(figsize=(1, 1))
line, = ax.plot([0, 1])
def show(first, value):
    for i in range(4):
        line.set_ydata([0, i] if i < first else [1, value() / 7 % 1])
        capture()
"""
CHANCE, TIME = "draws random numbers without a seed", "reads the clock"
UNSTEADY = [
    ("import numpy\nrng = numpy.random.default_rng()\nshow(1, rng.random)", CHANCE),
    ("import random\nshow(1, random.Random().random)", CHANCE),
    ("import time\nshow(1, time.time)", TIME),
    ("from datetime import datetime\nshow(1, lambda: datetime.now().timestamp())", TIME),
    (
        "import contextlib, socket, os\n"
        "with contextlib.suppress(OSError):\n"
        "    socket.create_connection(('127.0.0.1', 9), timeout=0.1)\n"
        # The golden ratio: no two process IDs that are near to each other give the same picture.
        "show(1, lambda: 7 * 0.618034 * os.getpid())",
        "uses the network; line 77 reads the process ID",
    ),
    ("order = iter({f'{i}' for i in range(20)})\nshow(0, lambda: int(next(order)))", "of a set"),
]


def test_what_differs_when_it_runs_twice(shell):
    codes = [*(SHOW + code for code, _ in UNSTEADY), STEADY]
    directives = [PAGE.format("\n   ".join(code.splitlines())) for code in codes]
    shell.write("docs/index.rst", "\n".join(directives))
    status, out, err = shell.run("verify", "docs", "--twice", "-q")
    assert (status, out) == (1, "6 videos differed in the second rendering\n"), err
    warnings = [line for line in err.splitlines() if "[animvideo.nondeterministic]" in line]
    for warning, (_, what) in zip(warnings, UNSTEADY, strict=True):
        assert what in warning
    assert (
        "3 of 4 frames differ, the first is frame 2. Reason: line 14 draws random numbers"
        in warnings[0]
    )
    assert "of 4 frames differ, the first is frame 1" in warnings[5]


def test_nothing_differs(shell):
    page(shell, STEADY)
    status, out, _ = shell.run("verify", "docs", "--twice", "-q")
    assert (status, out) == (0, "0 videos differed in the second rendering\n")


# -- review ----------------------------------------------------------------------------------------

TITLED = """\
import matplotlib.pyplot as plt
fig, ax = plt.subplots(figsize=(2, 1))
ax.set_title({!r})
line, = ax.plot([0, 1])
for i in range(4):
    line.set_ydata([i, 3])
    capture()
"""
HOSTILE = "50 % | <b>*bold*</b> @someone #12 `x` $y$"


@pytest.fixture
def changed(shell, monkeypatch):
    """A documentation with a changed video, a new one, and one that fails; without a CI."""
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "CI_JOB_URL"):
        monkeypatch.delenv(name, raising=False)
    write_pages(shell, "one", "two")
    assert shell.run("lock", "docs", "-q", "--cache-dir", "cache")[0] == 0
    write_pages(shell, HOSTILE, "two", "three")
    shell.write("docs/a,b.rst", ":orphan:\n\n" + PAGE.format("1 / 0"))
    return shell


def write_pages(shell, *titles):
    codes = [TITLED.format(title).splitlines() for title in titles]
    shell.write("docs/index.rst", "\n".join(PAGE.format("\n   ".join(code)) for code in codes))


def verify(shell, *words):
    return shell.run("verify", "docs", "-q", "--cache-dir", "cache", *words)


def test_accept(changed):
    shell = changed
    assert verify(shell)[:2] == (
        1,
        "docs/animvideo.lock: 1 identical, 1 changed, 1 new, 1 failed\n"
        "To review the videos, open animvideo-report/index.html\n"
        "To accept some of them, run: animvideo accept NAME...\n",
    )
    path = shell.folder / "animvideo-report/review.json"
    review = json.loads(path.read_text("utf-8"))
    first, second = review["videos"]
    first |= {"decision": "reject", "note": "the title is wrong"}
    second |= {"decision": "accept"}
    (shell.folder / "decisions.json").write_text(json.dumps(review), "utf-8")
    assert shell.run("accept", "decisions.json")[:2] == (
        0,
        "docs/animvideo.lock: accepted index#3\nrejected index#1: the title is wrong\n",
    )
    assert shell.json("accept", "index#1") == {
        "locks": ["docs/animvideo.lock"],
        "accepted": ["index#1"],
        "rejected": {},
        "undecided": ["index#3"],
    }
    (shell.folder / "docs/a,b.rst").unlink()
    assert verify(shell)[:2] == (0, "docs/animvideo.lock: 3 identical\n")
    assert not (shell.folder / "animvideo-report").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["index#1"], "there is no report in animvideo-report. Run animvideo verify first"),
        (["nothing.json"], "cannot read nothing.json"),
        (["conf.json"], "conf.json does not hold the decisions of a review"),
        (["a.json", "index#1"], "pass either one decisions file or the names of videos, not both."),
    ],
)
def test_nothing_to_accept(shell, words, said):
    shell.write("conf.json", "{}")
    status, out, err = shell.run("accept", *words)
    assert (status, out) != (0, "")
    assert said in err


def test_formats(changed, monkeypatch):
    step = changed.write("step.md", "")
    folder = changed.folder / "animvideo-report"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(step))
    status, out, _ = verify(changed, "--format", "markdown", "--report-url", "https://x.org/r/")
    assert status == 1
    assert out.startswith("### Videos of the docs: 1 identical, 1 changed, 1 new, 1 failed\n")
    assert "![Frames before and now](https://x.org/r/video-1/strip.png)" in out
    assert (folder / "summary.md").read_text("utf-8") == out
    assert not step.read_text("utf-8")
    with Image.open(folder / "video-1/strip.png") as strip:
        assert strip.width > 3 * 200
        assert strip.height > 2 * 100

    status, out, _ = verify(changed, "--format", "github")
    assert status == 1
    kinds = [line.partition(",title")[0] for line in out.splitlines() if line.startswith("::")]
    assert kinds == [
        "::warning file=docs/index.rst,line=4",
        "::warning file=docs/index.rst,line=30",
        "::error file=docs/a%2Cb.rst,line=6",
    ]
    assert step.read_text("utf-8") == (folder / "summary.md").read_text("utf-8")

    status, out, _ = verify(changed, "--format", "gitlab")
    assert status == 1
    assert [issue["location"]["path"] for issue in json.loads(out)] == [
        "docs/index.rst",
        "docs/index.rst",
        "docs/a,b.rst",
    ]


@pytest.mark.parametrize("command", ["verify", "lock"])
def test_a_damaged_lock_file_fails(shell, command):
    page(shell, STEADY)
    shell.run("lock", "docs", "-q")
    page(shell, STEADY.replace("range(4)", "range(3)"))
    assert "1 changed" in shell.run("verify", "docs", "-q")[1]
    lock = shell.write("docs/animvideo.lock", "<<<<<<< HEAD\n")
    status, out, err = shell.run(command, "docs", "-q")
    assert status == 1
    assert (
        "could not be read" if command == "verify" else "animvideo.lock was not written: "
    ) in out
    assert "docs/animvideo.lock:1: WARNING: " in err
    assert lock.read_text("utf-8") == "<<<<<<< HEAD\n"
    if command == "verify":  # no report of an earlier check is taken for that of this one
        assert "To review" not in out
        assert not (shell.folder / "animvideo-report").exists()


@pytest.mark.parametrize("other", ["--twice", "--json"])
def test_formats_exclude_other_results(shell, other):
    page(shell, STEADY)
    status, _, err = shell.run("verify", "docs", "--format", "markdown", other)
    assert status == 2
    assert f"animvideo: --format cannot be used with {other}." in err


@pytest.mark.parametrize("option", ["--report", "--report-url"])
def test_a_second_rendering_has_no_report(shell, option):
    page(shell, STEADY)
    status, _, err = shell.run("verify", "docs", "--twice", option, "here")
    assert status == 2
    assert f"animvideo: {option} cannot be used with --twice." in err


@pytest.mark.parametrize("built", ["docs/_build/html", "_build", "build/html", None])
def test_the_video_before_is_among_the_pages_that_were_built(shell, built):
    page(shell, STEADY.replace("random.random()", "1"))
    assert shell.run("lock", "docs", "-q", "--cache-dir", "cache")[0] == 0
    if built:
        settings = ["-Danimvideo_cache_dir=../cache"]
        command = [sys.executable, "-m", "sphinx", "-q", *settings, "docs", built]
        subprocess.run(command, cwd=shell.folder, check=True)
    page(shell, STEADY.replace("random.random()", "2"))
    assert shell.run("verify", "docs", "-q")[0] == 1
    report = (shell.folder / "animvideo-report/index.html").read_text("utf-8")
    assert ("The accepted video is neither" in report) == (built is None)


def test_a_lock_file_that_cannot_be_written(shell):
    page(shell, STEADY)
    (shell.folder / "docs/animvideo.lock").mkdir()
    status, out, _ = shell.run("lock", "docs", "-q")
    assert status == 1
    assert out.startswith("docs/animvideo.lock was not written: cannot read ")
