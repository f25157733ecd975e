"""LaTeX, and the PDF that is made of it."""

import contextlib
import re
import shutil
import subprocess
import zlib
from copy import copy

import numpy as np
import pytest
from PIL import Image

from sphinxcontrib_animvideo.core.cache.store import Cache
from sphinxcontrib_animvideo.errors import EncoderError
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
    """Return the gray of each frame of a strip of frames of 20 pixels, with gaps of 3 pixels."""
    with Image.open(path) as picture:
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    assert pixels.shape[0] == 20
    assert np.ptp(pixels, axis=2).max() <= 2
    return pixels[10, 10::23, 0]


@pytest.mark.parametrize("formats", ["mp4", "webm", "av1", "gif"])
def test_frames_from_the_first_to_the_last(project, formats):
    project.page(GREYS.format("range(0, 250, 25)"), f":formats: {formats}\n:fps: 20")
    build = latex(project, animvideo_latex="filmstrip:4")
    assert build.warnings == []
    ((path, size),) = pictures(build)
    np.testing.assert_allclose(levels(path), [0, 75, 150, 225], atol=3)
    assert size == r"width=89\sphinxpxdimen"


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
    assert pair_size == r"width=43\sphinxpxdimen"
    assert list(levels(single)) == [100]
    assert single_size == r"width=20\sphinxpxdimen"


def test_gaps_are_white_with_a_line(project):
    code = "import numpy as np\nfor level in (0, 200):\n"
    project.page(code + "    capture(np.full((20, 120, 3), level, np.uint8))\n")
    ((path, _),) = pictures(latex(project))
    with Image.open(path) as picture:
        assert picture.size == (243, 20)
        row = np.asarray(picture)[10].astype(int)
    np.testing.assert_allclose(row[:120], 0, atol=3)
    assert row[120:123, 0].tolist() == [255, 160, 255]  # the line is seen beside dark frames
    np.testing.assert_allclose(row[123:], 200, atol=3)


def test_sizes(project):
    code = FIGURE + "capture(); capture()\n"
    options = [":hidpi:", ":scale: 50", ":width: 50%", ":height: 2cm", ":width: 9vw"]
    project.write("index.rst", "P\n=\n\n" + "".join(directive(code, o) for o in options))
    strips = [size for _, size in pictures(latex(project))]
    assert strips == [rf"width={n}\sphinxpxdimen" for n in (202, 101, 203, 203, 203)]
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
@pytest.mark.parametrize(
    ("form", "reader", "name"),
    [
        ("filmstrip:4", "filmstrip.decode_frames", "filmstrip"),
        ("animate:4", "animation_frames.read_frames", "animation"),
    ],
)
def test_pictures_that_cannot_be_made(project, monkeypatch, error, reason, form, reader, name):
    def fail(*arguments, **options):
        raise copy(error)

    page = project.page(GREYS.format("(0, 9)"))
    project.build("html")
    monkeypatch.setattr(f"sphinxcontrib_animvideo.core.encoding.{reader}", fail)
    build = latex(project, animvideo_latex=form)
    (warning,) = build.warnings
    (video,) = project.folder.glob("_build/**/1-mp4.mp4")
    shown = reason.format(cached=video.parent)
    assert warning.startswith(f"{page}:4: WARNING: no {name}, showing the poster instead: {shown}")
    assert re.search(r"\[animvideo.(encoder|cache)\]$", warning)
    ((path, _),) = pictures(build)
    assert list(levels(path)) == [0]
    assert not list(project.folder.glob("_build/**/*unfinished-*"))


def test_a_choice_that_does_not_exist(project):
    page = project.page(GREYS.format("(0, 9)"), ":latex: animate:1000")
    build = latex(project, animvideo_latex="filmstrip:13")
    allowed = (
        "must be poster, filmstrip with a number of frames from 2 to 12 (such as filmstrip:4, "
        "filmstrip:4:frame, or filmstrip:4:none), or animate with a maximum number of frames from "
        "2 to 250 (such as animate:40), not"
    )
    assert [re.sub(r"^.*?WARNING: | \[[\w.]+\]$", "", warning) for warning in build.warnings] == [
        f"animvideo_latex {allowed} 'filmstrip:13'.",
        f":latex: {allowed} 'animate:1000'.",
    ]
    assert build.warnings[1].startswith(f"{page}:4: ")


def test_labels(project):
    options = ["", ":latex: filmstrip:3:frame", ":fps: 1", ":latex: filmstrip:2:none"]
    code = GREYS.format("range(10)")
    pages = [directive(code, f":fps: 20\n{o}" if "fps" not in o else o) for o in options]
    project.write("index.rst", "P\n=\n\n" + "".join(pages))
    build = latex(project)
    assert build.warnings == []
    assert re.findall(r"\\animvideolabels\{(\d+)\}\{(.*)\}%", build.page("p.tex")) == [
        ("4450", r"{0.00\,s}{0.15\,s}{0.30\,s}{0.45\,s}"),
        ("3300", "{1/10}{5/10}{10/10}"),
        ("4450", r"{0\,s}{3\,s}{6\,s}{9\,s}"),
    ]
    assert (build.outdir / "animvideo-filmstrip.sty").exists()


def test_only_what_has_a_caption_or_a_name_is_a_float(project):
    code = GREYS.format("(0, 200)")
    options = ["", ":caption: c", ":name: n", ":align: left", ":align: right"]
    texts = [f"Before {i}.\n\n" + directive(code, o) for i, o in enumerate(options)]
    texts += ["Before 5.\n\n.. _label:\n\n" + directive(code), "After, :ref:`x <label>`.\n"]
    project.write("index.rst", "P\n=\n\n" + "\n".join(texts))
    build = latex(project, html_baseurl="https://example.org/")
    assert build.warnings == []
    parts = re.split(r"Before \d\.|After,", build.page("p.tex"))[1:-1]
    floats = [r"\begin{figure}" in part for part in parts]
    assert floats == [False, True, True, False, False, True]
    fill = r"\hspace*{\fill}"
    lines = [next(p for p in part.splitlines() if "includegraphics" in p) for part in parts]
    assert [(p.startswith(r"\noindent{" + fill), p.endswith(fill + "}")) for p in lines] == [
        *((True, True), (False, False), (False, False)),
        *((False, True), (True, False), (False, False)),
    ]
    links = [re.search(r"(?:\S*\{\\fill\})?\\sphinxhref.*", part)[0] for part in parts]
    assert [link.count(fill) for link in links] == [2, 0, 0, 1, 1, 0]
    assert "wrapfigure" not in build.page("p.tex")


ANIMATION = re.compile(r"\\animvideoanimation\{(.*?)\}\{(.*?)\}\{(.*?)\}\{(\d+)\}%")


def animations(build):
    """Yield the options, the rate, and the frames of each animation."""
    for options, rate, base, last in ANIMATION.findall(build.page("p.tex")):
        frames = []
        for number in range(int(last) + 1):
            with Image.open(build.outdir / f"{base}{number}.jpg") as picture:
                frames.append(np.asarray(picture))
        assert not (build.outdir / f"{base}{int(last) + 1}.jpg").exists()
        yield options, rate, frames


def test_an_animation(project):
    code = GREYS.format("range(0, 240, 20)")
    options = [":fps: 30", ":fps: 30\n:latex: animate:5\n:loop:\n:autoplay:\n:poster: last"]
    project.write("index.rst", "P\n=\n\n" + "".join(directive(code, o) for o in options))
    project.build("html")
    build = latex(project, animvideo_latex="animate:12")
    assert build.warnings == []
    assert build.summary == (0, 2, 0)  # what is printed is no part of the video
    (whole, all_frames), (part, some_frames) = (
        ((options, rate), [frame[10, 10, 0] for frame in frames])
        for options, rate, frames in animations(build)
    )
    assert (whole, part) == (("", "30"), ("autoplay,loop", "10"))
    np.testing.assert_allclose(all_frames, range(0, 240, 20), atol=4)
    np.testing.assert_allclose(some_frames, range(0, 240, 60), atol=4)
    posters = [levels(path)[0] for path, _ in pictures(build)]
    np.testing.assert_allclose(posters, [0, 220], atol=3)


def test_pictures_are_made_once(project, monkeypatch):
    def fail(*arguments, **options):
        raise AssertionError

    code = GREYS.format("(0, 9)")
    pages = [directive(code), directive(code, ":latex: animate:4\n:fps: 10")]
    project.write("index.rst", "P\n=\n\n" + "".join(pages))
    before = latex(project)
    made = {path.name for path in before.files("animvideo-*")}
    encoding = "sphinxcontrib_animvideo.core.encoding"
    with monkeypatch.context() as patch:
        patch.setattr(f"{encoding}.filmstrip.decode_frames", fail)
        patch.setattr(f"{encoding}.animation_frames.read_frames", fail)
        assert latex(project).warnings == []
    (folder,) = project.folder.glob("_build/doctrees/animvideo/**/*-every-1")
    cache = Cache(project.folder / "_build/doctrees/animvideo")
    entry = next(entry for entry in cache.entries() if entry.folder == folder.parent)
    assert entry.size == sum(f.stat().st_size for f in folder.parent.rglob("*") if f.is_file())
    shutil.rmtree(folder)
    again = latex(project)
    assert {path.name for path in again.files("animvideo-*")} == made  # the same bytes


def test_frames_of_animations_are_no_larger_than_print_needs(project):
    code = "import numpy as np\nfor level in (0, 200):\n"
    project.page(code + "    capture(np.full((20, 1400, 3), level, np.uint8))\n")
    ((_, _, frames),) = animations(latex(project, animvideo_latex="animate:2"))
    assert [frame.shape for frame in frames] == [(14, 1000, 3)] * 2


def test_texinfo_shows_the_poster(project):
    project.page(GREYS.format("(0, 200)"), ":latex: animate:4\n:alt: a wave")
    build = project.build("texinfo", **CONFIG)
    assert build.warnings == []
    assert "@image{" in build.page("p.texi")
    assert "animvideoanimation" not in build.page("p.texi")
    assert not list(build.outdir.rglob("*.jpg"))


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
    table = ".. list-table::\n\n   * - " + directive(
        code, ":caption: in a cell\n:latex: animate:2"
    ).replace("\n", "\n       ")
    Image.new("RGB", (9, 9)).save(project.folder / "p&_%.png")
    project.write(
        "index.rst",
        "P\n=\n\n:ref:`a_b%&#` :numref:`a_b%&#`\n\n"
        + directive("# " + SPECIALS + "\n" + code, options + shown)
        + directive(animations, ":caption: two clips")
        + directive(code, ":align: left\n:figwidth: 30%\n:caption: beside text\n:latex: animate:4")
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
    (frames,) = {base for _, _, base, _ in ANIMATION.findall(build.page("p.tex"))}
    assert len(re.findall(rf"<\.?/?{frames}\d\.jpg>", log)) == 2
    # Without a button, Okular cannot play an animation.
    assert len(re.findall(rb"/T ?\(\d+\.PlayRight\)", _unpacked(build.outdir / "p.pdf"))) == 2


def _unpacked(path):
    """Return the contents of the compressed streams of a PDF file, in which its objects are."""
    found = b""
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", path.read_bytes(), re.DOTALL):
        with contextlib.suppress(zlib.error):
            found += zlib.decompress(stream)
    return found


def test_a_pdf_without_the_package_animate(project):
    pdflatex = program("pdflatex")
    project.page(FIGURE + "capture(); capture()\n", ":latex: animate:2")
    build = latex(project)
    macros = build.outdir / "animvideo-animate.sty"
    text = macros.read_text("utf-8")
    assert text.count("{animate.sty}") == 1
    macros.write_text(text.replace("{animate.sty}", "{not-there.sty}"), "utf-8")
    command = [pdflatex, "-interaction=nonstopmode", "p.tex"]
    done = subprocess.run(
        command, cwd=build.outdir, capture_output=True, text=True, errors="replace", check=False
    )
    assert done.returncode == 1
    said = re.sub(r"\n\(animvideo\) +", " ", done.stdout)
    assert (
        'Error: The LaTeX package "animate" is not installed. Still pictures take the place of the '
        "animations that animvideo_latex or :latex: asks for. Install it with "
        '"tlmgr install animate", or on Debian with "apt-get install texlive-latex-extra".'
    ) in said
    assert len(re.findall(r"(?m)^!", said)) == 1
    assert re.search(r"<\.?/?animvideo-\w+\.png", done.stdout)  # the still picture
