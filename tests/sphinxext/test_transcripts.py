"""Captions as text: on pages, in print, in the search index, and in other languages."""

import json
import re
import shutil

import pytest

from sphinxcontrib_animvideo.core.encoding.captions import read_webvtt, translate_webvtt
from sphinxcontrib_animvideo.core.model.text import ExplainedError
from sphinxcontrib_animvideo.sphinxext.captions import texts_in
from tests.conftest import FIGURE, directive

WEBVTT = """\
WEBVTT - a title

STYLE
::cue { color: red }

NOTE a comment
of two lines

first
00:00.500 --> 00:01.000 align:start position:0%
<v.loud Anna>Two &amp; <b>two</b></v>
is <00:00.700>four

1:00:00.000-->1:00:01.250
a < b
00:03.000 --> 00:04.000

"""


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_webvtt_is_read(newline):
    text = "\ufeff" + WEBVTT.replace("\n", newline)
    assert [(cue.start, cue.text) for cue in read_webvtt(text)] == [
        (0.5, "Anna: Two & two is four"),
        (3600, "a < b"),
        (3, ""),
    ]


@pytest.mark.parametrize(
    "times",
    [
        "00:01,000 --> 00:02,000",
        "1 --> 2",
        "00:60.000 --> 01:01.000",
        "9999999999:00:00.000 --> 00:01.000",
    ],
)
def test_times_that_are_refused(times):
    with pytest.raises(ExplainedError, match="has invalid timestamps on line 4 "):
        read_webvtt(f"WEBVTT\n\n1\n{times}\nx")


def test_only_texts_are_translated():
    markup = "<v.loud Anna>Two &amp; <b>two</b></v>\nis <00:00.700>four"
    texts = {"Anna: Two & two is four": "Anna: Zwei & zwei < fünf"}
    translated = translate_webvtt(WEBVTT, lambda text: texts.get(text, text))
    assert translated == WEBVTT.replace(markup, "Anna: Zwei &amp; zwei &lt; fünf")


def test_captions_in_code():
    code = """
capture(caption="one" if x else None)
animvideo.capture(hold=1, caption=f"step {n + 1:.2f} of {total!r}")
capture(caption='two ' "lines\\nlong")
capture(caption=text); table(caption="three"); capture("four")
"""
    assert list(texts_in(code)) == [
        ("one", ()),
        ("step {n + 1} of {total}", ("{n + 1}", "{total}")),
        ("two lines long", ()),
    ]
    assert list(texts_in("caption = ")) == []


CODE = FIGURE + "for n in range(2): capture(hold=1, caption=f'Step {n} <&>')\n"
PAGE = (
    "Page\n====\n\n"
    + directive(CODE, ":caption: The *wave*\n:name: wave")
    + directive(FIGURE + "capture()\n", ":captions: own.vtt\n:transcript: open")
    + directive(CODE, ":transcript: off")
    + directive(CODE, ":formats: gif")
)
OWN = "WEBVTT\n\n00:00.040 --> 00:01.000\nGammas\n\n01:00:01.125 --> 01:00:02.000\nDelta\n"
CONFIG = {"project": "P", "author": "a", "copyright": "x", "version": "1"}


@pytest.fixture
def page(project):
    project.write("own.vtt", OWN)
    project.write("index.rst", PAGE)
    project.config = CONFIG
    return project


def test_transcripts_on_pages(page):
    build = page.build()
    assert build.warnings == []
    html = build.page()
    found = re.findall(r'<details class="animvideo-transcript".*?</details>', html, re.DOTALL)
    lines = [re.findall(r"<li><p>(.*?)</p></li>", each) for each in found]
    link = '<a class="reference internal" href="#{}:t={}">{}</a> {}'.format
    time = '<span class="animvideo-cue-time">{}</span> {}'.format
    assert lines == [
        [
            link("wave", 0, "0:00", "Step 0 &lt;&amp;&gt;"),
            link("wave", 1, "0:01", "Step 1 &lt;&amp;&gt;"),
        ],
        [
            link("animvideo-2", 0.04, "0:00.0", "Gammas"),
            link("animvideo-2", 3601.125, "1:00:01.1", "Delta"),
        ],
        [time("0:00", "Step 0 &lt;&amp;&gt;"), time("0:01", "Step 1 &lt;&amp;&gt;")],
    ]
    assert [
        "<details open" in each.replace(' class="animvideo-transcript"', "") for each in found
    ] == [*(False, True, False)]
    assert html.index("</details>") < html.index("<figcaption>")  # not part of the caption
    assert re.findall(r'<figure class="animvideo[^>]* id="([^"]*)"', html) == [
        *("wave", "animvideo-2", "animvideo-3", "animvideo-4")
    ]
    index = build.page("searchindex.js").removeprefix("Search.setIndex(").rstrip(")")
    assert {"gamma", "delta", "step"} <= set(json.loads(index)["terms"])

    # What another build has rendered is known where nothing is rendered.
    for builder, name, bullet in ("text", "index.txt", r"\* "), ("man", "p.1", r"[\s\S]*?"):
        text = page.build(builder).page(name)
        assert re.search(rf"Transcript\S*\s+{bullet}0:00 Step 0 <&>\s", text), text
        assert re.search(rf"{bullet}1:00:01.1 Delta\s", text)
        assert text.count("Transcript") == 3
    tex = page.build("latex").page("p.tex")
    assert re.search(
        r"\\end\{figure\}\s+\\sphinxAtStartPar\s+\\sphinxstylestrong\{Transcript: The wave\}\s+"
        r"\\begin\{itemize\}\s+\\item.*\s+\\sphinxAtStartPar\s+\S*\{0:00\} Step 0",
        tex,
    )
    assert page.build("texinfo").page("p.texi").count("Step 1") == 2


def test_captions_from_code_are_not_known_before_it_runs(page, monkeypatch):
    text = page.build("text", animvideo_transcript="off").page("index.txt")
    assert text.count("Transcript") == 1  # what the directive says counts
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/no/ffmpeg")  # nothing needs it
    build = page.build("text")
    assert build.warnings == []
    text = build.page("index.txt")
    assert "Gammas" in text
    assert "Step" not in text


def test_translated_captions(page):
    config = {"locale_dirs": ["locale"]}
    catalog = page.build("gettext", **config).page("index.pot")
    for source, target in {"Step {n} <&>": "<{n}> Schritt", "Gammas": "Gämmas"}.items():
        before = f'msgid "{source}"\nmsgstr '
        assert f'{before}""' in catalog
        catalog = catalog.replace(f'{before}""', f'{before}"{target}"')
    page.write("locale/de/LC_MESSAGES/index.po", catalog)
    shutil.rmtree(page.folder / "_build")
    build = page.build(language="de", **config)
    assert build.warnings == []
    html = build.page()
    assert "<summary>Transkript</summary>" in html
    assert re.findall(r"</(?:a|span)> ([^<]*)</p>", html) == [
        *("&lt;0&gt; Schritt", "&lt;1&gt; Schritt", "Gämmas", "Delta"),
        *("&lt;0&gt; Schritt", "&lt;1&gt; Schritt"),
    ]
    shown = [
        (build.outdir / uri).read_text("utf-8") for uri in re.findall(r'src="([^"]*vtt)"', html)
    ]
    assert len(shown) == 3
    assert "&lt;1&gt; Schritt\n" in shown[0]
    assert shown[1] == OWN.replace("Gammas", "Gämmas")


def test_each_figure_on_a_page_has_its_own_id(page):
    page.write(
        "sub.rst", "Sub\n===\n\n" + 2 * directive(FIGURE + "capture()\n", ":captions: own.vtt")
    )
    page.write("index.rst", PAGE + ".. toctree::\n\n   sub\n")
    html = page.build("singlehtml").page()
    found = re.findall(r'<figure class="animvideo[^>]* id="([^"]*)"', html)
    assert len(found) == len(set(found)) == 6
    assert f'href="#{found[-1]}:t=0.04"' in html
