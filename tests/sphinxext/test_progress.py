"""What the author sees while videos are made."""

import os
import re
import sys

import pytest

from tests.conftest import FIGURE, directive


def test_a_log_gets_sober_lines(project):
    one, two = (FIGURE + f"for i in range({n}): capture()" for n in (2, 3))
    project.write("index.rst", "P\n=\n\n" + directive(one) + directive(two) + directive("1 / 0"))
    status = project.build(animvideo_jobs=1).status
    assert "animvideo: rendering 3 videos" in status
    assert re.search(r"animvideo: \[1/3\] index\.rst:4: 2 frames, \d+ kB\n", status)
    assert re.search(r"animvideo: \[2/3\] index\.rst:\d+: 3 frames, \d+ kB\n", status)
    assert re.search(r"animvideo: \[3/3\] index\.rst:\d+: failed\n", status)
    assert re.search(r"animvideo: 2 rendered, 0 cached, 1 failed; \d+\.\d s, \d+ kB\n", status)
    assert not any("\r" in line for line in status.split("\n") if "animvideo:" in line)


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")
def test_a_terminal_gets_a_bar(project):
    import pty

    slow = FIGURE + "import time\nfor i in range(20):\n    capture()\n    time.sleep(0.05)\n"
    project.write("index.rst", "P\n=\n\n" + directive(slow) + directive("x = 1\n" + slow))
    said = bytearray()

    def read(fd):
        data = os.read(fd, 4096)
        said.extend(data)
        return data

    # A new pseudo-terminal has no size, and no room for a bar.
    program = "stty rows 24 cols 100; exec $0 -m sphinx $1 $1/_build"
    assert pty.spawn(["sh", "-c", program, sys.executable, str(project.folder)], read) == 0
    text = said.decode()
    assert re.search(r"animvideo: +\d/2 \|.{20}\| \d+ frames?, \d+ frames/s, \S+ left", text)
    assert "[1/2]" not in text
    assert "animvideo: 2 rendered, 0 cached, 0 failed" in text


def test_nothing_is_said_where_there_is_no_video(project):
    project.write("index.rst", "P\n=\n")
    assert "animvideo" not in project.build().status
