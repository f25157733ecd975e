"""What a program can find of barriers for readers, on a page with all there is to show."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.test_player import opened
from tests.conftest import FIGURE, directive

__all__ = ["opened"]
pytestmark = pytest.mark.browser

ALL = (
    ":alt: a line\n:caption: A caption of the *video*.\n:formats: mp4 webm gif\n:name: line\n"
    ":include-source:\n:code-caption: The code\n:show-source-link:\n"
)
PAGE = (
    "See :ref:`line`.\n\n"
    + directive(FIGURE + "capture(caption='text')\n", ALL + ":dark: dark_background")
    + directive(
        FIGURE + "capture()\ncapture()\n",
        ":alt: b\n:autoplay:\n:loop:\n:collapse-source:\n:include-source:",
    )
    + directive(FIGURE + "capture()\n", ":alt: c\n:autoplay:\n:no-controls:\n:align: center")
    + directive(FIGURE + "capture()\n", ":alt: d\n:formats: gif\n:width: 50%")
    + directive(FIGURE + "capture()\n", ":caption: Without words for those who cannot see.")
)
OURS = "animvideo"


def barriers(page) -> list[str]:
    """Return what axe finds in our parts of the page."""
    found = Axe().run(page).response
    assert any("animvideo" in node["html"] for rule in found["passes"] for node in rule["nodes"])
    inside = "target => !!document.querySelector(target).closest('.animvideo, .animvideo-source')"
    return [
        f"{violation['id']}: {node['html']}"
        for violation in found["violations"]
        for node in violation["nodes"]
        if page.evaluate(inside, node["target"][0])
    ]


@pytest.mark.parametrize(
    ("scheme", "viewport"), [("light", (1200, 900)), ("dark", (1200, 900)), ("light", (390, 800))]
)
def test_no_barrier_is_ours(opened, scheme, viewport):
    page = opened(PAGE, viewport=viewport, config={"html_theme": "furo"}, color_scheme=scheme)
    page.wait_for_timeout(500)
    page.get_by_text("Source code").first.click()
    assert barriers(page) == []
