import gzip
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from sphinxcontrib_animvideo.core.model.asset import Clip, VideoFile
from sphinxcontrib_animvideo.html.player import (
    SCRIPT,
    STYLESHEET,
    PageContext,
    PlayerOptions,
    player_html,
    static_file,
)
from sphinxcontrib_animvideo.html.player_words import player_words


def file(name, type_, size=1):
    return VideoFile(name.partition(".")[2], name, type_, size, "0" * 64)


MP4 = file("a.mp4", 'video/mp4; codecs="avc1.64001e"', 48_123)
GIF = file("a.gif", "image/gif", 2_345_678)
POSTER = file("a.png", "image/png")
VTT = file("a.vtt", "text/vtt")
NASTY = "\"'><script>alert(1)</script>&amp;"


def html(*files, vtt=None, ratio=1, options=None, **page):
    clip = Clip(files, POSTER, vtt, 640, 480, "30000/1001", 10, 0.4, ratio)
    options = options or PlayerOptions()
    return player_html(clip, options, lambda file: f"x/{file.name}", PageContext(**page))


def test_video():
    assert html(MP4).splitlines() == [
        '<div class="animvideo-player">',
        '<div class="animvideo-screen">',
        '<img src="x/a.png" alt="" loading="lazy" class="animvideo-poster"/>',
        '<video width="640" height="480" style="width: 640px" preload="none" controls=""'
        ' playsinline="" data-preload="metadata" data-fps="30000/1001" data-frames="10">',
        '<source src="x/a.mp4" type="video/mp4; codecs=&quot;avc1.64001e&quot;"/>',
        '<img src="x/a.png" alt="" loading="lazy"/>',
        "</video>",
        "</div>",
        '<div class="animvideo-bar"><div class="animvideo-files">',
        '<a href="x/a.mp4" class="animvideo-file">mp4, 48 kB</a>',
        "</div></div>",
        "</div>",
    ]


def test_starting_by_itself_waits_for_the_script():
    text = html(MP4, options=PlayerOptions(autoplay=True, controls=False, playsinline=False))
    assert " autoplay=" not in text
    assert ' controls="" muted="" playsinline="" ' in text
    assert ' data-autoplay="" data-bare="" ' in text


def test_twice_the_pixels_have_the_same_size_on_the_page():
    text = html(MP4, ratio=2)
    assert '<video width="320" height="240" style="width: 320px"' in text


@pytest.mark.parametrize(
    ("options", "player", "video"),
    [
        ({"width": "50%"}, ' style="width: 50%"', "width: 100%"),
        ({"width": "20em"}, "", "width: 20em"),
        ({"height": "240px"}, "", "width: calc(240px * 640 / 480)"),
        ({"width": "10em", "height": "20em"}, "", "width: 10em; height: 20em"),
        ({"scale": 50.0}, "", "width: 320px"),
    ],
)
def test_sizes(options, player, video):
    lines = html(MP4, options=PlayerOptions(**options)).splitlines()
    assert lines[0] == f'<div class="animvideo-player"{player}>'
    assert f' style="{video}"' in lines[3]


def test_own_poster_and_captions_win():
    german = {"language": "de", "language_name": "Deutsch"}
    track = '<track kind="captions" src="{}" srclang="de" label="Deutsch" default=""/>'
    assert track.format("x/a.vtt") in html(MP4, vtt=VTT, **german)
    text = html(MP4, vtt=VTT, poster="p.png", captions="own.vtt", **german)
    assert '<img src="p.png" alt="" loading="lazy" class="animvideo-poster"/>' in text
    assert track.format("own.vtt") in text


def test_the_poster_of_a_hidden_video_is_not_loaded():
    text = html(MP4, variant="dark", poster="a(b).png")
    assert 'class="animvideo-player animvideo-dark"' in text
    assert " poster=" not in text
    assert '<img src="a(b).png" alt="" loading="lazy" class="animvideo-poster"/>' in text


def test_a_book_has_a_poster_and_no_script():
    text = html(MP4, scripted=False)
    assert ' poster="x/a.png" preload' in text
    assert "animvideo-poster" not in text


def test_a_picture_that_moves_has_a_still_one_for_reduced_motion():
    assert html(GIF, options=PlayerOptions(alt="a wave")).splitlines()[1:6] == [
        "<picture>",
        '<source srcset="x/a.png" media="(prefers-reduced-motion: reduce)"/>',
        '<img width="640" height="480" style="width: 640px" src="x/a.gif" alt="a wave"'
        ' loading="lazy"/>',
        "</picture>",
        '<div class="animvideo-bar"><div class="animvideo-files">',
    ]
    assert ">gif, 2.3 MB</a>" in html(GIF)


def test_a_book_has_no_links_to_files():
    assert "<a " not in html(MP4, GIF, scripted=False)


class _Seen(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags = []
        self.values = []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.values += [value for _, value in attributes]


@pytest.mark.parametrize("files", [(MP4,), (GIF,), (MP4, GIF)])
def test_every_text_is_escaped(files):
    nasty = file(f"{NASTY}.mp4", f"video/mp4{NASTY}"), *files
    options = PlayerOptions(alt=NASTY, classes=(NASTY,), width=NASTY, height=NASTY, preload=NASTY)
    page = dict.fromkeys(("poster", "captions", "language", "variant"), NASTY)
    for clips in (nasty, files):
        text = html(*clips, options=options, **page)
        parser = _Seen()
        parser.feed(text)
        assert "script" not in parser.tags
        assert any(NASTY in (value or "") for value in parser.values)
        ElementTree.fromstring(text)  # XHTML as well


@pytest.mark.browser  # other versions of the minifier write other bytes
def test_what_is_served_is_up_to_date():
    from tests import minified

    for path, text in minified.minified_files():
        assert path.read_text("utf-8") == text, "run: python -m tests.minified"


def test_the_script_has_the_english_words_of_the_catalog():
    script = (Path(__file__).parents[1] / "sphinxcontrib_animvideo/html/src/player.js").read_text(
        "utf-8"
    )
    english = script.partition("const ENGLISH = {\n")[2].partition("  };")[0]
    assert dict(re.findall(r'(\w+): "(.*)",', english)) == player_words(str)


def test_script_and_style_are_small():
    served = [static_file(name).read_bytes() for name in (SCRIPT, STYLESHEET)]
    assert sum(len(gzip.compress(content)) for content in served) <= 10_000
