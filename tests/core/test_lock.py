"""Fingerprints, and what is accepted."""

import hashlib
from fractions import Fraction

import numpy as np
import pytest

from sphinxcontrib_animvideo.core.encoding import frame_hasher
from sphinxcontrib_animvideo.core.encoding.clip_writer import ClipWriter
from sphinxcontrib_animvideo.core.encoding.frame_hasher import FrameHasher
from sphinxcontrib_animvideo.core.frames.grabber import FrameGrabber
from sphinxcontrib_animvideo.core.lockfile.lock import Lock
from sphinxcontrib_animvideo.core.lockfile.snapshot import RenderedVideo
from sphinxcontrib_animvideo.core.lockfile.status import Status, compare, compare_all
from sphinxcontrib_animvideo.core.model.asset import Asset, Clip, VideoFile
from sphinxcontrib_animvideo.core.model.fingerprint import Fingerprint, changed_frames
from sphinxcontrib_animvideo.core.model.job import SourceLocation

HERE = {"animvideo": "1", "ffmpeg": "f", "freetype": "2.6", "matplotlib": "3.10"}


def picture(level, dot=None):
    pixels = np.full((48, 64, 3), level, np.uint8)
    if dot is not None:
        pixels[10, 10] = dot
    return pixels


def rendered(folder, sources, name="a#1", source="s", environment=HERE, **options):
    folder.mkdir(exist_ok=True)
    frames = FrameGrabber(describe=True)
    writer = ClipWriter(folder, "1", Fraction(10), hash_frames=True, frames=frames, **options)
    for pixels in sources:
        writer.capture(pixels)
    clip = writer.finish()
    asset = Asset(str(folder), (clip,))
    return RenderedVideo(name, source, SourceLocation("a.rst", 4), asset, clip, environment)


def test_the_hash_of_a_frame_is_that_of_its_pixels():
    frames = [np.full((2, 3, 4), level, np.uint8) for level in (1, 2)]
    hasher = FrameHasher()
    for frame, count in ((frames[0], 1), (frames[1], 3)):
        with hasher.adding(frame, count):
            pass
    digests = [hashlib.sha256(frame.tobytes()).digest() for frame in frames]
    found = hasher.fingerprint
    assert found.sha256 == hashlib.sha256(digests[0] + digests[1] * 3).hexdigest()
    assert found.frames == f"{digests[0].hex()[:8]} {digests[1].hex()[:8]}*3"
    assert found.short_hashes == [digests[0].hex()[:8], *[digests[1].hex()[:8]] * 3]


def test_the_same_array_is_hashed_once(monkeypatch):
    hashed = []
    monkeypatch.setattr(frame_hasher, "digest", lambda frame: hashed.append(frame) or b"12345678")
    frame, hasher = np.zeros((2, 3, 4), np.uint8), FrameHasher()
    for _ in range(3):
        with hasher.adding(frame, 1):
            pass
    assert hasher.fingerprint.frames.endswith("*3")
    assert len(hashed) == 1


def test_which_frames_have_changed():
    one, other = Fingerprint("", "a b*3 c"), Fingerprint("", "a b*2 d c e")
    assert changed_frames(one, other) == [3, 5]


def test_what_was_written_is_read(tmp_path):
    video = rendered(tmp_path, [picture(0), picture(9)])
    lock = Lock().updated([video], set())
    path = tmp_path / "animvideo.lock"
    lock.write(path)
    assert Lock.read(path) == lock
    assert Lock.read(tmp_path / "nothing") == Lock()
    before = path.stat().st_mtime_ns
    lock.write(path)
    assert path.stat().st_mtime_ns == before
    (found,) = compare_all(Lock.read(path), [video], set())
    assert found.status is Status.IDENTICAL


@pytest.mark.parametrize(
    ("after", "environment", "status"),
    [
        (picture(100), HERE, Status.IDENTICAL),
        (picture(101), HERE, Status.CHANGED),
        (picture(100, dot=60), HERE | {"freetype": "2.13"}, Status.SAME_PICTURE),
        (picture(101), HERE | {"ffmpeg": "g"}, Status.CHANGED),  # it draws no frame
        (picture(110), HERE | {"freetype": "2.13"}, Status.CHANGED),
        (picture(100, dot=0), HERE, Status.CHANGED),
    ],
)
def test_verdicts(tmp_path, after, environment, status):
    before = rendered(tmp_path / "before", [picture(100), picture(50)])
    lock = Lock().updated([before], set())
    now = rendered(tmp_path / "now", [picture(100), after], environment=environment)
    now_first = rendered(tmp_path / "first", [after, picture(50)], environment=environment)
    assert compare(now_first, lock.videos["a#1"], lock.environments).status is status
    assert compare(now, lock.videos["a#1"], lock.environments).status is Status.CHANGED
    assert compare(now, None, {}).status is Status.NEW


def test_moved_videos_are_found_by_their_source(tmp_path):
    one = rendered(tmp_path / "1", [picture(1)], "a#1", "s1")
    two = rendered(tmp_path / "2", [picture(2)], "a#2", "s2")
    lock = Lock().updated([one, two], set())
    new = rendered(tmp_path / "3", [picture(3)], "a#1", "s3")
    moved = [
        rendered(tmp_path / "4", [picture(1)], "a#2", "s1"),
        rendered(tmp_path / "5", [picture(2)], "a#3", "s2"),
    ]
    statuses = compare_all(lock, [new, *moved], set())
    assert [found.status.value for found in statuses] == ["new", "identical", "identical"]
    assert set(lock.updated([new, *moved], set()).videos) == {"a#1", "a#2", "a#3"}


def test_what_failed_stays(tmp_path):
    lock = Lock().updated([rendered(tmp_path, [picture(1)], "a b.c#2.3")], set())
    assert compare_all(lock, [], {"a b.c#2"}) == []
    assert lock.updated([], {"a b.c#2"}) == lock
    assert [found.status for found in compare_all(lock, [], set())] == [Status.GONE]
    assert lock.updated([], set()).videos == {}


def test_a_clip_without_hashes_is_refused():
    file = VideoFile("mp4", "x.mp4", "video/mp4", 1, "")
    clip = Clip((file,), file, None, 2, 2, "25", 1, 0.04)
    video = RenderedVideo("a#1", "", SourceLocation("a", 1), Asset("", (clip,)), clip, HERE)
    with pytest.raises(AssertionError):
        video.fingerprint  # noqa: B018
