"""E-books, judged by epubcheck, on a page with every option of the directive."""

import re
import subprocess
import sys
import zipfile
from xml.etree import ElementTree

import pytest
from PIL import Image

from sphinxcontrib_animvideo.core.model.options import DIRECTIVE, options_of
from tests.conftest import FIGURE, program

pytestmark = pytest.mark.book

OPTIONS = {
    "fps": "10",
    "dpi": "100",
    "hidpi": "",
    "style": "ggplot",
    "seed": "3",
    "max-frames": "9",
    "timeout": "60",
    "context": "",
    "depends": "data.csv",
    "redraw": "full",
    "formats": "mp4 webm gif",
    "quality": "draft",
    "check-flashes": "",
    "controls": "",
    "autoplay": "",
    "loop": "",
    "muted": "",
    "playsinline": "",
    "preload": "auto",
    "poster": "own.png",
    "captions": "own.vtt",
    "sync": "one",
    "transcript": "open",
    "alt": "A line",
    "caption": "The *line*",
    "name": "line",
    "class": "one two",
    "figclass": "three",
    "align": "center",
    "width": "80px",
    "height": "80px",
    "scale": "50",
    "figwidth": "90%",
    "dark": "dark_background",
    "latex": "poster",
    "include-source": "",
    "collapse-source": "",
    "show-source-link": "",
    "code-caption": "The code",
}
OTHERS = [
    {"skip": "not today"},
    {"no-controls": "", "no-playsinline": ""},
    {"formats": "gif", "poster": "own.webp", "captions": "own.TXT"},
    {"sweep": "level = 1, 2", "sweep-default": "level = 2", "sweep-print": "grid"},
    {"sweep": "level = 1, 2", "sweep-print": "default"},
]
# The parameter of the sweep, where there is one.
CODE = FIGURE + "line.set_ydata([0, globals().get('level', 1)])\n"
CODE += "capture(caption='one'); capture()\n"


def rst(options):
    lines = [".. animvideo::", *(f"   :{name}: {value}".rstrip() for name, value in options)]
    return "\n".join([*lines, "", *(f"   {line}" for line in CODE.splitlines()), "", ""])


def markdown(options):
    lines = ["```{animvideo}", *(f":{name}: {value}".rstrip() for name, value in options)]
    return "\n".join([*lines, "", CODE, "```", "", ""])


@pytest.fixture(scope="module")
def epubcheck():
    path = program("epubcheck")
    # Debian's is an archive, which only some systems start by itself.
    return [program("java"), "-jar", path] if zipfile.is_zipfile(path) else [path]


@pytest.fixture
def book(project):
    settings = {"project": "P", "author": "a", "copyright": "x", "version": "1", "numfig": True}
    settings["extensions"] = ["sphinxcontrib_animvideo", "myst_parser"]
    settings["exclude_patterns"] = ["_*"]
    project.write("conf.py", "".join(f"{name} = {value!r}\n" for name, value in settings.items()))
    every = [options.items() for options in (OPTIONS, *OTHERS)]
    project.write(
        "index.rst",
        "Page\n====\n\nSee :numref:`line`.\n\n"
        + "".join(map(rst, every))
        + ".. toctree::\n\n   sub/page\n",
    )
    renamed = [{**options, "name": "other"}.items() for options in (OPTIONS,)]
    project.write(
        "sub/page.md", "# Other\n\nSee {ref}`line`.\n\n" + "".join(map(markdown, renamed))
    )
    for folder in ("", "sub/"):
        project.write(f"{folder}data.csv", "1")
        project.write(f"{folder}own.vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nhello\n")
        Image.new("RGB", (9, 9)).save(project.folder / f"{folder}own.png")
    project.write("own.TXT", "WEBVTT\n\n00:00.000 --> 00:01.000\nhello\n")
    Image.new("RGB", (9, 9)).save(project.folder / "own.webp")
    return project


def make(project, *arguments):
    """Build as readers of Sphinx's tutorial do: the doctree folder is in the output folder."""
    command = [sys.executable, "-Xfaulthandler", "-m", "sphinx", "-q", "-W", "--keep-going"]
    command += ["-b", "epub", *arguments]
    done = subprocess.run(
        [*command, ".", "_out"], cwd=project.folder, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return project.folder / "_out" / "P.epub"


def test_the_page_has_every_option():
    used = {"nofigs", "parallel", *OPTIONS, *(name for options in OTHERS for name in options)}
    flags = {f"no-{name}" for name in OPTIONS}
    assert used - flags == set(options_of(DIRECTIVE))


def contents(path):
    """Return the files of a book without the time of the build."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    time = rb"\d{4}-\d\d-\d\dT[\d:]+Z"
    return {name: re.sub(time, b"", data) for name, data in files.items()}


def test_a_book_with_every_option(book, epubcheck):
    make(book)
    path = make(book, "-a")  # by now the doctree folder holds all it ever does
    serial = contents(path)
    assert contents(make(book, "-E", "-j", "2")) == serial
    said = subprocess.run([*epubcheck, str(path)], capture_output=True, text=True, check=False)
    assert "0 fatals / 0 errors / 0 warnings / 0 infos" in said.stdout, said.stdout + said.stderr
    with zipfile.ZipFile(path) as archive:
        manifest = archive.read("content.opf").decode()
        pages = {name: archive.read(name).decode() for name in ("index.xhtml", "sub/page.xhtml")}
    listed = dict(re.findall(r'href="([^"]+)" media-type="([^"]+)"', manifest))
    videos = {name: type_ for name, type_ in listed.items() if "animvideo" in name}
    assert set(videos.values()) == {
        *("video/mp4", "video/webm", "image/gif", "image/png", "text/vtt", "text/css")
    }
    assert "_static/animvideo-epub.css" in videos
    assert not any(".doctrees" in name for name in listed)
    assert not any(name.endswith("animvideo.js") for name in listed)
    used = {name for page in pages.values() for name in re.findall(r"_images/[\w.-]+", page)}
    assert used | {"_static/animvideo-epub.css"} == set(videos)
    for page in pages.values():
        tree = ElementTree.fromstring(page.replace("&nbsp;", " "))
        tags = [element.tag.rpartition("}")[2] for element in tree.iter()]
        assert "script" not in tags
        assert "animvideo-dark" not in page
        assert not re.search(r"<a [^>]*(_images|_downloads)", page)
        for element in tree.iter("{http://www.w3.org/1999/xhtml}video"):
            assert {"poster", "controls"} <= set(element.keys())
            assert element[-1].tag.endswith("img")


def test_a_cache_in_the_output_folder_is_not_in_the_book(book):
    arguments = ["-D", "animvideo_cache_dir=_out/kept", "-d", "_doctrees"]
    make(book, *arguments)
    with zipfile.ZipFile(make(book, *arguments, "-a")) as archive:
        assert not any("kept" in name for name in archive.namelist())


def test_pictures_that_are_made_smaller_for_books_leave_the_videos_alone(project):
    project.page(CODE, ":formats: mp4 gif")
    config = {"epub_max_image_width": 50, "project": "P", "version": "1", "copyright": "x"}
    build = project.build("epub", **config)
    assert build.warnings == []
    (path,) = build.files("_images/*.gif")
    with Image.open(path) as picture:
        assert (picture.size, picture.n_frames) == ((100, 100), 2)


def test_the_language_of_captions_is_written_as_the_web_does(project):
    project.page(CODE)
    assert 'srclang="pt-BR"' in project.build(language="pt_BR").page()
