"""``write_video`` of code that other processes run."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from sphinxcontrib_animvideo import write_video
from sphinxcontrib_animvideo.errors import (
    ExecutionError,
    FrameError,
    LimitError,
    NoFrameError,
    OptionError,
    OutputError,
    ScriptError,
    WriterError,
)
from tests.video import decode

pytestmark = pytest.mark.attack

SCRIPT = """
import numpy as np
from sphinxcontrib_animvideo import capture, write_video

def waves():
    for i in range(550):
        capture(np.full((32, 32), 255 - i % 256, np.uint8), caption="start" if i == 0 else None)

def pictures():
    return [np.full((32, 32), 99, np.uint8)] * 7

def wrong():
    capture(np.zeros((32, 32)))
    return 1 / 0

def two():
    capture(np.zeros((32, 32)))
    import matplotlib.pyplot as plt
    from matplotlib.animation import FuncAnimation
    fig, ax = plt.subplots(figsize=(1, 1))
    return FuncAnimation(fig, lambda i: None, frames=3)

def needs(one):
    pass

if __name__ == "__main__":
    video = write_video("main.mp4", waves, jobs=2)
    print(video.frame_count, video.seconds)
    for function in (lambda: 5, needs):
        try:
            write_video("wrong.mp4", function)
        except ValueError as error:
            print(error)
"""


@pytest.fixture
def script(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scripted.py").write_text(SCRIPT)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "scripted", raising=False)
    return tmp_path


def test_a_script_a_function_of_it_and_one_of_a_module_are_one_video(script):
    import scripted

    done = subprocess.run(
        [sys.executable, "scripted.py"], capture_output=True, text=True, check=False
    )
    lines = done.stdout.splitlines()
    assert lines[0] == "550 22.0", done.stderr
    assert [line.partition(" cannot be run in another process.")[0] for line in lines[1:]] == [
        "the function <lambda>",
        "the function needs",
    ]
    counts = []
    video = write_video(
        "module.mp4", scripted.waves, jobs=1, hash_frames=True, on_frame=counts.append
    )
    assert len(video.fingerprint.short_hashes) == counts[-1] == 550
    (script / "plain.py").write_text(SCRIPT.partition("if __name__")[0] + "waves()\n")
    write_video("plain.mp4", script / "plain.py", jobs=2)
    with ThreadPoolExecutor(2) as pool:
        write_video("pool.mp4", "scripted.py:waves", executor=pool)
    names = ["main", "module", "plain", "pool"]
    assert len({(script / f"{name}.mp4").read_bytes() for name in names}) == 1
    assert "start" in (script / "main.vtt").read_text()
    assert len(decode(script / "main.mp4").frames) == 550


def test_what_a_function_returns_becomes_frames(script):
    import scripted

    video = write_video("a.gif", scripted.pictures, fps=10)
    assert (video.frame_count, video.fps) == (7, 10)
    assert video.path.name == "a.gif"


@pytest.mark.parametrize(
    ("source", "options", "error", "message"),
    [
        ("scripted.py:wrong", {}, ExecutionError, "the code raised ZeroDivisionError"),
        ("scripted.py:none", {}, ScriptError, r"does not exist in scripted.py. It defines: waves"),
        ("scripted.py", {}, WriterError, 'Put the call below `if __name__ == "__main__":`'),
        ("empty.py", {}, NoFrameError, "no frames were captured"),
        ("missing.py", {}, ScriptError, "script not found: missing.py"),
        ("scripted.py:two", {}, FrameError, "the code makes 2 videos, but a.mp4 is one file"),
        ("scripted.py:waves", {"cmap": "gray"}, OptionError, "cmap= is not available for scripts"),
        ("scripted.py:waves", {"executor": 5}, OptionError, "executor= must be an object with a"),
        ("scripted.py:waves", {"jobs": -1}, OptionError, "jobs= must be a whole number from 0"),
        ("scripted.py:waves", {"max_frames": 9}, LimitError, "more than 9 frames were captured"),
        (["a.png"], {"jobs": 2}, OptionError, "jobs= is only available for a script"),
    ],
)  # fmt: skip
def test_a_mistake_keeps_the_file(script, source, options, error, message):
    (script / "empty.py").write_text("")
    (script / "a.mp4").write_text("before")
    with pytest.raises(error, match=message) as caught:
        write_video("a.mp4", source, **options)
    if source == "scripted.py:wrong":
        assert caught.value.line == 14
        assert "return 1 / 0" in caught.value.detail
    assert (script / "a.mp4").read_text() == "before"


def test_a_target_that_cannot_be_written_is_an_error_before_the_code_runs(script):
    (script / "costly.py").write_text("open('ran', 'w')")
    for target in ("missing/a.mp4", "folder.mp4"):
        (script / "folder.mp4").mkdir(exist_ok=True)
        with pytest.raises(
            OutputError, match=r"the directory missing does not exist|is a directory"
        ):
            write_video(target, "costly.py")
    assert not (script / "ran").exists()
