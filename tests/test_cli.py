"""The command ``animvideo``, run as one runs it, and the files that it leaves."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryFile
from textwrap import dedent

import imageio_ffmpeg
import numpy as np
import psutil
import pytest
from PIL import Image
from sphinx.cmd import build

from sphinxcontrib_animvideo.cli import main, verify
from sphinxcontrib_animvideo.core.model.formats import FORMATS
from sphinxcontrib_animvideo.core.model.options import OPTIONS
from tests.conftest import sphinx_state
from tests.terminal import run_on_terminal
from tests.video import decode

pytestmark = pytest.mark.once

SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
"""Those that a command handles."""
COMMAND = [sys.executable, "-m", "sphinxcontrib_animvideo"]
WAVE = """\
import matplotlib.pyplot as plt
fig, ax = plt.subplots(figsize=(1, 1))
line, = ax.plot([0, 1])
print("as it is printed")

def frames():
    for level in range(3):
        line.set_ydata([level, 1])
        yield fig
"""
"""Prints, captures nothing, and has a callable that gives three frames."""
CAPTURES = WAVE + "for _ in frames():\n    capture(fig)\n"


class Shell:
    """A folder in which commands are run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), "utf-8")
        return path

    def start(self, *words: str, **options) -> subprocess.Popen[str]:
        root = Path(__file__).parents[1]
        environment = os.environ | {"PYTHONPATH": str(root), "COLUMNS": "80"}
        return subprocess.Popen(
            [*COMMAND, *words],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    def run_process(self, *words: str) -> tuple[int, str, str]:
        """Return the exit status, what was printed, and what was said beside it."""
        with self.start(*words) as process:
            out, said = process.communicate(timeout=120)
        return self._checked(process.returncode, out, said)

    def run(self, *words: str) -> tuple[int, str, str]:
        """Do the same in this process, which takes a second less."""
        handlers = {number: signal.getsignal(number) for number in SIGNALS}
        with (
            chdir(self.folder),
            TemporaryFile("w+", encoding="utf-8") as out,
            TemporaryFile("w+", encoding="utf-8") as said,
            redirect_stdout(out),
            redirect_stderr(said),
            pytest.MonkeyPatch.context() as patch,
        ):
            patch.setenv("COLUMNS", "80")
            patch.setattr(verify, "_run", run_sphinx)
            try:
                status = main(words)
            except SystemExit as exit:  # from argparse
                status = exit.code
            finally:
                for number, handler in handlers.items():
                    signal.signal(number, handler)
            printed = [(file.seek(0), file.read())[1] for file in (out, said)]
        return self._checked(status, *printed)

    def _checked(self, status: int, out: str, said: str) -> tuple[int, str, str]:
        assert "sphinxcontrib_animvideo" not in said, "a traceback of ours"
        return status, out, said

    def json(self, *words: str, status: int = 0):
        code, out, said = self.run(*words, "--json")
        assert code == status, said
        return json.loads(out)

    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())

    def frame_count(self, name: str) -> int:
        return len(decode(self.folder / name).frames)


def run_sphinx(arguments: Sequence[str]) -> None:
    """Run Sphinx in this process, as ``animvideo verify`` does in another one."""
    with sphinx_state(), redirect_stdout(sys.stderr):
        build.main(arguments)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_start_up_imports_nothing_heavy():
    program = (
        "import sys; from sphinxcontrib_animvideo.cli import main; "
        "assert main(['info', 'nothing']) == 1; "
        "assert not {'matplotlib', 'numpy', 'sphinx', 'docutils', 'tqdm'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


# -- render ----------------------------------------------------------------------------------


def test_a_script_in_two_formats(shell):
    shell.write("wave.py", CAPTURES)
    code, out, said = shell.run_process(
        *["render", "wave.py", "-o", "a.mp4", "-o", "b.webm", "--fps", "10", "--hidpi"]
    )
    assert (code, out) == (0, "as it is printed\n")
    assert said.splitlines() == [
        f"{name}: 200 x 200, 3 frames, 10 fps, 0.3 s, {round(size / 1e3)} kB"
        for name in ("a.mp4", "b.webm")
        for size in [(shell.folder / name).stat().st_size]
    ]
    assert shell.files() == ["a.mp4", "b.webm", "wave.py"]
    for name, codec in (("a.mp4", "h264"), ("b.webm", "vp9")):
        video = decode(shell.folder / name)
        assert (video.width, video.fps, len(video.frames)) == (200, 10, 3)
        assert codec in video.codec
        assert not np.array_equal(video.frames[0], video.frames[2])


@pytest.mark.parametrize("words", [["wave.py", "frames"], ["wave.py:frames"]])
def test_a_callable_and_a_format_by_name(shell, words):
    shell.write("wave.py", WAVE)
    code, out, said = shell.run("render", *words, "-q", "-o", "a.mp4", "--format", "hevc")
    assert (code, out, said) == (0, "as it is printed\n", "")
    video = decode(shell.folder / "a.mp4")
    assert (video.codec, len(video.frames)) == ("hevc", 3)


def test_several_videos_are_numbered_and_captions_lie_beside(shell):
    shell.write(
        "sub/two.py",
        CAPTURES.replace("capture(fig)", 'capture(fig, caption="level")')
        + "from matplotlib.animation import ArtistAnimation\n"
        "from helper import other\n"
        "moving = ArtistAnimation(other, [[other.text(0, 0, 'x')]], interval=100)\n",
    )
    shell.write(
        "sub/helper.py", "import matplotlib.pyplot as plt\nother = plt.figure(figsize=(1, 2))\n"
    )
    data = shell.json("render", "sub/two.py", "-o", "a.mp4")
    assert shell.files() == ["a-1.mp4", "a-1.vtt", "a-2.mp4", "sub"]
    assert "level" in (shell.folder / "a-1.vtt").read_text("utf-8")
    assert [(f["path"], f["height"], f["frames"], f["fps"]) for f in data["files"]] == [
        ("a-1.mp4", 100, 3, 25),
        ("a-2.mp4", 200, 1, 10),
    ]


def test_a_json_document_and_what_the_script_prints(shell):
    shell.write("wave.py", CAPTURES)
    code, out, said = shell.run("render", "wave.py", "-o", "a.gif", "--json", "-q")
    assert (code, said) == (0, "as it is printed\n")
    size = (shell.folder / "a.gif").stat().st_size
    assert json.loads(out) == {
        "files": [
            {
                "path": "a.gif",
                "width": 100,
                "height": 100,
                "frames": 3,
                "fps": 25.0,
                "seconds": 0.12,
                "codec": "gif",
                "bytes": size,
            }
        ],
        "cached": False,
        "notes": [],
    }


def test_an_endless_animation_is_noted(shell):
    shell.write(
        "endless.py",
        """\
        import itertools
        import matplotlib.pyplot as plt
        from matplotlib.animation import FuncAnimation
        fig = plt.figure(figsize=(1, 1))
        moving = FuncAnimation(fig, lambda n: [], itertools.count, cache_frame_data=False)
        """,
    )
    code, _, said = shell.run("render", "endless.py", "-o", "a.mp4", "--max-frames", "3")
    assert code == 0
    assert said.startswith(
        "endless.py: an animation of unknown length was truncated at 3 frames (max-frames). Pass save_count, or a sequence as frames, to set the length of the animation."
    )
    assert shell.frame_count("a.mp4") == 3


def test_images_in_natural_order(shell):
    for number in (1, 2, 10):
        image = Image.new("RGB", (20, 10), (number * 20, 0, 0))
        path = shell.folder / f"frames/[{number}].png"
        path.parent.mkdir(exist_ok=True)
        image.save(path)

    def reds(*words):
        data = shell.json(
            "render", *words, "-o", "a.mkv", "-o", "a.webp", "--fps", "10", "--quality", "lossless"
        )
        assert [(f["frames"], f["fps"], f["seconds"]) for f in data["files"]] == [(3, 10, 0.3)] * 2
        return [int(frame[0, 0, 0]) for frame in decode(shell.folder / "a.mkv").frames]

    assert reds("frames/*.png") == [20, 40, 200]
    assert reds("frames/[10].png", "frames/[1].png", "frames/[2].png") == [200, 20, 40]


def test_a_cache_knows_what_has_changed(shell):
    shell.write("wave.py", CAPTURES + "open('data.txt').read()\n")
    shell.write("data.txt", "one")

    def is_cached():
        return shell.json("render", "wave.py", "-o", "a.mp4", "--cache-dir", "kept")["cached"]

    assert [is_cached(), is_cached()] == [False, True]
    shell.write("data.txt", "two")
    assert not is_cached()
    assert shell.frame_count("a.mp4") == 3

    shell.write("kept/notes.txt", "not of the cache")
    stored = shell.json("cache", "kept")
    assert stored["entries"] == 2
    sizes = [path.stat().st_size for path in shell.folder.glob("kept/*/*/*")]
    assert stored["bytes"] == sum(sizes) > 0
    long_ago = time.time() - 10 * 24 * 3600
    for record in shell.folder.glob("kept/*/*/asset.json"):
        os.utime(record, (long_ago, long_ago))
    assert is_cached()  # which is a use
    pruned = shell.json("cache", "kept", "--prune-days", "9")
    assert (pruned["entries"], pruned["removed"]["entries"]) == (1, 1)
    assert is_cached()
    code, out, _ = shell.run("cache", "kept", "--clear")
    assert (code, out.split(";")[0]) == (0, "kept: 0 entries, 0 kB")
    left = sorted(path.name for path in (shell.folder / "kept").iterdir())
    assert left == ["environment.json", "notes.txt"]
    assert not is_cached()


# -- what goes wrong -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "message", "detail"),
    [
        (
            "def broken():\n    raise ValueError('oh')\n\nbroken()\n",
            "wave.py:2: the code raised ValueError: oh",
            '"{script}", line 4, in <module>\n    broken()\n',  # newer Pythons add a line of carets
        ),
        ("x = 1\nx = (\n", "wave.py:2: the code is not valid Python: '(' was never closed.", "x ="),
        (
            "print('nothing')\n",
            "wave.py:1: the code ran, but no frames were captured. Frames are captured by capture(), ",
            "",
        ),
        ("import os\nos._exit(0)\n", "wave.py:1: the process ended before the code did", ""),
        (
            "import time\nwhile True:\n    time.sleep(0.01)\n",
            "wave.py:3: no new frame for 1 seconds, so the code was stopped. Is there an endless loop? "
            "If the code needs more time, increase --timeout.\n",
            "",
        ),
        (
            "while True:\n    capture(__import__('numpy').zeros((2, 2)))\n",
            "wave.py:2: more than 9 frames were captured. Is there an endless loop? If all "
            "frames are needed, increase --max-frames.\n",
            "",
        ),
        (
            "capture(__import__('numpy').zeros((200, 200)))\n",
            "wave.py:1: a frame of 200 x 200 has 40000 pixels, which exceeds the limit of 39999. Reduce figsize or dpi. Or increase --max-pixels.",
            "",
        ),
        (
            CAPTURES + "capture(plt.figure(figsize=(2, 1)))\n",
            "wave.py:12: frame 4 has 200 x 100 pixels, but the first frame has 100 x 100. ",
            "",
        ),
    ],
)
def test_a_mistake_in_the_code_is_told_at_its_line(shell, code, message, detail):
    script = shell.write("wave.py", code)
    shell.write("a.mp4", "what was there")
    limits = ["--timeout", "1", "--max-frames", "9", "--max-pixels", "39999"]
    status, _, said = shell.run("render", "wave.py", "-o", "a.mp4", *limits)
    assert status == 1
    assert said.startswith(message)
    assert detail.format(script=script) in said
    assert (shell.folder / "a.mp4").read_text() == "what was there"
    assert shell.files() == ["a.mp4", "wave.py"]


def test_a_mistake_as_json(shell):
    script = shell.write("wave.py", "1 / 0\n")
    error = shell.json("render", "wave.py", "-o", "a.mp4", status=1)["error"]
    assert (error["kind"], error["file"], error["line"]) == ("execution", str(script), 1)
    assert "ZeroDivisionError" in error["message"]
    error = shell.json("render", "wave.py", status=2)["error"]
    assert error["kind"] == "option"
    assert "-o/--output" in error["message"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("", "required: COMMAND. See animvideo --help."),
        ("render wave.py", "required: -o/--output. See animvideo render --help."),
        (
            "render wave.py -o a.mp4 --fsp 3",
            "unrecognized arguments: --fsp 3. Did you mean --fps? See animvideo render --help.",
        ),
        (
            "render wave.py -o a.mp4 --xyzzy",
            "unrecognized arguments: --xyzzy. See animvideo render --help.",
        ),
        (
            "render wave.py -o a.mp4 --fps many",
            "--fps must be a number of frames per second from 0.001 to 1000, not 'many'.",
        ),
        (
            "render wave.py -o a.mp4 --fps 1e999999999",
            "--fps must be a number of frames per second from 0.001 to 1000, not '1e999999999'.",
        ),
        (
            "render wave.py -o a.mp4 --style wrong",
            "unknown Matplotlib style 'wrong' in --style. Use a .mplstyle file, or one of default, ",
        ),
        (
            "render wave.py -o a.mp4 --depends wrong",
            "--depends names a file that does not exist: wrong",
        ),
        ("render wave.py -o a.mp4 --quality 60", "--quality of mp4 must be from 0 to 51, not 60."),
        (
            "render wave.py -o a.txt",
            "a.txt: unsupported file extension '.txt'. Use one of .mp4, .m4v, .webm, .avi, .mkv, .gif, .webp, .apng.",
        ),
        (
            "render wave.py -o a.webm --format av1",
            "--format av1 needs an output file with the extension .mp4.",
        ),
        (
            "render wave.py -o none/a.mp4",
            "cannot write none/a.mp4: the directory none does not exist.",
        ),
        (
            "render wave.py -o wave.py/a.mp4",
            "cannot write wave.py/a.mp4: wave.py is not a directory.",
        ),
        ("render wave.py -o folder.mp4", "folder.mp4 is a directory. Pass the path of a file."),
        ("render none.py -o a.mp4", "script not found: none.py"),
        ("render wave.py one two -o a.mp4", "name only one callable in the script, not one, two."),
        ("render wave.py:none -o a.mp4", "'none' does not exist in wave.py. It defines: frames."),
        (
            "render none*.png -o a.mp4",
            "matches 'none*.png'. Pass a script that ends with .py, or image or video files.",
        ),
        (
            "render wave.py.png -o a.mp4 --seed 3",
            "--seed is only available for scripts. For image and video files, use --check-flashes, --fps, --quality, and --format.",
        ),
        ("cache none", "DIR must be a cache directory; none does not exist."),
        (
            "cache . --prune-days -1",
            "--prune-days must be a number of days from 0 to 100000, not '-1'.",
        ),
        (
            "cache . --prune-days 1e999999999",
            "--prune-days must be a number of days from 0 to 100000, not '1e999999999'.",
        ),
    ],
)
def test_a_mistake_in_the_command(shell, words, message):
    shell.write("wave.py", WAVE)
    (shell.folder / "folder.mp4").mkdir()
    status, _, said = shell.run(*words.split())
    assert (status, said[:11]) == (2, "animvideo: ")
    assert message in said
    assert shell.files() == ["folder.mp4", "wave.py"]


def test_no_video_where_ffmpeg_fails(shell, monkeypatch):
    shell.write("wave.py", CAPTURES)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(shell.folder / "none"))
    status, _, said = shell.run("render", "wave.py", "-o", "a.mp4")
    assert status == 1
    assert "ffmpeg was not found at" in said
    assert shell.files() == ["wave.py"]


@pytest.fixture
def without_bundled_ffmpeg(tmp_path_factory, monkeypatch):
    """Make imageio-ffmpeg one without a binary, as its source distribution is."""
    folder = tmp_path_factory.mktemp("without")
    package = folder / "site" / "imageio_ffmpeg"
    shutil.copytree(
        Path(imageio_ffmpeg.__file__).parent, package, ignore=shutil.ignore_patterns("ffmpeg-*")
    )
    root = Path(__file__).parents[1]
    monkeypatch.setenv("PYTHONPATH", f"{package.parent}{os.pathsep}{root}")
    monkeypatch.setenv("PATH", str(folder / "bin"))
    monkeypatch.delenv("IMAGEIO_FFMPEG_EXE", raising=False)
    (folder / "bin").mkdir()
    return folder / "bin"


def test_where_imageio_has_no_ffmpeg(shell, without_bundled_ffmpeg):
    def run_elsewhere(*words):
        return subprocess.run([*COMMAND, *words], capture_output=True, text=True, cwd=shell.folder)

    shell.write("wave.py", CAPTURES)
    done = run_elsewhere("render", "wave.py", "-o", "a.mp4")
    assert (done.returncode, done.stdout) == (1, "")
    assert "ffmpeg was not found: the installed imageio-ffmpeg package does" in done.stderr
    assert "Traceback" not in done.stderr
    assert shell.files() == ["wave.py"]
    assert run_elsewhere("info").returncode == 1
    # One that the system installs is found, and used.
    (without_bundled_ffmpeg / "ffmpeg").symlink_to(imageio_ffmpeg.get_ffmpeg_exe())
    done = run_elsewhere("render", "wave.py", "-o", "a.mp4")
    assert done.returncode == 0, done.stderr
    assert len(decode(shell.folder / "a.mp4").frames) == 3
    told = json.loads(run_elsewhere("info", "--json").stdout)
    assert told["ffmpeg"]["path"] == str(without_bundled_ffmpeg / "ffmpeg")


def test_the_installation(shell):
    status, said, _ = shell.run("info")
    assert status == 0
    versions, path, *facts = said.splitlines()
    assert re.match(r"animvideo \S+, python 3\.\d+\.\d+, sphinx \S+, matplotlib ", versions)
    assert path.startswith("ffmpeg: ")
    assert [line.split(":")[0].strip() for line in facts] == ["version", "license", "encoders"]
    assert "GPL, version 3 or later" in facts[1]
    assert "libx264" in facts[2]


def test_images_that_fail_leave_what_was_there(shell):
    for number, size in enumerate([(20, 10), (20, 12)]):
        Image.new("RGB", size).save(shell.folder / f"{number}.png")
    shell.write("a.mp4", "what was there")
    status, _, said = shell.run("render", "?.png", "-o", "a.mp4", "-o", "b.webm")
    assert status == 1
    assert said.startswith(
        "animvideo: frame 2 has 20 x 12 pixels, but the first frame has 20 x 10. All frames of a video must have the same size. Resize or pad this frame."
    )
    assert (shell.folder / "a.mp4").read_text() == "what was there"
    assert shell.files() == ["0.png", "1.png", "a.mp4"]


def test_no_part_of_a_file_is_left_where_it_cannot_be_written(shell):
    shell.write("wave.py", CAPTURES)
    shell.write("a.webm", "what was there")
    program = (
        "import shutil, sys\n"
        "from sphinxcontrib_animvideo.cli import main\n"
        "copy = shutil.copyfile\n"
        "def full(source, target):\n"
        "    copy(source, target)\n"
        "    if target.suffixes[0] == '.webm':\n"
        "        raise OSError(28, 'No space left on device')\n"
        "shutil.copyfile = full\n"
        "sys.exit(main(['render', 'wave.py', '-o', 'a.mp4', '-o', 'a.webm']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=shell.folder,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
    )
    assert done.returncode == 2
    assert done.stderr == "animvideo: cannot write a.webm (No space left on device).\n"
    assert (shell.folder / "a.webm").read_text() == "what was there"
    assert shell.files() == ["a.webm", "wave.py"]


@pytest.mark.parametrize("quiet", [False, True])
def test_a_terminal_shows_the_progress(shell, quiet):
    shell.write("wave.py", CAPTURES + "    __import__('time').sleep(0.5)\n")
    words = ["render", "wave.py", "-o", "a.mp4", *["-q"] * quiet]
    status, printed, shown = run_on_terminal([*COMMAND, *words], shell.folder)
    assert (status, printed) == (0, "as it is printed\n")
    if quiet:
        assert shown == ""
    else:
        assert re.search(r"\rwave.py: [123] frames \[", shown)
        assert "\ra.mp4: 100 x 100, 3 frames" in shown  # in the place of the bar


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such signals")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_ends_the_worker_and_ffmpeg(shell, tmp_path, number, status):
    shell.write(
        "wave.py",
        CAPTURES + "import time, pathlib\npathlib.Path('ready').touch()\ntime.sleep(60)\n",
    )
    shell.write("a.mp4", "what was there")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    os.environ["TMPDIR"] = str(scratch)
    try:
        # A background job of a shell would ignore the signal.
        process = shell.start("render", "wave.py", "-o", "a.mp4", start_new_session=True)
    finally:
        del os.environ["TMPDIR"]
    wait_until((shell.folder / "ready").exists)
    children = psutil.Process(process.pid).children(recursive=True)
    assert any("ffmpeg" in child.name() for child in children)
    os.killpg(process.pid, number)  # as a terminal does
    out, said = process.communicate(timeout=30)
    assert process.returncode == status
    assert (out, said) == ("", "animvideo: interrupted.\n" if status == 130 else "")
    wait_until(lambda: not any(is_alive(child) for child in children))
    assert (shell.folder / "a.mp4").read_text() == "what was there"
    assert shell.files() == ["a.mp4", "ready", "scratch", "wave.py"]
    assert not list(scratch.iterdir())


def wait_until(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_alive(process):
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


# -- what is there ---------------------------------------------------------------------------


def test_info_agrees_with_another_decoder(shell):
    Image.new("RGB", (20, 10), "red").save(shell.folder / "1.png")
    Image.new("RGB", (20, 10), "blue").save(shell.folder / "2.png")
    names = [f"a{made.suffix}" for made in FORMATS.values() if made.name not in ("av1", "hevc")]
    outputs = [word for name in names for word in ("-o", name)]
    shell.json("render", "?.png", *outputs, "--fps", "30000/1001")
    shell.write("text.mp4", "no video")
    (shell.folder / "empty.mp4").touch()
    data = shell.json("info", *names, "text.mp4", "none.mp4", "empty.mp4", status=1)["files"]
    for item in data[: len(names)]:
        assert (item["width"], item["height"], item["frames"]) == (20, 10, 2)
        if not item["path"].endswith("apng"):  # PyAV knows no rate of it
            video = decode(shell.folder / item["path"])
            assert (video.width, video.height, len(video.frames)) == (20, 10, 2)
        # GIF has hundredths of a second, WebP milliseconds.
        coarse = {"a.gif": 0.12, "a.webp": 0.02}.get(item["path"], 1e-3)
        assert item["fps"] == pytest.approx(30000 / 1001, rel=coarse)
        assert item["seconds"] == pytest.approx(item["frames"] / item["fps"], abs=1e-6)
        assert item["bytes"] == (shell.folder / item["path"]).stat().st_size
    assert [item["codec"] for item in data[: len(names)]] == [
        *["h264", "vp9", "mpeg4", "ffv1", "gif", "webp", "apng"]
    ]
    assert [item["error"]["message"] for item in data[len(names) :]] == [
        "ffmpeg cannot read text.mp4 as a video.",
        "none.mp4 cannot be read (No such file or directory).",
        "ffmpeg cannot read empty.mp4 as a video.",
    ]
    status, out, said = shell.run("info", "a.mp4", "none.mp4")
    assert status == 1
    assert out.startswith("a.mp4: 20 x 10, 2 frames, 29.97 fps, 0.06673 s, ")
    assert said == "animvideo: none.mp4 cannot be read (No such file or directory).\n"


@pytest.mark.skipif(os.name != "posix", reason="Windows runs no scripts as programs")
def test_formats_and_what_this_ffmpeg_can(shell, tmp_path, monkeypatch):
    listed = shell.json("formats")["formats"]
    assert [item["name"] for item in listed] == list(FORMATS)
    assert all(item["available"] for item in listed)
    poor = tmp_path / "ffmpeg"
    poor.write_text(f"#!{sys.executable}\nprint(' V....D libx264   H.264')\n")
    poor.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(poor))
    status, out, _ = shell.run("formats")
    assert status == 0
    rows = {line.split()[0]: line.split() for line in out.splitlines()}
    assert rows["mp4"][1:6] == [".mp4", "no", "0", "to", "51"]  # lossless takes libx264rgb
    assert rows["gif"][1:4] == [".gif", "yes", "none"]


def test_help(shell):
    _, out, _ = shell.run("--help")
    assert all(f"\n    {name} " in out for name in ("render", "info", "formats", "cache"))
    for command in ("render", "info", "formats", "cache"):
        status, out, said = shell.run(command, "--help")
        assert (status, said) == (0, "")
        assert f"\nexamples:\n  animvideo {command}" in out
        assert "--json" in out
    _, out, _ = shell.run("render", "--help")
    assert "--format FORMAT" in out
    for option in OPTIONS.values():
        if option.group in ("capture", "encoding") and option.name not in (
            "context",
            "nofigs",
            "skip",
        ):
            assert f"--{option.name.removesuffix('s')}" in out
    status, out, _ = shell.run("--version")
    assert (status, out[:10]) == (0, "animvideo ")


def test_a_reader_who_has_had_enough(shell):
    reading, writing = os.pipe()
    os.close(reading)
    root = Path(__file__).parents[1]
    done = subprocess.run(
        [*COMMAND, "formats"],
        stdout=writing,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(root)},
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


# -- sweeps ----------------------------------------------------------------------------------------

LEVELS = """\
import numpy as np

def make(level, height=20):
    if level == 200:
        raise ValueError("too bright")
    for n in range(3):
        yield np.full((height, 30), level, np.uint8)
"""


def test_a_sweep_writes_a_file_for_each_combination(shell):
    shell.write("levels.py", LEVELS)
    options = ["--sweep", "level = 50, 100", "--sweep", "height=range(20, 41, 20)"]
    data = shell.json("render", "levels.py", "make", "-o", "a.mp4", "-o", "a.gif", *options)
    names = [
        f"a-level={a}-height={b}.{s}" for a in (50, 100) for b in (20, 40) for s in ("mp4", "gif")
    ]
    assert [Path(file["path"]).name for file in data["files"]] == names
    assert data["files"][-1]["parameters"] == {"level": 100, "height": 40}
    for level in (50, 100):
        frames = decode(shell.folder / f"a-level={level}-height=40.mp4").frames
        assert frames[0].shape[0] == 40
        assert abs(int(frames[0][5, 5, 0]) - level) < 4


def test_names_are_set_for_a_script_without_a_callable(shell):
    shell.write("a.py", "import numpy as np\ncapture(np.full((20, 20), level, np.uint8))\n")
    code, _, said = shell.run("render", "a.py", "-o", "a.mp4", "--sweep", "level = 50, 100")
    assert code == 0, said
    assert shell.files() == ["a-level=100.mp4", "a-level=50.mp4", "a.py"]


def test_combinations_that_fail_are_told_and_the_others_written(shell):
    shell.write("levels.py", LEVELS)
    command = ["render", "levels.py", "make", "-o", "a.mp4", "--sweep", "level = 50, 200"]
    code, _, said = shell.run(*command)
    assert code == 1
    assert "levels.py:5: with level=200: the code raised ValueError: too bright" in said
    assert shell.files() == ["a-level=50.mp4", "levels.py"]


@pytest.mark.parametrize(
    ("sweep", "said"),
    [
        ("level", "--sweep must be names with values"),
        ("level = range(65)", "has 65 combinations, but at most 64 are allowed. Use fewer values. Or increase --max-sweep."),
        ("speed = 1, 2", "make(level, height=20) cannot be called with the parameters of --sweep"),
    ],
)  # fmt: skip
def test_sweeps_that_are_refused(shell, sweep, said):
    shell.write("levels.py", LEVELS)
    code, _, text = shell.run("render", "levels.py", "make", "-o", "a.mp4", "--sweep", sweep)
    assert code == 2
    assert said in text
    assert shell.files() == ["levels.py"]


def test_combinations_whose_names_differ_in_nothing_that_files_can_keep(shell):
    shell.write(
        "wave.py",
        "from sphinxcontrib_animvideo import capture\nimport numpy as np\n"
        "for n in range(2): capture(np.full((20, 20), 9 * len(mode) + n, np.uint8))\n",
    )
    sweep = ["--sweep", "mode = 'a b', 'a_b', 'A_B'"]
    code, _, said = shell.run("render", "wave.py", "-o", "a.mp4", *sweep)
    assert code == 0, said
    assert shell.files() == ["a-mode=A_B-3.mp4", "a-mode=a_b-2.mp4", "a-mode=a_b.mp4", "wave.py"]


def test_a_terminal_that_cannot_show_what_a_script_prints(tmp_path):
    script = tmp_path / "wave.py"
    script.write_text(
        "import numpy as np\nfrom sphinxcontrib_animvideo import capture\n"
        "print('\u03b1 = 1')\ncapture(np.zeros((20, 20)))\n",
        "utf-8",
    )
    command = [sys.executable, "-m", "sphinxcontrib_animvideo", "render", str(script)]
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [*command, "-o", "a.mp4"], cwd=tmp_path, env=environment, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, b"\\u03b1 = 1")
    assert (tmp_path / "a.mp4").is_file()


def test_a_video_file_is_converted_by_a_new_process(shell):
    """Pillow is loaded beside the first frame there."""
    shell.write(
        "a.py",
        """\
        import numpy as np
        from sphinxcontrib_animvideo import capture

        for i in range(9):
            capture(np.full((48, 64), i, "u1"))
        """,
    )
    assert shell.run("render", "a.py", "-o", "a.mp4")[0] == 0
    status, out, said = shell.run_process("render", "a.mp4", "-o", "a.webm")
    assert status == 0, said
    assert "64 x 48, 9 frames" in out + said


def test_output_is_replaced_by_an_object_that_only_writes(shell):
    shell.write(
        "tee.py",
        """\
        import sys
        import numpy as np
        from sphinxcontrib_animvideo import capture

        class Tee:
            def write(self, text):
                sys.__stdout__.write(text)

        sys.stdout = Tee()
        for i in range(3):
            capture(np.full((48, 64), i, "u1"))
        """,
    )
    status, out, said = shell.run("render", "tee.py", "-o", "a.mp4")
    assert status == 0, said
    assert "3 frames" in out + said


def test_a_picture_of_other_numbers(shell):
    from PIL import Image

    values = np.linspace(0, 400, 100, dtype=np.float32).reshape(10, 10)
    Image.fromarray(values).save(shell.folder / "a.tif")
    status, _, said = shell.run("render", "a.tif", "-o", "a.mp4")
    assert status != 0
    assert "the array's floats range from 0 to 400" in said
    assert "Is it complete" not in said
