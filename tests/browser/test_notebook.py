"""Videos in notebooks that are not trusted: what Jupyter leaves of an output still plays."""

import numpy as np
import pytest

from sphinxcontrib_animvideo import write_video
from sphinxcontrib_animvideo.core.capture.in_process import InProcessRecorder
from sphinxcontrib_animvideo.core.model.settings import make_limits, make_settings
from sphinxcontrib_animvideo.html.embed import embedded_players
from sphinxcontrib_animvideo.html.player import player_options
from sphinxcontrib_animvideo.video_sweep import default

# The tags and attributes of ours that JupyterLab 4 removes (the class Sanitizer of
# @jupyterlab/apputils): it keeps only the attributes that it knows, and safe addresses of links.
SANITIZE = """html => {
  const known = {
    A: ["href"], IMG: ["alt", "height", "src", "width"], SOURCE: ["type"],
    TRACK: ["default", "kind", "label", "srclang"],
    VIDEO: ["autoplay", "controls", "height", "loop", "muted", "poster", "preload", "src", "width"],
  };
  const { body } = new DOMParser().parseFromString(html, "text/html");
  for (const element of body.querySelectorAll("style, script")) element.remove();
  for (const element of body.querySelectorAll("*"))
    for (const { name, value } of [...element.attributes])
      if (
        !["class", "style", ...(known[element.tagName] ?? [])].includes(name) ||
        (name === "href" && !value.startsWith("http"))
      )
        element.removeAttribute(name);
  return body.innerHTML;
}"""


@pytest.fixture
def output(tmp_path):
    """The output of a cell."""
    levels = np.linspace(0, 1, 25)[:, None, None] * np.ones((60, 80))
    return write_video(tmp_path / "v.mp4", levels)._repr_html_()


def test_a_video_plays_in_a_notebook_that_is_not_trusted(page, output):
    page.set_content(page.evaluate(SANITIZE, output))
    video = page.locator("video")
    assert video.get_attribute("controls") == ""
    assert video.get_attribute("poster").startswith("data:image/png;base64,")
    assert page.get_by_text("not trusted").is_visible()
    video.evaluate("video => video.play()")
    page.wait_for_function("document.querySelector('video').currentTime > 0")


def test_a_trusted_notebook_has_the_player(page, output):
    page.set_content(output)
    page.locator(".animvideo-controls").wait_for()
    assert page.get_by_text("not trusted").is_hidden()
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("document.querySelector('video').currentTime > 0")


def test_without_the_script_there_is_no_link_that_does_nothing(browser, output):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.set_content(output)
    assert page.locator("video").is_visible()
    assert page.get_by_text("mp4").is_hidden()


FORMATS = {
    "mp4": "video/mp4;",
    "webm": "video/webm;",
    "gif": "image/gif;",
    "apng": "image/apng;",
}


@pytest.mark.parametrize("formats", [("mp4",), ("webm", "mp4"), ("mp4", "gif"), ("apng", "gif")])
def test_links_save_what_is_embedded_once(page, formats):
    recorder = InProcessRecorder(
        make_settings({"formats": formats}, default), make_limits(default), str
    )
    for level in range(0, 250, 10):
        recorder.capture(np.full((60, 80), level, np.uint8))
    asset = recorder.take([])
    html = embedded_players(asset, player_options({}), "wave")
    for name in formats:
        beside_a_video = name == "gif" and "mp4" in formats  # the picture, and its link
        assert html.count(f"data:{FORMATS[name]}") == 1 + beside_a_video
    page.set_content(html)
    if formats[0] in ("mp4", "webm"):
        page.get_by_role("button", name="More").click()
    for file in asset.clips[0].files:
        with page.expect_download() as download:
            page.locator(f"a[download$={file.name.rpartition('.')[2]}]").click()
        assert download.value.suggested_filename == f"wave.{file.name.rpartition('.')[2]}"
        assert download.value.path().read_bytes() == asset.path(file).read_bytes()
