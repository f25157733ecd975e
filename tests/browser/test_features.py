"""What readers of plots want: links to frames, pictures of them, repeats, and videos in step."""

from __future__ import annotations

import io
import subprocess

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from tests.browser.test_player import COUNTING, FRAMES, SPACE, counter, more, opened, settle
from tests.browser.test_player import shown_frame as shown
from tests.conftest import directive

__all__ = ["opened"]
pytestmark = pytest.mark.browser

NAMED = directive(COUNTING, ":name: wave\n:width: 400px\n:fps: 10")
TIME = "document.querySelector('video').currentTime"


def until(page, condition: str) -> None:
    page.wait_for_function(f"() => {condition}", timeout=10_000)


def shows(page, frame: int) -> None:
    """Wait until the first video shows a frame, counted from 1."""
    until(page, "document.querySelector('video').readyState >= 2")
    settle(page)
    until(page, f"document.querySelector('.animvideo-count').textContent === '{frame} / {FRAMES}'")
    assert shown(page) == frame - 1


# -- servers that send whole files only ------------------------------------------------------------


def test_a_server_without_ranges(opened):
    page = opened(directive(COUNTING, ":width: 400px"), ranges=False)
    until(page, "document.querySelector('video').readyState >= 1")
    assert page.evaluate("document.querySelector('video').seekable.end(0)") == 0
    page.locator("video").focus()
    for key, frame in [("ArrowRight", 2), ("ArrowRight", 3), ("End", FRAMES), ("ArrowLeft", 29)]:
        page.keyboard.press(key)
        shows(page, frame)
    page.get_by_role("slider").fill("12")
    shows(page, 12)
    page.keyboard.press("Home")
    page.keyboard.press(" ")
    until(page, f"{TIME} > 0.2")


def test_a_server_without_ranges_keeps_time_and_rate(opened):
    page = opened(directive(COUNTING, ":fps: 5"), ranges=False)
    video = page.locator("video")
    video.focus()
    for key in ">>":
        page.keyboard.press(key)
    page.keyboard.press("5")
    shows(page, 16)
    assert video.evaluate("video => [video.paused, video.playbackRate]") == [True, 1.5]


TOO_LARGE = "new Response(new Blob(), {headers: {'content-length': '64000001'}})"


@pytest.mark.parametrize("answer", [TOO_LARGE, "Promise.reject(Error())"])
def test_a_video_that_cannot_be_loaded_whole_is_told(opened, answer):
    page = opened(SPACE + directive(COUNTING), ranges=False)
    page.evaluate(f"void (globalThis.fetch = async () => {answer})")
    page.locator("video").scroll_into_view_if_needed()
    until(page, "document.querySelector('video').readyState >= 1")
    page.locator("video").focus()
    page.keyboard.press("End")
    page.get_by_role("status").get_by_text("does not support seeking").wait_for()
    assert counter(page) == f"1 / {FRAMES}"


@pytest.mark.parametrize("ranges", [True, False])
def test_a_server_that_allows_only_its_own_files(opened, ranges):
    page = opened(directive(COUNTING), ranges=ranges, policy="default-src 'self'")
    until(page, "document.querySelector('video').readyState >= 1")
    for button in page.locator(".animvideo-bar button:visible").all():
        pixels = np.asarray(Image.open(io.BytesIO(button.screenshot())).convert("L"))
        assert np.ptp(pixels) > 100, button.get_attribute("aria-label")
    page.get_by_role("button", name="Next").click()
    if ranges:
        shows(page, 2)
    else:
        page.get_by_role("status").get_by_text("does not support seeking").wait_for()
        shows(page, 1)
        page.get_by_role("button", name="Play").click()
        until(page, f"{TIME} > 0.2")


@pytest.mark.parametrize("attempt", range(3))
def test_a_link_leads_to_a_frame_on_a_server_without_ranges(opened, attempt):
    page = opened(directive(COUNTING, ":name: wave\n:fps: 10"), ranges=False)
    page.goto("about:blank")
    page.go_back()
    page.goto(page.url + "#wave:frame=22")
    page.reload()
    shows(page, 22)
    page.wait_for_timeout(500)
    shows(page, 22)


# -- links to frames -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "frame"),
    [
        ("#wave:frame=12", 12),
        ("#wave:frame=1", 1),
        ("#wave:frame=999", FRAMES),
        ("#wave:t=1.5", 16),
        ("#wave:t=0.29s", 3),
        ("#wave%3Aframe=12", 12),
    ],
)
def test_an_address_leads_to_a_frame(opened, address, frame):
    page = opened("Text.\n\n" + SPACE + NAMED + SPACE)
    page.goto(page.url + address)
    shows(page, frame)
    assert page.locator("video").evaluate("video => video.paused")
    box = page.locator(".animvideo-player").bounding_box()
    assert box["y"] >= -1
    assert box["y"] + box["height"] <= 801
    assert page.evaluate("document.activeElement.tagName") == "VIDEO"


@pytest.mark.parametrize("address", ["#", "#wave", "#none:frame=2", "#wave:frame=x", "#%E0%A4%A"])
def test_other_addresses_are_left_alone(opened, address):
    page = opened(NAMED)
    page.goto(page.url + address)
    page.wait_for_timeout(200)
    assert counter(page) == f"1 / {FRAMES}"


def test_links_in_the_text_lead_to_frames_each_time(opened):
    role = "See :animvideo-frame:`wave:20`, :animvideo-frame:`the end <wave:t=2.9>`.\n\n"
    page = opened(role + NAMED)
    for _ in range(2):
        page.get_by_role("link", name="frame 20").click()
        shows(page, 20)
        page.keyboard.press("Home")
        shows(page, 1)
    page.get_by_role("link", name="the end").click()
    shows(page, 30)


def test_the_link_that_is_copied_leads_there(opened):
    second = directive(COUNTING + "import matplotlib.pyplot as plt\n" + "plt.close('all')\n")
    page = opened(NAMED + second, permissions=["clipboard-read", "clipboard-write"])
    page.locator("video").first.focus()
    page.keyboard.press("4")
    shows(page, 13)
    more(page).get_by_role("button", name="Copy link to this frame").click()
    page.get_by_role("status").get_by_text("Link copied").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.endswith("/index.html#wave:frame=13")
    page.goto("about:blank")
    page.goto(link)
    shows(page, 13)
    page.get_by_role("button", name="More").nth(1).click()
    page.locator(".animvideo-menu").nth(1).get_by_text("Copy link").click()
    until(
        page, "navigator.clipboard.readText().then(text => text.includes('#animvideo-2:frame=1'))"
    )


def test_without_a_clipboard_the_link_is_in_the_address_bar(opened):
    page = opened(NAMED)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    more(page).get_by_text("Copy link").click()
    page.get_by_role("status").get_by_text("address bar").wait_for()
    assert page.url.endswith("#wave:frame=1")


# -- a frame as a picture --------------------------------------------------------------------------


@pytest.mark.parametrize("loaded", [True, False])
def test_a_frame_is_saved_as_it_is_in_the_video(opened, loaded):
    page = opened(directive(COUNTING, ":name: wave\n:width: 400px\n:preload: none"))
    frame = 1
    if loaded:
        page.locator("video").focus()
        page.keyboard.press("5")
        shows(page, frame := 16)
    with page.expect_download() as download:
        more(page).get_by_role("button", name="Save frame as PNG").click()
    assert download.value.suggested_filename == f"wave-{frame}.png"
    with Image.open(download.value.path()) as picture:
        assert picture.size == (160, 120)
        level = np.asarray(picture.convert("L"), int).mean()
    assert abs(level - (255 - 8 * (frame - 1))) < 3


# -- repeats ---------------------------------------------------------------------------------------


def test_loop_can_be_chosen_by_the_reader(opened):
    page = opened(directive(COUNTING, ":fps: 60"))
    choice = more(page).get_by_role("combobox", name="Repeat")
    assert choice.input_value() == "once"
    choice.select_option("Loop")
    page.keyboard.press("Escape")
    page.locator("video").focus()
    page.keyboard.press("k")
    turns = "globalThis.turns = 0, document.querySelector('video').onseeked = () => turns++"
    page.evaluate(turns)
    until(page, "turns > 1")


def test_back_and_forth(opened):
    page = opened(directive(COUNTING, ":fps: 30"))
    more(page).get_by_role("combobox", name="Repeat").select_option("Back and forth")
    page.keyboard.press("Escape")
    page.evaluate(
        """() => {
            globalThis.seen = [];
            const count = document.querySelector(".animvideo-count");
            new MutationObserver(() => seen.push(parseInt(count.textContent)))
                .observe(count, {childList: true});
        }"""
    )
    page.get_by_role("button", name="Play").click()
    # Forward, backward over many frames, and forward again.
    until(page, f"seen.indexOf({FRAMES}) > 0 && seen.lastIndexOf(1) > seen.indexOf({FRAMES})")
    until(page, "seen.at(-1) > 3 && !document.querySelector('video').paused")
    seen = page.evaluate("seen")
    turn = seen.index(FRAMES)
    backward = seen[turn : turn + seen[turn:].index(1) + 1]
    assert sorted(set(backward), reverse=True) == list(dict.fromkeys(backward))
    assert len(set(backward)) >= 5
    page.keyboard.press("k")
    until(page, "document.querySelector('video').paused")
    page.get_by_role("button", name="Play").wait_for()


def test_a_part_is_repeated(opened):
    page = opened(directive(COUNTING, ":fps: 30"))
    page.locator("video").focus()
    for frame, word in [(10, "Repeat from here"), (20, "Repeat up to here")]:
        page.get_by_role("slider").fill(str(frame))
        shows(page, frame)
        more(page).get_by_text(word).click()
    page.evaluate("globalThis.turns = 0; document.querySelector('video').onseeked = () => turns++")
    page.get_by_role("button", name="Play").click()
    until(page, "turns > 2")
    time = page.evaluate(TIME)
    assert 9 / 30 <= time <= 22 / 30
    more(page).get_by_text("Repeat the whole video").click()
    until(page, f"{TIME} > 25 / 30")


# -- keys, time ------------------------------------------------------------------------------------


def test_the_keys_of_other_players(opened):
    page = opened(directive(COUNTING, ":width: 400px"))
    video = page.locator("video")
    video.focus()
    for key, frame in [(".", 2), (".", 3), (",", 2), ("9", 27), ("0", 1), ("5", 16)]:
        page.keyboard.press(key)
        shows(page, frame)
    page.keyboard.press("k")
    until(page, "!document.querySelector('video').paused")
    page.keyboard.press("k")
    assert video.evaluate("video => video.paused")
    page.keyboard.press("f")
    until(page, "document.fullscreenElement")
    page.keyboard.press("f")
    until(page, "!document.fullscreenElement")


def test_the_list_of_keys(opened):
    page = opened(directive(COUNTING))
    page.locator("video").focus()
    page.keyboard.press("?")
    table = page.get_by_role("table", name="Keyboard shortcuts")
    table.wait_for()
    keys = table.locator("kbd").all_text_contents()
    assert {"Space", "k", "←", ",", ".", "<", ">", "f", "c", "?", "Home", "End"} <= set(keys)
    page.keyboard.press("ArrowRight")  # the list has the focus, not the player
    assert counter(page) == f"1 / {FRAMES}"
    page.get_by_role("button", name="Close").click()
    assert not table.is_visible()
    assert page.evaluate("document.activeElement.tagName") == "VIDEO"


def test_the_time_is_beside_the_number(opened):
    page = opened(directive(COUNTING, ":width: 600px\n:fps: 10"))
    page.locator("video").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator(".animvideo-time").text_content() == "0.10 s"
    assert page.locator(".animvideo-time").is_visible()


def test_the_number_of_the_frame_is_announced_when_the_reader_changes_it(opened):
    page = opened(directive(COUNTING, ":fps: 10"))
    count = page.locator(".animvideo-count")
    page.locator("video").focus()
    page.keyboard.press("ArrowRight")
    assert (count.text_content(), count.get_attribute("aria-live")) == (f"2 / {FRAMES}", "polite")
    page.keyboard.press("Space")  # not every frame during playback
    until(page, "document.querySelector('video').currentTime > 0.3")
    assert count.get_attribute("aria-live") == "off"
    page.locator(".animvideo-slider").focus()  # which has a text of its own
    page.keyboard.press("End")
    assert count.text_content() == f"{FRAMES} / {FRAMES}"
    assert count.get_attribute("aria-live") == "off"


# -- videos in step --------------------------------------------------------------------------------

SHORT = COUNTING.replace(f"range({FRAMES})", "range(15)")
PAIR = directive(COUNTING, ":sync: both\n:fps: 10") + directive(SHORT, ":sync: both\n:fps: 5")
EACH = "[...document.querySelectorAll('video')]"


def test_videos_play_in_step(opened):
    alone = directive(COUNTING + "\n", ":fps: 10\n:name: alone")
    page = opened(PAIR + SPACE + alone)
    page.wait_for_function(f"() => {EACH}.slice(0, 2).every(one => one.readyState >= 1)")
    page.locator("video").nth(1).focus()
    page.keyboard.press("9")  # of 15 frames, 5 a second
    until(page, f"{EACH}.slice(0, 2).every(one => !one.seeking && one.currentTime > 2.5)")
    times = page.evaluate(f"{EACH}.map(one => one.currentTime)")
    assert times[0] == pytest.approx(times[1], abs=0.01)
    assert times[2] == 0
    page.keyboard.press("Home")
    page.keyboard.press(">")
    page.keyboard.press("k")
    until(page, f"{EACH}.slice(0, 2).every(one => !one.paused && one.currentTime > 0.5)")
    page.locator("video").nth(0).focus()
    page.keyboard.press("k")
    until(page, f"{EACH}.every(one => one.paused)")
    times, rates = page.evaluate(
        f"[{EACH}.map(one => one.currentTime), {EACH}.map(one => one.playbackRate)]"
    )
    assert abs(times[0] - times[1]) < 0.25
    assert rates == [1.25, 1.25, 1]
    page.keyboard.press("ArrowRight")
    until(page, f"{EACH}.slice(0, 2).every(one => !one.seeking)")
    times = page.evaluate(f"{EACH}.map(one => one.currentTime)")
    assert times[0] == pytest.approx(times[1], abs=0.01)


def test_videos_in_step_start_again_when_the_last_has_ended(opened):
    text = PAIR.replace(":fps: 10", ":fps: 30\n   :loop:").replace(":fps: 5", ":fps: 60\n   :loop:")
    page = opened(text)
    page.wait_for_function(f"() => {EACH}.every(one => one.readyState >= 1)")
    page.evaluate(
        f"globalThis.turns = [0, 0]; {EACH}.forEach((one, i) => one.onseeked = () => turns[i]++)"
    )
    page.locator("video").first.focus()
    page.keyboard.press("k")
    until(page, "turns[0] > 1")
    first, second = page.evaluate("turns")
    assert abs(first - second) <= 1


def test_a_part_of_videos_in_step_is_repeated_in_all(opened):
    page = opened(PAIR.replace(":fps: 10", ":fps: 30").replace(":fps: 5", ":fps: 15"))
    page.wait_for_function(f"() => {EACH}.every(one => one.readyState >= 1)")
    for frame, word in [(4, "Repeat from here"), (9, "Repeat up to here")]:
        page.get_by_role("slider").nth(1).fill(str(frame))
        until(page, f"{EACH}.every(one => !one.seeking)")
        page.get_by_role("button", name="More").nth(1).click()
        page.locator(".animvideo-menu").nth(1).get_by_text(word).click()
    page.evaluate(
        f"globalThis.turns = [0, 0]; {EACH}.forEach((one, i) => one.onseeked = () => turns[i]++)"
    )
    page.get_by_role("button", name="Play").nth(1).click()
    until(page, "turns[0] > 2 && turns[1] > 2")
    times = page.evaluate(f"{EACH}.map(one => one.currentTime)")
    assert all(3 / 15 <= time <= 11 / 15 for time in times)


def test_a_file_with_sound_can_be_muted(opened, project):
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-y",
        "-f",
        "lavfi",
        "-i",
        "testsrc=d=2:r=10:s=160x120",
    ]
    command += ["-f", "lavfi", "-i", "sine=d=2", "-pix_fmt", "yuv420p", "-shortest", "sound.mp4"]
    subprocess.run(command, check=True, cwd=project.folder, capture_output=True)
    page = opened(directive("", argument="sound.mp4").rstrip() + "\n\n" + directive(COUNTING))
    video = page.locator("video").first
    for _ in range(2):
        before = video.evaluate("video => video.muted")
        page.keyboard.press("Tab")
        video.focus()
        page.keyboard.press("m")
        assert video.evaluate("video => video.muted") != before
    page.keyboard.press("k")
    until(page, "document.querySelector('video').webkitAudioDecodedByteCount > 0")
    more(page).get_by_text("Mute").click()
    assert video.evaluate("video => video.muted")
    page.get_by_role("button", name="More").nth(1).click()
    assert page.locator(".animvideo-menu").nth(1).get_by_text("Mute").count() == 0


# -- other pictures --------------------------------------------------------------------------------


def test_a_moving_picture_can_be_stopped(opened):
    page = opened(directive(COUNTING, ":formats: gif\n:poster: last"))
    image = page.locator("picture img")
    page.get_by_role("button", name="Pause").click()
    until(page, "document.querySelector('picture img').currentSrc.endsWith('.webp')")
    with Image.open(io.BytesIO(image.screenshot())) as picture:
        assert abs(np.asarray(picture.convert("L"), int).mean() - (255 - 8 * 29)) < 3
    page.get_by_role("button", name="Play").click()
    until(page, "document.querySelector('picture img').currentSrc.endsWith('.gif')")


def test_forced_colors_show_the_slider(opened):
    page = opened(directive(COUNTING, ":width: 400px"), forced_colors="active")
    slider = page.get_by_role("slider")
    slider.fill("15")
    with Image.open(io.BytesIO(slider.screenshot())) as picture:
        pixels = np.asarray(picture.convert("L"), int)
    track = pixels[len(pixels) // 2]
    assert (track < 160).mean() > 0.95  # against a white page


def test_screen_readers_are_told_whose_buttons_these_are(opened):
    page = opened(
        directive(COUNTING, ":alt: a wave") + directive(COUNTING + "\n", ":caption: A *second* one")
    )
    for name in ["a wave", "A second one"]:
        box = page.get_by_role("group", name=name)
        assert box.get_by_role("button", name="Play").count() == 1
    slider = page.get_by_role("slider").first
    page.locator("video").first.focus()
    page.keyboard.press("ArrowRight")
    assert slider.evaluate("one => [one.min, one.max, one.value]") == ["1", str(FRAMES), "2"]
    assert page.get_by_role("button", name="Play").first.get_attribute("title") == "Play (k)"


# -- languages -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "play", "items"),
    [
        ("de", "Wiedergabe", ["Geschwindigkeit", "Tastenkombinationen", "Vollbild"]),
        ("ja", "再生", ["再生速度", "キーボードショートカット", "全画面"]),
    ],
)
def test_the_words_of_the_player_are_those_of_the_page(opened, language, play, items):
    page = opened(directive(COUNTING), config={"language": language})
    page.get_by_role("button", name=play).wait_for()
    page.locator(".animvideo-more").click()
    text = page.locator(".animvideo-menu").inner_text()
    assert [word for word in items if word not in text] == []
    english = ["Speed", "Repeat", "Copy", "Save", "Full", "Keyboard"]
    assert [word for word in english if word in text] == []


@pytest.mark.parametrize("viewport", [(1000, 800), (390, 800)])
def test_the_menu_of_a_page_from_right_to_left(opened, viewport):
    page = opened(
        directive(COUNTING, ":width: 300px"), viewport=viewport, config={"language": "he"}
    )
    page.evaluate("document.documentElement.dir = 'rtl'")
    menu = more(page)
    assert menu.evaluate("menu => getComputedStyle(menu).direction") == "rtl"
    box = menu.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= viewport[0]
    label = menu.locator("label").first.bounding_box()
    choice = menu.locator("select").first.bounding_box()
    assert choice["x"] + choice["width"] / 2 < label["x"] + label["width"] / 2


# -- weight ----------------------------------------------------------------------------------------

PLOTS = """\
import numpy as np
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation
x = np.linspace(0, 10, 300)
animations = []
for number in range(30):
    fig, ax = plt.subplots()
    line, _ = ax.plot(x, np.sin(x * (1 + number / 9)), x, np.cos(x) * number)
    ax.set(title=f"Plot number {number}", xlabel="time in seconds", ylabel="amplitude")
    ax.grid(True)
    animations.append(FuncAnimation(fig, lambda i: line.set_linewidth(i + 1), frames=2))
"""


def test_a_page_with_thirty_videos_opens_quickly(opened):
    page = opened(directive(PLOTS))
    page.wait_for_load_state()
    page.wait_for_timeout(500)
    assert page.locator("video").count() == 30
    sizes = page.evaluate(
        "performance.getEntriesByType('resource').filter(one => /_images/.test(one.name))"
        ".map(one => [one.name.split('.').pop(), one.transferSize])"
    )
    posters = [size for kind, size in sizes if kind in {"webp", "png"}]
    assert 1 <= len(posters) <= 10
    assert sum(posters) < 150_000
