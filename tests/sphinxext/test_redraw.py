"""Frames that are drawn incrementally, in real builds."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conftest import FIGURE
from tests.video import decode

BEHIND_OUR_BACK = """\
for number in range(12):
    line.set_ydata([number / 12, 1])
    ax.xaxis.get_major_ticks()[1].tick1line._markeredgecolor = f"C{number}"
    capture()
"""
LIAR = """\
class Liar(type(line)):
    stale = property(lambda self: False, lambda self, value: None)
line.__class__ = Liar
for number in range(12):
    line._color = f"C{number}"
    capture()
"""
IN_PLACE = """\
import numpy as np
image = ax.imshow(np.zeros((4, 4)), vmin=0, vmax=12)
for number in range(12):
    image.get_array()[number // 4] = number
    capture()
"""


@pytest.mark.parametrize("code", [BEHIND_OUR_BACK, LIAR, IN_PLACE])
def test_what_does_not_tell_is_seen_all_the_same(make_project, code):
    shown = []
    for redraw in ("incremental", "full"):
        project = make_project(redraw)
        project.page(FIGURE + code, f":quality: lossless\n:redraw: {redraw}")
        build = project.build()
        assert build.warnings == []
        (video,) = build.files("_images/*.mp4")
        shown.append(decode(video).frames)
        again = build.status.count("rendered again without incremental drawing")
        assert again == (redraw == "incremental" and code == BEHIND_OUR_BACK)
        if again:
            (line,) = (
                text
                for text in build.status.splitlines()
                if "rendered again without incremental drawing" in text
            )
            assert "XAxis" in line
            assert "the incremental redraw did not detect, and was drawn as before." in line
            assert "index.rst:" in line
    assert len(shown[0]) == 12
    assert np.array_equal(*shown)
    assert not np.array_equal(shown[0][0], shown[0][-1])


def test_the_whole_chain_of_a_context_runs_again(project):
    first = FIGURE + "capture()\nprint('ran')"
    text = "\n".join(
        f".. animvideo::\n   :context:\n\n   {code}\n".replace("\n   ", "\n   ")
        for code in (first.replace("\n", "\n   "), BEHIND_OUR_BACK.replace("\n", "\n   "))
    )
    project.write("index.rst", f"Page\n====\n\n{text}")
    build = project.build()
    assert build.warnings == []
    assert build.summary == (2, 0, 0)
    assert build.status.count("rendered again without incremental drawing") == 1


def test_full_by_configuration(project):
    project.page(FIGURE + BEHIND_OUR_BACK)
    build = project.build(animvideo_redraw="full")
    assert build.warnings == []
    assert "rendered again without incremental drawing" not in build.status


def test_code_cannot_catch_it(project):
    code = BEHIND_OUR_BACK.replace(
        "    capture()\n", "    try: capture()\n    except Exception: pass\n"
    )
    project.page(FIGURE + code)
    build = project.build()
    assert build.warnings == []
    assert build.status.count("rendered again without incremental drawing") == 1
