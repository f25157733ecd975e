"""What a reader does with a player: keys, frames, speeds, motion, light and dark."""

from __future__ import annotations

import io
import re
from contextlib import contextmanager

import pytest
from PIL import Image

from tests.browser.test_playing import frame_at
from tests.conftest import FIGURE, directive

pytestmark = pytest.mark.browser

FRAMES = 30
# The color tells which frame it is.
COUNTING = f"""\
import numpy as np
for i in range({FRAMES}):
    capture(np.full((120, 160), 255 - 8 * i, np.uint8))
"""


@pytest.fixture
def opened(project, browser, serve):
    """Build a page of directives and open it; what the browser asked for is kept."""
    contexts = []

    def open_page(
        text, viewport=(1000, 800), config=None, ranges=True, policy="", **context_options
    ):
        project.write("index.rst", "Page\n====\n\n" + text)
        build = project.build(**(config or {}))
        assert build.warnings == []
        width, height = viewport
        context = browser.new_context(
            viewport={"width": width, "height": height}, **context_options
        )
        contexts.append(context)
        page = context.new_page()
        page.requests = []
        page.errors = []
        page.on("request", lambda request: page.requests.append(request.url.rpartition("/")[2]))
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.goto(f"{serve(build.outdir, ranges=ranges, policy=policy)}/index.html")
        return page

    yield open_page
    for context in contexts:
        assert [error for page in context.pages for error in page.errors] == []
        context.close()


def shown_frame(page) -> int:
    """Return which frame is painted."""
    video = page.locator("video").first
    pixels = frame_at(video, video.evaluate("video => video.currentTime"))
    return round((255 - pixels[60, 80].mean()) / 8)


def counter(page) -> str:
    return page.locator(".animvideo-count").first.text_content()


def settle(page) -> None:
    page.wait_for_function("() => !document.querySelector('video').seeking")


PAUSED = "() => document.querySelector('video').paused"
PLAYING = "() => !document.querySelector('video').paused"
SPACE = ".. raw:: html\n\n   <div style='height: 4000px'></div>\n\n"


def test_keys_step_exactly_from_frame_to_frame(opened):
    page = opened(directive(COUNTING))
    video = page.locator("video")
    video.focus()
    assert counter(page) == f"1 / {FRAMES}"
    expected = [("ArrowRight", n) for n in range(1, FRAMES)] + [("ArrowRight", FRAMES - 1)]
    expected += [("ArrowLeft", FRAMES - 2), ("Home", 0), ("ArrowLeft", 0), ("End", FRAMES - 1)]
    for key, frame in expected:
        page.keyboard.press(key)
        page.wait_for_function("() => document.querySelector('video').readyState >= 2")
        settle(page)
        assert (counter(page), shown_frame(page)) == (f"{frame + 1} / {FRAMES}", frame), key


def test_many_keys_at_once_are_all_counted(opened):
    page = opened(directive(COUNTING))
    page.locator("video").focus()
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('video').readyState >= 2")
    settle(page)
    assert (counter(page), shown_frame(page)) == ("13 / 30", 12)


def test_buttons_step_and_the_counter_follows_the_playing_video(opened):
    page = opened(directive(COUNTING, ":fps: 10"))
    page.get_by_role("button", name="Next frame").click()
    page.get_by_role("button", name="Next frame").click()
    page.get_by_role("button", name="Previous frame").click()
    page.wait_for_function("() => document.querySelector('video').readyState >= 2")
    settle(page)
    assert (counter(page), shown_frame(page)) == ("2 / 30", 1)
    page.locator("video").evaluate("async video => { video.muted = true; await video.play() }")
    page.wait_for_function(
        "() => parseInt(document.querySelector('.animvideo-count').textContent) > 9"
    )
    page.locator("video").evaluate("video => video.pause()")
    settle(page)
    for _ in range(50):  # the last frame is painted some time after the pause
        if counter(page) == f"{shown_frame(page) + 1} / 30":
            break
        page.wait_for_timeout(100)
    assert counter(page) == f"{shown_frame(page) + 1} / 30"


def test_space_starts_and_stops(opened):
    page = opened(directive(COUNTING, ":loop:"))
    video = page.locator("video")
    video.focus()
    page.keyboard.press(" ")
    page.wait_for_function("() => document.querySelector('video').currentTime > 0")
    assert not video.evaluate("video => video.paused")
    page.keyboard.press(" ")
    assert video.evaluate("video => video.paused")
    assert page.evaluate("scrollY") == 0


def more(page):
    """Open the menu of the first player."""
    page.get_by_role("button", name="More").first.click()
    return page.locator(".animvideo-menu").first


def test_speeds(opened):
    page = opened(directive(COUNTING))
    video = page.locator("video")
    video.focus()
    speeds = []
    for key in "[[[<]]]]>]]":
        page.keyboard.press(key)
        speeds.append(video.evaluate("video => video.playbackRate"))
    assert speeds == [0.75, 0.5, 0.25, 0.1, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2]
    choice = more(page).get_by_role("combobox", name="Speed")
    assert choice.input_value() == "2"
    choice.select_option("0.5")
    assert video.evaluate("video => video.playbackRate") == 0.5
    choice.focus()
    page.keyboard.press("ArrowUp")  # is the list's own there
    assert choice.input_value() == "0.25"


def test_the_slider_goes_to_any_frame(opened):
    page = opened(directive(COUNTING))
    slider = page.get_by_role("slider", name="Frame")
    slider.fill("18")
    page.wait_for_function("() => document.querySelector('video').readyState >= 2")
    settle(page)
    assert (counter(page), shown_frame(page)) == ("18 / 30", 17)
    assert slider.get_attribute("aria-valuetext") == "18 of 30"
    slider.press("ArrowLeft")
    settle(page)
    assert (counter(page), shown_frame(page), slider.input_value()) == ("17 / 30", 16, "17")


def test_the_play_button_says_what_it_does(opened):
    page = opened(directive(COUNTING, ":loop:"))
    assert not page.locator("video").evaluate("video => video.controls")  # ours are below it
    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Pause").press(" ")
    page.wait_for_function(PAUSED)
    page.locator("video").click()
    page.wait_for_function(PLAYING)
    page.get_by_role("button", name="Pause").wait_for()


def test_captions_are_below_the_picture_and_can_be_hidden(opened):
    code = COUNTING.replace("np.uint8)", "np.uint8), caption=f'frame <{i}>'")
    page = opened(directive(code, ":fps: 5\n:width: 400px"))
    video, button = page.locator("video"), page.get_by_role("button", name="Captions")
    tracks = "video => [...video.textTracks].map(one => [one.kind, one.language, one.mode])"
    page.wait_for_function("() => document.querySelector('video').readyState >= 1")
    assert video.evaluate(tracks) == [["captions", "en", "hidden"]]  # the browser's own cover it
    cues = page.locator(".animvideo-cue")
    page.wait_for_function("() => document.querySelector('track').readyState === 2")
    video.focus()
    page.keyboard.press("End")
    page.wait_for_function(
        "() => document.querySelector('.animvideo-cue').textContent === 'frame <29>'"
    )
    picture, text = video.bounding_box(), cues.bounding_box()
    assert text["y"] >= picture["y"] + picture["height"]
    for press in (button.click, lambda: (video.focus(), page.keyboard.press("c"))):
        before = cues.is_visible()
        assert button.get_attribute("aria-pressed") == str(before).lower()
        press()
        assert cues.is_visible() != before


def test_full_screen_is_the_player(opened):
    page = opened(SPACE + directive(COUNTING, ":width: 400px") + SPACE)
    button = page.get_by_role("button", name="Full screen")
    button.click()
    page.wait_for_function(
        "() => document.fullscreenElement?.matches('.animvideo-player')"
        " && document.querySelector('video').clientHeight > 600"
    )
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Full screen"
    page.keyboard.press("ArrowRight")
    assert counter(page) == f"2 / {FRAMES}"
    for control in page.locator(".animvideo-bar button, .animvideo-bar input").all():
        box = control.bounding_box()
        assert box["y"] + box["height"] <= 800
        assert box["x"] + box["width"] <= 1000
    picture = page.locator("video").bounding_box()
    slider = page.get_by_role("slider").bounding_box()
    assert picture["y"] + picture["height"] <= slider["y"] + 1
    page.keyboard.press("f")
    page.wait_for_function("() => !document.fullscreenElement")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Full screen"
    assert page.locator("video").bounding_box()["height"] == 300


@pytest.mark.parametrize(
    ("is_gone", "message"),
    [(True, "The video could not be loaded."), (False, "This browser cannot play the video.")],
)
def test_why_a_video_cannot_be_shown(opened, project, is_gone, message):
    page = opened(SPACE + directive(COUNTING))
    if is_gone:
        for file in (project.folder / "_build" / "html" / "_images").glob("*.mp4"):
            file.unlink()
    else:
        page.evaluate("document.querySelector('source').type = 'video/x-unknown'")
        page.locator("video").evaluate("video => video.load()")
    page.locator("video").scroll_into_view_if_needed()
    page.get_by_role("alert").get_by_text(message).wait_for()
    assert page.get_by_role("link", name=re.compile("mp4")).is_visible()


def test_a_single_frame_has_nothing_to_play(opened):
    page = opened(directive(FIGURE + "capture()"))
    assert page.locator(".animvideo-controls").count() == 0
    assert not page.locator("video").evaluate("video => video.controls")


def test_keys_with_modifiers_are_the_browsers(opened):
    page = opened(directive(COUNTING))
    page.locator("video").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Control+Home")
    assert counter(page) == "1 / 30"


def test_the_file_opens_from_its_link(opened):
    page = opened(directive(FIGURE.replace("(1, 1)", "(4, 3)") + "capture()"))
    link = page.get_by_role("link", name=re.compile(r"mp4, \d+ kB"))  # without a menu
    with page.expect_response(re.compile(r"animvideo-\w+\.mp4$")) as response:
        link.click()
    assert response.value.ok


def test_loop_goes_on(opened):
    page = opened(directive(COUNTING, ":loop:\n:fps: 60"))
    page.evaluate(
        """async () => {
            const video = document.querySelector("video");
            video.muted = true;
            let turns = 0, before = 0;
            await video.play();
            await new Promise(resolve => video.addEventListener("seeked", () => {
                if (++turns === 2) resolve();
            }));
        }"""
    )


def test_nothing_is_loaded_before_it_is_near(opened):
    page = opened(SPACE + directive(COUNTING) + SPACE)
    page.wait_for_timeout(400)
    assert not any(name.endswith(".mp4") for name in page.requests)
    page.evaluate("scrollTo(0, 2900)")  # the video is 300 pixels below what is seen
    page.wait_for_timeout(400)
    if not any(name.endswith(".mp4") for name in page.requests):
        page.evaluate("scrollTo(0, 3200)")
    page.wait_for_function("() => document.querySelector('video').readyState >= 1")


def test_with_preload_none_the_reader_has_to_press_play(opened):
    page = opened(directive(COUNTING, ":preload: none"))
    page.wait_for_timeout(400)
    assert not any(name.endswith(".mp4") for name in page.requests)
    page.keyboard.press("Tab")
    page.locator("video").focus()
    page.keyboard.press(" ")
    page.wait_for_function("() => document.querySelector('video').currentTime > 0")


def test_autoplay_only_while_it_is_visible(opened):
    page = opened(SPACE + directive(COUNTING, ":autoplay:\n:loop:") + SPACE)
    page.wait_for_timeout(300)
    assert page.evaluate(PAUSED)
    page.locator("video").scroll_into_view_if_needed()
    page.wait_for_function(PLAYING)
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_function(PAUSED)
    page.locator("video").scroll_into_view_if_needed()
    page.wait_for_function(PLAYING)
    page.locator("video").focus()
    page.keyboard.press(" ")  # the reader has seen enough
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(200)
    page.locator("video").scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    assert page.evaluate(PAUSED)


def test_without_controls_a_click_stops_what_started_by_itself(opened):
    page = opened(directive(COUNTING, ":autoplay:\n:loop:\n:no-controls:"))
    page.wait_for_function(PLAYING)
    assert not page.locator("video").evaluate("video => video.controls")
    page.locator("video").click()
    page.wait_for_function(PAUSED)
    page.keyboard.press("ArrowRight")
    page.locator("video").click()
    page.wait_for_function(PLAYING)


def test_reduced_motion_gives_the_poster_and_controls(opened):
    page = opened(directive(COUNTING, ":autoplay:\n:loop:\n:no-controls:"), reduced_motion="reduce")
    page.wait_for_timeout(400)
    video = page.locator("video")
    assert video.evaluate("video => [video.paused, video.controls, video.currentTime]") == [
        True,
        True,
        0,
    ]
    page.emulate_media(reduced_motion="no-preference")
    page.wait_for_function(PLAYING)
    assert not video.evaluate("video => video.controls")
    page.emulate_media(reduced_motion="reduce")
    page.wait_for_function(PAUSED)
    assert video.evaluate("video => video.controls")


def test_a_gif_stands_still_with_reduced_motion(opened):
    text = directive(COUNTING, ":formats: gif")
    loaded = "kind => document.querySelector('picture img').currentSrc.endsWith(kind)"
    page = opened(text, reduced_motion="reduce")
    page.wait_for_function(loaded, arg=".webp")
    assert not any(name.endswith(".gif") for name in page.requests)
    page = opened(text)
    page.wait_for_function(loaded, arg=".gif")


def test_without_javascript_it_is_the_browsers_own_player(opened):
    first_frame = COUNTING.replace("255 - 8 * i", "[[[200, 30, 30]]]").replace(
        "(120, 160)", "(120, 160, 3)"
    )
    text = directive(first_frame, ":autoplay:\n:no-controls:")
    text += directive(FIGURE + "capture()", ":dark: dark_background\n:formats: mp4 webm")
    page = opened(text, java_script_enabled=False, color_scheme="dark")
    bare, _light, dark = page.locator("video").all()
    assert bare.get_attribute("controls") == ""
    page.wait_for_timeout(300)
    with Image.open(io.BytesIO(bare.screenshot())) as picture:
        red, green, blue = picture.convert("RGB").getpixel((20, 10))
    assert red > 150 > 80 > max(green, blue)  # the poster, and not the gray of the controls
    assert dark.is_visible()
    assert dark.bounding_box()["height"] == 100
    links = page.locator(".animvideo-bar a").all()
    assert len(links) == 4
    assert all(link.is_visible() for link in links[2:])


THEMES = {
    "furo": lambda page, to: page.evaluate("to => document.body.dataset.theme = to", to),
    "pydata_sphinx_theme": lambda page, to: page.evaluate(
        "to => document.documentElement.dataset.theme = to", to
    ),
    "sphinx_book_theme": lambda page, to: page.evaluate(
        "to => document.documentElement.dataset.theme = to", to
    ),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("theme", THEMES)
def test_the_switch_of_a_theme(opened, project, theme, scheme):
    other = {"light": "dark", "dark": "light"}[scheme]
    text = directive(FIGURE + "capture()\ncapture(caption='text')\n", ":dark: dark_background")
    config = {"html_theme": theme}
    page = opened(text, config=config, color_scheme=scheme)
    page.wait_for_function("() => document.documentElement.dataset.animvideoPage")
    page.wait_for_timeout(400)
    files = {
        name: [
            source.rpartition("/")[2]
            for source in page.locator(f".animvideo-{name}").evaluate(
                "box => [...[...box.querySelectorAll('source, track, .animvideo-poster')].map(one => one.getAttribute('src'))]"
            )
        ]
        for name in ("light", "dark")
    }
    assert page.locator(f".animvideo-{scheme}").is_visible()
    assert not page.locator(f".animvideo-{other}").is_visible()
    only = {
        name: set(names) - set(files[{"light": "dark", "dark": "light"}[name]])
        for name, names in files.items()
    }
    assert only[scheme] & set(page.requests)
    assert not only[other] & set(page.requests)
    THEMES[theme](page, other)
    page.locator(f".animvideo-{other}").wait_for()
    assert not page.locator(f".animvideo-{scheme}").is_visible()
    page.wait_for_function(
        f"() => document.querySelector('.animvideo-{other} .animvideo-poster').naturalWidth"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_variant_fits_a_page_that_is_never_dark(opened, scheme):
    page = opened(directive(COUNTING, ":dark: dark_background"), color_scheme=scheme)
    page.locator(".animvideo-light").wait_for()
    assert not page.locator(".animvideo-dark").is_visible()


def test_a_page_that_is_dark_where_the_system_is(opened, project):
    project.write(
        "_static/own.css",
        "@media (prefers-color-scheme: dark) { body, div.body, div.document { background: #222 } }",
    )
    config = {"html_static_path": ["_static"], "html_css_files": ["own.css"]}
    page = opened(directive(COUNTING, ":dark: dark_background"), config=config, color_scheme="dark")
    page.locator(".animvideo-dark").wait_for()
    assert not page.locator(".animvideo-light").is_visible()
    page.emulate_media(color_scheme="light")
    page.locator(".animvideo-light").wait_for()
    assert not page.locator(".animvideo-dark").is_visible()


def test_the_other_variant_goes_on_where_the_first_one_was(opened):
    page = opened(
        directive(COUNTING, ":dark: dark_background\n:loop:\n:fps: 10"),
        config={"html_theme": "furo"},
        color_scheme="light",
    )
    page.locator(".animvideo-light video").evaluate("video => { video.muted = true; video.play() }")
    page.wait_for_function("() => document.querySelector('.animvideo-light video').currentTime > 1")
    THEMES["furo"](page, "dark")
    page.wait_for_function(
        "() => { const dark = document.querySelector('.animvideo-dark video');"
        " return !dark.paused && dark.currentTime > 1 }"
    )
    assert page.locator(".animvideo-light video").evaluate("video => video.paused")


def test_paper_shows_the_light_variant(opened):
    page = opened(
        directive(COUNTING, ":dark: dark_background"),
        config={"html_theme": "furo"},
        color_scheme="dark",
    )
    page.emulate_media(media="print")
    assert page.locator(".animvideo-light").is_visible()
    assert not page.locator(".animvideo-dark").is_visible()
    assert not page.locator(".animvideo-light .animvideo-bar").is_visible()


def test_right_to_left(opened):
    page = opened(directive(COUNTING), config={"language": "ar", "html_theme": "furo"})
    page.evaluate("document.documentElement.dir = 'rtl'")
    player = page.locator(".animvideo-player").bounding_box()
    assert player["x"] >= 0
    back, following = (
        page.get_by_role("button", name=name).bounding_box()
        for name in ("Previous frame", "Next frame")
    )
    assert back["x"] < following["x"]  # time runs from left to right, as on the browser's bar
    page.locator("video").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('video').readyState >= 2")
    settle(page)
    assert counter(page) == "2 / 30"


SHIFTS = """() => {
    window.shift = 0;
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) window.shift += entry.value;
    }).observe({type: "layout-shift", buffered: true});
}"""


@contextmanager
def no_layout_shift(page):
    page.evaluate(SHIFTS)
    yield
    page.wait_for_timeout(300)
    assert page.evaluate("window.shift") == 0


@pytest.mark.parametrize("viewport", [(1200, 900), (390, 800)])
def test_thirty_videos(opened, viewport):
    one = directive(COUNTING, ":caption: A caption below it.\n:autoplay:\n:loop:")
    two = directive(
        FIGURE.replace("(1, 1)", "(8, 4)") + "capture()\ncapture()", ":dark: dark_background"
    )
    page = opened((one + two) * 15, viewport=viewport)
    with no_layout_shift(page):
        videos = page.locator("video")
        assert videos.count() == 45
        bottom = page.evaluate("document.documentElement.scrollHeight")
        for y in range(0, bottom, 500):
            page.evaluate("y => scrollTo(0, y)", y)
            page.wait_for_timeout(60)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport[0]
    playing = page.evaluate(
        "() => [...document.querySelectorAll('video')].filter(v => !v.paused).length"
    )
    assert playing <= 4


def test_sharp_on_fine_screens_in_the_same_size(opened):
    page = opened(
        directive(FIGURE + "capture()") + directive(FIGURE + "capture()", ":hidpi:"),
        device_scale_factor=2,
    )
    for video in page.locator("video").all():
        video.scroll_into_view_if_needed()
        video.evaluate("async v => { v.muted = true; await v.play().catch(() => {}) }")
    sizes = page.evaluate(
        "() => [...document.querySelectorAll('video')].map(v => [v.clientWidth, v.clientHeight, v.videoWidth])"
    )
    assert sizes == [[100, 100, 100], [100, 100, 200]]


def test_source_that_unfolds(opened):
    page = opened(directive(COUNTING, ":include-source:\n:collapse-source:"))
    code = page.locator("details.animvideo-source .highlight")
    assert not code.is_visible()
    page.get_by_text("Source code").click()
    assert code.is_visible()
    assert page.locator("details .highlight .kn").count()  # keywords in color


@pytest.mark.parametrize("preload", ["none", "metadata", "auto"])
@pytest.mark.parametrize("ranges", [True, False])
def test_the_poster_is_shown_until_the_video_plays(opened, preload, ranges):
    page = opened(directive(COUNTING, f":poster: last\n:preload: {preload}"), ranges=ranges)
    video = page.locator("video")
    if preload != "none":
        page.wait_for_function("document.querySelector('video').readyState > 1")
    page.wait_for_timeout(200)

    def level():
        with Image.open(io.BytesIO(video.screenshot())) as picture:
            return picture.convert("L").getpixel((20, 10))

    assert level() < 40  # the last frame
    page.get_by_role("button", name="Next frame").click()
    page.wait_for_function("!document.querySelector('video').seeking")
    page.wait_for_timeout(200)
    assert level() > 235  # the second one
