"""Every mistake is one warning at the user's own line, a notice on the page, and nothing more."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from sphinxcontrib_animvideo.core.model.options import DIRECTIVE, options_of
from tests.conftest import FIGURE, directive

GOOD = directive(FIGURE + "capture()", ":name: good")

# name: (kind of the warning, line of it, a part of its text, options, argument, code)
# The directive is in line 4 of the page; with n options its code begins in line 6 + n.
MISTAKES = {
    "syntax": ("syntax", 7, "not valid Python", "", "", "x = 1\nfor\n"),
    "tabs": ("syntax", 7, "not valid Python", "", "", "if 1:\nx = 2\n"),
    "exception": ("execution", 8, "ZeroDivisionError", "", "", "x = 1\n\n1 / 0\n"),
    "doctest exception": ("execution", 7, "NameError", "", "", ">>> x = 1\n>>> y\n"),
    "exit": ("execution", 6, "the code exited: 3", "", "", "raise SystemExit(3)"),
    "interrupt": ("execution", 6, "KeyboardInterrupt", "", "", "raise KeyboardInterrupt"),
    "base exception": ("execution", 7, "CancelledError", "", "",
                       "import asyncio\nraise asyncio.CancelledError"),
    "broken style": ("option", 4, "cannot read the Matplotlib style 'bad.mplstyle' in :style: or animvideo_style: ",
                     ":style: bad.mplstyle", "", "x = 1"),
    "saved figures": ("no_frame", 4, "the code ran, but no frames were captured. savefig() was called 3 times: to record these figures, call capture() in the same places. Frames are captured by ", "", "",
                      FIGURE + "import io\nfor _ in range(3): plt.savefig(io.BytesIO())"),
    "plot directive's names": ("execution", 6, "the code raised NameError: name 'plt' is not defined. Add `import matplotlib.pyplot as plt` to the code. To run it before the code of every directive, add it to animvideo_pre_code.", "", "",
                               "plt.plot([1, 2])"),
    "no frame": ("no_frame", 4, "the code ran, but no frames were captured. Frames are captured by capture(), by plt.pause() with a positive interval, by canvas.flush_events() after a change, from a callable named after the script, and from Matplotlib animations that are shown, saved, or still exist at the end. If the code draws in a loop, call capture() in it. GUI timers and event handlers do not run.", "", "", "x = 1"),
    "empty animation": ("no_frame", 4, "the code ran, but no frames were captured. Its animations produced no frames. Frames are", "", "",
                        FIGURE + "from matplotlib.animation import FuncAnimation\nani = FuncAnimation(fig, print, [], init_func=list)"),
    "empty animation, saved": ("no_frame", 4, "the code ran, but no frames were captured. Its animations produced no frames. Frames are", "", "",
                        FIGURE + "from matplotlib.animation import FuncAnimation\nani = FuncAnimation(fig, print, [], init_func=list)\nani.save('x.gif')"),
    "rate": ("frame", 11, "fps must be a number of frames per second from 0.001 to 1000, not 0.", "", "",
             FIGURE + "from matplotlib.animation import FuncAnimation\nani = FuncAnimation(fig, print, 3)\nani.save('x.gif', fps=0)"),
    "interval": ("frame", 4, "a pause or the interval of an animation must be a number of seconds from 0 to 1000000, not -0.04.", "", "",
             FIGURE + "from matplotlib.animation import FuncAnimation\nani = FuncAnimation(fig, print, 3, interval=-40)"),
    "pause": ("frame", 9, "a pause or the interval of an animation must be a number of seconds from 0 to 1000000, not inf.", "", "",
             FIGURE + "plt.pause(float('inf'))"),
    "size": ("frame", 9, "frame 2 has 200 x 100 pixels, but the first frame has 100 x 100. All frames of a video must have the same size. Resize or pad this frame.", "", "",
             FIGURE + "capture(); fig.set_size_inches(2, 1); capture()"),
    "unknown option": ("option", 4, "unknown option :fsp:", ":fsp: 3", "", "x = 1"),
    "value": ("option", 4, ":fps: must be a number of frames per second from 0.001 to 1000, not 'quick'.", ":fps: quick", "", "x = 1"),
    "huge value": ("option", 4, ":fps: must be a number of frames per second from 0.001 to 1000, not '1e999999999'.", ":fps: 1e999999999", "", "x = 1"),
    "missing value": ("option", 4, ":dpi: must be a number of dots per inch from 1 to 10000, but has no value.", ":dpi:", "", "x = 1"),
    "format": ("option", 4, "(unknown: mov)", ":formats: mov", "", "x = 1"),
    "quality": ("option", 4, ":quality: of gif must be one of draft, good, best, not lossless, which is available for mp4, webm, mkv, webp, apng.", ":formats: gif\n:quality: lossless",
                "", "x = 1"),
    "style": ("option", 4, "unknown Matplotlib style 'nice' in :style: or animvideo_style. Use a .mplstyle file, or one of default, ", ":style: nice", "", "x = 1"),
    "nothing near": ("option", 4, "unknown option :duration:. Allowed:", ":duration: 3", "", "x = 1"),
    "nothing near, again": ("option", 4, "unknown option :title:. Allowed:", ":title: waves", "", "x = 1"),
    "depends": ("option", 4, "docs/no.csv [animvideo.option]", ":depends: no.csv", "", "x = 1"),
    "no code": ("script", 4, "the directive has neither content nor a file argument. Add one of them, and indent the content relative to the directive.", "", "", ""),
    "script and code": ("script", 4, "the directive names a file (s.py) and also has content. Remove one of them. If it is code, add a blank line before it. If the content is a caption, write it as :caption:.", "", "s.py", "x = 1"),
    "too many words": ("script", 4, "name only one callable in the script, not make, it.", "", "s.py make it", ""),
    "script missing": ("script", 4, "no.py; the path is relative to the document, or to the source directory if it starts with a slash.", "", "no.py", ""),
    "script outside": ("script", 4, "the file ../outside.py is outside the source directory. Move it there, or add its directory to animvideo_allowed_dirs. Symbolic links are resolved before this is checked.", "", "../outside.py", ""),
    "script link outside": ("script", 4, "is outside the source directory", "", "link.py", ""),
    "code without a blank line": ("script", 4, "If it is code, add a blank line before it.", "", "import matplotlib.pyplot as plt", ""),
    "notebook": ("script", 4, "cannot run the notebook n.ipynb. Convert it to a script first, with `jupyter nbconvert --to script n.ipynb`.", "", "n.ipynb", ""),
    "broken video": ("frame", 4, "ffmpeg cannot read ", "", "broken.mp4", ""),
    "broken gif": ("frame", 4, "is not in a format that Pillow can read", "", "broken.gif", ""),
    "dark file": ("option", 4, ":dark: requires code; it cannot be used with an image or video file.", ":dark: dark_background", "broken.mp4", ""),
    "format of the plot directive": ("option", 4, "unknown option :format:. For the format of the video, use :formats:. Whether the code is a doctest is recognized by >>>.", ":format: doctest", "", "x = 1"),
    "encoding of the plot directive": ("option", 4, "unknown option :encoding:. Remove it: scripts are read in the encoding that they declare, which is UTF-8 by default.", ":encoding: utf8", "", "x = 1"),
    "prefix of the plot directive": ("option", 4, "unknown option :filename-prefix:. Remove it: the files are named after their content.", ":filename-prefix: a", "", "x = 1"),
    "callable missing": ("script", 4, "'main' does not exist in s.py. It defines: make, number.", "", "s.py main", ""),
    "not callable": ("script", 4, "'x' is not callable", "", "s.py x", ""),
    "callable's value": ("frame", 4, "an object of type int cannot become frames. Use a Matplotlib Animation, or a list, an array, or a generator of pictures. Each picture may be a Matplotlib figure or axes, an array, a PIL image, an image file, or PNG or JPEG bytes.", "", "s.py number", ""),
    "endless": ("timeout", 7, "no new frame for 2 seconds", ":timeout: 2", "", "while True: pass"),
    "endless, will not stop": ("timeout", 8, "no new frame for 2 seconds", ":timeout: 2", "",
                "try:\n    while True: pass\nexcept BaseException:\n    while True: pass"),
    "os._exit": ("crash", 4, "ended before the code did", "", "", "import os\nos._exit(0)"),
    "segfault": ("crash", 7, "killed by SIGSEGV", "", "", "import ctypes\nctypes.string_at(0)"),
    "killed": ("crash", 4, "killed by SIGKILL", "", "", "import os\nos.kill(os.getpid(), 9)"),
    "memory": ("memory", 6, "the code ran out of memory; the limit is 1024 MiB. If it needs more, increase animvideo_max_memory.", "", "",
                "x = bytearray(10**11)"),
    "ffmpeg killed": ("encoder", 12, "ffmpeg exited at frame", "", "", FIGURE + """\
import psutil
capture()
[child] = [c for c in psutil.Process().children() if "ffmpeg" in c.name()]
child.kill(); [capture() for _ in range(99)]
"""),
    "NaN": ("frame", 7, "1 values that are masked, NaN, or infinite", "", "",
            "import numpy as np\ncapture(np.array([[np.nan]]))"),
    "dtype": ("frame", 7, "dtype complex128", "", "",
              "import numpy as np\ncapture(np.zeros((4, 4), complex))"),
    "shape": ("frame", 7, "shape (4, 4, 7)", "", "",
              "import numpy as np\ncapture(np.zeros((4, 4, 7)))"),
    "hold": ("frame", 9, "hold must be a positive number of seconds, not -1.", "", "",
             FIGURE + "capture(hold=-1)"),
    "zero-size figure": ("frame", 7, "the figure has 0 x 0 pixels", "", "",
             "import matplotlib.pyplot as plt\ncapture(plt.figure(figsize=(.001, .001)))"),
    "no figure": ("frame", 6, "no current figure", "", "", "capture()"),
    "frames": ("limit", 10, "more than 5 frames", ":max-frames: 5", "",
               FIGURE + "while True: capture()"),
    "pixels": ("limit", 7, "a frame of 9900 x 9900 has 98010000 pixels, which exceeds the limit of 1000000. Reduce figsize or dpi. Or increase animvideo_max_pixels.", "", "",
               "import matplotlib.pyplot as plt\ncapture(plt.figure(figsize=(99, 99)))"),
}  # fmt: skip


def test_mistakes(project):
    """One page for each of them, with a video that is good."""
    project.write("s.py", "x = 1\ndef make(): pass\ndef number(): return 3\n")
    project.write("../outside.py", "x = 1\n")
    (project.folder / "bad.mplstyle").write_bytes(b"lines.linewidth: \xff\xfe")
    (project.folder / "link.py").symlink_to(project.folder.parent / "outside.py")
    for name in ("n.ipynb", "broken.mp4", "broken.gif"):
        project.write(name, "{}")
    project.write("index.rst", "Pages\n=====\n\n.. toctree::\n   :glob:\n\n   page-*\n")
    pages = {}
    for number, (name, (*_, options, argument, code)) in enumerate(MISTAKES.items()):
        pages[name] = page = project.page(code, options, f"page-{number}.rst", argument)
        good = GOOD.replace(":name: good", f":name: good-{number}")
        page.write_text(page.read_text("utf-8") + "\n" + good, "utf-8")
    config = {"animvideo_max_memory": 1024, "animvideo_max_pixels": 10**6}
    for build in (project.build(**config), project.build(**config)):
        assert len(build.warnings) == len(MISTAKES), build.warnings
        for name, (kind, line, said, *_) in MISTAKES.items():
            page = pages[name]
            warnings = [text for text in build.warnings if text.startswith(f"{page}:")]
            assert len(warnings) == 1, (name, build.warnings)
            assert warnings[0].startswith(f"{page}:{line}: WARNING: "), (name, warnings)
            assert said in warnings[0], name
            assert f"[animvideo.{kind}]" in warnings[0].splitlines()[-1], (name, warnings)
            assert "sphinxcontrib_animvideo" not in warnings[0], name
            html = build.page(f"{page.stem}.html")
            assert "Animation could not be rendered" in html, name
            assert html.count("<video") == 1, name
            assert f'id="good-{page.stem.partition("-")[2]}"' in html, name
    assert no_leftovers(project)


def no_leftovers(project):
    return not list(project.folder.glob("_build/**/staging-*"))


def test_a_mistake_in_a_script_stands_at_the_scripts_line(project):
    script = project.write(
        "sub/s.py", "import matplotlib.pyplot as plt\n\ndef make():\n    plt.zap()\n"
    )
    project.page("", argument="sub/s.py make")
    (warning,) = project.build().warnings
    assert warning.startswith(f"{script}:4: WARNING: the code raised AttributeError")


def test_the_pages_that_use_a_script_with_a_mistake_are_named(project):
    script = project.write("s.py", "1 / 0\n")
    project.page("", argument="s.py")
    project.write("sub/other.rst", ":orphan:\n\nO\n=\n\n" + directive("", argument="../s.py"))
    (warning,) = project.build().warnings
    assert warning.startswith(
        f"{script}:1: WARNING: the code raised ZeroDivisionError: division by zero "
        f"(used in index.rst:4, {Path('sub', 'other.rst')}:6)\n"
    )


def test_a_mistake_in_a_local_module_stands_at_the_directives_line(project):
    project.write("helper.py", "def f():\n    raise ValueError('bad luck')\n")
    page = project.page("import helper\nhelper.f()\n")
    (warning,) = project.build().warnings
    assert warning.startswith(f"{page}:7: WARNING: the code raised ValueError: bad luck")
    assert "helper.py" in warning  # the traceback goes on into the user's module


def test_a_mistake_is_gone_when_it_is_mended_without_reading_the_page_again(project):
    project.write("helper.py", "raise ValueError\n")
    project.page("import helper\n" + FIGURE + "capture()")
    assert len(project.build().warnings) == 1
    project.write("helper.py", "x = 1\n")
    build = project.build()
    assert build.warnings == []
    assert "<video" in build.page()
    assert "Animation could not be rendered" not in build.page()


def test_a_missing_script_that_appears_is_noticed(project):
    project.page("", argument="s.py")
    assert len(project.build().warnings) == 1
    project.write("s.py", FIGURE + "capture()")
    build = project.build()
    assert build.warnings == []
    assert "<video" in build.page()


def test_a_mistake_of_ours_says_so_with_its_traceback(project):
    page = project.page(FIGURE + "import PIL.Image\nPIL.Image.Image.save = None\ncapture()\n")
    (warning,) = project.build().warnings
    assert warning.startswith(f"{page}:4: WARNING: internal error of animvideo (TypeError: ")
    assert "Traceback" in warning
    assert warning.endswith("[animvideo.error]")


def test_both_variants_fail_with_one_warning(project):
    project.page("1 / 0", ":dark: dark_background")
    assert len(project.build().warnings) == 1


def test_identical_mistakes_run_once_and_are_told_at_each_place(project):
    code = "x = 1\nopen('log', 'a').write('ran')\n1 / 0"
    project.write("index.rst", "P\n=\n\n" + directive(code) * 3)
    build = project.build()
    text = (project.folder / "index.rst").read_text().splitlines()
    lines = [number for number, line in enumerate(text, 1) if line == "   1 / 0"]
    told = [int(w.partition("index.rst:")[2].partition(":")[0]) for w in build.warnings]
    assert told == lines
    assert (project.folder / "log").read_text() == "ran"


def test_the_same_mistake_among_other_comments_is_told_at_its_own_line(project):
    codes = "1 / 0", "# A comment,\n\n# and another.\n1 / 0", "\n1 / 0  # last"
    project.write("index.rst", "P\n=\n\n" + "".join(map(directive, codes)))
    text = (project.folder / "index.rst").read_text().splitlines()
    lines = [number for number, line in enumerate(text, 1) if "1 / 0" in line]
    warnings = project.build().warnings
    assert [int(w.partition("index.rst:")[2].partition(":")[0]) for w in warnings] == lines
    assert all(f'index.rst", line {line}, in' in w for w, line in zip(warnings, lines, strict=True))


def test_the_traceback_of_the_same_mistake_on_another_page_names_that_page(project):
    code = "def wave():\n    raise ValueError\nwave()"
    project.page(code)
    other = project.write("other.rst", ":orphan:\n\nO\n=\n\ntext\n\n" + directive(code))
    warnings = project.build().warnings
    (warning,) = [w for w in warnings if w.startswith(f"{other}:")]
    places = re.findall(r'File "(.*)", line (\d+)', warning)
    assert places == [(str(other), "12"), (str(other), "11")]


def test_all_wrong_options_of_a_directive_are_told(project):
    page = project.page("x = 1", ":fps: quick\n:loop: maybe\n:width: 3\n:qualty: good")
    build = project.build()
    told = [warning.partition(" must")[0].partition(". ")[0] for warning in build.warnings]
    assert told == [
        f"{page}:4: WARNING: {start}" for start in (":fps:", ":loop:", "unknown option :qualty:")
    ]
    assert build.page().count("Animation could not be rendered") == 1


def test_encoder_arguments_are_checked(project):
    project.page(FIGURE + "capture()")
    for wrong in ({"mp4": "-crf 40"}, {"mov": []}, ["-crf"]):
        (warning,) = project.build(animvideo_encoder_args=wrong).warnings
        assert "animvideo_encoder_args must be a dictionary from formats" in warning
    assert project.build(animvideo_encoder_args={"mp4": ["-crf", 30]}).warnings == []
    assert project.build(animvideo_encoder_args={"mp4": ["-c:v", "mpeg4"]}).warnings


def test_the_rest_of_a_context_is_not_run_after_a_mistake(project):
    pages = [directive(code, ":context:") for code in (FIGURE + "capture()", "1 / 0", "capture()")]
    project.write("index.rst", "Page\n====\n\n" + "\n".join(pages))
    build = project.build()
    assert len(build.warnings) == 1
    assert build.page().count("<video") == 1
    assert "not run because an earlier directive of this context failed (" in build.page()


def test_a_warning_can_be_suppressed(project):
    project.page("1 / 0")
    assert project.build(suppress_warnings=["animvideo.execution"]).warnings == []


@pytest.mark.parametrize(
    ("code", "options", "argument"),
    [
        ("1 / 0", "", ""),
        ("capture('no.png')", "", ""),
        ("", "", "no.py"),
        ("", "", "../outside.py"),
        ("x = 1", ":depends: no.csv", ""),
    ],
)
def test_what_is_written_on_the_page_names_no_folder_of_the_machine(
    project, code, options, argument
):
    project.page(code, options, argument=argument)
    html = project.build().page()
    assert "Animation could not be rendered" in html
    assert str(project.folder) not in html


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("-1", "-1"),
        ("'1e999999999'", "'1e999999999'"),
        ("10**5000", "a value of type int"),
        ("__import__('numpy').array([1, 2])", "array([1, 2])"),
    ],
)
def test_configuration_out_of_range_is_told_and_the_default_used(project, value, shown):
    project.page(FIGURE + "capture()")
    project.write("conf.py", f"extensions = ['sphinxcontrib_animvideo']\nanimvideo_fps = {value}\n")
    build = project.build()
    (warning,) = build.warnings
    said = "must be a number of frames per second from 0.001 to 1000, not"
    assert f"conf.py:2: WARNING: animvideo_fps {said} {shown}." in warning
    assert warning.endswith("[animvideo.option]")
    assert "<video" in build.page()


@pytest.mark.parametrize(
    ("options", "config"),
    [
        (":fps: 0.001\n:poster: 1000000000s\n:scale: 1", {}),
        (":fps: 1000\n:poster: 1000000000000000\n:scale: 1000", {"animvideo_latex": "poster"}),
        (":width: 100000\n:height: 0\n:figwidth: 0.001%", {"animvideo_jobs": 2**32 - 1}),
        (":seed: 4294967295\n:max-frames: 1000000000000000\n:timeout: 1000000", {}),
        ("", {f"animvideo_max_{name}": 10**15 for name in ("pixels", "bytes")}),
        ("", {"animvideo_max_memory": 2**32, "animvideo_max_output": 10**8}),
    ],
)
def test_the_smallest_and_the_largest_values_work(project, options, config):
    project.page(FIGURE + "capture()", options)
    build = project.build(**config)
    assert build.warnings == []
    assert "<video" in build.page()
    assert project.build("latex", **config).warnings == []


def test_an_rcparam_that_does_not_exist(project):
    project.page(FIGURE + "capture()")
    (warning,) = project.build(animvideo_rcparams={"lines.width": 3}).warnings
    assert "invalid rcParam in animvideo_rcparams: lines.width: " in warning


def test_a_video_without_alternative_text(project):
    page = project.page(FIGURE + "capture()")
    assert project.build(animvideo_require_alt=True).warnings == [
        f"{page}:4: WARNING: the video has no alternative text. Describe what it shows with :alt:. "
        "[animvideo.alt]"
    ]


def test_an_unwritable_cache(project):
    project.write("blocked", "a file where the cache should be")
    page = project.page(FIGURE + "capture()")
    (warning,) = project.build(animvideo_cache_dir="blocked/cache").warnings
    assert warning.startswith(f"{page}:4: WARNING: cannot write to the cache directory")
    assert warning.endswith("[animvideo.cache]")


@pytest.mark.parametrize("name", ["/no/such/ffmpeg", "no-such-ffmpeg"])
def test_a_missing_ffmpeg_is_one_warning_a_build(project, monkeypatch, name):
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", name)
    project.write("index.rst", "P\n=\n\n" + directive(FIGURE + "capture()") + directive("x = 1"))
    build = project.build()
    (warning,) = build.warnings
    assert f"ffmpeg was not found at {name}" in warning
    assert "[animvideo.encoder]" in warning
    assert build.page().count("Animation could not be rendered") == 2


def test_a_full_disk(project, small_disk):
    code = "import numpy as np\nfor _ in range(9):\n    capture(np.random.rand(200, 200, 3))\n"
    page = project.page(code)
    (warning,) = project.build(animvideo_cache_dir=str(small_disk / "cache")).warnings
    assert warning.startswith(f"{page}:")
    assert "No space left on device" in warning
    assert "[animvideo.encoder]" in warning
    assert not list(small_disk.glob("cache/*/"))


def sphinx_build(project, *options):
    command = [sys.executable, "-m", "sphinx", "-b", "html", *options]
    command += [str(project.folder), str(project.folder / "_build" / "html")]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_warnings_as_errors_fail_the_build(project):
    project.page("1 / 0")
    process = sphinx_build(project, "-W")
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 1, said


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["ctrl-c", "kill"])
def test_an_interrupted_build_leaves_no_process_and_an_intact_cache(project, number):
    good = directive(FIGURE + "capture()", ":name: good")
    slow = FIGURE + "import time\nopen('started', 'w').close()\n"
    slow += "while True:\n    capture()\n    time.sleep(0.01)\n"
    project.write("index.rst", "Page\n====\n\n" + good + directive(slow) * 2)
    process = sphinx_build(project, "-D", "animvideo_cache_dir=cache")
    records = project.folder / "cache"
    deadline = time.monotonic() + 60
    family = []
    while not (
        (project.folder / "started").exists()
        # Not glob: it fails on the folders that the build removes at the same time.
        and any("asset.json" in names for _, _, names in os.walk(records))
        and any("ffmpeg" in child.name() for child in family)
    ):
        assert time.monotonic() < deadline
        time.sleep(0.05)
        family = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(number)
    process.communicate(timeout=30)
    assert process.returncode != 0
    assert process.stdout.closed
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []
    if number == signal.SIGINT:
        assert not list(records.glob("staging-*"))
    project.write("index.rst", "Page\n====\n\n" + good)
    build = project.build(animvideo_cache_dir="cache")
    assert build.warnings == []
    assert build.summary == (0, 1, 0)


WRONG = {
    **dict.fromkeys(("fps", "dpi", "max-frames", "timeout", "scale"), "0"),
    **dict.fromkeys(("seed", "poster", "width", "height", "figwidth"), "-1"),
    **dict.fromkeys(("context", "redraw", "formats", "quality", "preload", "align"), "other"),
    **dict.fromkeys(("transcript", "latex", "sweep", "sweep-default", "sweep-print"), "other"),
    **dict.fromkeys(("style", "dark", "depends", "captions", "alt", "caption", "name", "sync"), ""),
    **dict.fromkeys(("class", "figclass", "code-caption"), ""),
    **{
        name: "perhaps"
        for name, option in options_of(DIRECTIVE).items()
        if option.kind.types == (bool,)
    },
}


def test_every_option_tells_what_it_takes(project):
    assert set(WRONG) | {"skip"} == set(options_of(DIRECTIVE))
    text = "Page\n====\n\n"
    expected = []
    for name, value in WRONG.items():
        line = text.count("\n") + 1
        expected.append((line, f":{name}: must be {options_of(DIRECTIVE)[name].kind.allowed}, "))
        text += directive("x = 1", f":{name}: {value}".rstrip())
    page = project.write("index.rst", text)
    build = project.build()
    assert len(build.warnings) == len(expected)
    for warning, (line, said) in zip(build.warnings, expected, strict=True):
        assert warning.startswith(f"{page}:{line}: WARNING: {said}")
        assert warning.endswith("[animvideo.option]")
    assert build.page().count("Animation could not be rendered") == len(expected)


@pytest.mark.parametrize("builder", ["html", "epub", "latex"])
def test_a_missing_poster_and_missing_captions(project, builder):
    page = project.page(FIGURE + "capture()", ":poster: no.png\n:captions: no.vtt")
    build = project.build(builder, project="P", version="1", copyright="x")
    said = f"{page}:4: WARNING: :{{}}: names a file that does not exist: {{}} [animvideo.option]"
    names = {"poster": "no.png", "captions": "no.vtt"}
    assert build.warnings == [
        said.format(option, project.folder / name) for option, name in names.items()
    ]
    if builder == "html":
        (video,) = re.findall(r"<figure.*?</figure>", build.page(), re.DOTALL)
        assert re.search(r'<img src="_images/animvideo-\w+.webp" [^>]*animvideo-poster', video)
        assert "<track" not in video


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (":dark: nosuch", "unknown Matplotlib style 'nosuch' in :dark: or animvideo_dark."),
        (":style: nosuch", "unknown Matplotlib style 'nosuch' in :style: or animvideo_style."),
        (
            ":style: no.mplstyle",
            "names a file that does not exist: there is no no.mplstyle in {docs}.",
        ),
        (":dark: no.mplstyle", ":dark: or animvideo_dark names a file that does not exist"),
        (":poster: bad.png", ":poster: must be an image, but {docs}/bad.png is not an image file."),
        (":poster: code.py", ":poster: must be an image, but {docs}/code.py is not an image file."),
        (":captions: arrow.vtt", "has no captions: their times must be 00:01.000 --> 00:02.500"),
        (":captions: order.vtt", "has a caption on line 3 that ends before it begins"),
        (":captions: empty.vtt", ""),
        (":poster: plot.svg", ""),
    ],
)
def test_files_that_cannot_be_used(project, options, said):
    for name in ("bad.png", "code.py", "plot.svg"):
        project.write(name, "text")
    project.write("arrow.vtt", "WEBVTT\n\n00:00.000 -> 00:01.000\none\n")
    project.write("order.vtt", "WEBVTT\n\n00:02.000 --> 00:01.000\none\n")
    project.write("empty.vtt", "WEBVTT\n\nNOTE words -> more words\n")
    project.page(FIGURE + "capture()", options)
    warnings = project.build().warnings
    assert len(warnings) == bool(said)
    assert said.format(docs=project.folder) in "".join(warnings)


@pytest.mark.skipif(os.name != "posix", reason="limits of files")
def test_a_poster_that_cannot_be_written(project):
    page = project.page(
        "import resource, signal\n"
        "import numpy as np\n"
        "capture(np.random.rand(99, 99, 3))\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
    )
    (warning,) = project.build().warnings
    assert warning == (
        f"{page}:4: WARNING: the files of the video cannot be written or read (File too large). Is "
        "there enough space in the cache directory? animvideo_cache_dir sets another directory. "
        "[animvideo.cache]"
    )


@pytest.mark.parametrize(
    ("name", "hint"),
    [("animvideo_fsp", " Did you mean animvideo_fps?"), ("animvideo_zzz", "")],
)
def test_unknown_configuration_values_are_told(project, name, hint):
    project.write("conf.py", f"extensions = ['sphinxcontrib_animvideo']\n{name} = 10\n")
    project.page(FIGURE + "capture()")
    (warning,) = project.build().warnings
    assert f"conf.py:2: WARNING: unknown configuration value {name}.{hint} [animv" in warning


@pytest.mark.parametrize(
    ("code", "said", "trace"),
    [
        ("x =", "animvideo_pre_code raised SyntaxError: invalid syntax", 1),
        ("x = 1\n1 / 0", "animvideo_pre_code raised ZeroDivisionError: division by zero", 2),
        ("import no_such_module", "animvideo_pre_code raised ModuleNotFoundError: No module", 1),
        ("def f():\n    1 / 0\n\nf()", "animvideo_pre_code raised ZeroDivisionError", 2),
    ],
)
def test_errors_of_code_that_runs_first_are_told_as_such(project, code, said, trace):
    project.page(FIGURE + "capture()")
    (warning,) = project.build(animvideo_pre_code=code).warnings
    assert f"index.rst:4: WARNING: {said}" in warning
    assert f'File "animvideo_pre_code", line {trace}' in warning


def test_an_error_of_a_directive_in_a_function_of_code_that_runs_first(project):
    project.page("f()")
    (warning,) = project.build(animvideo_pre_code="def f():\n    1 / 0").warnings
    assert "index.rst:6: WARNING: the code raised ZeroDivisionError: division by zero" in warning
    assert 'File "animvideo_pre_code", line 2, in f' in warning


def test_a_callable_with_a_parameter_that_nobody_gives(project):
    project.write("wave.py", "def frames(n, dark=False):\n    yield\n")
    project.write("index.rst", "P\n=\n\n.. animvideo:: wave.py frames\n")
    (warning,) = project.build().warnings
    assert "frames(n, dark=False) cannot be called without arguments (missing a required" in warning
    assert "Give each parameter a default." in warning


@pytest.mark.parametrize("argument", ["a wave.py:frames", "a wave.py frames", "wave.py:frames"])
def test_a_callable_in_a_script_with_a_blank_in_its_name(project, argument):
    code = "import numpy as np\ndef frames():\n    return np.zeros((3, 20, 20), np.uint8)\n"
    project.write(argument.partition(".py")[0] + ".py", code)
    project.write("index.rst", f"P\n=\n\n.. animvideo:: {argument}\n")
    build = project.build()
    assert build.warnings == []
    assert len(build.files("_images/*.mp4")) == 1


@pytest.mark.parametrize("name", ["alt", "max-frames"])
@pytest.mark.parametrize("more", ["", "   :fps: 3\n"])
def test_options_that_are_indented_differently_from_the_code(project, name, more):
    project.write(
        "index.rst", f"P\n=\n\n.. animvideo::\n   :{name}: 5\n{more}\n  x = 1\n  capture()\n"
    )
    (warning, *_) = project.build().warnings
    assert f":{name}: 5 is not read as an option, because it is indented diff" in warning


def test_options_after_a_blank_line(project):
    project.write("index.rst", "P\n=\n\n.. animvideo::\n\n   :alt: x\n\n   capture()\n")
    (warning,) = project.build().warnings
    assert "index.rst:6: WARNING: the code is not valid Python: invalid syntax. Opt" in warning
    assert "Options must directly follow the first line of the directive" in warning


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            "raise ValueError('wrong data:\\n  x must be positive\\nsee the docs')",
            "ValueError: wrong data: ",
        ),
        ("e = KeyError('k')\ne.add_note('a hint')\nraise e", "KeyError: 'k' "),
        ("exec('x =')", "SyntaxError: invalid syntax "),
        ("import json\njson.loads('{')", "json.decoder.JSONDecodeError: Expecting property name "),
    ],
)
def test_the_type_of_an_exception_and_its_first_line_are_told(project, code, said):
    project.page(code)
    (warning,) = project.build().warnings
    assert f"the code raised {said}" in warning.replace("\n", " ")
