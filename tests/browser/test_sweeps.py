"""What a reader does with a sweep: moves a parameter, and the video keeps its frame."""

from __future__ import annotations

import base64
import io

import nbformat
import numpy as np
import pytest
from nbconvert import HTMLExporter
from PIL import Image

from sphinxcontrib_animvideo import sweep
from tests.browser.test_accessibility import barriers
from tests.browser.test_features import until
from tests.browser.test_notebook import SANITIZE
from tests.browser.test_player import SPACE, more, opened
from tests.conftest import directive

__all__ = ["opened"]
pytestmark = pytest.mark.browser

FRAMES = 30
# The left half tells which frame it is, the other one which combination.
CODE = f"""\
import numpy as np
for i in range({FRAMES}):
    picture = np.full((120, 160), 255 - 8 * i, np.uint8)
    picture[:, 80:] = 40 * level + (20 if kind == "b" else 0)
    capture(picture)
"""
SWEEP = ":sweep: level = 1, 2, 3, 4, 5\n        kind = 'a', 'b'"
PAGE = directive(CODE, f":name: halves\n:caption: Halves\n:alt: Two halves\n:fps: 10\n{SWEEP}")
PLAYER = "document.querySelector('video').animvideo"

PAINTED = """() => {
    const video = document.querySelector("video");
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth; canvas.height = video.videoHeight;
    const paint = canvas.getContext("2d");
    paint.drawImage(video, 0, 0);
    const cover = document.querySelector(".animvideo-cover");
    return [canvas.toDataURL("image/png").split(",")[1], !cover];
}"""


def seen(page):
    """Return the frame, the level, and the kind that the video shows."""
    data, is_uncovered = page.evaluate(PAINTED)
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("L")).astype(int)
    assert is_uncovered
    level, rest = divmod(pixels[60, 120] + 6, 40)
    return round((255 - pixels[60, 40]) / 8), level, "b" if rest > 15 else "a"


def slider(page):
    return page.get_by_role("slider", name="level").first


def choose(page, level, kind=None):
    """Choose values as a reader does, and wait until the video shows them."""
    slider(page).fill(str(level - 1))
    if kind:
        page.get_by_role("combobox", name="kind").select_option(label=kind)
    settled(page)


def settled(page):
    page.evaluate(f"async () => {{ await {PLAYER}.sweep.exchanging; }}")


def go_to(page, frame):
    page.evaluate(f"void ({PLAYER}.frame = {frame})")
    until(page, "document.querySelector('video').readyState >= 2")
    until(page, f"{PLAYER}.target === null")


# What a server sends, and the number of milliseconds after which it does.
@pytest.mark.parametrize("ranges", [True, False])
def test_the_frame_stays_when_a_parameter_is_moved(opened, ranges):
    page = opened(PAGE, ranges=ranges)
    go_to(page, 12)
    assert seen(page) == (12, 3, "a")
    for level, kind in [(4, "a"), (5, "b"), (1, "b"), (2, "a")]:
        choose(page, level, kind)
        assert seen(page) == (12, level, kind)
        assert page.locator(".animvideo-count").text_content() == f"13 / {FRAMES}"
        assert page.locator("output").first.text_content() == str(level)
    page.locator("video").focus()
    page.keyboard.press("ArrowRight")
    until(page, f"{PLAYER}.target === null")
    assert seen(page) == (13, 2, "a")


def test_from_files(opened, project):
    page = opened(PAGE)
    page.goto(f"file://{project.folder}/_build/html/index.html")
    until(page, f"{PLAYER}.sweep")
    page.evaluate(f"void ({PLAYER}.frame = 12)")
    until(page, f"{PLAYER}.target === null")
    choose(page, 5)
    until(page, f"{PLAYER}.target === null")
    state = page.evaluate(f"[{PLAYER}.frame, {PLAYER}.video.currentSrc.startsWith('file:')]")
    assert state == [12, True]


def test_a_video_that_plays_goes_on(opened):
    page = opened(PAGE)
    page.evaluate(f"void {PLAYER}.play()")
    until(page, f"{PLAYER}.frame >= 5")
    choose(page, 4)
    assert page.evaluate(f"[{PLAYER}.video.paused, {PLAYER}.frame >= 5, {PLAYER}.frame < 25]") == [
        *(False, True, True),
    ]
    before = page.evaluate(f"{PLAYER}.frame")
    until(page, f"{PLAYER}.frame > {before}")
    assert page.get_by_role("button", name="Pause").is_visible()


def test_a_drag_over_many_values_ends_at_the_last_one(opened):
    page = opened(PAGE)
    go_to(page, 20)
    page.evaluate(
        """async () => {
            const slider = document.querySelector(".animvideo-sweep input");
            for (const value of [3, 4, 3, 1, 0, 1, 4]) {
                slider.value = value;
                slider.dispatchEvent(new Event("input", { bubbles: true }));
                await new Promise((resolve) => setTimeout(resolve, 5));
            }
        }"""
    )
    settled(page)
    assert seen(page) == (20, 5, "a")


def test_no_other_frame_is_seen_in_between(opened):
    """The picture of the video before stays until the frame of the new one is there."""
    page = opened(PAGE)
    go_to(page, 12)
    page.screenshot()  # the first one is slow
    before = page.locator("video").bounding_box()
    page.evaluate(
        "void (window.fetch = () => new Promise(() => {}))"  # it never comes
    )
    page.evaluate("document.querySelector('.animvideo-sweep input').value = 4")
    page.locator(".animvideo-sweep input").dispatch_event("input")
    page.wait_for_timeout(200)
    picture = Image.open(io.BytesIO(page.screenshot(clip=before))).convert("L")
    left, right = (picture.getpixel((x, 60)) for x in (40, 120))
    assert round((255 - left) / 8) == 12
    assert abs(right - 120) <= 4


def test_a_video_that_nobody_has_touched_shows_its_poster_frame_and_starts_at_the_beginning(opened):
    page = opened(PAGE.replace(":fps:", ":poster: middle\n   :fps:"))
    choose(page, 4)
    assert seen(page) == (FRAMES // 2, 4, "a")
    page.get_by_role("button", name="Play").click()
    until(page, f"{PLAYER}.frame > 0 && {PLAYER}.frame < 10")


# -- loading -----------------------------------------------------------------------------------


def videos(page):
    return [name for name in page.requests if name.endswith(".mp4")]


def test_what_is_loaded(opened):
    page = opened(SPACE + PAGE)
    page.wait_for_timeout(500)
    assert videos(page) == []
    page.locator("video").scroll_into_view_if_needed()
    page.wait_for_timeout(1000)
    # What is shown, its two neighbors among the levels, and the other kind.
    assert len(set(videos(page))) == 4
    choose(page, 4)
    page.wait_for_timeout(500)
    assert len(set(videos(page))) == 6  # level 5, and the other kind of level 4


def test_nothing_is_loaded_ahead_for_readers_who_save_data(opened, browser):
    page = opened(PAGE)
    address = page.url
    page.close()
    context = browser.new_context()
    context.add_init_script(
        "Object.defineProperty(navigator, 'connection', { value: { saveData: true } })"
    )
    page = context.new_page()
    page.requests = []
    page.on("request", lambda request: page.requests.append(request.url.rpartition("/")[2]))
    page.goto(address)
    page.wait_for_timeout(1000)
    assert len(set(videos(page))) == 1
    choose(page, 4)
    assert len(set(videos(page))) == 2
    context.close()


# -- links -------------------------------------------------------------------------------------


def test_links_hold_the_parameters(opened):
    page = opened(PAGE)
    address = page.url
    page.goto(f"{address}#halves:level=5:kind=b:frame=21")
    until(page, f"{PLAYER}.sweep.shown === 9 && {PLAYER}.frame === 20")
    settled(page)
    until(page, f"{PLAYER}.target === null")
    assert seen(page) == (20, 5, "b")
    page.evaluate("void (navigator.clipboard.writeText = async (text) => { window.copied = text })")
    more(page).get_by_role("button", name="Copy link").click()
    assert page.evaluate("window.copied") == f"{address}#halves:level=5:kind=b:frame=21"
    page.evaluate("void (location.hash = 'halves:kind=a')")
    until(page, f"{PLAYER}.sweep.shown === 8")
    page.evaluate("void (location.hash = 'halves:level=77:other=1')")
    page.wait_for_timeout(200)
    assert page.evaluate(f"{PLAYER}.sweep.shown") == 8


def test_a_page_that_is_opened_by_a_link(opened):
    page = opened(PAGE)
    address = page.url
    page.goto("about:blank")
    page.goto(f"{address}#halves:level=1:t=1.5")
    until(page, f"{PLAYER}.sweep?.shown === 0 && {PLAYER}.frame === 15")


def test_names_and_values_that_links_use_themselves(opened):
    code = CODE.replace("level", "t").replace('kind == "b"', "kind == 'x:y=1 %'")
    page = opened(directive(code, ":name: halves\n:sweep: t = 1, 2\n        kind = 'a', 'x:y=1 %'"))
    page.get_by_role("combobox").select_option("1")
    settled(page)
    hash = page.evaluate(f"'#halves' + {PLAYER}.sweep.address + ':frame=4'")
    page.get_by_role("combobox").select_option("0")
    settled(page)
    page.evaluate(f"void (location.hash = {hash!r})")
    until(page, f"{PLAYER}.sweep.shown === 1 && {PLAYER}.frame === 3")


# -- keyboard, accessibility, looks ------------------------------------------------------------


def test_keyboard_alone(opened):
    page = opened(PAGE)
    go_to(page, 12)
    slider(page).focus()
    page.keyboard.press("ArrowRight")
    settled(page)
    assert seen(page) == (12, 4, "a")
    page.keyboard.press("Home")
    page.keyboard.press("Tab")
    page.keyboard.press("b")
    settled(page)
    assert seen(page) == (12, 1, "b")
    assert slider(page).get_attribute("aria-valuetext") == "1"


def test_reduced_motion(opened):
    """A video that would start by itself stands still, and still does after a change."""
    text = PAGE.replace(":fps:", ":autoplay:\n   :fps:")
    page = opened(text, reduced_motion="reduce")
    page.wait_for_timeout(500)
    choose(page, 5)
    page.wait_for_timeout(300)
    assert page.evaluate(f"{PLAYER}.video.paused")
    assert seen(page) == (0, 5, "a")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1000])
def test_no_violations_and_no_overflow(opened, scheme, width):
    page = opened(PAGE, viewport=(width, 800), color_scheme=scheme, config={"html_theme": "furo"})
    choose(page, 2)
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    player, controls = (page.locator(f".animvideo-{n}").bounding_box() for n in ("player", "sweep"))
    assert controls["x"] >= player["x"] - 1
    assert controls["x"] + controls["width"] <= player["x"] + player["width"] + 1


def test_the_page_does_not_move_when_the_controls_appear(opened):
    page = opened(PAGE + "\n\nThe end.\n")
    shift = """() => new Promise((resolve) => {
        let sum = 0;
        new PerformanceObserver((list) => { for (const entry of list.getEntries()) sum += entry.value; })
            .observe({ type: "layout-shift", buffered: true });
        setTimeout(() => resolve(sum), 500);
    })"""
    assert page.evaluate(shift) < 0.01


def test_right_to_left(opened):
    page = opened(PAGE, config={"language": "ar"})
    page.evaluate("document.documentElement.dir = 'rtl'")
    name, output = (
        page.locator(f".animvideo-sweep label {n}").first.bounding_box() for n in ("bdi", "output")
    )
    assert name["x"] > output["x"]


def test_without_script_there_are_links(opened):
    page = opened(PAGE, java_script_enabled=False)
    page.get_by_text("All videos").click()
    assert page.get_by_role("link").filter(has_text="mp4").count() >= 10
    assert page.locator(".animvideo-sweep input").count() == 0


def test_full_screen_has_the_controls(opened):
    page = opened(PAGE.replace(":fps:", ":width: 400px\n   :fps:"))
    page.get_by_role("button", name="Full screen").click()
    until(page, "document.fullscreenElement")
    assert slider(page).is_visible()
    choose(page, 5)
    box = page.locator(".animvideo-sweep").bounding_box()
    assert box["y"] + box["height"] <= page.viewport_size["height"]


def test_save_and_files_belong_to_what_is_shown(opened):
    page = opened(PAGE)
    choose(page, 5, "b")
    go_to(page, 3)
    with page.expect_download() as download:
        more(page).get_by_role("button", name="Save frame").click()
    assert download.value.suggested_filename == "halves-level=5-kind=b-4.png"
    pixels = np.asarray(Image.open(download.value.path()).convert("L")).astype(int)
    assert abs(pixels[60, 120] - 220) < 4
    link = "link => link.href"
    shown = page.locator(".animvideo-sweep li a").nth(9).evaluate(link)
    assert more(page).get_by_role("link", name="mp4").evaluate(link) == shown


# -- combinations that are not as the others -----------------------------------------------------


def test_a_combination_that_failed_says_why(opened):
    code = "if level == 4: raise ValueError('too much')\n" + CODE
    text = SPACE + directive(code, f":name: halves\n{SWEEP}")
    page = opened(text, config={"suppress_warnings": ["animvideo"]})
    page.locator("video").scroll_into_view_if_needed()
    go_to(page, 12)
    message = page.get_by_role("status").filter(has_text="the code raised ValueError: too much")
    slider(page).fill("3")
    message.wait_for()
    choose(page, 5)
    assert seen(page) == (12, 5, "a")
    assert message.count() == 0


def test_a_shorter_video_shows_its_last_frame(opened):
    code = CODE.replace(f"range({FRAMES})", f"range({FRAMES} // level)")
    page = opened(
        directive(code, f":name: halves\n{SWEEP}\n:sweep-default: level = 1"),
        config={"suppress_warnings": ["animvideo.sweep"]},
    )
    go_to(page, 25)
    choose(page, 2)
    assert seen(page) == (14, 2, "a")
    assert page.get_by_text("This video has 15 frames.").is_visible()
    assert page.locator(".animvideo-count").text_content() == "15 / 15"
    choose(page, 1)
    assert page.locator(".animvideo-count").text_content() == "15 / 30"


def test_light_and_dark_show_the_same(opened):
    text = PAGE.replace(":fps:", ":dark: dark_background\n   :fps:")
    code = "fig = __import__('matplotlib.pyplot').pyplot.figure(figsize=(1.6, 1.2))\n   "
    page = opened(
        text.replace("import numpy", code + "import numpy"), config={"html_theme": "furo"}
    )
    go_to(page, 12)
    choose(page, 4)
    page.evaluate("document.body.dataset.theme = 'dark'")
    until(page, "document.documentElement.dataset.animvideoPage === 'dark'")
    dark = "document.querySelector('.animvideo-dark video')"
    until(page, f"{dark}.readyState >= 2 && !{dark}.seeking")
    assert page.evaluate(f"[{dark}.animvideo.sweep.shown, {dark}.animvideo.frame]") == [6, 12]
    assert page.locator(".animvideo-dark output").first.text_content() == "4"


def test_synchronised_videos_stay_in_step(opened):
    text = PAGE.replace(":fps:", ":sync: both\n   :fps:")
    page = opened(text + text.replace("halves", "others"))
    go_to(page, 12)
    choose(page, 4)
    second = "document.querySelectorAll('video')[1].animvideo"
    assert page.evaluate(f"[{PLAYER}.frame, {second}.frame]") == [12, 12]
    page.locator("video").first.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(f"[{PLAYER}.frame, {second}.frame]") == [13, 13]


def test_transcripts_follow(opened):
    code = CODE.replace(
        "capture(picture)", "capture(picture, caption=f'level {level}' if i == 0 else None)"
    )
    page = opened(directive(code, f":transcript: open\n{SWEEP}"))
    transcripts = page.locator(".animvideo-transcript:visible li")
    assert transcripts.all_inner_texts() == ["0:00 level 3"]
    choose(page, 5)
    assert transcripts.all_inner_texts() == ["0:00 level 5"]
    until(page, "document.querySelector('video').textTracks[0].cues?.[0]?.text === 'level 5'")


def test_moving_pictures(opened):
    page = opened(directive(CODE, f":formats: gif\n{SWEEP}"))
    before = page.locator("picture img").get_attribute("src")
    slider(page).fill("4")
    page.wait_for_function("document.querySelector('picture img').complete")
    after = page.locator("picture img").evaluate("image => image.src")
    assert not after.endswith(before)
    assert after == page.evaluate("document.querySelectorAll('.animvideo-sweep li a')[8].href")


# -- notebooks ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def output():
    def halves(level, kind):
        for i in range(FRAMES):
            picture = np.full((120, 160), 255 - 8 * i, np.uint8)
            picture[:, 80:] = 40 * level + (20 if kind == "b" else 0)
            yield picture

    return sweep(halves, {"fps": 10}, level=[1, 2, 3], kind=["a", "b"])._repr_html_()


def test_a_notebook(page, output):
    page.set_content(output)
    go_to(page, 12)
    assert seen(page) == (12, 2, "a")
    choose(page, 3, "b")
    assert seen(page) == (12, 3, "b")


def test_a_notebook_exported_as_html(page, output, tmp_path):
    shown = nbformat.v4.new_output("execute_result", {"text/html": output}, execution_count=1)
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell("shades", outputs=[shown])]
    path = tmp_path / "exported.html"
    path.write_text(HTMLExporter().from_notebook_node(notebook)[0], "utf-8")
    page.goto(path.as_uri(), wait_until="domcontentloaded")
    go_to(page, 12)
    choose(page, 3, "b")
    assert seen(page) == (12, 3, "b")


def test_a_notebook_that_is_not_trusted_shows_the_first_video(page, output):
    page.set_content(page.evaluate(SANITIZE, output))
    page.locator("video").evaluate("video => video.play()")
    page.wait_for_function("document.querySelector('video').currentTime > 0")
