"""What a published page says about a failure names no directory of the machine that built it."""

import html
import os
import re
import sys
import tempfile
from pathlib import Path

import matplotlib
import pytest

from sphinxcontrib_animvideo.sphinxext.published_text import published_text
from tests.conftest import FIGURE

pytestmark = pytest.mark.attack

ABSOLUTE = re.compile(r"(?<![\w.\-/\\~*}>])/[^\s/]+/|\b[A-Za-z]:[\\/]")


def notice(build):
    """Return the text of the notice on the page, which names no directory of the machine."""
    block = build.page().partition("animvideo-failed")[2].partition("</div>\n</section>")[0]
    text = re.sub("[\u2018\u2019]", "'", html.unescape(re.sub(r"<[^>]+>", "", block)))
    assert "Animation could not be rendered" in text
    assert ABSOLUTE.findall(text) == []
    packages, project = str(Path(matplotlib.__file__).parents[1]), str(build.outdir.parents[1])
    for folder in (project, sys.prefix, packages, tempfile.gettempdir(), str(Path.home())):
        assert folder not in build.page()
    return text


CODES = {
    "an error of ours": (
        "import PIL.Image\nPIL.Image.Image.save = None\ncapture()\n",
        "sphinxcontrib_animvideo/core/",
    ),
    "a path": ("open('/no/such/directory/data.csv')", "'…/data.csv'"),
    "the temporary directory": (
        "import tempfile\nopen(tempfile.gettempdir() + '/none/data.csv')",
        "'<temp>/none/data.csv'",
    ),
    "the home directory": (
        "import pathlib\n(pathlib.Path.home() / 'none' / 'data.csv').open()",
        "'<home>/none/data.csv'",
    ),
    "an installed file": (
        "import matplotlib\nopen(matplotlib.__file__ + '/data.csv')",
        "'matplotlib/__init__.py/data.csv'",
    ),
    "a program": (
        "import subprocess, sys\nsubprocess.run([sys.prefix + '/bin/none'], check=True)",
        "'<python>/bin/none'",
    ),
    "memory": ("import numpy as np\nnp.zeros(10**13)", "ran out of memory"),
    "a printed path": (
        "import os\nprint('in', os.getcwd(), 'and', os.__file__, flush=True)\nos._exit(3)",
        "in . and os.py",
    ),
}


@pytest.mark.parametrize(("code", "said"), CODES.values(), ids=CODES)
def test_errors_of_code(project, code, said):
    project.page(FIGURE + code)
    build = project.build()
    assert said in notice(build)
    (warning,) = build.warnings
    assert str(project.folder) in warning


def test_a_module_outside_the_source_directory(project):
    project.write("../src/helper.py", "def f():\n    raise ValueError('bad luck')\n")
    project.write(
        "conf.py",
        "import sys\nfrom pathlib import Path\n"
        "sys.path.insert(0, str(Path(__file__).parents[1] / 'src'))\n"
        "extensions = ['sphinxcontrib_animvideo']\n",
    )
    project.page("import helper\nhelper.f()\n")
    assert 'File "helper.py", line 2' in notice(project.build())


def test_a_cache_that_cannot_be_written(project):
    blocked = project.write("../machine/blocked", "a file where the cache should be").resolve()
    project.page(FIGURE + "capture()")
    build = project.build(animvideo_cache_dir=str(blocked / "cache"))
    assert "cannot write to the cache directory <cache> (Not a directory)" in notice(build)
    assert str(blocked) in build.warnings[0]


@pytest.mark.parametrize("name", ["/no/such/ffmpeg", "no-such-ffmpeg"])
def test_a_missing_ffmpeg(project, monkeypatch, name):
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", name)
    project.page(FIGURE + "capture()")
    assert "ffmpeg was not found at " in notice(project.build())


def test_a_full_disk(project, small_disk):
    project.page("import numpy as np\nfor _ in range(9): capture(np.random.rand(200, 200, 3))\n")
    build = project.build(animvideo_cache_dir=str(small_disk / "cache"))
    assert "No space left on device" in notice(build)


def test_a_source_directory_behind_a_link(project, make_project):
    link = project.folder.parent / "link"
    link.symlink_to(project.folder)
    linked = make_project("link")
    linked.page("", argument="none.py")
    assert "Looked for none.py" in notice(linked.build())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/srv/docs/a/b.rst:3", "a/b.rst:3"),
        ("in /srv/docs.", "in .."),
        ("/srv/docs2/a.rst", "…/a.rst"),
        ("no '/srv/my cache/x/1.mp4'", "no '<cache>/x/1.mp4'"),
        ("'/srv/other/my files/a b.png'", "'…/a b.png'"),
        (r"'D:\\My Files\\a b.png'", "'…/a b.png'"),
        ("'/a' or '/b'", "'/a' or '/b'"),
        ("file:///srv/docs/a.rst", "a.rst"),
        ("file:/srv/other/a.rst", "file:…/a.rst"),
        ("(/opt/ffmpeg/bin/ffmpeg)", "(…/ffmpeg)"),
        ("see https://example.org/a/b/c", "see https://example.org/a/b/c"),
        ("../a/b, ~/a/b, a/b/c, 1/2/3, **/a/b", "../a/b, ~/a/b, a/b/c, 1/2/3, **/a/b"),
        (r"'C:\Users\me\docs\a.rst'", "'…/a.rst'"),
        (r"'C:\\Users\\me\\docs\\a.rst'", "'…/a.rst'"),
        ("C:/Users/me/docs/a.rst", "…/a.rst"),
        (r"\\server\share\docs\a.rst", "…/a.rst"),
        (r"'\\\\server\\share\\docs\\a.rst'", "'…/a.rst'"),
        (r"label='$\\alpha\\beta\\gamma$'", r"label='$\\alpha\\beta\\gamma$'"),
    ],
)
def test_absolute_paths_are_shortened(text, expected):
    assert published_text(text, "/srv/docs", "/srv/my cache") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"C:\Users\me\My Docs\a\b.rst", r"a\b.rst"),
        (r"'C:\\Users\\me\\My Docs\\a.rst'", "'a.rst'"),
        ("c:/users/me/my docs/a.rst", "a.rst"),
        (r"D:\cache\x\1.mp4", r"<cache>/x\1.mp4"),
    ],
)
def test_windows_paths_in_known_directories(text, expected):
    assert published_text(text, r"C:\Users\me\My Docs", r"D:\cache") == expected


def test_directories_near_the_root_are_not_replaced(monkeypatch):
    monkeypatch.setenv("HOME", os.sep)
    assert published_text("a / b and /x", "/", "/") == "a / b and /x"
