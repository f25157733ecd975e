"""The page on which changed videos are reviewed, in a browser."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

from sphinxcontrib_animvideo.core.lockfile.lock import Lock
from sphinxcontrib_animvideo.core.lockfile.review import Review, apply
from tests.conftest import directive

pytestmark = pytest.mark.browser

GRAY = """\
import numpy as np
for i in range(10):
    picture = np.full((96, 128, 3), {level}, np.uint8)
    picture[:8, : 12 * i] = 0
    capture(picture)
"""
BEFORE, NOW = 60, 200


def write(project, levels):
    """Write a page with a video of each gray level."""
    project.write(
        "index.rst", "Page\n====\n\n" + "\n".join(directive(GRAY.format(level=n)) for n in levels)
    )


@pytest.fixture
def folder(project, monkeypatch):
    """The folder of a report on two changed videos, a new one, and one that is gone."""
    monkeypatch.chdir(project.folder)
    write(project, [BEFORE, BEFORE + 5, 100, 101])
    assert not project.build("animvideo", animvideo_lock_mode="update").warnings
    write(project, [NOW, NOW + 5, 101, 102])
    project.write("other.rst", ":orphan:\n\nOther\n=====\n\n" + directive(GRAY.format(level=30)))
    project.build("animvideo", animvideo_lock_mode="check")
    return project.folder / "_build" / "animvideo-report"


@pytest.fixture
def report(folder, page, serve):
    """The report, opened in a browser."""
    errors = []
    page.on("pageerror", lambda error: errors.append(error))
    page.goto(f"{serve(folder)}/index.html")
    yield page
    assert errors == []


NAMES = ["index#1", "index#2", "index#4", "other#1", "index#3"]
"""What was the third video of the page is gone, and the fourth one has moved to its place."""


def current(page):
    return page.locator("article[aria-current]").get_attribute("data-name")


def names(page):
    return [one.get_attribute("data-name") for one in page.locator("article").all()]


def progress(page):
    return page.locator(".progress").text_content()


def middle(page):
    """Return the gray level in the middle of the picture of the first video."""
    shot = page.locator("article video").first.screenshot()
    pixels = np.asarray(Image.open(io.BytesIO(shot)).convert("L"), int)
    height, width = pixels.shape
    return int(np.median(pixels[height // 2 : height * 3 // 4, width // 3 : width * 2 // 3]))


def test_a_review_with_keys(report, folder):
    page = report
    order = names(page)
    assert order == NAMES
    press = page.keyboard.press
    press("n")
    assert current(page) == order[0]
    press("a")  # and on to the next one
    assert current(page) == order[1]
    press("r")
    page.keyboard.type("n: as dark as before, a ? r")  # no keys here
    press("Enter")
    assert current(page) == order[2]
    press("a")
    press("p")
    assert current(page) == order[2]
    press("u")
    assert progress(page) == f"1 accepted, 1 rejected, {len(order) - 2} undecided"
    page.reload()
    assert progress(page) == f"1 accepted, 1 rejected, {len(order) - 2} undecided"
    assert page.locator(".note input").nth(1).input_value() == "n: as dark as before, a ? r"
    with page.expect_download() as download:
        press("s")
    assert download.value.suggested_filename == "decisions.json"
    saved = folder / "decisions.json"
    download.value.save_as(saved)
    assert "animvideo accept decisions.json" in progress(page)

    before = Lock.read(folder.parents[1] / "animvideo.lock").videos
    review = Review.read(saved)
    decisions = {video.name: (video.decision, video.note) for video in review.open}
    assert decisions[order[0]] == ("accept", "")
    assert decisions[order[1]] == ("reject", "n: as dark as before, a ? r")
    assert {decisions[name][0] for name in order[2:]} == {""}
    apply(review)
    after = Lock.read(folder.parents[1] / "animvideo.lock").videos
    assert after["index#1"] != before["index#1"]
    assert after["index#2"] == before["index#2"]


def test_every_difference_is_shown(report):
    words = report.locator("article").first.locator(".words").inner_text()
    assert "10 of 10 frames differ, the first is frame 1" in words
    assert "The picture is filled with #c8c8c8 instead of #3c3c3c" in words
    verdicts = [one.inner_text() for one in report.locator("article .verdict").all()]
    assert verdicts == ["changed", "changed", "new", "new", "gone"]


def test_filters(report):
    page = report
    every = page.locator("article")
    total = every.count()
    page.get_by_role("checkbox", name="changed").uncheck()
    left = [one for one in every.all() if one.is_visible()]
    assert 0 < len(left) < total
    assert {one.get_attribute("data-verdict") for one in left}.isdisjoint({"changed"})
    page.locator("body").press("n")
    assert current(page) == left[0].get_attribute("data-name")
    page.get_by_role("checkbox", name="changed").check()
    assert all(one.is_visible() for one in every.all())


def test_views(report):
    page = report
    page.keyboard.press("n")
    box = page.locator("article video").first
    page.wait_for_function("document.querySelector('article video').readyState >= 2")
    whole = box.bounding_box()
    assert whole["width"] / whole["height"] > 3 * 128 / 96
    for view, level in (("Before", BEFORE), ("Now", NOW)):
        page.get_by_role("button", name=view).first.click()
        part = box.bounding_box()
        assert part["width"] / part["height"] == pytest.approx(128 / 96, rel=0.02)
        assert middle(page) == pytest.approx(level, abs=4)
    page.keyboard.press("b")
    assert middle(page) == pytest.approx(BEFORE, abs=4)
    page.keyboard.press("b")
    assert middle(page) == pytest.approx(NOW, abs=4)
    page.keyboard.press("v")
    assert middle(page) not in (BEFORE, NOW)  # the difference
    page.keyboard.press("v")
    assert box.bounding_box() == whole


def test_keys_reach_the_player(report):
    page = report
    page.keyboard.press("n")
    for key in ("ArrowRight", ".", ","):
        page.keyboard.press(key)
    count = page.locator("article .animvideo-count").first
    page.wait_for_function("document.querySelector('.animvideo-count').textContent === '2 / 10'")
    page.keyboard.press("n")
    page.keyboard.press("ArrowRight")
    assert count.text_content() == "2 / 10"
    assert page.locator("article .animvideo-count").nth(1).text_content() == "2 / 10"


def test_help(report):
    page = report
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    assert dialog.is_visible()
    assert "accept, and go to the next video" in dialog.inner_text()
    page.keyboard.press("Escape")
    assert not dialog.is_visible()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_sizes_and_colors(folder, browser, serve, width, scheme):
    page = browser.new_page(viewport={"width": width, "height": 844}, color_scheme=scheme)
    page.goto(f"{serve(folder)}/index.html")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    pressed = page.locator(".views [aria-pressed=true]").first.inner_text()
    assert pressed == ("Now" if width < 600 else "All")
    for control in page.locator("header button, .views button, article input").all():
        box = control.bounding_box()
        inside = control.locator("xpath=ancestor::label")
        if inside.count():
            box = inside.first.bounding_box()
        assert min(box["width"], box["height"]) >= 24
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.close()


def test_without_a_script(folder, browser, serve):
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{serve(folder)}/index.html")
    assert page.locator("article video[controls]").count() == page.locator("article video").count()
    assert not page.locator(".decision").first.is_visible()
    assert not page.get_by_role("button", name="Save decisions").is_visible()
    assert page.get_by_text("10 of 10 frames differ").first.is_visible()
    page.close()


def test_texts_of_plots_do_no_harm(project, page, serve):
    plot = directive(
        "import matplotlib.pyplot as plt\n"
        "fig, ax = plt.subplots(figsize=(2, 1))\n"
        "ax.set_title({title!r})\n"
        "for i in range(3):\n"
        "    ax.set_xlabel(str(i))\n"
        "    capture()\n"
    )
    project.write("index.rst", "Page\n====\n\n" + plot.format(title="before"))
    project.build("animvideo", animvideo_lock_mode="update")
    harm = "</script><script>document.title='harm'</script><img src=x onerror=alert(1)>&amp;"
    project.write("index.rst", "Page\n====\n\n" + plot.format(title=harm))
    project.build("animvideo", animvideo_lock_mode="check")
    folder = project.folder / "_build" / "animvideo-report"
    page.goto(f"{serve(folder)}/index.html")
    assert page.title() == "1 video to review"
    assert harm in page.locator(".words").inner_text()
    words = json.loads((folder / "review.json").read_text("utf-8"))["videos"][0]["words"]
    assert any(harm in clause for clause in words)
