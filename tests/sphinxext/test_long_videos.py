"""Videos of several segments in documentation and on the command line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conftest import directive
from tests.video import decode

pytestmark = pytest.mark.attack

LONG = """
import numpy as np
for i in range({count}):
    capture(np.full((32, 32), 255 - i % 256, np.uint8))
"""
WAITING = """
import os, time
import numpy as np
for i in range(1100):
    if i == 1050 and not os.path.exists("go on"):
        time.sleep(100)
    capture(np.full((32, 32), i % 256, np.uint8))
"""


def video(project):
    (path,) = project.folder.glob("_build/html/_images/*.mp4")
    return path.read_bytes()


def test_processes_draw_one_video_if_the_author_asks_for_it(project):
    page = project.page(LONG.format(count=601))
    assert project.build().summary == (1, 0, 0)
    expected = video(project)
    levels = [
        round(float(frame.mean()))
        for frame in decode(next(project.folder.glob("_build/html/_images/*.mp4"))).frames
    ]
    assert len(levels) == 601
    assert max(abs(level - 255 + i % 256) for i, level in enumerate(levels)) <= 2
    project.page(LONG.format(count=601), ":parallel:")
    assert project.build().summary == (0, 1, 0)  # the same video
    assert project.build(animvideo_cache_dir="other", animvideo_jobs=2).summary == (1, 0, 0)
    assert video(project) == expected
    project.page(LONG.format(count=601))
    build = project.build(animvideo_cache_dir="third", animvideo_jobs=2, animvideo_parallel=True)
    assert build.summary == (1, 0, 0)
    assert video(project) == expected
    assert page.exists()


def test_one_process_draws_code_that_cannot_be_divided(project):
    gather = """
import glob, os, time
open(f"here-{os.getpid()}", "w").close()
while len(glob.glob("here-*")) < 2:
    time.sleep(0.01)
"""
    code = gather + LONG.format(count=700).replace("i % 256", "int(time.time() * 1000) % 256")
    page = project.page(code, ":parallel:")
    build = project.build(animvideo_jobs=2)
    assert build.summary == (1, 0, 0)
    (warning,) = build.warnings
    assert warning.startswith(
        f"{page}:4: WARNING: the video was drawn by one process, because frame "
    )
    said = "depends on frames that are drawn before it (line 9 reads the process ID; line 15 reads the clock). "
    assert said in warning, warning
    assert "[animvideo.parallel]" in warning
    # Told again, as the others.
    assert len(project.build(animvideo_jobs=2).warnings) == 1
    assert project.build(suppress_warnings=["animvideo.parallel"]).warnings == []


def test_short_videos_are_made_beside_a_long_one(project):
    codes = [LONG.format(count=count) for count in (1001, 3, 8)]
    project.write(
        "index.rst", "Page\n====\n\n" + "".join(directive(code, ":parallel:") for code in codes)
    )
    build = project.build(animvideo_jobs=2)
    assert build.summary == (3, 0, 0)
    assert build.warnings == []


def test_a_context_is_drawn_by_several_processes(project):
    first = "import numpy as np\nlevel = 7\ncapture(np.full((32, 32), level, np.uint8))"
    second = "for i in range(601):\n    capture(np.full((32, 32), (level + i) % 256, np.uint8))"
    options = ":context:\n:parallel:"
    pages = "".join(directive(code, options) for code in (first, second))
    project.write("index.rst", "Page\n====\n\n" + pages)
    assert project.build(animvideo_jobs=2).summary == (2, 0, 0)
    files = {path.name for path in project.folder.glob("_build/html/_images/*.mp4")}
    assert project.build(animvideo_jobs=1, animvideo_cache_dir="alone").summary == (2, 0, 0)
    assert {path.name for path in project.folder.glob("_build/html/_images/*.mp4")} == files


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
@pytest.mark.parametrize("options", ["", ":parallel:"])
def test_a_build_that_was_killed_goes_on(project, options):
    project.page(WAITING, options)
    (project.folder / "go on").touch()
    assert project.build(animvideo_cache_dir="whole").summary == (1, 0, 0)
    expected = video(project)
    (project.folder / "go on").unlink()
    command = [
        *[sys.executable, "-m", "sphinx", "-q", "-Danimvideo_cache_dir=cache"],
        *[str(project.folder), str(project.folder / "out")],
    ]
    build = subprocess.Popen(command)
    deadline = time.monotonic() + 60
    while len(list(project.folder.glob("cache/segments/*/1-*/segment.json"))) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    build.send_signal(signal.SIGKILL)
    build.wait()
    stored = {
        path: path.stat().st_mtime_ns for path in project.folder.glob("cache/segments/*/1-*/*")
    }
    listed = subprocess.run(
        [sys.executable, "-m", "sphinxcontrib_animvideo", "cache", str(project.folder / "cache")],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "0 entries, 0 kB; interrupted: 1 video" in listed
    (project.folder / "go on").touch()
    assert stored
    assert project.build(animvideo_cache_dir="cache").summary == (1, 0, 0)
    assert video(project) == expected
    assert not list(project.folder.glob("cache/segments/*"))


def test_the_command_line_draws_in_parallel(tmp_path):
    (tmp_path / "long.py").write_text(
        "from sphinxcontrib_animvideo import capture\n" + LONG.format(count=601)
    )
    for name, option in (("a.mp4", "--parallel"), ("b.mp4", "--no-parallel")):
        subprocess.run(
            [sys.executable, "-m", "sphinxcontrib_animvideo", "render", "long.py", "-o", name, option],
            cwd=tmp_path, check=True, capture_output=True,
        )  # fmt: skip
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "b.mp4", "long.py"]


def test_an_executor_renders_the_videos(project):
    project.page(LONG.format(count=601))
    assert project.build().summary == (1, 0, 0)
    expected = video(project)
    asked = []

    def executor():
        asked.append(1)
        return ThreadPoolExecutor(2)

    build = project.build(animvideo_executor=executor, animvideo_cache_dir="other")
    assert build.summary == (1, 0, 0)
    assert build.warnings == []
    assert video(project) == expected
    assert asked == [1]
    build = project.build(animvideo_executor=executor, animvideo_cache_dir="other")
    assert build.summary == (0, 1, 0)
    assert asked == [1]  # nothing was rendered


@pytest.mark.parametrize(
    ("executor", "said"),
    [
        (lambda: 5, "animvideo_executor must be an object with a method submit"),
        ("cluster", "animvideo_executor must be processes, mpi, dask:ADDRESS, or MODULE:FUNCTION"),
        ("dask:tcp://127.0.0.1:1", "the executor of animvideo_executor cannot be started"),
        (5, "animvideo_executor must be an object with a method submit(), a callable"),
    ],
)
def test_an_executor_that_cannot_be_used_is_one_warning(project, monkeypatch, executor, said):
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "1s")
    pages = "".join(directive(LONG.format(count=count)) for count in (3, 4))
    project.write("index.rst", "Page\n====\n\n" + pages)
    build = project.build(animvideo_executor=executor)
    assert said in build.warnings[0], build.warnings
    assert len([warning for warning in build.warnings if "executor" in warning]) == 1
    assert "Traceback" not in build.status
