"""The role that links to a frame of a video."""

from __future__ import annotations

import re

import pytest

from tests.conftest import directive

CODE = "import numpy as np\nfor i in range(9):\n    capture(np.full((9, 9), 25 * i, np.uint8))\n"


def links(html: str) -> list[tuple[str, str]]:
    found = re.findall(r'<a class="reference internal" href="([^"]+)"[^>]*>(.*?)</a>', html)
    return [(address, re.sub("<.*?>", "", text)) for address, text in found if "=" in address]


def test_links_to_frames_and_times(project):
    frame = "`wave:4`", "`the peak <Wave:0.2s>`", "`wave:frame=9`", "`wave:t=1`", "`x <wave:2>`__"
    text = " ".join(f":animvideo-frame:{one}" for one in frame[:4])
    project.write("index.rst", f"Page\n====\n\n{text}\n\n" + directive(CODE, ":name: wave"))
    project.write("other.rst", ":orphan:\n\nOther\n=====\n\n:animvideo-frame:`wave:4`\n")
    build = project.build()
    assert build.warnings == []
    assert links(build.page()) == [
        ("#wave:frame=4", "frame 4"),
        ("#wave:t=0.2", "the peak"),
        ("#wave:frame=9", "frame 9"),
        ("#wave:t=1", "1 s"),
    ]
    assert links(build.page("other.html")) == [("index.html#wave:frame=4", "frame 4")]


@pytest.mark.parametrize(("builder", "name"), [("text", "index.txt"), ("latex", "*.tex")])
def test_other_builders_refer_to_the_figure(project, builder, name):
    text = ":animvideo-frame:`wave:4`\n\n" + directive(CODE, ":name: wave\n:caption: A wave")
    project.write("index.rst", "Page\n====\n\n" + text)
    build = project.build(builder)
    assert build.warnings == []
    (path,) = build.files(name)
    assert "frame 4" in path.read_text("utf-8")
    assert "frame=4" not in path.read_text("utf-8")


@pytest.mark.parametrize("target", ["wave", "wave:", "wave:0", "wave:-1", "wave:x", "wave:1.5"])
def test_a_target_without_a_frame(project, target):
    page = project.write("index.rst", f"Page\n====\n\n:animvideo-frame:`{target}`\n")
    (warning,) = project.build().warnings
    assert warning.startswith(f"{page}:4: WARNING: :animvideo-frame: must be the name of a video ")
    assert warning.endswith(f"not `{target}`. [animvideo.option]")


def test_a_video_that_does_not_exist(project):
    page = project.write("index.rst", "Page\n====\n\n:animvideo-frame:`none:4`\n")
    (warning,) = project.build().warnings
    assert warning.startswith(f"{page}:4: WARNING: ")
    assert "none" in warning
