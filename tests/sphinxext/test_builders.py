"""Every builder gets the video, the poster or the text, without a warning."""

import re

import pytest

from tests.conftest import FIGURE, directive

PAGE = (
    "Page\n====\n\nSee :ref:`wave`.\n\n"
    + directive(
        FIGURE + "capture()\n",
        ":name: wave\n:caption: The *wave*\n:alt: a wave\n:include-source:\n:show-source-link:\n"
        ":dark: dark_background\n:width: 50%\n:formats: mp4 gif",
    )
    + ".. toctree::\n\n   sub/page\n"
)
CONFIG = {"copyright": "x", "version": "1", "project": "P", "author": "a"}


@pytest.fixture
def pages(project):
    project.write("index.rst", PAGE)
    project.page(FIGURE + "capture()\n", ":alt: below", "sub/page.rst")
    return project


@pytest.mark.parametrize(
    ("builder", "page", "prefix"),
    [
        ("html", "sub/page.html", "../_images/"),
        ("dirhtml", "sub/page/index.html", "../../_images/"),
        ("singlehtml", "index.html", "_images/"),
    ],
)
def test_html_builders_have_right_relative_uris(pages, builder, page, prefix):
    build = pages.build(builder, **CONFIG)
    assert build.warnings == []
    path = build.outdir / page
    uris = re.findall(r'(?:src|poster)="([^"]*animvideo-[^"]*)"', path.read_text("utf-8"))
    assert uris
    for uri in uris:
        assert uri.startswith(prefix)
        assert (path.parent / uri).is_file()


@pytest.mark.parametrize(
    ("builder", "pattern", "expected"),
    [
        ("latex", "*.tex", r"\\sphinxincludegraphics.*animvideo-\w+\}\.png.*\\caption\{The "),
        ("epub", "index.xhtml", r'<img[^>]*alt="a wave"'),
        ("texinfo", "*.texi", r"@image\{.*animvideo-\w+"),
        ("text", "index.txt", r"\[image: a wave\]"),
        ("man", "*.1", "a wave"),
        ("xml", "index.xml", 'alt="a wave"'),
        ("pseudoxml", "index.pseudoxml", 'alt="a wave"'),
        ("gettext", "index.pot", r"The \*wave\*"),
    ],
)
def test_other_builders(pages, builder, pattern, expected):
    build = pages.build(builder, **CONFIG)
    assert build.warnings == []
    (path,) = build.files(pattern)
    assert re.search(expected, path.read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("builder", ["text", "man", "gettext", "linkcheck", "dummy", "changes"])
def test_builders_without_pictures_render_nothing(project, builder):
    project.page(FIGURE + "capture()\nopen('ran', 'w')\n", ":alt: x")
    assert project.build(builder, **CONFIG).warnings == []
    assert not (project.folder / "ran").exists()


@pytest.mark.parametrize("builder", ["latex", "epub", "texinfo", "singlehtml", "text"])
def test_failures_are_shown_by_every_builder(project, builder):
    project.page("1 / 0", ":name: wave\n:caption: The *wave*")
    build = project.build(builder, **CONFIG)
    assert len(build.warnings) == (0 if builder == "text" else 1)


def test_a_page_is_written_again_for_each_builder(project):
    project.write("n.txt", "1")
    project.page(FIGURE + "for i in range(int(open('n.txt').read())): capture()")
    first = project.build("html").page()
    project.write("n.txt", "2")
    project.build("singlehtml")
    assert project.build("html").page() != first


def test_the_files_of_an_older_version_are_replaced(project):
    project.page(FIGURE + "capture()\n")
    script = project.build().outdir / "_static" / "animvideo.js"
    text = script.read_text("utf-8")
    script.write_text("old", "utf-8")
    assert project.build().warnings == []
    assert script.read_text("utf-8") == text
