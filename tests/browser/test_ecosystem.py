"""Players inside of what other extensions make, and what those do with ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.test_player import COUNTING, FRAMES, counter, opened, settle
from tests.conftest import directive

__all__ = ["opened"]
pytestmark = [
    pytest.mark.browser,
    # Other extensions use what newer versions of Sphinx deprecate.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
]

OURS = "sphinxcontrib_animvideo"


def indent(text: str) -> str:
    return "".join(f"   {line}\n" if line else "\n" for line in text.splitlines())


def block(name: str, argument: str, body: str) -> str:
    return f".. {name}:: {argument}\n\n" + indent(body) + "\n"


def plays(page, video) -> None:
    assert video.evaluate(
        "async video => { video.muted = true; await video.play(); video.pause(); return true }"
    )
    video.focus()
    page.keyboard.press("End")
    settle(page)
    assert counter(page) == f"{FRAMES} / {FRAMES}"


TABS = block("tab-item", "Text", "Words.") + block("tab-item", "Open", directive(COUNTING))


@pytest.mark.parametrize("theme", ["alabaster", "furo"])
@pytest.mark.parametrize(
    "text", [block("tab-set", "", TABS), block("dropdown", "Open", directive(COUNTING))]
)
def test_a_hidden_video_is_loaded_when_it_is_shown(opened, text, theme):
    page = opened(text, config={"extensions": [OURS, "sphinx_design"], "html_theme": theme})
    page.wait_for_timeout(400)
    assert [name for name in page.requests if name.startswith("animvideo-")] == []
    page.get_by_text("Open", exact=True).click()
    video = page.locator("video")
    video.wait_for()
    page.wait_for_function("() => document.querySelector('video').readyState >= 1")
    assert {Path(name).suffix for name in page.requests if name.startswith("animvideo-")} == {
        ".mp4",
        ".webp",
    }
    plays(page, video)


def test_a_video_is_as_wide_as_its_card_allows(opened):
    cards = block("grid-item-card", "One", directive(COUNTING, ":width: 2000"))
    cards += block("grid-item-card", "Two", directive(COUNTING + "\n", ":figwidth: 50%"))
    page = opened(block("grid", "2", cards), config={"extensions": [OURS, "sphinx_design"]})
    for video in page.locator("video").all():
        card = video.locator("xpath=ancestor::div[contains(@class, 'sd-card-body')]").bounding_box()
        box = video.bounding_box()
        assert card["x"] <= box["x"]
        assert box["x"] + box["width"] <= card["x"] + card["width"] + 1
        assert abs(box["width"] / box["height"] - 4 / 3) < 0.02


@pytest.mark.parametrize("options", [":include-source:", ":include-source:\n:collapse-source:"])
def test_the_button_of_copybutton_copies_the_code(opened, options):
    page = opened(
        directive(COUNTING, options),
        config={"extensions": [OURS, "sphinx_copybutton"]},
        permissions=["clipboard-read", "clipboard-write"],
    )
    if "collapse" in options:
        page.get_by_text("Source code").click()
    page.locator(".highlight").hover()
    page.locator("button.copybtn").click()
    page.wait_for_function("async () => await navigator.clipboard.readText() != ''")
    assert page.evaluate("navigator.clipboard.readText()").strip() == COUNTING.strip()
    assert page.locator("button.copybtn").count() == 1
