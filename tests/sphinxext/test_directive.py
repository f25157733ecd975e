"""Where the directive may stand, and what it leaves on the page."""

import re

import pytest

from tests.conftest import FIGURE, directive
from tests.video import decode

CODE = FIGURE + "capture()\n"


def page_of(project, **config):
    build = project.build(**config)
    assert build.warnings == []
    return build.page()


def indent(text, prefix):
    return "".join(f"{prefix}{line}\n" if line else "\n" for line in text.splitlines())


def test_the_figure(project):
    project.page(
        CODE,
        ':name: wave\n:caption: A *wave*, and a `link <https://example.org>`__.\n:alt: a "wave"\n'
        ":class: one two\n:figclass: three\n:align: left\n:figwidth: 50%",
    )
    html = page_of(project)
    figure = re.search(r"<figure.*?</figure>", html, re.DOTALL)[0]
    assert re.match(
        r'<figure class="animvideo three align-left" id="wave" style="width: 50%">', figure
    )
    video = re.search(r"<video[^>]*>", figure)[0]
    assert 'class="one two"' in video
    assert 'width="100" height="100"' in video
    assert 'aria-label="a &quot;wave&quot;"' in video
    assert re.search(
        r'<img src="_images/animvideo-[0-9a-f]{16}\.webp" [^>]*"animvideo-poster"', figure
    )
    assert ' preload="none" controls="" playsinline="" data-preload="metadata"' in video
    assert ' data-fps="25" data-frames="1"' in video
    assert "autoplay" not in video
    assert 'style="width: 100px"' in video
    assert re.search(
        r'<a href="_images/animvideo-\w+\.mp4" class="animvideo-file">mp4, \d+ kB</a>', figure
    )
    source = r'<source src="_images/animvideo-\w{16}\.mp4" type="video/mp4; codecs=&quot;avc1\.\w+&'
    assert re.search(source, figure)
    assert "A <em>wave</em>, and a <a" in figure
    assert "<figcaption>" in figure
    assert '<link rel="stylesheet" type="text/css" href="_static/animvideo.css' in html
    assert re.search(r'<script defer="defer" src="_static/animvideo.js\?v=\w+"></script>', html)


def test_references(project):
    text = "See :numref:`wave`, :ref:`wave` and :ref:`that one <wave>`.\n\n"
    figure = directive(CODE, ":name: wave\n:caption: The wave")
    project.write("index.rst", "Page\n====\n\n" + text + figure + ".. toctree::\n\n   b\n")
    project.page("x = 1\n" + CODE, ":caption: Second", name="b.rst")
    build = project.build(numfig=True)
    assert build.warnings == []
    links = re.findall(
        r'<a class="reference internal" href="#wave"><span class="std std-\w+">(.*?)<', build.page()
    )
    assert links == ["Fig. 1", "The wave", "that one"]
    assert '<span class="caption-number">Fig. 2 </span>' in build.page("b.html")


@pytest.mark.parametrize(
    ("options", "expected", "absent"),
    [
        (":autoplay:", 'controls="" muted="" playsinline=""', "autoplay"),
        (":autoplay:", 'data-preload="metadata" data-autoplay="" data-fps', "loop"),
        (":autoplay:\n:no-controls:", 'controls=""', "controls-"),
        (":autoplay:\n:no-controls:", 'data-autoplay="" data-bare=""', "autoplay"),
        (":loop:\n:muted:", 'controls="" loop="" muted=""', "data-autoplay"),
        (":preload: auto", 'preload="none" controls="" playsinline="" data-preload="auto"', ""),
        (":no-controls:\n:no-playsinline:", 'preload="none" data-preload', "controls"),
        (":width: 300", 'style="width: 300px"', "height:"),
        (":height: 5em", 'style="width: calc(5em * 100 / 100)"', "height:"),
        (":width: 50%\n:height: 20px", 'style="width: 100%; height: 20px"', ""),
        (":scale: 50", 'style="width: 50px"', ""),
        (":scale: 50", 'width="50" height="50"', ""),
    ],
)
def test_player_options(project, options, expected, absent):
    project.page(CODE, options)
    player = re.search(r"<div class=.animvideo-player.*?<source", page_of(project), re.DOTALL)[0]
    assert expected in player
    assert not absent or f" {absent}" not in player


def test_without_controls_there_is_nothing_below_the_video(project):
    project.page(CODE, ":no-controls:")
    assert "animvideo-bar" not in page_of(project)


def test_player_defaults_are_configured(project):
    project.write(
        "index.rst", "P\n=\n\n" + directive(CODE) + directive(CODE, ":no-loop:\n:controls:")
    )
    html = page_of(project, animvideo_loop=True, animvideo_controls=False)
    first, second = re.findall(r"<video[^>]*>", html)
    assert " loop" in first
    assert "controls" not in first
    assert " loop" not in second
    assert "controls" in second


def test_formats_become_sources_in_order_with_a_gif_as_the_last_resort(project):
    project.page(CODE, ":formats: webm mp4 gif\n:alt: moving")
    html = page_of(project)
    assert re.findall(r'<source src="[^"]*" type="(.*?)[;"]', html) == ["video/webm", "video/mp4"]
    assert re.search(
        r'<img src="_images/animvideo-\w+\.gif" alt="moving" loading="lazy"/>\n</video>', html
    )
    assert "<video src" not in html


def test_the_browser_chooses_between_pictures(project):
    project.page(CODE, ":formats: apng webp gif\n:alt: moving")
    picture = re.search(r"<picture>.*?</picture>", page_of(project), re.DOTALL)[0]
    assert re.findall(r'srcset="[^"]*\.(\w+)" type="(.*?)"', picture) == [
        ("apng", "image/apng"),
        ("webp", "image/webp"),
    ]
    assert re.search(r'<img [^>]*src="[^"]*\.gif"', picture)


def test_a_gif_alone_is_a_picture(project):
    project.page(CODE, ":formats: gif\n:alt: moving")
    html = page_of(project)
    assert "<video" not in html
    image = re.search(r"<img[^>]*animvideo[^>]*>", html)[0]
    assert 'alt="moving"' in image
    assert 'width="100"' in image


def test_everything_from_outside_is_escaped(project):
    nasty = "<script>alert(\"1\" & '2')</script>"
    project.page(
        CODE + f"# {nasty}\n",
        f":alt: {nasty}\n:caption: {nasty}\n:class: {nasty}\n:figclass: {nasty}\n"
        f":name: {nasty}\n:include-source:\n:show-source-link:\n:code-caption: {nasty}",
    )
    html = page_of(project)
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_source_and_link(project):
    project.page(CODE, ":include-source:\n:code-caption: How\n:show-source-link:\n:name: wave")
    html = page_of(project)
    assert '<span class="n">capture</span>' in html
    assert '<span class="caption-text">How</span>' in html
    link = re.search(
        r'<a class="[^"]*download[^"]*" download="" href="(_downloads/[^"]+/wave\.py)"', html
    )
    path = project.folder / "_build" / "html" / link[1]
    assert path.read_text("utf-8") == CODE
    assert html.index("literal-block-wrapper") < html.index("<video")


def test_a_scripts_source_keeps_its_name(project):
    project.write("scripts/anim.py", CODE)
    project.page("", ":show-source-link:\n:include-source:", argument="scripts/anim.py")
    html = page_of(project)
    assert "/anim.py" in html
    assert '<span class="n">capture</span>' in html


def test_skip(project):
    project.page("1 / 0", ":skip: needs a GPU\n:include-source:")
    html = page_of(project)
    assert "<video" not in html
    assert "Animation skipped: needs a GPU" in html
    assert '<div class="highlight' in html


def test_poster_and_captions_files(project):
    from PIL import Image

    Image.new("RGB", (9, 9)).save(project.folder / "still.png")
    project.write("words.vtt", "WEBVTT\n")
    project.page(CODE, ":poster: still.png\n:captions: words.vtt")
    html = page_of(project)
    poster = re.search(r'<img src="(_images/[^"]+\.png)"', html)[1]
    outdir = project.folder / "_build" / "html"
    assert (outdir / poster).read_bytes() == (project.folder / "still.png").read_bytes()
    track = re.search(r'<track kind="captions" src="(_images/[^"]+\.vtt)" srclang="en"', html)[1]
    assert (outdir / track).read_text() == "WEBVTT\n"


def test_a_missing_poster_is_one_warning_and_the_page_still_plays(project):
    project.page(CODE, ":poster: still.png\n:captions: words.vtt")
    build = project.build()
    assert [w.rpartition("WARNING: ")[2] for w in build.warnings] == [
        f":poster: names a file that does not exist: {project.folder / 'still.png'} [animvideo.option]",
        f":captions: names a file that does not exist: {project.folder / 'words.vtt'} [animvideo.option]",
    ]
    assert "<video" in build.page()


def test_captions_of_captures(project):
    project.page(FIGURE + "capture(hold=1, caption='One & two')\ncapture(hold=1, caption='')\n")
    page_of(project)
    (track,) = (project.folder / "_build" / "html").glob("_images/*.vtt")
    assert track.read_text() == "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nOne &amp; two\n"


def test_dark(project):
    project.page(CODE, ":dark: dark_background\n:name: both\n:caption: One caption")
    build = project.build()
    assert build.warnings == []
    html = build.page()
    light, dark = re.findall(r'<source src="([^"]+)"', html)
    assert html.count("<figcaption>") == html.count('id="both"') == 1
    assert 'class="animvideo-player animvideo-light"' in html
    assert 'class="animvideo-player animvideo-dark"' in html
    corners = [decode(build.outdir / name).frames[0][0, 0].mean() for name in (light, dark)]
    assert corners[0] > 250
    assert corners[1] < 5


def test_dark_in_a_context(project):
    text = directive("value = 1\n" + CODE, ":context:")
    text += directive(
        "assert value == 1\nplt.figure(figsize=(1, 1))\ncapture()",
        ":context:\n:dark: dark_background",
    )
    text += directive("assert value == 1\ncapture()", ":context:")
    project.write("index.rst", "P\n=\n\n" + text)
    build = project.build()
    assert build.warnings == []
    assert build.summary == (4, 0, 0)
    names = re.findall(r'<source src="([^"]+)"', build.page())
    corners = [decode(build.outdir / name).frames[0][0, 0].mean() for name in names]
    assert [corner > 200 for corner in corners] == [True, True, False, True]


def test_nested_in_lists_tables_and_admonitions(project):
    block = directive(CODE)
    text = "1. item\n\n" + indent(block, "   ") + ".. note::\n\n" + indent(block, "   ")
    text += ".. list-table::\n\n   * - text\n     -\n" + indent(block, "       ")
    project.write("index.rst", "P\n=\n\n" + text)
    assert page_of(project).count("<video") == 3


def test_included_files_keep_their_lines(project, monkeypatch):
    # Near the sources, docutils names included files relative to the working folder.
    monkeypatch.chdir(project.folder.parent)
    project.write("part.txt", "\nText.\n\n" + directive(CODE) + directive("x = 1\n1 / 0"))
    project.write("index.rst", "P\n=\n\n.. include:: part.txt\n")
    build = project.build()
    (warning,) = build.warnings
    line = (project.folder / "part.txt").read_text().splitlines().index("   1 / 0") + 1
    assert warning.startswith(f"{project.folder / 'part.txt'}:{line}: WARNING: "), warning
    assert build.page().count("<video") == 1


def test_docstrings(project):
    project.write(
        "mod_with_docs.py",
        '"""Module."""\n\ndef f():\n    """Do it.\n\n'
        + indent(directive(CODE) + directive("x = 1\n1 / 0"), "    ")
        + '    """\n',
    )
    project.write("index.rst", "P\n=\n\n.. autofunction:: mod_with_docs.f\n")
    project.write(
        "conf.py",
        f"import sys\nsys.path.insert(0, {str(project.folder)!r})\n"
        "extensions = ['sphinxcontrib_animvideo', 'sphinx.ext.autodoc']\n",
    )
    build = project.build()
    (warning,) = build.warnings
    assert re.match(r".*mod_with_docs\.py:docstring of mod_with_docs\.f:13: WARNING", warning), (
        warning
    )
    assert "    1 / 0" in warning
    assert build.page().count("<video") == 1


def test_markdown(project):
    fence = "```{animvideo}"
    project.write(
        "index.md",
        f"# Page\n\n- item\n\n  {fence}\n  :fps: 10\n  :caption: In *MyST*\n  :name: wave\n\n"
        + indent(CODE, "  ")
        + f"  ```\n\n{{numref}}`wave`\n\n{fence}\n---\nfps: 5\n---\nx = 1\n1 / 0\n```\n\n"
        + f"{fence}\nx = 1\ny = 2\n1 / 0\n```\n\n{fence}\n:fsp: 3\n1\n```\n",
    )
    project.write("conf.py", "extensions = ['sphinxcontrib_animvideo', 'myst_parser']\n")
    build = project.build(numfig=True)
    lines = (project.folder / "index.md").read_text().splitlines()
    wrong = [number for number, line in enumerate(lines, 1) if line == "1 / 0"]
    places = [int(re.search(r"index\.md:(\d+): WARNING", warning)[1]) for warning in build.warnings]
    assert sorted(places) == sorted([*wrong, lines.index(":fsp: 3")])
    assert "In <em>MyST</em>" in build.page()
    assert ">Fig. 1</span>" in build.page()


def test_pages_without_a_video_load_nothing(project):
    project.write("index.rst", "P\n=\n\n.. toctree::\n\n   b\n")
    project.page(CODE, name="b.rst")
    build = project.build()
    assert "animvideo.css" not in build.page()
    assert "animvideo.css" in build.page("b.html")


def test_output_of_the_code_is_told(project):
    project.page("import warnings\nprint('hello')\nwarnings.warn('careful')\n" + CODE)
    build = project.build()
    assert build.warnings == []
    assert "hello" in build.status
    assert "index.rst:8: UserWarning: careful" in build.status
