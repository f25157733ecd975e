"""What worker processes send."""

from dataclasses import fields, is_dataclass
from typing import get_args

import pytest

from sphinxcontrib_animvideo.core.cache.dependencies import Dependency
from sphinxcontrib_animvideo.core.capture.nondeterminism import NondeterminismHint
from sphinxcontrib_animvideo.core.model.asset import Clip, Note, VideoFile
from sphinxcontrib_animvideo.core.model.fingerprint import Fingerprint
from sphinxcontrib_animvideo.core.rendering import messages
from sphinxcontrib_animvideo.errors import LimitError

FILE = VideoFile("mp4", "1-mp4.mp4", "video/mp4", 3, 32 * "ab")
CLIP = Clip(
    (FILE,), FILE, None, 640, 480, "30000/1001", 2, 0.07, 1, Fingerprint(32 * "ab", "0a1b2c3d*2")
)
EVERY = [
    messages.Ready(),
    messages.Started(7),
    messages.StepStarted(1),
    messages.FramesCaptured(12),
    messages.Encoding(),
    messages.Stopped("page.rst", 3),
    messages.Stopped(None, None),
    messages.StepDone(
        (CLIP,),
        (Note("max_frames", "truncated"),),
        "hinting 8",
        "",
        (NondeterminismHint("reads the clock", "page.rst", 3),),
        (Dependency("document", "a.csv", "ab"),),
    ),
    messages.RestartNeeded(0, {"incremental": False, "remark": "again"}),
    messages.Exited(-9),
]


def test_every_message_is_tried():
    tried = {type(message) for message in EVERY} | {messages.StepFailed}
    assert tried == set(get_args(messages.Message))
    assert all(is_dataclass(cls) for cls in tried)


@pytest.mark.parametrize("message", EVERY, ids=lambda message: type(message).__name__)
def test_a_message_arrives_as_it_was_sent(message):
    line = messages.encode(message)
    assert line.count(b"\n") == 1
    assert messages.decode(line) == message


def damaged():
    for message in [*EVERY, messages.StepFailed(LimitError("too many"))]:
        line = messages.encode(message)
        yield from (line[: len(line) // 2], line.replace(b"[", b"{", 1), b"[]", b"7", b"null", b"")
        name = type(message).__name__.encode()
        yield line.replace(name, b"Unknown", 1)
        for field in fields(message):
            yield line.replace(field.name.encode(), b"other", 1)
        yield line.replace(b":1", b':"1"', 1) if b":1" in line else b"\xff"


def test_damaged_lines_are_refused():
    defaults = {b"pixel_ratio", b"fingerprint"}
    lines = [line for line in damaged() if not any(name in line for name in defaults)]
    assert len(lines) > 60
    for line in lines:
        with pytest.raises(ValueError, match=r".*"):
            messages.decode(line)
