"""Players in the themes and containers that documentation is made of, measured in the browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from functools import partial
from glob import glob
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from tests.browser.test_accessibility import barriers
from tests.browser.test_ecosystem import OURS, block, indent
from tests.browser.test_firefox import firefox
from tests.conftest import directive, program

__all__ = ["firefox"]

pytestmark = [
    pytest.mark.browser,
    # Themes use what newer versions of Sphinx deprecate.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
    # Drivers leave sockets open while they wait for a browser to start.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

THEMES = [
    "alabaster",
    "furo",
    "pydata_sphinx_theme",
    "sphinx_book_theme",
    "sphinx_rtd_theme",
    "sphinxawesome_theme",
]
VIEWPORTS = [(1280, 900), (640, 800), (390, 800)]


def video(width: int, height: int, *options: str) -> str:
    code = "import numpy as np\nfor i in range(30):\n"
    code += f"    capture(np.full(({height}, {width}), 255 - 8 * i, np.uint8))\n"
    return directive(code, "\n".join([f":alt: {width} x {height}", *options]))


def captioned(*options: str) -> str:
    code = "import numpy as np\nfor i in range(30):\n"
    code += "    capture(np.full((240, 320), 255 - 8 * i, np.uint8), caption=f'second {i // 25}')\n"
    return directive(code, "\n".join([":alt: captions", ":formats: mp4 webm", *options]))


def row(*contents: str) -> str:
    cells = [indent(content.strip())[3:].replace("\n", "\n  ") for content in contents]
    return block("list-table", "", "* - " + "\n  - ".join(cells))


CARDS = [("One", video(480, 360)), ("Two", video(64, 48)), ("Three", captioned())]
PAGE = "\n".join(
    [
        "Page\n====\n\nThe first paragraph.\n",
        captioned(":name: named", ":caption: A caption"),
        video(640, 480, ":formats: mp4 webm gif", ":dark: dark_background"),
        video(64, 48),
        video(24, 24),
        video(160, 120, ":formats: gif"),
        video(320, 240, ":width: 50%"),
        block("sidebar", "Beside", video(160, 120)),
        "A paragraph beside it. " * 12 + "\n",
        row(video(480, 360), video(320, 240), video(64, 48)),
        block(
            "hlist", "", f"* {indent(video(320, 240)).strip()}\n* {indent(video(64, 48)).strip()}"
        ),
        block("grid", "1 2 2 3", "".join(block("grid-item-card", *card) for card in CARDS)),
        block("tab-set", "", block("tab-item", "First", video(320, 240))),
        block("dropdown", "Folded", ":open:\n\n" + video(320, 240)),
        block("note", "", video(320, 240)),
        "* An item\n\n" + indent(video(200, 150)),
    ]
)

# A frame can be as narrow as a phone, which the windows of some browsers cannot.
FRAME = """<!DOCTYPE html>
<iframe style="border: 0"></iframe>
<script>
  const frame = document.querySelector("iframe");
  let loaded = false;
  frame.onload = () => {
    const script = frame.contentDocument.createElement("script");
    script.src = "measure.js";
    script.onload = () => (loaded = true);
    frame.contentDocument.head.append(script);
  };
  function load(width, height) {
    frame.style.width = `${width}px`;
    frame.style.height = `${height}px`;
    loaded = false;
    // Videos of the page before would keep the connections to the server.
    for (const video of frame.contentDocument?.querySelectorAll("video") ?? []) {
      video.replaceChildren();
      video.load();
    }
    frame.src = "index.html";
  }
  function ready() {
    const started = frame.contentDocument?.querySelectorAll(".animvideo-controls").length;
    return loaded && started >= 20;
  }
  function measured() {
    const { measure, overflow } = frame.contentWindow;
    return { ...measure(), overflow: overflow() };
  }
</script>
"""


@pytest.fixture(scope="session")
def webkit():
    """WebKit, as GNOME Web has it, on a screen of its own."""
    driver = program("WebKitWebDriver")
    command = [program("Xvfb"), "-displayfd", "1", "-screen", "0", "1600x1200x24"]
    screen = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    display = f":{screen.stdout.readline().strip()}"
    options = Options()
    (options.binary_location,) = glob("/usr/lib/*/webkit2gtk-4.1/MiniBrowser")
    options.add_argument("--automation")
    # Layers are painted by the CPU here, which takes most of the time and moves nothing.
    variables = {"DISPLAY": display, "WEBKIT_DISABLE_COMPOSITING_MODE": "1"}
    service = Service(driver, env={**os.environ, **variables})
    browser = webdriver.WebKitGTK(options=options, service=service)
    browser.set_window_size(500, 900)
    yield browser
    browser.quit()
    screen.kill()
    screen.communicate()


@pytest.fixture
def site(project, serve, request):
    """A page with players in all kinds of containers, in a theme."""
    project.write("index.rst", PAGE)
    folder, out = str(project.folder), project.folder / "_build"
    # Some themes change Sphinx for all builds of a process.
    command = [sys.executable, "-m", "sphinx", "-q", "-W", folder, str(out)]
    command += [f"-Dextensions={OURS},sphinx_design", f"-Dhtml_theme={request.param}"]
    command += [f"-D{name}={value}" for name, value in project.config.items()]
    subprocess.run(command, check=True)
    (out / "frame.html").write_text(FRAME, "utf-8")
    shutil.copy(Path(__file__).parent / "measure.js", out)
    return serve(out)


def problems(run, viewports=VIEWPORTS, schemes=(lambda: None,)) -> list[str]:
    """Load the page at several sizes, and measure it; *run* evaluates a script.

    Each of *schemes* switches to another color scheme.
    """
    found = []
    for width, height in viewports:
        run(f"load({width}, {height})")
        wait_for(partial(run, "ready()"))
        for number, switch in enumerate(schemes):
            switch()
            measured = run("measured()")
            assert measured["players"] >= 18
            assert measured["controls"] >= 5 * 16
            place = f"{width} px, scheme {number}"
            found += [f"{place}: {problem}" for problem in measured["problems"]]
            if measured["overflow"]:
                found.append(f"{place}: the page is {measured['overflow']} px too wide")
    return found


def wait_for(condition) -> None:
    for _ in range(200):
        if condition():
            return
        time.sleep(0.1)
    pytest.fail("the players of the page have not started")


def evaluated(driver, script):
    return driver.execute_script(f"return {script}")


def evaluated_by_firefox(driver, script):
    return driver.execute_script(f"return window.wrappedJSObject.{script}")


@pytest.mark.parametrize("site", THEMES, indirect=True)
def test_every_control_can_be_seen_and_hit(site, page, firefox, webkit):
    page.set_viewport_size({"width": 1500, "height": 1100})
    page.goto(f"{site}/frame.html")
    schemes = [partial(page.emulate_media, color_scheme=scheme) for scheme in ("dark", "light")]
    assert problems(page.evaluate, schemes=schemes) == []
    firefox.navigate(f"{site}/frame.html")
    assert problems(partial(evaluated_by_firefox, firefox), VIEWPORTS[::2]) == []
    firefox.navigate("about:blank")  # what moves on the page would go on beside other tests
    webkit.get(f"{site}/frame.html")
    assert problems(partial(evaluated, webkit), VIEWPORTS[-1:]) == []
    webkit.get("about:blank")
    for width, scheme in [(1280, "light"), (390, "dark")]:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        page.goto(f"{site}/index.html")
        page.wait_for_timeout(200)
        assert barriers(page) == []


HOSTILE = """
* { box-sizing: border-box; line-height: 3; }
html body .body button, html body .body input { height: 9px; padding: 20px; float: left; }
html body .body video, html body .body img { padding: 9px; border: 5px solid; width: 20px; }
html body .body figure div { display: flex; overflow: hidden; max-height: 20px; margin: 9px; }
html body .body a::before { content: "a link"; }
"""
# Met in themes: Bootstrap's font size, images with a size of their own, and tables with much padding.
OF_THEMES = """
html { font-size: 62.5%; }
html body .body img { width: 100%; height: auto !important; }
html body figure { margin: 1em 40px; }
table.docutils td { padding: 5px 20px; }
"""
CLIPPED = ".animvideo-bar { height: 26px !important; }"
SMALL = ".animvideo-next { width: 16px !important; }"
COVERED = ".animvideo-screen { margin-bottom: -30px !important; z-index: 1; }"
WIDE = ".animvideo-player { min-width: 2000px !important }"
SWAPPED = ".animvideo-controls { flex-direction: row-reverse !important; }"


@pytest.mark.parametrize("site", ["alabaster"], indirect=True)
def test_what_is_measured_can_fail(site, page):
    page.goto(f"{site}/frame.html")
    page.evaluate("load(640, 800)")
    page.wait_for_function("ready()")
    plant = """css => frame.contentDocument.head.append(planted = Object.assign(
        frame.contentDocument.createElement('style'), {textContent: css}))"""
    for css, problem in [
        (CLIPPED, "cut off"),
        (SMALL, "too small"),
        (COVERED, "covered"),
        (SWAPPED, "before"),
        (WIDE, ""),
    ]:
        page.evaluate(plant, css)
        measured = page.evaluate("measured()")
        assert any(problem in found for found in measured["problems"]) or measured["overflow"], css
        page.evaluate("planted.remove()")
    for css in (HOSTILE, OF_THEMES):
        for width in (1280, 640, 390):
            page.evaluate(f"load({width}, 800)")
            page.wait_for_function("ready()")
            page.evaluate(plant, css)
            assert page.evaluate("measured()")["problems"] == [], (css, width)
