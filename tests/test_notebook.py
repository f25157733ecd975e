"""Real notebooks, executed in a real kernel."""

from __future__ import annotations

import base64
import os
import re
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from tests.code_blocks import code_blocks
from tests.test_docs import DOCS, readme
from tests.video import decode

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
START = """\
%load_ext sphinxcontrib_animvideo
%matplotlib inline
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import FuncAnimation
factor = 2
"""


class Client(NotebookClient):
    """Runs a notebook, and notes what each cell shows in the meantime."""

    shown: dict[int, list[str]]
    """Texts by the index of the cell."""

    def process_message(self, msg, cell, cell_index):
        if msg["msg_type"].endswith("display_data"):
            text = msg["content"]["data"].get("text/plain", "")
            self.shown.setdefault(cell_index, []).append(text)
        return super().process_message(msg, cell, cell_index)

    def reset_execution_trackers(self):
        self.shown = {}
        super().reset_execution_trackers()


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Execute cells in a folder of their own; return the outputs that the notebook keeps."""
    root = str(Path(__file__).parents[1])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([root, os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))

    def execute(*cells, start=START, **options):
        notebook = nbformat.v4.new_notebook()
        notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in (start, *cells)]
        folder = tmp_path / "notebook"
        folder.mkdir(exist_ok=True)
        resources = {"metadata": {"path": str(folder)}}
        client = Client(notebook, timeout=120, resources=resources, **options)
        client.execute()
        execute.shown = [client.shown.get(index + 1, []) for index in range(len(cells))]
        return [cell.outputs for cell in notebook.cells[1:]]

    execute.folder = tmp_path / "notebook"
    return execute


def html(outputs) -> str:
    (shown,) = [output["data"] for output in outputs if "text/html" in output.get("data", {})]
    return shown["text/html"]


def embedded(text: str, folder: Path) -> list[list[np.ndarray]]:
    """Return the frames of the videos in the output of a cell."""
    videos = []
    for number, data in enumerate(
        re.findall(r'<video [^>]* src="data:video/mp4;base64,([^"]+)"', text)
    ):
        path = folder / f"embedded{number}.mp4"
        path.write_bytes(base64.b64decode(data))
        videos.append(decode(path).frames)
    return videos


CAPTURES = """\
fig, ax = plt.subplots(figsize=(2, 1))
(line,) = ax.plot([0, 1])
for n in range(3):
    line.set_ydata([0, factor * n])
    capture()
"""


def test_a_video_is_shown_as_a_player(run, tmp_path):
    (outputs, large) = run(
        "from sphinxcontrib_animvideo import write_video\n"
        "video = write_video('v.mp4', np.zeros((4, 40, 60)))\nvideo",
        "import sphinxcontrib_animvideo.html.embed as embed\nembed.MAX_EMBEDDED = 10\nvideo",
    )
    text = html(outputs)
    (frames,) = embedded(text, tmp_path)
    assert (len(frames), frames[0].shape) == (4, (40, 60, 3))
    assert 'width="60" height="40"' in text
    assert re.search(r'<video [^>]* poster="data:image/png;base64,\w+', text)
    assert "requestFullscreen" in text
    assert ".animvideo-bar" in text
    assert re.search(r'<a class="animvideo-file" download="v.mp4">mp4, \d kB</a>', text)
    assert text.count("data:video/") == 1  # the script completes the link
    assert re.search(r'<video [^>]* src="v.mp4">', html(large))
    assert re.search(r'<a href="v.mp4" class="animvideo-file">mp4, \d kB</a>', html(large))


def test_the_readme_holds_in_a_notebook(run, tmp_path):
    *_, player = run(*readme("ipython"))
    (frames,) = embedded(html(player), tmp_path)
    assert len(frames) == 50


def test_the_cells_of_the_documentation_run_as_printed(run, tmp_path):
    cells = code_blocks(DOCS / "how-to" / "notebook.rst", "python", "ipython")
    fade, _, wave, dark = run(*(cell.code for cell in cells), start="")
    for outputs in (fade, wave):
        (frames,) = embedded(html(outputs), tmp_path)
        assert len(frames) == 50
    assert 'src="data:video/webm;' in html(dark)
    names = {path.name: len(decode(path).frames) for path in run.folder.iterdir()}
    assert names == {"fade.mp4": 50, "wave.webm": 50}


def test_the_magic_captures_what_the_cell_does_with_the_notebooks_variables(run, tmp_path):
    captured, paused, animated, _named = run(
        f"%%animvideo --fps 10 --loop --alt 'a line'\n{CAPTURES}",
        f"%%animvideo\n{CAPTURES.replace('capture()', 'plt.pause(0.1)')}",
        "%%animvideo\nfig, ax = plt.subplots(figsize=(1, 1))\nline, = ax.plot([0, 1])\n"
        "a = FuncAnimation(fig, lambda n: line.set_ydata([0, n]), 5)",
        f"%%animvideo --style dark_background -o wave.mp4\n{CAPTURES}\nlast = n",
    )
    (frames,) = embedded(html(captured), tmp_path)
    assert (len(frames), frames[0].shape) == (3, (100, 200, 3))
    assert 'loop=""' in html(captured)
    assert 'aria-label="a line"' in html(captured)
    assert 'data-fps="10"' in html(captured)
    assert not any("image/png" in output.get("data", {}) for output in captured)  # of the figure
    assert [len(video) for video in embedded(html(paused), tmp_path)] == [3]
    assert 'data-fps="10"' in html(paused)
    assert [len(video) for video in embedded(html(animated), tmp_path)] == [5]
    assert sorted(path.name for path in run.folder.iterdir()) == ["wave.mp4"]
    assert decode(run.folder / "wave.mp4").frames[0][0, 0].max() < 5  # the style is dark


def test_an_animation_of_an_earlier_cell_is_named(run, tmp_path):
    first = "fig, ax = plt.subplots(figsize=(1, 1))\nline, = ax.plot([0, 1])\n"
    first += "wave = FuncAnimation(fig, lambda n: line.set_ydata([0, n]), 5)\n"
    with pytest.raises(CellExecutionError) as caught:
        run(first, "%%animvideo\nx = 1")
    said = "The animation wave was created earlier. To record it, call capture(wave)."
    assert said in str(caught.value)
    _, shown = run(first, "%%animvideo\ncapture(wave)")
    assert [len(video) for video in embedded(html(shown), tmp_path)] == [5]


@pytest.mark.parametrize("closed", [True, False])
def test_figures_of_an_earlier_cell_are_recorded_and_stay_as_they_were(run, tmp_path, closed):
    first = f"%config InlineBackend.close_figures = {closed}\n"
    first += "fig, ax = plt.subplots(figsize=(1, 1))\nline, = ax.plot([0, 1])\n"
    loop = "for n in range(3):\n    line.set_ydata([n, 1 / (n + 1)])\n    "
    same = f"assert (plt.get_fignums(), fig.canvas) == ({[] if closed else [1]}, canvas)"
    cells = {
        "flush_events": f"%%animvideo\n{loop}fig.canvas.draw_idle(); fig.canvas.flush_events()",
        "capture": f"%%animvideo\n{loop}capture(fig)",
        "pause": f"%%animvideo\n{loop}plt.pause(0.1)",
    }
    if closed:  # then it has no window that pyplot knows
        del cells["pause"]
    checked = [cell for each in cells.values() for cell in (each, same)]
    outputs = run(first, "canvas = fig.canvas", *checked)[2::2]
    videos = {
        name: embedded(html(shown), tmp_path) for name, shown in zip(cells, outputs, strict=True)
    }
    assert {name: [len(video) for video in found] for name, found in videos.items()} == {
        name: [3] for name in cells
    }


def test_the_output_may_have_spaces_and_quotes(run):
    run("%%animvideo -o 'a b.mp4'\ncapture(np.zeros((20, 20)))")
    assert len(decode(run.folder / "a b.mp4").frames) == 1


def test_a_cell_that_exits_is_shown(run, tmp_path):
    code = "%%animvideo\ncapture(np.zeros((20, 20)))\nimport sys\nsys.exit({})"
    good, bad = run(code.format(""), code.format(1), allow_errors=True)
    assert [len(video) for video in embedded(html(good), tmp_path)] == [1]
    assert not any("text/html" in output.get("data", {}) for output in bad)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("nosuch", "unknown Matplotlib style 'nosuch' in --style. Use a .mplstyle file, or one of"),
        ("no.mplstyle", "--style names a file that does not exist: there is no no.mplstyle in"),
    ],
)
def test_a_style_that_does_not_exist(run, given, said):
    with pytest.raises(CellExecutionError, match=f"UsageError: %%animvideo: {re.escape(said)}"):
        run(f"%%animvideo --style {given}\ncapture(np.zeros((20, 20)))")


@pytest.mark.parametrize("choice", ["plt.switch_backend('agg')", "%matplotlib inline"])
def test_a_cell_may_choose_another_backend(run, tmp_path, choice):
    loop = "for n in range(3):\n    ax.plot([0, n])\n    plt.pause(0.1)"
    cell = f"%%animvideo\n{choice}\nfig, ax = plt.subplots(figsize=(1, 1))\n{loop}"
    shown, after = run(cell, "plt.get_backend()")
    assert [len(video) for video in embedded(html(shown), tmp_path)] == [3]
    assert "inline" in after[0]["data"]["text/plain"]


def test_styles_that_are_not_listed(run):
    run(
        "%%animvideo --style _mpl-gallery\nimport matplotlib as mpl\n"
        "assert mpl.rcParams['axes.grid']\ncapture(np.zeros((20, 20)))"
    )


def test_movie_writers_write_their_files_and_are_shown(run, tmp_path):
    code = "fig, ax = plt.subplots(figsize=(1, 1))\nline, = ax.plot([0, 1])\n"
    code += "ani = FuncAnimation(fig, lambda n: line.set_ydata([0, n]), 5)\n"
    saved, grabbed, again = run(
        f"%%animvideo\n{code}ani.save('saved.mp4', fps=3)\nani.save('saved.gif')\n",
        f"%%animvideo\n{code}from matplotlib.animation import FFMpegWriter\n"
        "writer = FFMpegWriter(fps=7)\nwith writer.saving(fig, 'grabbed.mp4', 100):\n"
        "    for n in range(4):\n        line.set_ydata([0, n])\n        writer.grab_frame()\n"
        "text = ani.to_html5_video()\nassert len(text) > 1000\n",
        f"%%animvideo\n{code}import sphinxcontrib_animvideo.moviewriter\n"
        "ani.save('ours.mp4', writer='animvideo', fps=4)\n",
    )
    assert 'data-fps="3"' in html(saved)
    assert [len(video) for video in embedded(html(saved), tmp_path)] == [5]
    assert [len(video) for video in embedded(html(grabbed), tmp_path)] == [4, 5]
    assert [len(video) for video in embedded(html(again), tmp_path)] == [5]
    for name, count in {"saved.mp4": 5, "saved.gif": 5, "grabbed.mp4": 4, "ours.mp4": 5}.items():
        assert len(decode(run.folder / name).frames) == count


def test_what_a_cell_loses_is_told(run):
    code = "fig, ax = plt.subplots(figsize=(1, 1))\n"
    (lost, fast) = run(
        f"%%animvideo --fps 25\n{code}for n in range(4):\n    plt.pause(0.02)\n",
        f"%%animvideo\n{code}for n in range(4):\n    plt.pause(0.001)\n",
    )
    said = ["".join(o.get("text", "") for o in outputs) for outputs in (lost, fast)]
    assert "%%animvideo: 2 of 4 captures are not in the video, because each lasts less" in said[0]
    assert "%%animvideo: using the default rate of 25 frames per second, because inter" in said[1]


SLOW = """\
import time
from sphinxcontrib_animvideo import VideoWriter, write_video
class Slow:
    def __array__(self, dtype=None, copy=None):
        time.sleep(0.2)
        return np.zeros((40, 60))
"""


def test_what_takes_longer_than_a_second_shows_its_progress(run):
    _, *cells = run(
        SLOW,
        "write_video('list.mp4', [Slow()] * 9);",
        "write_video('generator.mp4', (Slow() for _ in range(9)));",
        "write_video('told.mp4', (Slow() for _ in range(9)), total=9);",
        "animation = FuncAnimation(plt.figure(), lambda n: time.sleep(0.2), 9)\n"
        "animation.save('saved.mp4', writer='animvideo')\nplt.close()",
        "%%animvideo\nfor _ in range(9):\n    capture(Slow())",
        "%%animvideo -q\nfor _ in range(9):\n    capture(Slow())",
        "write_video('silent.mp4', [Slow()] * 9, progress=False);",
        "with VideoWriter('asked.mp4', progress=True) as writer:\n    writer.capture(Slow())",
        "import sphinxcontrib_animvideo.progress as progress\nprogress._PATIENCE = 60\n"
        "write_video('quick.mp4', [Slow()] * 9);",
    )
    shown = []
    for outputs, texts in zip(cells, run.shown[1:], strict=True):
        assert not any(output.output_type == "stream" for output in outputs)
        bars = [text for text in texts if "/s]" in text]
        # Nothing is left of it in the notebook, and nothing is shown for an empty output.
        kept = [output.data for output in outputs if "text/html" not in output.data]
        assert kept == ([{}] if bars else [])
        shown.append(bars[0] if bars else "")
    with_time_left, without = r"%\|.*\| [1-9]/9 \[00:\d\d<00:\d\d,", r" [1-9] frames \[00:\d\d,"
    for bar, title, pattern in zip(
        shown,
        ["list.mp4", "generator.mp4", "told.mp4", "saved.mp4", "%%animvideo"],
        [with_time_left, without, with_time_left, with_time_left, without],
        strict=False,
    ):
        assert bar.startswith(f"{title}: ")
        assert re.search(pattern, bar), bar
    assert [bool(bar) for bar in shown[5:]] == [False, False, True, False]


MISTAKES = [
    (
        "--fsp 10",
        CAPTURES,
        r"UsageError: %%animvideo: unrecognized arguments: --fsp 10\. Did you mean --fps\? "
        r"Run %%animvideo\? to list all options\.",
    ),
    (
        "--fps fast",
        CAPTURES,
        "%%animvideo: --fps must be a number of frames per second from 0.001 to 1000, not 'fast'",
    ),
    ("--fps 1e999999999", CAPTURES, "not '1e999999999'."),
    ("-o a.xyz", CAPTURES, r"xyz"),
    (
        "",
        "x = 1",
        "%%animvideo: the cell ran, but no frames were captured. Frames are captured by capture",
    ),
    ("", CAPTURES + "1 / 0", "ZeroDivisionError"),
    ("", "capture(np.zeros(3))", "FrameError.*shape"),
    ("--max-frames 2", CAPTURES, "LimitError: more than 2 frames .* increase --max-frames\\."),
    (
        "",
        "capture(np.zeros((7000, 7000)))",
        r"LimitError: .* which exceeds the limit of 35389440\. Reduce figsize or dpi\.",
    ),
    (
        "--poster cover.png",
        CAPTURES,
        "%%animvideo: in a notebook, --poster must be first, middle, last, a frame number, or a time in seconds.",
    ),
    (
        "-o missing/a.mp4",
        CAPTURES,
        "%%animvideo: cannot write missing/a.mp4: the directory missing does not exist.",
    ),
]


def messages(outputs) -> str:
    """Return the tracebacks and the texts of a cell without colors."""
    texts = ("\n".join(output.get("traceback", [])) + output.get("text", "") for output in outputs)
    return re.sub(r"\x1b\[[\d;]*m", "", "".join(texts))


def test_mistakes(run):
    cells = run(*(f"%%animvideo {line}\n{code}" for line, code, _ in MISTAKES), allow_errors=True)
    for outputs, (line, _, said) in zip(cells, MISTAKES, strict=True):
        text = messages(outputs)
        assert re.search(said, text, re.DOTALL), (line, text)
        assert "sphinxcontrib_animvideo/magic" not in text or sys.platform == "win32"
        assert not any("text/html" in output.get("data", {}) for output in outputs)
    assert not list(run.folder.iterdir())


# -- sweeps ----------------------------------------------------------------------------------------

SWEPT = """\
for n in range(3):
    capture(np.full((20, 30), level + n, np.uint8))
"""


def swept(text):
    """Return the values and the links of the videos of a sweep."""
    return re.findall(r"<li[^>]*>(.*?): (.*?)</li>", text)


def test_a_cell_is_run_for_each_combination(run, tmp_path):
    (outputs,) = run(
        f"%%animvideo --sweep \"level = 50, 100, 150; kind = 'a', 'b'\" --sweep-default \"kind = 'b'\" -o w.mp4\n{SWEPT}"
        "assert kind in 'ab'\n"
    )
    text = html(outputs)
    assert [values for values, _ in swept(text)] == [
        f"{a}, {b}" for a in (50, 100, 150) for b in "ab"
    ]
    assert all(re.search('href="data:video/mp4;base64,[^"]{500}', link) for _, link in swept(text))
    assert 'data-shown="3"' in text
    (frames,) = embedded(text, tmp_path)
    assert abs(int(frames[0][5, 5, 0]) - 100) < 4
    names = sorted(path.name for path in run.folder.glob("*.mp4"))
    assert names == sorted(f"w-level={a}-kind={b}.mp4" for a in (50, 100, 150) for b in "ab")


def test_a_combination_that_fails_in_a_cell(run):
    (outputs,) = run(
        f"%%animvideo --sweep \"level = 50, 100\"\nassert level < 90, 'too bright'\n{SWEPT}",
        allow_errors=True,
    )
    assert [link.startswith("<a ") for _, link in swept(html(outputs))] == [True, False]
    assert any("too bright" in str(output) for output in outputs)


def test_sweeps_that_cannot_be_made(run):
    mistakes = {
        f'%%animvideo --sweep "level"\n{SWEPT}': "--sweep must be names with values",
        f'%%animvideo --sweep "level = range(65)"\n{SWEPT}': "at most 64 are allowed",
        f'%%animvideo --sweep "n = 1, 2"\n{SWEPT}': "the code sets n itself",
        # The error of a function that always fails is that of the function.
        "from sphinxcontrib_animvideo import sweep\nsweep(lambda a: 1 / 0, a=[1, 2])": "ZeroDivisionError",
    }
    failed = []

    def note(cell, cell_index, execute_reply):
        failed.append(cell_index)

    cells = run(*mistakes, allow_errors=True, on_cell_error=note)
    assert failed == [1, 2, 3, 4]  # after the one at the start
    for outputs, said in zip(cells, mistakes.values(), strict=True):
        assert said in messages(outputs)


def test_a_function_is_called_for_each_combination(run):
    _, outputs, failing = run(
        "from sphinxcontrib_animvideo import capture, sweep\n"
        "def shades(level, height=20):\n"
        "    assert level < 90 or height == 20, 'too much'\n"
        "    for n in range(3):\n        capture(np.full((height, 30), level, np.uint8))\n",
        "sweep(shades, {'fps': 10, 'loop': True}, level=np.array([50, 100]))",
        "sweep(shades, level=[50, 100], height=[20, 40])",
    )
    assert 'data-fps="10"' in html(outputs)
    assert [values for values, _ in swept(html(outputs))] == ["50", "100"]
    (text,) = [o["text"] for o in failing if o.output_type == "stream"]
    assert "with level=100, height=40: the function raised AssertionError: too much" in text
    assert [link.startswith("<a ") for _, link in swept(html(failing))] == [True, True, True, False]


def test_more_than_a_notebook_should_hold(run):
    (_, outputs) = run(
        "import sphinxcontrib_animvideo.html.embed as embed\nembed.MAX_EMBEDDED = 1000",
        f'%%animvideo --sweep "level = 50, 100"\n{SWEPT}',
    )
    (_, first), (_, second) = swept(html(outputs))
    assert first.startswith("<a ")
    assert "at most 1 kB are embedded" in second
