"""LaTeX, and the PDF that is made of it."""

import re
import subprocess

import numpy as np
import pytest
from PIL import Image

from sphinxcontrib_animvideo.core.encoding.filmstrip import filmstrip
from sphinxcontrib_animvideo.core.model.asset import Asset
from sphinxcontrib_animvideo.errors import EncoderError
from sphinxcontrib_animvideo.sphinxext import resolver
from tests.conftest import FIGURE, directive, program

pytestmark = pytest.mark.book

CONFIG = {"project": "P", "author": "a", "version": "1", "copyright": "x", "numfig": True}
GREYS = """\
import numpy as np
for level in {}:
    capture(np.full((20, 20, 3), level, np.uint8))
"""
SPECIALS = r"""100% of A & B_c #d \\e {f} ~g ^h $i "j" 'k' <script>"""


def latex(project, **config):
    return project.build("latex", **CONFIG | config)


def pictures(build):
    """Return the files and the options of all pictures, in order."""
    found = re.findall(r"sphinxincludegraphics\[(.*?)\]\{\{(.*?)\}(\.\w+)\}", build.page("p.tex"))
    return [(build.outdir / (name + suffix), size) for size, name, suffix in found]


def levels(path):
    """Return the gray of each frame of a strip of frames of 20 pixels, which has no gaps."""
    with Image.open(path) as picture:
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    assert pixels.shape[0] == 20
    assert np.ptp(pixels, axis=2).max() <= 2
    return pixels[10, 10::20, 0]


@pytest.mark.parametrize("formats", ["mp4", "webm", "av1", "gif"])
def test_frames_from_the_first_to_the_last(project, formats):
    project.page(GREYS.format("range(0, 250, 25)"), f":formats: {formats}\n:fps: 20")
    build = latex(project, animvideo_latex="filmstrip:4")
    assert build.warnings == []
    ((path, size),) = pictures(build)
    np.testing.assert_allclose(levels(path), [0, 75, 150, 225], atol=3)
    assert size == r"width=82\sphinxpxdimen"


def test_a_gif_that_has_fewer_frames_than_it_was_given(project):
    project.page(GREYS.format("range(0, 240, 2)"), ":formats: gif\n:fps: 100")
    ((path, _),) = pictures(latex(project, animvideo_latex="filmstrip:3"))
    np.testing.assert_allclose(levels(path), [0, 119, 238], atol=4)


def test_fewer_frames_than_asked_and_a_single_one(project):
    two, one = GREYS.format("(0, 200)"), GREYS.format("(100,)")
    project.write("index.rst", "P\n=\n\n" + directive(two) + directive(one))
    build = latex(project)
    (pair, pair_size), (single, single_size) = pictures(build)
    np.testing.assert_allclose(levels(pair), [0, 200], atol=3)
    assert pair_size == r"width=40\sphinxpxdimen"
    assert list(levels(single)) == [100]
    assert single_size == r"width=20\sphinxpxdimen"


def test_gaps_are_white_and_of_any_width(project):
    code = "import numpy as np\nfor level in (0, 200):\n"
    project.page(code + "    capture(np.full((20, 120, 3), level, np.uint8))\n")
    ((path, _),) = pictures(latex(project))
    with Image.open(path) as picture:
        assert picture.size == (243, 20)
        row = np.asarray(picture)[10].astype(int)
    np.testing.assert_allclose(row[:120], 0, atol=3)
    assert row[120:123].min() == 255
    np.testing.assert_allclose(row[123:], 200, atol=3)


def test_sizes(project):
    code = FIGURE + "capture(); capture()\n"
    options = [":hidpi:", ":scale: 50", ":width: 50%", ":height: 2cm", ":width: 9vw"]
    project.write("index.rst", "P\n=\n\n" + "".join(directive(code, o) for o in options))
    strips = [size for _, size in pictures(latex(project))]
    assert strips == [rf"width={n}\sphinxpxdimen" for n in (202, 101, 202, 202, 202)]
    posters = [size for _, size in pictures(latex(project, animvideo_latex="poster"))]
    px = r"\sphinxpxdimen"
    assert posters == [f"width=100{px}", f"width=50{px}", r"width=0.500\linewidth", "height=2cm",
                       f"width=100{px}"]  # fmt: skip


def test_text_flows_around_a_figure_that_leaves_room_for_it(project):
    options = ["", ":figwidth: 40%", ":width: 40%", ":figwidth: 20rem"]
    code = FIGURE + "capture(); capture()\n"
    pages = [directive(code, f":align: right\n{option}".strip()) for option in options]
    project.write("index.rst", "P\n=\n\n" + "".join(pages))
    assert latex(project).page("p.tex").count(r"\begin{wrapfigure}") == 1
    assert latex(project, animvideo_latex="poster").page("p.tex").count(r"\begin{wrapfigure}") == 2


def test_the_authors_poster_where_latex_can_show_it(project):
    project.write("own.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    Image.new("RGB", (9, 9)).save(project.folder / "own.png")
    code = FIGURE + "capture()\n"
    pages = [directive(code, f":poster: {name}") for name in ("own.png", "own.svg")]
    project.write("index.rst", "P\n=\n\n" + "".join(pages))
    (own, _), (clips, _) = pictures(latex(project))
    with Image.open(own) as first, Image.open(clips) as second:
        assert (first.size, second.size) == ((9, 9), (100, 100))


@pytest.mark.parametrize(
    ("config", "address"),
    [
        ({}, "sub/a%20page.html"),
        ({"html_file_suffix": ".htm"}, "sub/a%20page.htm"),
        ({"html_file_suffix": ".htm", "html_link_suffix": "/"}, "sub/a%20page/"),
    ],
)
def test_a_link_to_the_page_with_the_video(project, config, address):
    project.write("index.rst", "P\n=\n\n.. toctree::\n\n   sub/a page\n")
    project.page(GREYS.format("(0, 9)"), ":name: wave\n:caption: c", "sub/a page.rst")
    build = latex(project, html_baseurl="https://example.org/p", **config)
    assert build.warnings == []
    link = rf"\sphinxhref{{https://example.org/p/{address}\#wave}}{{Watch it online}}"
    assert link in build.page("p.tex").replace(r"\%", "%")
    assert "Watch it online" not in latex(project).page("p.tex")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (EncoderError("it broke.", detail="why"), "it broke."),
        (
            OSError(28, "full"),
            "cannot write to the directory {cached} (full). Make it writable. Or set "
            "animvideo_cache_dir to a writable directory.",
        ),
    ],
)
def test_a_filmstrip_that_cannot_be_made(project, monkeypatch, error, reason):
    def fail(*arguments):
        raise error

    page = project.page(GREYS.format("(0, 9)"))
    project.build("html")
    monkeypatch.setattr("sphinxcontrib_animvideo.core.encoding.filmstrip.decode_frames", fail)
    build = latex(project)
    (warning,) = build.warnings
    (video,) = project.folder.glob("_build/**/1-mp4.mp4")
    shown = reason.format(cached=video.parent)
    assert warning.startswith(
        f"{page}:4: WARNING: no filmstrip, showing the poster instead: {shown}"
    )
    assert re.search(r"\[animvideo.(encoder|cache)\]$", warning)
    ((path, _),) = pictures(build)
    assert list(levels(path)) == [0]
    assert not list(project.folder.glob("_build/**/filmstrip-*"))


@pytest.mark.parametrize("wrong", ["filmstrip:1", "filmstrip:13", "filmstrip", "movie", "", 3])
def test_a_choice_that_does_not_exist(project, wrong):
    project.page(GREYS.format("(0, 9)"))
    build = latex(project, animvideo_latex=wrong)
    (warning,) = build.warnings
    assert (
        "animvideo_latex must be poster, or filmstrip with a number of frames from 2 to 12, such as filmstrip:4, not "
        in warning
    )
    assert len(pictures(build)) == 1


def test_a_filmstrip_is_made_once(project, monkeypatch):
    made = []
    real = filmstrip

    def count(asset: Asset, clip, count):
        before = {path.name for path in resolver.Path(asset.folder).iterdir()}
        strip = real(asset, clip, count)
        made.append(strip.path.name not in before)
        return strip

    monkeypatch.setattr(resolver, "filmstrip", count)
    project.page(GREYS.format("(0, 9)"))
    latex(project)
    latex(project)
    assert made[0] is True
    assert not any(made[1:])


def test_a_pdf(project):
    pdflatex = program("pdflatex")
    animations = """\
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation
kept = []
for count in (2, 3):
    fig, ax = plt.subplots(figsize=(1, 1))
    kept.append(FuncAnimation(fig, lambda i, ax=ax: ax.plot([i, 1]), count, interval=100))
"""
    code = FIGURE + "capture(); capture()\n"
    options = f":caption: {SPECIALS}\n:alt: {SPECIALS}\n:name: a_b%&#\n:class: c_%\n:figclass: d_%"
    shown = f"\n:include-source:\n:collapse-source:\n:code-caption: {SPECIALS}\n:poster: p&_%.png"
    table = ".. list-table::\n\n   * - " + directive(code, ":caption: in a cell").replace(
        "\n", "\n       "
    )
    Image.new("RGB", (9, 9)).save(project.folder / "p&_%.png")
    project.write(
        "index.rst",
        "P\n=\n\n:ref:`a_b%&#` :numref:`a_b%&#`\n\n"
        + directive("# " + SPECIALS + "\n" + code, options + shown)
        + directive(animations, ":caption: two clips")
        + directive(code, ":align: left\n:figwidth: 30%\n:caption: beside text")
        + "Text. " * 90
        + "\n\n"
        + directive(code, ":width: 20rem\n:figwidth: 9vw\n:align: right\n:hidpi:")
        + directive("capture()", ":skip: 100% of A & B_c")
        + table.rstrip()
        + "\n",
    )
    build = latex(project, html_baseurl="https://example.org/a_b%c#d/")
    assert build.warnings == []
    command = [pdflatex, "-interaction=nonstopmode", "-halt-on-error", "p.tex"]
    for _ in range(2):  # the second time it knows the numbers of the figures
        done = subprocess.run(
            command, cwd=build.outdir, capture_output=True, text=True, errors="replace", check=False
        )
        assert done.returncode == 0, done.stdout[-3000:]
    log = (build.outdir / "p.log").read_text("utf-8", errors="replace")
    assert "undefined references" not in log
    assert not re.search(r"Overfull \\hbox \(\d\d", log)
    assert len(re.findall(r"<\./?animvideo-\w+\.png|<animvideo-\w+\.png", log)) >= 4
    assert (build.outdir / "p.pdf").stat().st_size > 10_000
