import os
import re
import signal
import subprocess
import sys
import threading
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from sphinxcontrib_animvideo.core.encoding import frame_pipe
from sphinxcontrib_animvideo.core.encoding.decoder import decode_frames
from sphinxcontrib_animvideo.core.encoding.encoder import Encoder
from sphinxcontrib_animvideo.core.encoding.output import Output
from sphinxcontrib_animvideo.core.encoding.probe import count_frames
from sphinxcontrib_animvideo.core.model.formats import FORMATS
from sphinxcontrib_animvideo.errors import EncoderError
from sphinxcontrib_animvideo.writing import write_video
from tests.video import boxes, decode

ROOT = Path(__file__).parents[2]


def frames(count, width=64, height=48):
    """Return RGBA frames: a gray ramp, and a square that moves and changes color."""
    stack = np.full((count, height, width, 4), 255, np.uint8)
    stack[..., :3] = np.linspace(0, 255, width, dtype=np.uint8)[None, None, :, None]
    for index in range(count):
        stack[index, 8:40, index : index + 24, :3] = (200, 40 + index, 90)
    return stack


def encode(path, stack, fmt="mp4", fps=25, quality="good"):
    height, width = stack.shape[1:3]
    encoder = Encoder(width, height, Fraction(fps), [Output(FORMATS[fmt], path, quality)])
    for frame in stack:
        encoder.write(frame)
    encoder.close()
    return path


@pytest.mark.parametrize(("sent", "count"), [(0, 3), (1000, 3), (64 * 48 * 4, 4)])
def test_an_interrupt_in_the_middle_of_a_frame(tmp_path, monkeypatch, sent, count):
    path = tmp_path / "v.mp4"
    encoder = Encoder(64, 48, Fraction(25), [Output(FORMATS["mp4"], path)])
    *whole, last = frames(4)
    for frame in whole:
        encoder.write(frame)
    pipe = encoder._pipe._stdin

    class Interrupted:
        def write(self, rest):
            pipe.write(rest[:sent])
            raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(encoder._pipe, "_stdin", Interrupted())
        encoder.write(last)
    encoder.close()
    assert len(decode(path).frames) == encoder.frame_count == count


@pytest.mark.parametrize(
    ("fmt", "codec", "pixel_format"),
    [("mp4", "h264", "yuv420p"), ("webm", "vp9", "yuv420p"), ("av1", "av1", "yuv420p")],
)
@pytest.mark.parametrize("fps", [25, Fraction(30000, 1001)], ids=["25", "ntsc"])
def test_each_format_holds_what_was_given(tmp_path, fmt, codec, pixel_format, fps):
    stack = frames(30)
    path = encode(tmp_path / f"video{FORMATS[fmt].suffix}", stack, fmt, fps)
    video = decode(path)
    assert codec in video.codec or codec in {"av1"}
    assert video.pixel_format == pixel_format
    assert (video.width, video.height) == (64, 48)
    assert len(video.frames) == 30
    assert float(video.fps) == pytest.approx(float(fps), rel=1e-3)
    assert video.seconds == pytest.approx(30 / float(fps), abs=0.05)
    assert video.tags == (1, 1, 13, 1)  # BT.709, BT.709, sRGB, limited range
    # Flat areas: 4:2:0 and the encoder leave them within a few levels.
    inside = video.frames[15][16:32, 20:32].astype(int)
    assert np.abs(inside - (200, 55, 90)).max() <= 8
    assert count_frames(path, Fraction(fps)) == (30, (64, 48))


def test_white_stays_white(tmp_path):
    stack = np.full((3, 48, 64, 4), 255, np.uint8)
    for fmt in ("mp4", "webm"):
        video = decode(encode(tmp_path / f"w{FORMATS[fmt].suffix}", stack, fmt))
        assert all((frame >= 254).all() for frame in video.frames)


@pytest.mark.parametrize("fmt", ["mp4", "webm"])
def test_lossless_keeps_every_pixel(tmp_path, fmt):
    stack = frames(5)
    rng = np.random.default_rng(1)
    stack[:, :20, :, :3] = rng.integers(0, 256, (5, 20, 64, 3))
    video = decode(encode(tmp_path / f"v{FORMATS[fmt].suffix}", stack, fmt, quality="lossless"))
    np.testing.assert_array_equal(np.stack(video.frames), stack[..., :3])


@pytest.mark.parametrize("quality", ["draft", "best", 10, 40])
@pytest.mark.parametrize("fmt", ["mp4", "webm", "av1"])
def test_every_quality_can_be_encoded(tmp_path, fmt, quality):
    path = encode(tmp_path / f"v{FORMATS[fmt].suffix}", frames(4), fmt, quality=quality)
    assert len(decode(path).frames) == 4


def test_gif_has_its_colours_and_times(tmp_path):
    stack = np.full((10, 48, 64, 4), 255, np.uint8)
    stack[5:, :, :, :3] = (10, 200, 30)
    path = encode(tmp_path / "v.gif", stack, "gif", fps=10)
    video = decode(path)
    assert len(video.frames) == 10
    np.testing.assert_array_equal(video.frames[0], stack[0, ..., :3])
    np.testing.assert_array_equal(video.frames[9], stack[9, ..., :3])
    assert path.read_bytes().count(b"NETSCAPE2.0\x03\x01\x00\x00\x00") == 1  # for ever


def test_gif_drops_frames_that_browsers_would_slow_down(tmp_path):
    video = decode(encode(tmp_path / "v.gif", frames(60), "gif", fps=60))
    assert len(video.frames) == pytest.approx(50, abs=1)


def test_an_odd_size_gets_one_more_row_and_column_and_no_scaling(tmp_path):
    stack = frames(3, 63, 47)
    path = encode(tmp_path / "v.mp4", stack, quality="lossless")
    video = decode(path)
    assert (video.width, video.height) == (64, 48)
    np.testing.assert_array_equal(video.frames[1][:47, :63], stack[1, ..., :3])
    assert (video.frames[1][47] == 255).all()


def test_mp4_can_start_before_it_has_arrived(tmp_path):
    names = boxes(encode(tmp_path / "v.mp4", frames(60)))
    assert names.index("moov") < names.index("mdat")


@pytest.mark.parametrize("fmt", ["mp4", "webm", "av1", "gif"])
def test_bytes_are_the_same_on_every_run(tmp_path, fmt):
    stack = frames(12)
    one, two = (
        encode(tmp_path / f"{name}{FORMATS[fmt].suffix}", stack, fmt) for name in ("a", "b")
    )
    assert one.read_bytes() == two.read_bytes()


def test_all_formats_come_from_one_process(tmp_path):
    outputs = [
        Output(FORMATS[name], tmp_path / f"{name}{FORMATS[name].suffix}") for name in FORMATS
    ]
    encoder = Encoder(64, 48, Fraction(25), outputs)
    for frame in frames(6):
        encoder.write(frame)
    encoder.close()
    assert [count_frames(output.path, Fraction(25))[0] for output in outputs] == [6] * len(FORMATS)


@pytest.mark.parametrize(
    ("fmt", "type_"),
    [
        ("mp4", r'video/mp4; codecs="avc1.64[0-9a-f]{4}"'),
        ("av1", r'video/mp4; codecs="av01.0.0\dM.08"'),
        ("webm", 'video/webm; codecs="vp9"'),
        ("hevc", r'video/mp4; codecs="hvc1\.1\.6\.L\d+\.90"'),
        ("avi", "video/x-msvideo"),
        ("mkv", 'video/x-matroska; codecs="ffv1"'),
        ("gif", "image/gif"),
        ("webp", "image/webp"),
        ("apng", "image/apng"),
    ],
)
def test_media_types_name_the_codec(tmp_path, fmt, type_):
    import re

    path = encode(tmp_path / f"v{FORMATS[fmt].suffix}", frames(2), fmt)
    assert re.fullmatch(type_, FORMATS[fmt].type_of(path))


def test_a_frame_can_be_read_back(tmp_path):
    stack = frames(9)
    path = encode(tmp_path / "v.mp4", stack, quality="lossless")
    for index, pixels in zip(
        (4, 7), decode_frames(path, [4, 7], (64, 48), Fraction(25)), strict=True
    ):
        np.testing.assert_array_equal(pixels, stack[index, ..., :3])


def test_ffmpeg_killed_in_the_middle(tmp_path):
    encoder = Encoder(640, 480, Fraction(25), [Output(FORMATS["mp4"], tmp_path / "v.mp4")])
    stack = frames(1, 640, 480)
    encoder.write(stack[0])
    os.kill(encoder.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    with pytest.raises(EncoderError, match=r"ffmpeg exited at frame \d+ \(exit status -9\)"):
        for _ in range(100):
            encoder.write(stack[0])


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="POSIX only")
def test_a_hung_ffmpeg_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(frame_pipe, "WRITE_DEADLINE", 0.5)
    encoder = Encoder(640, 480, Fraction(25), [Output(FORMATS["mp4"], tmp_path / "v.mp4")])
    os.kill(encoder.pid, signal.SIGSTOP)
    stack = frames(1, 640, 480)
    start = time.monotonic()
    with pytest.raises(EncoderError, match=r"terminated after 0\.5 seconds without progress"):
        for _ in range(100):
            encoder.write(stack[0])
    assert time.monotonic() - start < 10


def test_garbage_is_collected_in_any_thread(tmp_path, monkeypatch):
    encoder = Encoder(64, 48, Fraction(25), [Output(FORMATS["mp4"], tmp_path / "v.mp4")])
    reader = encoder._pipe._reader
    with monkeypatch.context() as patch:
        patch.setattr(threading, "current_thread", lambda: reader)  # which cannot join itself
        encoder.kill()
    reader.join(10)
    assert not reader.is_alive()


def test_what_ffmpeg_says_is_told(tmp_path):
    output = Output(FORMATS["mp4"], tmp_path / "no" / "folder" / "v.mp4")
    encoder = Encoder(64, 48, Fraction(25), [output])
    with pytest.raises(EncoderError) as error:
        for frame in frames(200):
            encoder.write(frame)
        encoder.close()
    assert "No such file or directory" in error.value.detail


def test_a_file_with_frames_missing_does_not_count(tmp_path):
    output = Output(FORMATS["mp4"], tmp_path / "v.mp4", extra_args=("-frames:v", "3"))
    encoder = Encoder(64, 48, Fraction(25), [output])
    with pytest.raises(
        EncoderError,
        match=r"wrote 3 frames of 64 x 48 pixels to v\.mp4, but was given 5 frames of 64 x 48",
    ):
        for frame in frames(5):
            encoder.write(frame)
        encoder.close()


def test_memory_does_not_grow_with_a_gif(tmp_path):
    program = f"""
import resource, sys
import numpy as np
from tests.core.test_encoder import encode
from pathlib import Path
stack = np.broadcast_to(np.full((1, 480, 640, 4), 255, np.uint8), (300, 480, 640, 4))
encode(Path({str(tmp_path / "v.gif")!r}), stack, "gif")
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
    pytest.importorskip("resource")
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, cwd=ROOT
    )
    # All 300 frames would be 370 MB; ffmpeg itself takes about 100.
    assert int(done.stdout) / 1024 < 250
    assert sorted(path.name for path in tmp_path.iterdir()) == ["v.gif"]


@pytest.mark.parametrize("name", ["a.mp4", "a.gif", "a.avi"])
def test_frames_that_are_too_large_for_a_format(tmp_path, name):
    large = np.zeros((2, 20_000), np.uint8)
    said = r"\. The format does not support frames of this size: reduce figsize or dpi, or resize the images\.$"
    with pytest.raises(EncoderError, match=said):
        write_video(tmp_path / name, [large])


@pytest.mark.parametrize("size", [(2, 20_000), (20_000, 2), (1, 1), (3, 1)])
def test_frames_with_few_rows_or_columns(tmp_path, size):
    frame = np.zeros(size, np.uint8)
    video = write_video(tmp_path / "a.webm", [frame, frame])
    assert (video.frame_count, video.width) == (2, max(2, size[1] + size[1] % 2))


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["-crf", "banana"], "Undefined constant or missing '(' in 'banana'"),
        # Warnings come first.
        (["-qscale:v", "3", "-profile:v", "nosuch"], "invalid profile: nosuch"),
    ],
)
def test_the_reason_of_ffmpeg_is_in_the_message(tmp_path, arguments, reason):
    with pytest.raises(EncoderError, match=rf"\(exit status \d+\): {re.escape(reason)}"):
        write_video(tmp_path / "a.mp4", np.zeros((2, 8, 8)), extra_args=arguments)
