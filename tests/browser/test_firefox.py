"""The players in another browser: Firefox, driven through its own protocol."""

from __future__ import annotations

import base64
import io
import os
import shutil
import time

import numpy as np
import pytest
from PIL import Image

from tests.browser.test_player import COUNTING, SPACE
from tests.browser.test_playing import FRAME_AT
from tests.conftest import directive

pytestmark = [
    pytest.mark.browser,
    # The driver leaves sockets open while it waits for Firefox to start.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def firefox(tmp_path_factory):
    path = os.environ.get("FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox")
    if not path:
        if os.environ.get("CI"):
            pytest.fail("these tests need a Firefox, and there is none")
        pytest.skip("there is no Firefox; name one in the variable FIREFOX")
    driver = pytest.importorskip("marionette_driver.marionette")
    log = str(tmp_path_factory.mktemp("firefox") / "log")  # a file that is there is removed
    browser = driver.Marionette(bin=path, headless=True, port=0, startup_timeout=120, gecko_log=log)
    browser.start_session()
    browser.timeout.script = 30
    yield browser
    browser.quit()
    browser.cleanup()


@pytest.fixture
def opened(project, firefox, serve):
    def open_page(text, **config):
        project.write("index.rst", "Page\n====\n\n" + text)
        build = project.build(**config)
        assert build.warnings == []
        firefox.navigate(f"{serve(build.outdir)}/index.html")
        return firefox

    return open_page


def press(firefox, *keys, selector="video"):
    video = firefox.find_element("css selector", selector)
    for key in keys:
        video.send_keys(key)


def wait_for(firefox, expression):
    for _ in range(100):
        if firefox.execute_script(f"return {expression}"):
            return
        time.sleep(0.1)
    state = (
        "const v = document.querySelector('video'); return [v.paused, v.currentTime, v.readyState]"
    )
    pytest.fail(f"never: {expression}; {firefox.execute_script(state)}")


def shown_frame(firefox) -> int:
    script = (
        "const [done] = arguments, video = document.querySelector('video');"
        f"({FRAME_AT})(video, video.currentTime).then(done);"
    )
    data = base64.b64decode(firefox.execute_async_script(script))
    pixels = np.asarray(Image.open(io.BytesIO(data)).convert("L")).astype(int)
    return round((255 - pixels[60, 80]) / 8)


VIDEO = "document.querySelector('video')"
RIGHT, HOME, END = "\ue014", "\ue011", "\ue010"  # as WebDriver writes them


def test_keys_step_from_frame_to_frame(opened):
    firefox = opened(directive(COUNTING, ":formats: webm mp4"))
    wait_for(firefox, f"{VIDEO}.readyState >= 1")
    for key, frame in [(RIGHT, 1), (RIGHT, 2), (RIGHT, 3), (END, 29), (HOME, 0)]:
        press(firefox, key)
        wait_for(firefox, f"{VIDEO}.readyState >= 2 && !{VIDEO}.seeking")
        count = firefox.execute_script(
            "return document.querySelector('.animvideo-count').textContent"
        )
        assert (count, shown_frame(firefox)) == (f"{frame + 1} / 30", frame)
    press(firefox, " ")
    wait_for(firefox, f"!{VIDEO}.paused && {VIDEO}.currentTime > 0.2")
    press(firefox, " ", "[")
    assert firefox.execute_script(f"return [{VIDEO}.paused, {VIDEO}.playbackRate]") == [True, 0.75]


def files_asked_for(firefox):
    script = "return performance.getEntriesByType('resource').map(e => e.name.split('/').pop())"
    return set(firefox.execute_script(script))


def test_loading_and_starting_where_it_is_seen(opened):
    firefox = opened(SPACE + directive(COUNTING, ":autoplay:\n:loop:\n:formats: webm") + SPACE)
    time.sleep(0.5)
    assert not [name for name in files_asked_for(firefox) if name.endswith(".webm")]
    firefox.execute_script(f"{VIDEO}.scrollIntoView({{block: 'center'}})")
    wait_for(firefox, f"!{VIDEO}.paused && {VIDEO}.currentTime > 0")
    firefox.execute_script("scrollTo(0, 0)")
    wait_for(firefox, f"{VIDEO}.paused")


def test_reduced_motion(opened, firefox):
    firefox.set_pref("ui.prefersReducedMotion", 1)
    try:
        opened(directive(COUNTING, ":autoplay:\n:no-controls:\n:formats: webm"))
        time.sleep(0.5)
        state = firefox.execute_script(f"return [{VIDEO}.paused, {VIDEO}.controls]")
        assert state == [True, True]
    finally:
        firefox.clear_pref("ui.prefersReducedMotion")


def test_light_and_dark(opened):
    text = directive(COUNTING, ":formats: webm\n:poster: last") + directive(
        "import matplotlib.pyplot as plt\nplt.figure(figsize=(1, 1))\ncapture()\n",
        ":dark: dark_background\n:formats: webm",
    )
    firefox = opened(text, html_theme="furo")
    wait_for(firefox, "document.documentElement.dataset.animvideoPage === 'light'")
    time.sleep(0.5)
    files = firefox.execute_script(
        "return ['light', 'dark'].map(name => [...document.querySelectorAll(`.animvideo-${name} .animvideo-poster,"
        " .animvideo-${name} source`)].map(e => e.src.split('/').pop()))"
    )
    assert set(files[0]) <= files_asked_for(firefox)
    assert not set(files[1]) & files_asked_for(firefox)
    firefox.execute_script("document.body.dataset.theme = 'dark'")
    wait_for(firefox, "document.querySelector('.animvideo-dark .animvideo-poster').naturalWidth")
    assert firefox.execute_script(
        "return ['light', 'dark'].map(name => getComputedStyle(document.querySelector("
        "`.animvideo-${name}`)).display)"
    ) == ["none", "inline-block"]


def test_a_sweep_keeps_its_frame(opened):
    code = COUNTING.replace("255 - 8 * i", "255 - 8 * (i if level else 29 - i)")
    firefox = opened(
        directive(code, ":formats: webm mp4\n:sweep: level = 0, 1\n:sweep-default: level = 1")
    )
    wait_for(firefox, f"{VIDEO}.readyState >= 1")
    firefox.execute_script(f"{VIDEO}.wrappedJSObject.animvideo.frame = 12")
    wait_for(firefox, f"{VIDEO}.readyState >= 2 && !{VIDEO}.seeking")
    choose = (
        "const [value, done] = arguments, slider = document.querySelector('.animvideo-sweep input');"
        "slider.value = value; slider.dispatchEvent(new Event('input', { bubbles: true }));"
        f"{VIDEO}.wrappedJSObject.animvideo.sweep.exchanging.then(done);"
    )
    for level, shown in [(0, 17), (1, 12), (0, 17)]:
        firefox.execute_async_script(choose, script_args=[level])
        assert firefox.execute_script(f"return {VIDEO}.wrappedJSObject.animvideo.frame") == 12
        assert shown_frame(firefox) == shown
