"""Segments of one clip, joined without encoding again."""

from __future__ import annotations

import json
import os
from fractions import Fraction
from itertools import product
from math import floor
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from sphinxcontrib_animvideo.core.encoding.clip_writer import ClipWriter
from sphinxcontrib_animvideo.core.encoding.segments import SegmentFolder
from sphinxcontrib_animvideo.core.model.formats import FORMATS
from tests.video import decode

pytestmark = pytest.mark.attack

LENGTH = 20
ROWS, COLUMNS = np.mgrid[:48, :64]


def picture(number):
    frame = np.full((48, 64, 3), 255, np.uint8)
    frame[..., 0] = (COLUMNS * 3 + number * 5) % 256
    frame[number * 3 % 48] = 0
    return frame


class Drawn(SegmentFolder):
    """The segments of a process that draws only some of them, and notes what it takes."""

    def __init__(self, folder, mine):
        super().__init__(folder, LENGTH)
        self.mine = mine

    def claim(self, stem, index, fps):
        return index in self.mine


def write(folder, sources, fmt="mp4", fps=25, segments=True, finish=True, **options):
    folder.mkdir(exist_ok=True)
    if segments is True:
        segments = SegmentFolder(folder / "segments", LENGTH)
    writer = ClipWriter(
        folder, "1", Fraction(fps), formats=(fmt,), segments=segments or None, hash_frames=True,
        check_flashes=True, **options
    )  # fmt: skip
    for source in sources:
        source = source if isinstance(source, tuple) else (source, None)
        writer.capture(*source)
    if not finish:
        writer.complete()
        return None
    clip = writer.finish()
    return clip, folder / clip.files[0].name, writer.notes


def times(path):
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = sorted(frame.pts * stream.time_base for frame in container.decode(stream))
        return frames, stream.time_base


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("count", [41, 57])
def test_every_format_holds_the_same_frames(tmp_path, fmt, count):
    whole, one, _ = write(tmp_path / "whole", map(picture, range(count)), fmt, segments=False)
    clip, joined, _ = write(tmp_path / "joined", map(picture, range(count)), fmt)
    assert clip.fingerprint == whole.fingerprint
    assert (clip.files[0].type, clip.width, clip.height) == (
        *(whole.files[0].type, whole.width, whole.height),
    )
    expected, found = decode(one), decode(joined)
    assert len(found.frames) == count
    assert (found.fps, found.tags, found.codec) == (expected.fps, expected.tags, expected.codec)
    assert found.seconds == pytest.approx(expected.seconds, abs=0.002)
    if FORMATS[fmt].survives:
        if fmt != "mkv":
            assert times(joined) == times(one)
        differences = np.abs(np.array(found.frames, int) - expected.frames)
        assert differences.max() <= (0 if fmt == "mkv" else 90)
        assert differences.mean() < 3
        assert not (tmp_path / "joined" / f"{joined.name}.list").exists()
    else:  # made of all frames at once
        assert joined.read_bytes() == one.read_bytes()
    assert not list((tmp_path / "joined").glob("*.first.mp4"))


@pytest.mark.parametrize(
    ("fmt", "fps"),
    list(product(("mp4", "webm", "mkv"), (Fraction(30000, 1001), 60, Fraction(1, 3), 12.5))),
)
def test_times_do_not_drift(tmp_path, fmt, fps):
    fps = Fraction(fps)
    _, path, _ = write(tmp_path, map(picture, range(90)), fmt, fps)
    found, base = times(path)
    # In ticks of the container: milliseconds, or smaller.
    assert [round(time / base) for time in found] == [
        floor(number / fps / base + Fraction(1, 2)) for number in range(90)
    ]


@pytest.mark.parametrize("fps", [60, 100, 120])
@pytest.mark.parametrize("fmt", ["gif", "webp", "apng"])
def test_frames_that_are_too_many_are_dropped_as_in_one_piece(tmp_path, fmt, fps):
    _, one, _ = write(tmp_path / "whole", map(picture, range(90)), fmt, fps, segments=False)
    _, joined, _ = write(tmp_path / "joined", map(picture, range(90)), fmt, fps)
    assert joined.read_bytes() == one.read_bytes()
    assert len(decode(joined).frames) < 90 or fps == 60


@pytest.mark.parametrize("fmt", ["mp4", "webm", "hevc", "av1", "mkv", "gif", "avi"])
def test_the_bytes_do_not_depend_on_who_draws(tmp_path, fmt):
    _, expected, _ = write(tmp_path / "alone", map(picture, range(75)), fmt)
    store = tmp_path / "segments"
    for number, mine in enumerate([{0, 3}, {1}, {2}]):
        drawn = Drawn(store, mine)
        write(tmp_path / f"{number}", map(picture, range(75)), fmt, segments=drawn, finish=False)
    _, joined, _ = write(tmp_path / "last", map(picture, range(75)), fmt, segments=Drawn(store, ()))
    assert joined.read_bytes() == expected.read_bytes()


def test_only_what_is_needed_is_drawn(tmp_path):
    drawn = []

    class Source:
        def __init__(self, number):
            self.number = number

        def __array__(self, *args, **kwargs):
            drawn.append(self.number)
            return picture(self.number)

    store = Drawn(tmp_path / "segments", {2, 3, 5})
    sources = [Source(number) for number in range(130)]
    write(tmp_path, sources, segments=store, finish=False)
    # The first one, two before each part that is drawn, and the parts.
    assert sorted(set(drawn)) == [0, *range(38, 80), *range(98, 120)]
    assert store.get("1", 2).segment.digest_before
    assert not store.get("1", 3).segment.digest_before
    assert store.get("1", 5).segment.frame_count == 20
    assert store.get("1", 1) is None


def test_dark_arrays_are_no_mistake_if_others_are_bright(tmp_path):
    from sphinxcontrib_animvideo.core.frames.arrays import ColorMapping
    from sphinxcontrib_animvideo.core.frames.grabber import FrameGrabber

    def warnings(segments):
        found = []
        frames = FrameGrabber(colors=ColorMapping(warn=found.append))
        levels = [np.full((32, 32), 1 + number // 4, np.uint8) for number in range(100)]
        write(tmp_path, levels, segments=segments, finish=False, frames=frames)
        return found

    assert warnings(Drawn(tmp_path / "segments", {0})) == []
    assert warnings(SegmentFolder(tmp_path / "whole", LENGTH)) == []


def test_a_frame_that_depends_on_those_before_is_noticed(tmp_path):
    from sphinxcontrib_animvideo.core.encoding.segments import SegmentsDifferError

    store = tmp_path / "segments"
    first, second = list(map(picture, range(60))), list(map(picture, range(60)))
    second[39] = picture(7)
    write(tmp_path / "1", first, segments=Drawn(store, {0, 1}), finish=False)
    write(tmp_path / "2", second, segments=Drawn(store, {2}), finish=False)
    with pytest.raises(
        SegmentsDifferError, match="frame 40 depends on frames that are drawn before"
    ):
        write(tmp_path / "3", first, segments=Drawn(store, ()))


@pytest.mark.parametrize(
    ("poster", "number"),
    [("first", 0), ("last", 56), (45, 45), (1.0, 25), ("middle", 28), (5000, 56)],
)
def test_posters(tmp_path, poster, number):
    clip, _, _ = write(tmp_path, map(picture, range(57)), poster=poster, quality="lossless")
    with Image.open(tmp_path / clip.poster.name) as opened:
        assert (np.asarray(opened) == picture(number)).all()


def test_holds_and_captions_go_over_the_joints(tmp_path):
    sources = [
        *((picture(number), None, "one") for number in range(15)),
        (picture(99), 2.0, "two"),
        *map(picture, range(15, 40)),
    ]
    whole, one, _ = write(tmp_path / "whole", sources, segments=False, quality="lossless")
    clip, joined, _ = write(tmp_path / "joined", sources, quality="lossless")
    assert clip.frame_count == 90
    assert (clip.captions.sha256, clip.fingerprint) == (whole.captions.sha256, whole.fingerprint)
    assert np.array_equal(decode(joined).frames, decode(one).frames)


def test_flashes_are_found_across_joints(tmp_path):
    def screen(number):
        return np.full((480, 640, 3), 255 * (number // 3 % 2), np.uint8)

    still = [screen(0)] * 15
    sources = [*still, *map(screen, range(25)), *still]
    notes = write(tmp_path / "whole", sources, segments=False)[2]
    assert notes
    assert write(tmp_path / "joined", sources)[2] == notes
    assert "frames 19 to 40" in notes[0].message


@pytest.mark.parametrize("count", [1, 19, 20])
def test_a_clip_of_one_segment_is_written_as_it_is(tmp_path, count):
    _, one, _ = write(tmp_path / "whole", map(picture, range(count)), segments=False)
    _, joined, _ = write(tmp_path / "joined", map(picture, range(count)))
    assert joined.read_bytes() == one.read_bytes()
    assert not (tmp_path / "joined" / "segments").exists()


def test_the_authors_arguments_hold_for_all_segments(tmp_path):
    arguments = {"mp4": ("-metadata", "title=All of it", "-crf", "45")}
    _, small, _ = write(tmp_path / "small", map(picture, range(57)), encoder_args=arguments)
    _, usual, _ = write(tmp_path / "usual", map(picture, range(57)))
    assert small.stat().st_size < 0.8 * usual.stat().st_size
    assert decode(small).metadata["title"] == "All of it"


@pytest.mark.parametrize("shape", [(47, 63), (48, 63), (47, 64)])
def test_odd_sizes(tmp_path, shape):
    sources = [picture(number)[: shape[0], : shape[1]] for number in range(50)]
    clip, path, _ = write(tmp_path, sources)
    assert (clip.width, clip.height) == (64, 48)
    assert len(decode(path).frames) == 50


@pytest.mark.skipif(os.name == "nt", reason="such names are not allowed")
def test_names_that_mean_something_to_ffmpeg(tmp_path):
    folder = tmp_path / "it's 100%d #1 \\ é"
    _, path, _ = write(folder, map(picture, range(50)))
    assert len(decode(path).frames) == 50


DAMAGE = {
    "no file": lambda folder: (folder / "mp4.mp4").unlink(),
    "half a file": lambda folder: (folder / "mp4.mp4").write_bytes(b"half"),
    "no record": lambda folder: (folder / "segment.json").unlink(),
    "empty record": lambda folder: (folder / "segment.json").write_text(""),
    "no JSON": lambda folder: (folder / "segment.json").write_bytes(b"\xff{"),
    "list": lambda folder: (folder / "segment.json").write_text("[]"),
    "deep": lambda folder: (folder / "segment.json").write_text("[" * 100_000),
    "no colors": lambda folder: (folder / "colors.npz").unlink(),
    "another poster": lambda folder: (folder / "poster.png").write_bytes(b"poster"),
    "folder": lambda folder: ((folder / "mp4.mp4").unlink(), (folder / "mp4.mp4").mkdir()),
}


def change(folder, **values):
    record = folder / "segment.json"
    data = json.loads(record.read_text())
    data["segment"] |= values
    record.write_text(json.dumps(data))


DAMAGE |= {
    f"{name} {value}": lambda folder, name=name, value=value: change(folder, **{name: value})
    for name, value in [
        ("index", 1), ("frame_count", 19), ("fps", "0"), ("videos", {"mp4": "../1-mp4.mp4"}),
        ("digests", "00"), ("width", -1),
    ]
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_what_is_damaged_is_absent(tmp_path, damage):
    store = Drawn(tmp_path / "segments", {0})
    write(tmp_path, map(picture, range(50)), segments=store, finish=False)
    assert SegmentFolder(store.folder, LENGTH).get("1", 0)
    damage(Path(store.folder, "1-00000"))
    assert SegmentFolder(store.folder, LENGTH).get("1", 0) is None
    # It is written again.
    write(tmp_path, map(picture, range(50)), segments=store, finish=False)
    assert SegmentFolder(store.folder, LENGTH).get("1", 0)


def test_an_error_of_ffmpeg_in_a_segment_is_told(tmp_path):
    from sphinxcontrib_animvideo.errors import EncoderError

    store = SegmentFolder(tmp_path / "segments", LENGTH)
    writer = ClipWriter(tmp_path, "1", Fraction(25), segments=store)
    for number in range(30):
        writer.capture(picture(number))
    os.kill(writer._encoder._part.encoder.pid, 9)
    with pytest.raises(EncoderError, match=r"ffmpeg (exited|failed)"):
        for number in range(30, 2000):
            writer.capture(picture(number))
    writer.abort()
