"""Every builder gets the video, a picture or the text, without a warning.

E-books and paper have files of their own: ``test_epub.py`` and ``test_paper.py``.
"""

import re
import shutil
from html.parser import HTMLParser

import pytest
from PIL import Image

from tests.conftest import FIGURE, directive

PAGE = (
    "Page\n====\n\nSee :ref:`wave`.\n\n"
    + directive(
        ">>> " + "\n>>> ".join(FIGURE.splitlines()) + "\n>>> capture(); open('ran', 'w').close()\n",
        ":name: wave\n:caption: The *wave*\n:alt: a wave\n:include-source:\n:collapse-source:\n"
        ":code-caption: The code\n:show-source-link:\n:dark: dark_background\n:width: 50%\n"
        ":formats: mp4 gif",
    )
    + ".. toctree::\n\n   sub/page\n"
)
CONFIG = {
    "copyright": "x",
    "version": "1",
    "project": "P",
    "author": "a",
    "numfig": True,
    "extensions": ["sphinxcontrib_animvideo", "sphinx.ext.doctest", "sphinx.ext.coverage"],
    "html_baseurl": "https://example.org/",
}


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
        ("epub", "sub/page.xhtml", "../_images/"),
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


FIGURE_IN_TEXT = r"\[video: a wave\]\n[\s.sp]*The {}wave{}"


@pytest.mark.parametrize(
    ("builder", "pattern", "expected"),
    [
        ("latex", "*.tex", r"\\sphinxincludegraphics.*animvideo-\w+\}\.png.*\\caption\{The "),
        (
            "texinfo",
            "*.texi",
            r"@image\{[^,]*animvideo-\w+,[^,]*,,a wave,png\}\s+@caption\{The `wave'\}",
        ),
        ("text", "index.txt", FIGURE_IN_TEXT.format(r"\*", r"\*\n")),
        ("man", "*.1", FIGURE_IN_TEXT.format(r"\\fI", r"\\fP\n")),
        ("xml", "index.xml", r'ids="wave"[^>]*>\s*<paragraph>\[video: a wave\]<'),
        ("pseudoxml", "index.pseudoxml", r'ids="wave"[^>]*>\s+<paragraph>\s+\[video: a wave\]\n'),
    ],
)
def test_other_builders(pages, builder, pattern, expected):
    build = pages.build(builder, **CONFIG)
    assert build.warnings == []
    (path,) = build.files(pattern)
    text = path.read_text("utf-8")
    assert re.search(expected, text, re.DOTALL)
    assert "subplots" in text  # what cannot be folded is there
    assert "animvideo_source" not in text
    assert ("example.org" in text) == (builder in {"latex", "texinfo"})


@pytest.mark.parametrize(
    "builder",
    [
        *("text", "man", "gettext", "linkcheck", "xml", "pseudoxml"),
        *("doctest", "coverage", "changes", "dummy"),
    ],
)
def test_builders_without_pictures_run_nothing(pages, builder):
    assert pages.build(builder, **CONFIG).warnings == []
    assert not (pages.folder / "ran").exists()


@pytest.mark.parametrize("builder", ["latex", "epub", "texinfo", "singlehtml", "text"])
def test_failures_are_shown_by_every_builder(project, builder):
    project.write(
        "index.rst",
        "P\n=\n\n:ref:`wave`\n\n" + directive("1 / 0", ":name: wave\n:caption: The *wave*"),
    )
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


# -- translations ----------------------------------------------------------------------------


MARKDOWN = f"""\
# Title

```{{animvideo}}
:alt: a wave
:caption: The *wave*
:code-caption: The code
:include-source:

{FIGURE}capture()
```
"""


@pytest.mark.parametrize("markdown", [False, True])
def test_translations(project, markdown):
    config = CONFIG | {"locale_dirs": ["locale"]}
    name, line = ("index.md", 3) if markdown else ("index.rst", 4)
    if markdown:
        project.write(name, MARKDOWN)
        config["extensions"] = ["sphinxcontrib_animvideo", "myst_parser"]
    else:
        options = ":alt: a wave\n:caption: The *wave*\n:code-caption: The code\n:include-source:"
        project.page(FIGURE + "capture()\n", options)
    build = project.build("gettext", **config)
    assert build.warnings == []
    catalog = build.page("index.pot")
    for text in ("a wave", r"The \*wave\*"):
        assert re.search(rf'#: \S*{name}:{line}\nmsgid "{text}"\n', catalog), catalog
    assert 'msgid "The code"' in catalog

    translated = {"a wave": 'eine "Welle"', "The *wave*": "Die *Welle*", "The code": "Der Code"}
    for source, target in translated.items():
        target = target.replace('"', r"\"")
        catalog = catalog.replace(
            f'msgid "{source}"\nmsgstr ""', f'msgid "{source}"\nmsgstr "{target}"'
        )
    project.write("locale/de/LC_MESSAGES/index.po", catalog)
    shutil.rmtree(project.folder / "_build")  # Sphinx's gettext reads in a way of its own
    build = project.build("html", language="de", **config)
    assert build.warnings == []
    html = build.page()
    assert 'aria-label="eine &quot;Welle&quot;"' in html
    assert 'alt="eine &quot;Welle&quot;"' in html
    assert "Die <em>Welle</em>" in html
    assert "Der Code" in html
    assert "a wave" not in html
    assert '[Video: eine "Welle"]' in project.build("text", language="de", **config).page(
        "index.txt"
    )


# -- every text is escaped -------------------------------------------------------------------


NASTY = """<script>x</script> &lt; 100% of A & B_c #d "e" 'f' <b>"""


class Seen(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.values, self.text = [], [], ""

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.values += [value or "" for _, value in attributes]

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize(("builder", "page"), [("html", "index.html"), ("epub", "index.xhtml")])
def test_every_text_is_escaped(project, builder, page):
    names = {"poster": "a \"&<b>%41#?'.png", "captions": "a \"&<b>%41#?'.vtt"}
    script = "a'&<b>%41#\"?.py"
    Image.new("RGB", (9, 9)).save(project.folder / names["poster"])
    project.write(names["captions"], "WEBVTT\n")
    project.write(script, FIGURE + "capture()\n")
    options = {
        **dict.fromkeys(("alt", "caption", "name", "class", "figclass", "code-caption"), NASTY),
        **names,
        "include-source": "",
        "show-source-link": "",
    }
    written = "\n".join(f":{name}: {value}" for name, value in options.items())
    code = f"# {NASTY}\n{FIGURE}capture(caption={NASTY!r})\n"
    project.write(
        "index.rst",
        "P\n=\n\n"
        + directive(code, written)
        + directive("", ":show-source-link:\n:formats: gif", argument=script)
        + directive("x = 1", f":skip: {NASTY}")
        + directive(f"raise ValueError({NASTY!r})"),
    )
    build = project.build(builder, **CONFIG)
    assert len(build.warnings) == 1, build.warnings
    (warning,) = build.warnings
    assert "the code raised ValueError" in warning
    html = re.split('body"|sphinxsidebar|clearer', build.page(page))[1]
    seen = Seen()
    seen.feed(html)
    assert not {"script", "b"} & set(seen.tags)
    assert NASTY in seen.values
    # As typography shows it: the caption, the code's caption, the reason, the failure.
    plain = seen.text.replace("“", '"').replace("”", '"').replace("’", "'").replace("‘", "'")  # noqa: RUF001
    assert plain.count(NASTY) >= 5
    if builder == "html":
        links = [value for value in seen.values if value.startswith("_downloads/")]
        for link in links:
            assert re.fullmatch(r"[\w/.%'-]+", link)
        assert any(link.endswith("/a%27%26%3Cb%3E%2541%23%22%3F.py") for link in links)
