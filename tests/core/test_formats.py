"""What each format holds, how exactly, and what is left of it when its process is killed."""

import os
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from sphinxcontrib_animvideo.core.encoding.decoder import decode_frames
from sphinxcontrib_animvideo.core.encoding.encoder import Encoder
from sphinxcontrib_animvideo.core.encoding.ffmpeg import find_ffmpeg
from sphinxcontrib_animvideo.core.encoding.output import Output
from sphinxcontrib_animvideo.core.encoding.probe import count_frames
from sphinxcontrib_animvideo.core.encoding.target_size import best_number
from sphinxcontrib_animvideo.core.model.formats import FORMATS, format_of
from sphinxcontrib_animvideo.errors import LimitError, OptionError
from tests.core.test_encoder import ROOT, encode, frames
from tests.video import boxes, decode

# Mean error of all pixels of `frames(12)` and largest one in the flat square; without
# an entry, the format is exact.
ERRORS = {
    ("mp4", "draft"): (1.82, 7),
    ("mp4", "good"): (1.71, 6),
    ("mp4", "best"): (1.53, 6),
    ("webm", "draft"): (2.07, 18),
    ("webm", "good"): (1.98, 8),
    ("webm", "best"): (1.47, 6),
    ("av1", "draft"): (2.56, 22),
    ("av1", "good"): (1.90, 7),
    ("av1", "best"): (1.64, 7),
    ("hevc", "draft"): (1.90, 9),
    ("hevc", "good"): (1.77, 8),
    ("hevc", "best"): (1.35, 4),
    ("avi", "draft"): (2.51, 14),
    ("avi", "good"): (1.99, 11),
    ("avi", "best"): (1.46, 4),
    ("webp", "draft"): (2.30, 8),
    ("webp", "good"): (1.64, 4),
}
ALL = [(name, quality) for name, made in FORMATS.items() for quality in made.qualities]
NUMBERED = [name for name, made in FORMATS.items() if made.max_number]
SUFFIXES = sorted({made.suffix for made in FORMATS.values()})


def write(output, stack, fps=25):
    height, width = stack.shape[1:3]
    encoder = Encoder(width, height, Fraction(fps), [output])
    for frame in stack:
        encoder.write(frame)
    encoder.close()
    return output.path


@pytest.mark.parametrize(("fmt", "quality"), ALL)
def test_every_quality_shows_what_was_drawn(tmp_path, fmt, quality):
    stack = frames(12)
    path = encode(tmp_path / f"v{FORMATS[fmt].suffix}", stack, fmt, quality=quality)
    video = decode(path)
    assert (len(video.frames), video.width, video.height, video.fps) == (12, 64, 48, 25)
    assert count_frames(path, Fraction(25)) == (12, (64, 48))
    assert video.seconds == pytest.approx(12 / 25, abs=0.011)  # hundredths in GIF
    errors = np.abs(np.stack(video.frames).astype(int) - stack[..., :3])
    if (fmt, quality) not in ERRORS:
        assert errors.max() == 0
        return
    mean, largest = ERRORS[fmt, quality]
    assert mean / 2 < errors.mean() <= mean * 1.1  # far better would be another quality
    flat = [errors[index, 14:34, index + 6 : index + 18].max() for index in range(12)]
    assert max(flat) <= largest + 1


@pytest.mark.parametrize("fmt", NUMBERED)
def test_every_number_can_be_encoded(tmp_path, fmt):
    sizes = []
    for number in (0, 1, FORMATS[fmt].max_number):
        path = encode(tmp_path / f"{number}{FORMATS[fmt].suffix}", frames(4), fmt, quality=number)
        assert len(decode(path).frames) == 4
        sizes.append(path.stat().st_size)
    assert sizes[0] >= sizes[1] > sizes[2]


SDR = (1, 1, 13, 1)  # BT.709, BT.709, sRGB, limited range
RGB = (0, 1, 13, 2)  # RGB, BT.709, sRGB, full range
NONE = (2, 2, 2, 0)  # there is no room for them


@pytest.mark.parametrize(
    ("fmt", "quality", "tags"),
    [
        *[(fmt, "good", SDR) for fmt in ("mp4", "webm", "av1", "hevc")],
        *[(fmt, "lossless", RGB) for fmt in ("mp4", "webm", "mkv")],
        *[(fmt, "good", NONE) for fmt in ("avi", "gif", "webp")],
    ],
)
def test_colour_tags(tmp_path, fmt, quality, tags):
    path = encode(tmp_path / f"v{FORMATS[fmt].suffix}", frames(2), fmt, quality=quality)
    assert decode(path).tags == tags


def test_an_animated_png_is_srgb(tmp_path):
    assert b"sRGB" in encode(tmp_path / "v.apng", frames(2), "apng").read_bytes()[:100]


@pytest.mark.parametrize("fmt", ["gif", "webp", "apng", "mkv"])
def test_rgb_needs_no_even_size(tmp_path, fmt):
    stack = frames(3, 63, 47)
    path = encode(tmp_path / f"v{FORMATS[fmt].suffix}", stack, fmt, quality="best")
    np.testing.assert_array_equal(np.stack(decode(path).frames), stack[..., :3])


def test_all_files_of_a_clip_have_one_size(tmp_path):
    outputs = [Output(FORMATS[name], tmp_path / name) for name in ("apng", "mp4")]
    encoder = Encoder(63, 47, Fraction(25), outputs)
    encoder.write(frames(1, 63, 47)[0])
    encoder.close()
    assert [count_frames(output.path, Fraction(25)) for output in outputs] == [(1, (64, 48))] * 2


@pytest.mark.parametrize("fps", [25, Fraction(30000, 1001), 60])
@pytest.mark.parametrize("fmt", ["webp", "apng"])
def test_equal_frames_keep_their_time(tmp_path, fmt, fps):
    stack = np.repeat(frames(4), [5, 1, 7, 3], axis=0)
    path = encode(tmp_path / f"v.{fmt}", stack, fmt, fps, quality="lossless")
    assert count_frames(path, Fraction(fps)) == (16, (64, 48))
    wanted = [0, 4, 5, 6, 12, 13, 15]
    read = decode_frames(path, wanted, (64, 48), Fraction(fps))
    np.testing.assert_array_equal(np.stack(read), stack[wanted][..., :3])


def test_a_webp_of_equal_frames_is_a_still_picture(tmp_path):
    stack = np.repeat(frames(1), 5, axis=0)
    path = encode(tmp_path / "v.webp", stack, "webp", quality="lossless")
    (picture,) = decode_frames(path, [3], (64, 48), Fraction(25))
    np.testing.assert_array_equal(picture, stack[0, ..., :3])


@pytest.mark.parametrize("fmt", ["webp", "apng"])
def test_pictures_drop_frames_that_browsers_would_slow_down(tmp_path, fmt):
    path = encode(tmp_path / f"v.{fmt}", frames(40), fmt, fps=120)
    assert count_frames(path, Fraction(90))[0] == pytest.approx(30, abs=1)


@pytest.mark.parametrize("durable", [False, True])
@pytest.mark.parametrize("fps", [51, 91, 120, 500, 1000])
@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("fmt", ["gif", "webp", "apng"])
def test_pictures_keep_the_first_frame_however_fast(tmp_path, fmt, count, fps, durable):
    made, stack = FORMATS[fmt], frames(count)
    path = write(Output(made, tmp_path / f"v.{fmt}", durable=durable), stack, fps)
    shown = decode(path).frames
    assert 1 <= len(shown) <= count
    errors = np.abs(shown[0].astype(int) - stack[0, ..., :3])
    assert errors.mean() < 2.5
    read = decode_frames(path, [0], (64, 48), made.rate(Fraction(fps)))[0]
    assert np.array_equal(read, shown[0])


@pytest.mark.parametrize("durable", [False, True])
@pytest.mark.parametrize("size", [(1, 1), (1, 2), (2, 1), (1, 3), (3, 1), (1, 9), (3, 3), (2, 5)])
@pytest.mark.parametrize("fmt", FORMATS)
def test_every_format_has_the_smallest_pictures(tmp_path, fmt, size, durable):
    path = tmp_path / f"v{FORMATS[fmt].suffix}"
    write(Output(FORMATS[fmt], path, durable=durable), np.full((3, *size, 4), 255, np.uint8))
    assert (decode(path).frames[0] >= 250).all()


@pytest.mark.parametrize("fmt", ["hevc", "avi", "mkv", "webp", "apng"])
def test_bytes_are_the_same_on_every_run(tmp_path, fmt):
    one, two = (encode(tmp_path / name, frames(12), fmt).read_bytes() for name in "ab")
    assert one == two


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for ffmpeg")
@pytest.mark.parametrize("fmt", ["avi", "mkv", "apng", "gif"])
def test_bytes_are_the_same_without_vector_units(tmp_path, fmt, monkeypatch):
    usual = encode(tmp_path / "a", frames(12), fmt).read_bytes()
    plain = tmp_path / "ffmpeg"
    plain.write_text(f'#!/bin/sh\nexec "{find_ffmpeg()}" -cpuflags 0 "$@"\n')
    plain.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(plain))
    assert encode(tmp_path / "b", frames(12), fmt).read_bytes() == usual


@pytest.mark.parametrize(
    ("name", "fmt"),
    [
        ("a.mp4", "mp4"),
        ("a.M4V", "mp4"),
        ("a.webm", "webm"),
        ("a.avi", "avi"),
        ("a.mkv", "mkv"),
        ("a.gif", "gif"),
        ("a.b.webp", "webp"),
        ("a.apng", "apng"),
    ],
)
def test_a_suffix_means_a_format(name, fmt):
    assert format_of(Path(name)) is FORMATS[fmt]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a.mov", r"unsupported file extension '.mov'. Use one of .mp4, .m4v, .webm"),
        ("a.png", r"\.png"),
        ("a", "the name has no extension"),
    ],
)
def test_an_unknown_suffix_names_the_known_ones(name, said):
    with pytest.raises(OptionError, match=said) as error:
        format_of(Path(name))
    assert all(suffix in str(error.value) for suffix in [*SUFFIXES, ".m4v"])


def test_an_m4v_file_is_an_mp4_file(tmp_path):
    names = boxes(encode(tmp_path / "v.m4v", frames(3)))
    assert names.index("moov") < names.index("mdat")


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_durable_file_is_the_same_in_the_end(tmp_path, fmt):
    made, stack = FORMATS[fmt], frames(30)
    fps = Fraction(30000, 1001)
    usual, durable = (tmp_path / f"{name}{made.suffix}" for name in ("usual", "durable"))
    encode(usual, stack, fmt, fps)
    write(Output(made, durable, durable=True), stack, fps)
    one, two = decode(usual), decode(durable)
    np.testing.assert_array_equal(np.stack(one.frames), np.stack(two.frames))
    assert (one.fps, one.seconds, one.tags) == (two.fps, two.seconds, two.tags)
    assert made.type_of(usual) == made.type_of(durable)
    if made.suffix == ".mp4":
        assert boxes(durable) == boxes(usual)
    assert sorted(tmp_path.iterdir()) == sorted([usual, durable])


def remaining(folder):
    """Return the frames in the one file of *folder*, as far as they can be decoded."""
    paths = list(folder.iterdir())
    if len(paths) != 1:
        return []
    try:
        with av.open(str(paths[0])) as container:
            return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    except (av.error.InvalidDataError, av.error.EOFError):
        return []


def wait_for(folder, count):
    end = time.monotonic() + 30
    while len(found := remaining(folder)) < count and time.monotonic() < end:
        time.sleep(0.1)
    return found


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="POSIX only")
@pytest.mark.parametrize("fmt", FORMATS)
def test_a_durable_file_survives_ffmpeg(tmp_path, fmt):
    stack = np.tile(frames(40), (4, 1, 1, 1))
    output = Output(FORMATS[fmt], tmp_path / f"v{FORMATS[fmt].suffix}", durable=True)
    encoder = Encoder(64, 48, Fraction(25), [output])
    for frame in stack:
        encoder.write(frame)
    assert len(wait_for(tmp_path, 50)) >= 50
    os.kill(encoder.pid, signal.SIGKILL)
    encoder.kill()
    left = np.stack(remaining(tmp_path))
    assert len(left) >= 50
    assert np.abs(left.astype(int) - stack[: len(left), ..., :3]).mean() < 6


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="POSIX only")
@pytest.mark.parametrize("fmt", ["mp4", "webm", "avi", "apng"])
def test_a_durable_file_survives_python(tmp_path, fmt):
    path = tmp_path / f"v{FORMATS[fmt].suffix}"
    program = f"""
import os, signal
from fractions import Fraction
from pathlib import Path
from sphinxcontrib_animvideo.core.encoding.encoder import Encoder
from sphinxcontrib_animvideo.core.encoding.output import Output
from sphinxcontrib_animvideo.core.model.formats import FORMATS
from tests.core.test_encoder import frames
output = Output(FORMATS[{fmt!r}], Path({str(path)!r}), durable=True)
encoder = Encoder(64, 48, Fraction(25), [output])
for frame in frames(40):
    encoder.write(frame)
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(wait_for(tmp_path, 40)) == 40


@pytest.mark.parametrize("durable", [False, True])
@pytest.mark.parametrize("fmt", ["mp4", "gif", "webp"])
def test_the_authors_arguments_come_last(tmp_path, fmt, durable):
    arguments = {"mp4": ("-crf", "50"), "gif": ("-loop", "3"), "webp": ("-loop", "3")}[fmt]
    usual = encode(tmp_path / "usual", frames(5), fmt).read_bytes()
    output = Output(FORMATS[fmt], tmp_path / "own", extra_args=arguments, durable=durable)
    own = write(output, frames(5)).read_bytes()
    if fmt == "mp4":
        assert len(own) < len(usual)
    else:
        assert len(own) == len(usual)
        assert own != usual


def test_what_is_not_durable_leaves_nothing_beside_it(tmp_path):
    encoder = Encoder(64, 48, Fraction(25), [Output(FORMATS["gif"], tmp_path / "v.gif")])
    encoder.write(frames(1)[0])
    encoder.kill()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fmt", NUMBERED)
def test_a_size_in_bytes(tmp_path, fmt):
    made, stack = FORMATS[fmt], frames(40)
    path = tmp_path / f"v{made.suffix}"
    kept = encode(tmp_path / "best", stack, fmt, quality=1).stat().st_size
    least = encode(tmp_path / "worst", stack, fmt, quality=made.max_number).stat().st_size
    wanted = (kept + least) // 2
    write(Output(made, path, target_size=wanted), stack)
    assert least < path.stat().st_size <= wanted
    assert len(decode(path).frames) == 40
    with pytest.raises(
        LimitError,
        match=r"does not fit in 500 bytes: the smallest file, with quality \d+, has \d{4,}\.",
    ):
        write(Output(made, tmp_path / "none", target_size=500), stack)
    assert {entry.name for entry in tmp_path.iterdir()} == {"best", "worst", path.name}


@pytest.mark.parametrize("max_bytes", [10, 700, 5_000, 80_000, 10**6])
@pytest.mark.parametrize("first", [1, 25, 51])
def test_the_search_finds_the_best_in_a_handful_of_encodes(max_bytes, first):
    asked = []

    def size_of(number):
        asked.append(number)
        return round(100_000 / 2 ** (number / 7)) + 50

    if max_bytes < 682:
        with pytest.raises(LimitError, match=r"with quality 51, has 691\."):
            best_number(size_of, first, 51, max_bytes)
        return
    found = best_number(size_of, first, 51, max_bytes)
    assert len(asked) <= 8
    assert found == next(number for number in range(1, 52) if size_of(number) <= max_bytes)


@pytest.mark.parametrize("fmt", sorted(set(FORMATS) - set(NUMBERED)))
def test_a_size_needs_a_quality_to_choose(tmp_path, fmt):
    with pytest.raises(
        OptionError,
        match=r"target_size= is not available for \w+, only for mp4, webm, av1, hevc, avi\.",
    ):
        Output(FORMATS[fmt], tmp_path / "v", target_size=1000)
