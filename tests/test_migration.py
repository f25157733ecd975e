"""The code that docs/how-to/migrate.rst shows as before and after makes the same video."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib import pyplot as plt
from PIL import Image

from sphinxcontrib_animvideo import write_video
from sphinxcontrib_animvideo.core.encoding.ffmpeg import find_ffmpeg
from tests.code_blocks import code_blocks
from tests.video import decode

pytestmark = pytest.mark.once

PAGE = Path(__file__).parents[1] / "docs" / "how-to" / "migrate.rst"
PLOT_DIRECTIVE = PAGE.with_name("plot-directive.rst")
WAVE = """\
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import FuncAnimation

x = np.linspace(0, 10, 200)
fig, ax = plt.subplots(figsize=(2, 1))
(line,) = ax.plot(x, np.sin(x))
wave = FuncAnimation(fig, lambda n: line.set_ydata(np.sin(x + n / 5)), 20)
wave.save("wave.gif", writer="pillow", fps=20)
"""
"""The script that has made the committed GIF."""


PYTHON = code_blocks(PAGE, "python")


def run(code: str) -> dict[str, object]:
    namespace: dict[str, object] = {"__name__": "__main__"}
    exec(compile(code, "before.py", "exec"), namespace)
    plt.close("all")
    return namespace


def frames(path: Path) -> int:
    if path.suffix == ".gif":
        with Image.open(path) as image:
            return image.n_frames
    return len(decode(path).frames)


@pytest.mark.parametrize(
    "code", [block.code for block in PYTHON if "celluloid" in block.title and block.kind]
)
# celluloid and gif were written for older versions of Matplotlib and Pillow.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_scripts_make_the_same_number_of_frames(code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    # Where there is no ffmpeg but ours, as on the machines that this tool was made for.
    monkeypatch.setitem(plt.rcParams, "animation.ffmpeg_path", find_ffmpeg())
    run(code)
    (video,) = tmp_path.glob("wave.*")
    assert frames(video) == 20


def test_four_scripts_are_compared():
    titles = [block.title for block in PYTHON if block.kind in ("before", "after")]
    assert titles.count("celluloid, gif, and imageio") == 4
    assert titles.count("pytest-mpl") == 2


def test_jshtml_shows_as_many_frames():
    (block,) = [block for block in PYTHON if "animation.html" in block.title]
    page = run(block.code.replace("HTML(", "page = HTML("))["page"]
    assert page.data.count("frames[") >= 20


def test_directives_show_what_was_there_before(project, monkeypatch):
    """The files of "before" exist; each directive of "after" shows all of their frames."""
    directives = [block.code for block in code_blocks(PAGE, "rst") if block.kind == "after"]
    assert len(directives) == 4
    project.write("make_wave.py", WAVE)
    monkeypatch.chdir(project.folder)
    run(WAVE)
    write_video("wave.mp4", np.full((20, 48, 64), 200, np.uint8), fps=20)
    project.write("index.rst", "Page\n====\n\n" + "\n".join(directives))
    build = project.build()
    assert build.warnings == []
    counts = re.findall(r'data-frames="(\d+)"', build.page())
    assert counts == ["20", "20", "20", "20"]


def test_the_plot_directive_before_and_after(project):
    """What moves is the same code, but for one line."""
    page = PLOT_DIRECTIVE.read_text("utf-8")
    before = re.search(r"   \.\. plot::\n(?:   .*\n|\n)+", page)[0].split("\n")
    (after,) = (block.code for block in code_blocks(PLOT_DIRECTIVE, "rst") if block.kind == "after")
    added = [line for line in after.splitlines() if f"   {line}".rstrip() not in before]
    assert added == [".. animvideo::", "       capture()"]
    project.write("index.rst", f"Page\n====\n\n{after}")
    build = project.build()
    assert build.warnings == []
    assert re.findall(r'data-frames="(\d+)"', build.page()) == ["10"]


def test_both_pytest_plugins_work_side_by_side(pytester):
    before, after = (block.code for block in PYTHON if block.title == "pytest-mpl")
    pytester.makepyfile(test_still=before, test_moving=after)
    still = "baseline/test_wave.png"
    pytester.runpytest_subprocess("--mpl-generate-path=baseline", "-p", "no:xdist", "test_still.py")
    assert pytester.path.joinpath(still).is_file()
    pytester.runpytest_subprocess("--animvideo-update=all", "test_moving.py")
    result = pytester.runpytest_subprocess("--mpl")
    result.assert_outcomes(passed=2)


def test_the_gallery_configuration_is_that_of_the_gallery_page():
    page = PAGE.read_text("utf-8")
    other = PAGE.with_name("sphinx-gallery.rst").read_text("utf-8")
    line = '"image_scrapers": ("matplotlib", "sphinxcontrib_animvideo.gallery"),'
    assert line in page
    assert line in other
