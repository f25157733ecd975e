"""What must hold for the documentation of this project, as it was built into docs/_build/html.

Not among the tests, as it needs a build of the whole documentation:

    python -m sphinx -E docs docs/_build/html && python -m pytest tests/browser/site.py

With ``-E``, because Sphinx's search index loses the index entries of pages that are not read again.
"""

from __future__ import annotations

from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from sphinx.util.inventory import InventoryFile

from sphinxcontrib_animvideo.core.model.options import CONFIG, DIRECTIVE, options_of
from tests.browser.test_player import SHIFTS
from tests.browser.test_playing import PLAY, frame_at, wrong_colours

SITE = Path(__file__).parents[2] / "docs" / "_build" / "html"
SCREENS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]


@pytest.fixture
def address(serve):
    return serve(SITE)


class _Page(HTMLParser):
    """The targets on a page, and what it links to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" or (name == "name" and tag == "a"):
                self.ids.add(value or "")
            elif name in ("href", "src", "poster", "data-src"):
                self.links.add(value or "")


def test_every_link_inside_the_site_leads_somewhere():
    pages = {path: _Page(path) for path in SITE.rglob("*.html")}
    assert len(pages) > 60
    broken = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or link in ("", "#"):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            fragment = unquote(parts.fragment).partition(":")[0]  # name:frame=40
            if not target.exists():
                broken.append(f"{path.relative_to(SITE)}: {link}")
            elif fragment and target in pages and fragment not in pages[target].ids:
                broken.append(f"{path.relative_to(SITE)}: {link} (no such target)")
    assert broken == []


def test_other_projects_can_link_to_every_option():
    inventory = InventoryFile.loads((SITE / "objects.inv").read_bytes(), uri="").data
    values = {option.config_name for option in options_of(CONFIG).values()}
    assert values <= set(inventory["std:confval"])
    options = {f"animvideo:{name}" for name in options_of(DIRECTIVE)}
    assert options <= set(inventory["rst:directive:option"])
    assert {"animvideo"} <= set(inventory["rst:directive"])
    assert "sphinxcontrib_animvideo.write_video" in inventory["py:function"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Jupyter", "how-to/notebook"),
        ("fullscreen", "how-to/player"),
        ("slow", "how-to/speed"),
        ("GIF", "how-to/formats"),
        ("license", "reference/platforms"),
        ("plot_directive", "how-to/plot-directive"),
        ("manim", "how-to/other-libraries"),
        ("FAQ", "how-to/troubleshooting"),
        ("autoplay", "how-to/player"),
        ("jshtml", "how-to/migrate"),
        ("conda", "reference/platforms"),
        ("dark mode", "how-to/dark"),
        ("accessibility", "how-to/accessibility"),
        ("Read the Docs", "how-to/ci-cache"),
    ],
)
def test_the_search_finds_the_page(page, address, words, expected):
    page.goto(f"{address}/search.html?q={words.replace(' ', '+')}")
    first = page.locator("ul.search li a").first
    first.wait_for()
    link = str(first.evaluate("link => link.href"))
    assert urlsplit(link).path == f"/{expected}.html"


def test_the_landing_page_is_light(page, address):
    sizes = {}
    page.on("response", lambda response: sizes.update({response.url: len(response.body())}))
    page.goto(f"{address}/index.html", wait_until="networkidle")
    page.evaluate(SHIFTS)
    assert page.locator(".gallery-card").count() == 9
    assert sum(sizes.values()) < 600_000, sorted(sizes.items(), key=lambda item: -item[1])[:5]
    page.wait_for_timeout(500)
    assert page.evaluate("window.shift") < 0.01  # the icons of the theme move a little


@pytest.mark.parametrize(
    "name", ["index", "gallery/index", "gallery/physics", "reference/directive"]
)
@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_no_barrier_and_no_overflow(browser, address, name, width, scheme):
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(f"{address}/{name}.html", wait_until="networkidle")
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], node["html"]) for rule in found for node in rule["nodes"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    context.close()


def test_cards_play_under_the_pointer_and_with_the_focus(page, address):
    page.goto(f"{address}/gallery/index.html")
    cards = page.locator(".gallery-card")
    assert cards.count() >= 24
    assert len(set(cards.locator(".gallery-field").all_inner_texts())) >= 8
    playing = "card => [...card.querySelectorAll('video')].some(video => !video.paused)"
    for index in (0, 10):
        card = cards.nth(index)
        assert not card.evaluate(playing)
        card.hover()
        page.wait_for_function(playing, arg=card.element_handle())
        page.mouse.move(0, 0)
        page.wait_for_function(f"card => !({playing})(card)", arg=card.element_handle())
        card.locator(".gallery-title a").focus()
        page.wait_for_function(playing, arg=card.element_handle())


def test_cards_stay_still_where_less_motion_is_wanted(browser, address):
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{address}/gallery/index.html")
    card = page.locator(".gallery-card").first
    card.hover()
    page.wait_for_timeout(500)
    assert card.evaluate("card => [...card.querySelectorAll('video')].every(v => v.paused)")
    context.close()


def test_every_card_leads_to_its_video(page, address):
    page.goto(f"{address}/gallery/index.html")
    links = page.locator(".gallery-title a").evaluate_all("links => links.map(link => link.href)")
    for link in links:
        page.goto(link)
        section = page.locator(f"[id='{urlsplit(link).fragment}']")
        assert section.locator("figure.animvideo video").count() >= 1
        assert section.locator(".gallery-tags").count() == 1
        assert section.get_by_text("Source code").or_(section.locator("a[download]")).count() >= 1
        assert section.locator("button.copybtn").count() >= 1


@pytest.mark.parametrize("name", ["chemistry", "statistics"])
def test_videos_play_and_show_what_was_drawn(page, address, name):
    page.goto(f"{address}/gallery/{name}.html")
    # Others are for the other color scheme.
    videos = [video for video in page.locator("video").all() if video.is_visible()]
    assert len(videos) >= 3
    problems = []
    for video in videos:
        result = video.evaluate(PLAY)
        if (
            result["error"]
            or result["readyState"] < 2
            or not result["advanced"]
            or result["size"] != result["declared"]
        ):
            problems.append(result)
            continue
        image = video.locator("xpath=../img").get_attribute("src")
        with Image.open(SITE / "_images" / image.rpartition("/")[2]) as opened:
            poster = np.asarray(opened.convert("RGB")).astype(int)
        # The poster holds a frame as it was drawn: the first, the middle or the last one.
        count, fps = int(video.get_attribute("data-frames")), video.get_attribute("data-fps")
        times = [(index + 0.5) / Fraction(fps) for index in (0, count // 2, count - 1)]
        frames = (frame_at(video, float(time)) for time in times)
        frame = min(frames, key=lambda frame: np.abs(frame - poster).mean())
        if wrong := wrong_colours(frame, poster) or np.abs(frame - poster).mean() > 5:
            problems.append((result, wrong))
    assert problems == []
