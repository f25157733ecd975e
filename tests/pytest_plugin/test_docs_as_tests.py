"""The directives of a documentation as tests."""

from __future__ import annotations

import pytest

from tests.pytest_plugin.conftest import XDIST
from tests.video import decode

CONF = 'extensions = ["sphinxcontrib_animvideo"]\n'
INDEX = """\
Page
====

.. toctree::

   guide/more

.. animvideo::

   import numpy as np
   print("made by the first one")
   for level in (0, 100):
       capture(np.full((20, 30), level, np.uint8))

.. animvideo::
   :fsp: 3

   capture()
"""
MORE = """\
More
====

.. animvideo::
   :context:

   import numpy as np
   blank = np.zeros((20, 30))
   capture(blank)

.. animvideo::
   :context:

   def divide():
       return 1 / int(blank[0, 0])

   print("dividing")
   capture(blank)
   divide()

.. animvideo::
   :context:

   capture(blank)

.. animvideo::

   import numpy as np
   capture(np.zeros((20, 30)))
   capture(np.zeros((30, 30)))
"""
SUMMARY = [
    "FAILED docs/guide/more.rst::line-11 - *",
    "FAILED docs/guide/more.rst::line-21 - *",
    "FAILED docs/guide/more.rst::line-26 - *",
    "FAILED docs/index.rst::line-15 - *",
]


@pytest.fixture
def write(pytester):
    """Write files below the folder ``docs``."""

    def write(files: dict[str, str]) -> None:
        for name, text in files.items():
            path = pytester.path / "docs" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")

    return write


@pytest.fixture
def docs(write):
    """A documentation with mistakes of all kinds."""
    write({"conf.py": CONF, "index.rst": INDEX, "guide/more.rst": MORE})


def animvideo(code: str, options: str = "") -> str:
    """Return a page with one directive, in line 4."""
    body = "\n".join(f"   {line}" for line in (*options.splitlines(), "", *code.splitlines()))
    return f"Page\n====\n\n.. animvideo::\n{body}\n"


@pytest.mark.usefixtures("docs")
@pytest.mark.parametrize(
    "arguments",
    [
        ["--animvideo-docs"],
        ["--animvideo-docs-mode=smoke"],
        ["--animvideo-docs-mode=smoke", "-n", "2"],
    ],
    ids=" ".join,
)
def test_each_directive_is_a_test(pytester, load, arguments):
    load(XDIST)
    result = pytester.runpytest(*arguments, "docs/")
    result.assert_outcomes(passed=2, failed=4)
    smoke = " (smoke)" if "smoke" in arguments[0] else ""
    result.stdout.fnmatch_lines([f"animvideo docs: docs{smoke}"])
    said = result.stdout.str()
    failure = "docs/guide/more.rst:15: the code raised ZeroDivisionError: division by zero"
    assert f"\n{failure} [animvideo.execution]\nTraceback (most recent call last):\n" in said
    assert "in divide\n    return 1 / int(blank[0, 0])\n" in said
    assert "\nZeroDivisionError: division by zero\n--------" in said
    result.stdout.fnmatch_lines(["-* Captured stdout call -*", "dividing"], consecutive=True)
    result.stdout.fnmatch_lines_random(
        [
            "_* more.rst line-11 _*",
            "docs/guide/more.rst:21: not run because an earlier directive of this context "
            "failed (*more.rst:11). [[]animvideo.execution]",
            "docs/guide/more.rst:30: frame 2 has 30 x 30 pixels, but the first frame has 30 x 20. "
            "All frames of a video must have the same size. Resize or pad this frame. [[]animvideo.frame]",
            "docs/index.rst:15: unknown option :fsp:. Did you mean :fps:? *[[]animvideo.option]",
            *SUMMARY,
        ]
    )
    result.stdout.no_fnmatch_line("*testing/docs.py*")
    result.stdout.no_fnmatch_line("made by the first one")
    made = list(pytester.path.glob(".pytest_cache/d/animvideo/*/*/1-mp4.mp4"))
    assert len(made) == (0 if smoke else 2)


@pytest.mark.usefixtures("docs")
def test_selecting_directives(pytester):
    def selected(*arguments: str) -> list[str]:
        result = pytester.runpytest(
            "--animvideo-docs-mode=smoke", "--collect-only", "-q", *arguments
        )
        return [line for line in result.outlines if "::" in line]

    more = "docs/guide/more.rst::line"
    first = pytester.runpytest("--animvideo-docs-mode=smoke", "docs", "-x")
    first.assert_outcomes(passed=1, failed=1)
    assert selected("docs", "--lf") == [f"{more}-11"]
    assert selected("docs", "-k", "more.rst and line-4") == [f"{more}-4"]
    assert selected("docs/guide", "--deselect", f"{more}-11") == [
        f"{more}-4",
        f"{more}-21",
        f"{more}-26",
    ]
    assert selected(f"{more}-21", "docs/index.rst") == [
        f"{more}-21",
        "docs/index.rst::line-8",
        "docs/index.rst::line-15",
    ]


def test_the_documentation_is_read_and_run_as_sphinx_does(pytester, write):
    write(
        {
            "conf.py": f"""{CONF}
import os, sys
sys.path.insert(0, os.path.abspath("ext"))
os.environ["LEVEL"] = "100"
animvideo_cache_dir = "_cache"
animvideo_fps = 7
animvideo_formats = ["webm"]
suppress_warnings = ["animvideo.max_frames"]
""",
            "ext/level.py": "import os\nlevel = int(os.environ['LEVEL'])\n",
            "index.rst": animvideo(
                "import numpy as np\nfrom level import level\n"
                "capture(np.full((20, 30), level, np.uint8))"
            ),
        }
    )
    pytester.runpytest("--animvideo-docs", "docs").assert_outcomes(passed=1)
    (made,) = pytester.path.glob("docs/_cache/*/*/*.webm")
    video = decode(made)
    assert (video.fps, round(float(video.frames[0].mean()))) == (7, 100)
    assert not pytester.path.joinpath(".pytest_cache/d/animvideo").exists()
    assert "level" not in __import__("sys").modules


def test_included_files_docstrings_and_dark_pages(pytester, write):
    picture = "import numpy as np\ncapture(np.zeros((2, 2)))"
    indented = animvideo(picture).partition("\n\n")[2].replace("\n", "\n    ")
    write(
        {
            "conf.py": 'import os, sys\nsys.path.insert(0, os.path.abspath("ext"))\n'
            'extensions = ["sphinxcontrib_animvideo", "sphinx.ext.autodoc"]\n',
            "ext/things.py": f'def thing():\n    """Do.\n\n    {indented}"""\n',
            "index.rst": animvideo(picture, ":dark: dark_background")
            + "\n.. include:: part.txt\n\n.. autofunction:: things.thing\n",
            "part.txt": animvideo(picture).partition("\n\n")[2],
        }
    )
    result = pytester.runpytest("--animvideo-docs-mode=smoke", "docs", "-v")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines_random(
        [
            "docs/index.rst::line-4 PASSED *",
            "docs/index.rst::part.txt-line-1 PASSED *",
            "docs/index.rst::things.thing-line-3 PASSED *",
        ]
    )


def test_what_is_worth_a_note_is_a_warning(pytester, write):
    endless = """\
import itertools
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

fig, ax = plt.subplots(figsize=(1, 1))
moving = FuncAnimation(fig, lambda n: (), itertools.count(), cache_frame_data=False)
"""
    write({"conf.py": CONF, "index.rst": animvideo(endless, ":max-frames: 2")})
    note = "docs/index.rst:4: an animation of unknown length was truncated at 2 frames *"
    result = pytester.runpytest_subprocess("--animvideo-docs", "docs")
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines([f"*PytestWarning: {note}"])
    result = pytester.runpytest("--animvideo-docs", "docs", "-W", "error")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["_* index.rst line-4 _*", note, "=*"], consecutive=True)


def test_on_keeps_the_videos_of_the_documentation(pytester, write):
    code = "import numpy as np\ncapture(np.zeros((2, 2)))"
    write({"conf.py": CONF, "index.rst": animvideo(code, ":dark: dark_background")})
    result = pytester.runpytest("--animvideo-docs", "--animvideo=on", "docs")
    result.stdout.fnmatch_lines(["=* animvideo: 2 videos =*"])
    kept = pytester.path.glob("animvideo-results/docs-index.rst-line-4-*/video*.mp4")
    assert [len(decode(path).frames) for path in kept] == [1, 1]


def test_without_a_cache_of_pytest(pytester, write, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    write({"conf.py": CONF, "index.rst": animvideo("import numpy\ncapture(numpy.zeros((2, 2)))")})
    result = pytester.runpytest_subprocess("--animvideo-docs", "docs", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1)
    assert not list(tmp_path.glob("animvideo-*"))


def test_a_directive_that_takes_too_long_is_stopped(pytester, write, load):
    load("pytest_timeout")
    code = "import numpy\ncapture(numpy.zeros((2, 2)))"
    write(
        {
            "conf.py": CONF,
            "index.rst": animvideo("import time\ntime.sleep(1000)") + animvideo(code)[10:],
        }
    )
    pytester.makeconftest(
        """
        import pytest

        def pytest_collection_modifyitems(items):
            items[0].add_marker(pytest.mark.timeout(3, func_only=True))
        """
    )
    result = pytester.runpytest("--animvideo-docs-mode=smoke", "docs")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["_* index.rst line-4 _*", "Timeout *3*s*", "=*"], consecutive=True)


# -- what is no documentation --------------------------------------------------------------------


def test_without_the_option_nothing_is_read(pytester, docs):
    assert pytester.runpytest("docs").ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_the_configuration_file_can_switch_it_on(pytester, docs):
    pytester.makeini("[pytest]\nanimvideo_docs = smoke\ntestpaths = docs")
    pytester.runpytest("-k", "line-8").assert_outcomes(passed=1, deselected=5)
    off = pytester.runpytest("--animvideo-docs-mode=off")
    assert off.ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_arguments_that_are_no_documentation(pytester, docs):
    pytester.makepyfile("def test(): pass")
    result = pytester.runpytest("--animvideo-docs", ".")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        ["animvideo docs: no argument is a directory with a conf.py, or inside one"]
    )


def test_an_unknown_mode(pytester):
    result = pytester.runpytest("--animvideo-docs-mode=fast", "docs")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*error: argument --animvideo-docs-mode: invalid choice: 'fast'*"])


@pytest.mark.parametrize(
    ("conf", "said"),
    [
        ("extensions = []", '*add "sphinxcontrib_animvideo" to extensions in *conf.py.'),
        ("1 / 0", "*ZeroDivisionError: division by zero"),
    ],
)
@pytest.mark.parametrize("arguments", [[], ["-n", "1"]], ids=["alone", "xdist"])
def test_a_documentation_that_sphinx_cannot_read(pytester, write, load, conf, said, arguments):
    load(XDIST)
    write({"conf.py": conf, "index.rst": animvideo("capture()")})
    result = pytester.runpytest("--animvideo-docs", "docs", *arguments)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["_* ERROR collecting docs _*", "Sphinx cannot read *docs:", said])
    result.stdout.no_fnmatch_line("*testing/docs.py*")


def test_a_mistake_in_the_configuration_is_a_test_that_fails(pytester, write):
    write({"conf.py": CONF + "animvideo_fps = -1\n", "index.rst": "Page\n====\n"})
    result = pytester.runpytest("--animvideo-docs", "docs")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "docs/conf.py:2: animvideo_fps must be a number of frames per second from 0.001 to 1000, not -1. [[]animvideo.option]"
        ]
    )
