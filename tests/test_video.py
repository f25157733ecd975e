"""Videos written from Python: what was given is in the file, and mistakes lose nothing."""

from __future__ import annotations

import contextlib
import io
import os
import re
import signal
import subprocess
import sys
import threading
import time
from fractions import Fraction
from pathlib import Path

import av
import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.animation import ArtistAnimation, FuncAnimation
from PIL import Image, ImageCms

from sphinxcontrib_animvideo import Video, VideoWriter, frame, write_video
from sphinxcontrib_animvideo.core.encoding.ffmpeg import find_ffmpeg
from sphinxcontrib_animvideo.errors import (
    EncoderError,
    FrameError,
    LimitError,
    NoFrameError,
    OptionError,
    OutputError,
    WriterError,
)
from sphinxcontrib_animvideo.moviewriter import MovieWriter
from tests.terminal import run_on_terminal
from tests.video import decode

HEIGHT, WIDTH = 48, 64


def ramp(dtype=np.uint8, channels=()):
    """Return an image whose samples are all values of a type, from the lowest to the highest."""
    steps = np.linspace(0, 1, HEIGHT * WIDTH * int(np.prod(channels))).reshape(
        HEIGHT, WIDTH, *channels
    )
    if dtype is float:
        return steps
    if dtype is bool:
        return steps > 0.5
    return np.rint(steps * np.iinfo(dtype).max).astype(dtype)


def written(tmp_path, *sources, **options):
    """Return what a lossless video of *sources* holds."""
    with VideoWriter(tmp_path / "video.mp4", quality="lossless", **options) as writer:
        for source in sources:
            writer.capture(source)
    return decode(tmp_path / "video.mp4").frames


def files(folder):
    return sorted(path.name for path in folder.iterdir())


def gray(image):
    return np.repeat(np.atleast_3d(image), 3, axis=2)


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


class Drawn:
    def __init__(self, image):
        self.image = image

    def _repr_png_(self):
        data = io.BytesIO()
        self.image.save(data, "png")
        return data.getvalue()


class Arrayed:
    def __array__(self, dtype=None, copy=None):
        return ramp(channels=(3,))


RGB, RGBA = ramp(channels=(3,)), ramp(channels=(4,))
RGBA[..., 3] = 255


def encoded(kind, **options):
    data = io.BytesIO()
    Image.fromarray(RGB).save(data, kind, **options)
    return data.getvalue()


JPEG = encoded("jpeg")


@pytest.mark.parametrize(
    ("source", "pixels"),
    [
        (ramp(), gray(ramp())),
        (ramp(channels=(1,)), gray(ramp(channels=(1,)))),
        (RGB, RGB),
        (RGBA, RGBA[..., :3]),
        (RGB[::-1, ::2].repeat(2, axis=1), RGB[::-1, ::2].repeat(2, axis=1)),
        (ramp(np.uint16), gray((ramp(np.uint16).astype(int) + 128) // 257)),
        (ramp(np.uint16).astype(">u2"), gray((ramp(np.uint16).astype(int) + 128) // 257)),
        (ramp(bool), gray(ramp(bool) * 255)),
        (ramp(float), gray(np.rint(ramp(float) * 255))),
        (ramp(float, (3,)).astype(np.float32), np.rint(ramp(float, (3,)) * 255)),
        (ramp().astype(int), gray(ramp())),
        (ramp().tolist(), gray(ramp())),
        (np.ma.masked_array(RGB, False), RGB),
        (Image.fromarray(RGB), RGB),
        (Image.fromarray(ramp()), gray(ramp())),
        (Image.fromarray(ramp(np.uint16)), gray((ramp(np.uint16).astype(int) + 128) // 257)),
        (Image.fromarray(ramp(float).astype(np.float32)), gray(np.rint(ramp(float) * 255))),
        (Image.fromarray(ramp(bool)), gray(ramp(bool) * 255)),
        (Drawn(Image.fromarray(RGB)), RGB),
        (Drawn(Image.fromarray(RGB))._repr_png_(), RGB),
        (JPEG, np.asarray(Image.open(io.BytesIO(JPEG)))),
        (Arrayed(), RGB),
    ],
)
def test_arrays_and_images_become_exactly_these_pixels(tmp_path, source, pixels):
    (shown,) = written(tmp_path, source)
    assert np.array_equal(shown, pixels)


@pytest.mark.parametrize(
    ("mode", "pixels"), [("I", ramp().astype(np.int32)), ("I;16B", ramp(np.uint16).astype(">u2"))]
)
def test_images_of_large_integers(tmp_path, mode, pixels):
    image = Image.fromarray(pixels)
    assert image.mode == mode
    (shown,) = written(tmp_path, image)
    assert np.array_equal(shown, gray(ramp()))


@pytest.mark.parametrize("mode", ["P", "RGBX", "CMYK", "YCbCr", "HSV", "LAB"])
def test_images_of_other_colours(tmp_path, mode):
    image = to_mode(Image.fromarray(RGB), mode)
    assert image.mode == mode
    (shown,) = written(tmp_path, image)
    assert np.array_equal(shown, image.convert("RGB"))
    if mode != "P":  # which has few colors
        assert np.abs(shown.astype(int) - RGB).mean() < 8


def to_mode(image, mode):
    if mode != "LAB":
        return image.convert(mode)
    profiles = [ImageCms.createProfile(name) for name in ("sRGB", "LAB")]
    return ImageCms.applyTransform(image, ImageCms.buildTransform(*profiles, "RGB", "LAB"))


@pytest.mark.parametrize(
    ("mode", "by_way_of"),
    [("RGBA", "LA"), ("LA", "LA"), ("PA", "PA"), ("RGBa", "RGBA"), ("La", "LA")],
)
def test_transparent_images_are_seen_on_white(tmp_path, mode, by_way_of):
    image = Image.fromarray(ramp()).convert("P" if mode == "PA" else "L")
    image.putalpha(Image.fromarray(ramp(bool)))  # the upper half cannot be seen
    image = image.convert(by_way_of).convert(mode)
    assert image.mode == mode
    (shown,) = written(tmp_path, image)
    below = ramp(bool)
    assert (shown[~below] == 255).all()
    expected = np.asarray(image.convert(by_way_of).convert("RGBA"))
    assert np.array_equal(shown[below], expected[below][:, :3])


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_raw_bytes(tmp_path, channels):
    image = ramp(channels=(channels,))
    if channels == 4:
        image[..., 3] = 255
    (shown,) = written(tmp_path, image.tobytes(), raw_size=(WIDTH, HEIGHT))
    assert np.array_equal(shown, gray(image) if channels == 1 else image[..., :3])
    with pytest.raises(
        FrameError,
        match=r"7 raw bytes do not fit 64 x 48 pixels, which need 3072 \(gray\), 9216 \(RGB\), or 12288 \(RGBA\)",
    ):
        written(tmp_path, b"1234567", raw_size=(WIDTH, HEIGHT))


def test_scalar_arrays_are_mapped_as_imshow_does_with_the_limits_of_the_first(tmp_path):
    first, second = ramp(float) * 10 - 3, ramp(float) * 20 - 3
    second[0, 0] = np.nan
    shown = written(tmp_path, first, second, cmap="viridis", bad="red")
    norm = mpl.colors.Normalize(-3, 7)
    expected = [
        mpl.colormaps["viridis"](norm(data), bytes=True)[..., :3] for data in (first, second)
    ]
    expected[1][0, 0] = (255, 0, 0)
    assert np.array_equal(shown, expected)


@pytest.mark.parametrize(
    ("options", "norm"),
    [
        ({"vmin": -1, "vmax": 9, "cmap": "magma"}, mpl.colors.Normalize(-1, 9)),
        ({"norm": mpl.colors.LogNorm(1, 8)}, mpl.colors.LogNorm(1, 8)),
    ],
)
def test_scalar_arrays_with_limits_or_a_norm(tmp_path, options, norm):
    data = ramp(float) * 9 + 1e-3
    colors = mpl.colormaps[options.get("cmap", "gray")]
    (shown,) = written(tmp_path, data, **options)
    assert np.array_equal(shown, colors(norm(data), bytes=True)[..., :3])


@pytest.mark.parametrize("limit", [{"vmin": 10}, {"vmax": -10}])
def test_limits_that_exclude_all_values_are_told(tmp_path, limit):
    with pytest.raises(FrameError, match=r"cannot map the array to colors with .* pass both\."):
        written(tmp_path, ramp(float), **limit)
    assert files(tmp_path) == []


@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_a_matrix_is_an_array(tmp_path):
    (shown,) = written(tmp_path, np.matrix(ramp()))
    assert np.array_equal(shown, gray(ramp()))
    mapped, same = written(tmp_path, np.matrix(ramp(float)), ramp(float), cmap="viridis")
    assert np.array_equal(mapped, same)


def test_masked_values_and_nan_have_the_colour_that_is_named(tmp_path):
    image = ramp(float, (3,))
    image[2, 3, 1] = np.nan
    with pytest.raises(FrameError, match=r"1 values that are masked, NaN, or infinite. Replace"):
        written(tmp_path, image)
    (shown,) = written(tmp_path, image, bad="lime")
    assert shown[2, 3].tolist() == [0, 255, 0]
    masked = np.ma.masked_less(ramp(), 100)
    (shown,) = written(tmp_path, masked, bad=(0, 0, 1))
    assert (shown[ramp() < 100] == (0, 0, 255)).all()
    assert np.array_equal(shown[ramp() >= 100], gray(ramp())[ramp() >= 100])


def test_a_photograph_is_turned_as_its_camera_says(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned right by 90 degrees
    for kind in ("png", "jpeg"):
        path = tmp_path / f"photo.{kind}"
        path.write_bytes(encoded(kind, exif=exif))
        (shown,) = written(tmp_path, path)
        with Image.open(path) as image:
            assert np.array_equal(shown, np.rot90(np.asarray(image), -1))


def test_figures_and_the_inside_of_axes(tmp_path):
    fig = plt.figure(figsize=(2, 1.5), dpi=40)
    ax = fig.add_axes((0.25, 0.25, 0.5, 0.5))
    (line,) = ax.plot([0, 1])
    ax.set_facecolor("lime")
    with VideoWriter(tmp_path / "figure.mp4", quality="lossless") as writer:
        for end in (1, 2):
            line.set_ydata([0, end])
            writer.capture(fig)
            assert np.array_equal(frame(fig)[..., :3], np.asarray(frame(fig))[..., :3])
    assert np.array_equal(decode(tmp_path / "figure.mp4").frames[1], frame(fig)[..., :3])
    write_video(tmp_path / "axes.mp4", [ax, ax], quality="lossless")
    assert (decode(tmp_path / "axes.mp4").frames[0][0, :5] == (0, 255, 0)).all()
    assert frame(fig, dpi=80).shape == (120, 160, 4)
    assert frame().shape == (60, 80, 4)


def test_holds_captions_rate_and_what_comes_back(tmp_path):
    path = tmp_path / "video.mp4"
    dark, light = RGB // 2, 255 - RGB // 2
    counted = []
    with VideoWriter(path, "30000/1001", quality="lossless", on_frame=counted.append) as writer:
        writer.capture(dark, caption="one")
        writer.capture(light, hold=0.5, caption="two & three")
        writer.capture(dark, hold=0.1)
        with pytest.raises(WriterError, match="not complete"):
            _ = writer.video
        assert writer.frame_count == 19
    assert counted == [*range(1, 20)]
    written = writer.video
    assert isinstance(written, Video)
    assert (written.path, written.width, written.height) == (path, WIDTH, HEIGHT)
    assert (written.fps, written.frame_count) == (Fraction(30000, 1001), 19)
    assert writer.video.seconds == pytest.approx(19 * 1001 / 30000)
    assert writer.close() is writer.video
    video = decode(path)
    assert np.array_equal(video.frames, [dark, *[light] * 15, *[dark] * 3])
    assert video.fps == Fraction(30000, 1001)
    assert video.seconds == pytest.approx(writer.video.seconds, abs=0.01)
    assert (tmp_path / "video.vtt").read_text("utf-8") == (
        "WEBVTT\n\n"
        "00:00:00.000 --> 00:00:00.033\none\n\n"
        "00:00:00.033 --> 00:00:00.634\ntwo &amp; three\n"
    )
    assert files(tmp_path) == ["video.mp4", "video.vtt"]


@pytest.mark.parametrize("count", [2, 3, 4])
def test_stacks(tmp_path, count):
    stack = np.stack([np.full((HEIGHT, WIDTH), 40 * n, np.uint8) for n in range(count)])
    colors = np.stack([stack] * 3, axis=-1)
    opaque = np.full((*stack.shape, 1), 255, np.uint8)
    for given in (
        *(stack, stack[..., None], colors, np.concatenate([colors, opaque], axis=-1)),
        *(stack / 255, (stack / 255).astype(np.float32)),
    ):
        video = write_video(tmp_path / "stack.mp4", given, fps=10, quality="lossless")
        assert (video.frame_count, video.fps) == (count, 10)
        assert [f[0, 0, 0] for f in decode(video.path).frames] == [40 * n for n in range(count)]


def test_generators_are_read_one_by_one(tmp_path):
    given = []

    def pictures():
        for number in range(5):
            given.append(number)
            assert len(given) == number + 1
            yield np.full((HEIGHT, WIDTH), 40 * number, np.uint8)

    writer_sees = []
    write_video(
        tmp_path / "video.mp4", pictures(), on_frame=lambda n: writer_sees.append((n, len(given)))
    )
    assert writer_sees == [(n, n) for n in range(1, 6)]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("[slow()] * 4, progress=True", r"\rvideo.mp4:  ?\d+%\|.*\| [1-4]/4 \[00:\d\d<00:\d\d,"),
        ("(slow() for _ in range(4))", r"\rvideo.mp4: [1-4] frames \[00:\d\d,"),
        ("(slow() for _ in range(4)), progress=False", None),
    ],
)
def test_a_terminal_shows_the_progress(tmp_path, arguments, expected):
    program = f"""
import time
import numpy as np
from sphinxcontrib_animvideo import write_video
class slow:
    def __array__(self, dtype=None, copy=None):
        time.sleep(0.4)
        return np.zeros((40, 60))
print(write_video("video.mp4", {arguments}).frame_count)
"""
    status, printed, shown = run_on_terminal([sys.executable, "-c", program], tmp_path)
    assert (status, printed) == (0, "4\n")
    if expected is None:
        assert shown == ""
    else:
        assert re.search(expected, shown)
        assert re.search(r"\r +\r$", shown)  # it is wiped


def test_files_in_natural_order(tmp_path):
    for number in (10, 9, 100):
        Image.new("L", (WIDTH, HEIGHT), number).save(tmp_path / f"f{number}.png")
    video = write_video(tmp_path / "video.mp4", str(tmp_path / "f*.png"), quality="lossless")
    assert [f[0, 0, 0] for f in decode(video.path).frames] == [9, 10, 100]
    with pytest.raises(FrameError, match=r"no file in .* matches 'nothing\*'"):
        write_video(tmp_path / "other.mp4", "nothing*")


def test_a_size_that_must_not_be_passed(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (10, HEIGHT, WIDTH), np.uint8)
    free = write_video(tmp_path / "free.mp4", noise).path.stat().st_size
    small = write_video(tmp_path / "small.mp4", noise, target_size=f"{free / 2000:.3f} kB")
    assert 0.6 * free / 2 < small.path.stat().st_size <= free / 2
    with pytest.raises(LimitError):
        write_video(tmp_path / "none.mp4", noise, target_size=100)
    assert files(tmp_path) == ["free.mp4", "small.mp4"]
    with pytest.raises(
        OptionError, match="target_size= must be a number of bytes, or text such as"
    ):
        write_video(tmp_path / "none.mp4", noise, target_size="2 apples")
    with pytest.raises(
        OptionError, match="target_size= and quality= cannot be combined: the target"
    ):
        write_video(tmp_path / "none.mp4", noise, target_size=9000, quality="lossless")
    with pytest.raises(TypeError, match=r"^unexpected keyword argument 'max_size'\."):
        write_video(tmp_path / "none.mp4", noise, max_size=100)
    with pytest.raises(
        TypeError, match=r"^unexpected keyword argument 'fsp'\. Did you mean fps\?$"
    ):
        write_video(tmp_path / "none.mp4", noise, fsp=100)
    with pytest.raises(TypeError, match=r"^unexpected keyword argument 'zzz'\.$"):
        write_video(tmp_path / "none.mp4", noise, zzz=1)


# -- Matplotlib's animations -------------------------------------------------------------------


@pytest.fixture
def moving():
    fig, ax = plt.subplots(figsize=(1, 1))
    (line,) = ax.plot([0, 1])
    calls = []

    def update(number):
        calls.append(number)
        line.set_ydata([0, number])

    animation = FuncAnimation(fig, update, range(6), init_func=lambda: None, interval=50)
    animation.calls = calls
    return animation


@pytest.fixture
def draws(monkeypatch):
    count = []
    original = mpl.figure.Figure.draw
    monkeypatch.setattr(
        mpl.figure.Figure,
        "draw",
        lambda self, renderer: count.append(1) or original(self, renderer),
    )
    return count


@pytest.mark.parametrize("way", ["write_video", "save", "rcParams"])
def test_animations_are_drawn_once_a_frame(tmp_path, moving, draws, way):
    path = tmp_path / "video.mp4"
    canvas = moving._fig.canvas
    if way == "write_video":
        assert write_video(path, moving, redraw="full").fps == 20
    elif way == "save":
        moving.save(path, writer="animvideo", fps=20)
    else:
        with mpl.rc_context({"animation.writer": "animvideo"}):
            moving.save(path)
    video = decode(path)
    assert (len(video.frames), video.fps) == (6, 20)
    assert moving.calls == [*range(6)]
    assert len(draws) <= 6 + 3  # comparisons of frames that were drawn incrementally
    assert moving._fig.canvas is canvas
    assert files(tmp_path) == ["video.mp4"]


def test_arguments_of_movie_writers_are_honoured_or_refused(tmp_path, moving):
    moving.save(
        tmp_path / "a.mp4",
        writer="animvideo",
        metadata={"title": "A wave"},
        extra_args=["-metadata", "comment=by us"],
        dpi=50,
    )
    video = decode(tmp_path / "a.mp4")
    assert (video.width, video.height) == (50, 50)
    assert {**video.metadata} | {"title": "A wave", "comment": "by us"} == {**video.metadata}
    with pytest.raises(
        OptionError,
        match=r"the movie writer animvideo does not support codec. The extension of the file selects it.",
    ):
        moving.save(tmp_path / "b.mp4", writer="animvideo", codec="mpeg4")
    with pytest.raises(OptionError, match=r"does not support bitrate. Use quality= with a word"):
        moving.save(tmp_path / "b.mp4", writer="animvideo", bitrate=1000)
    assert files(tmp_path) == ["a.mp4"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"extra_args": "-crf 5"}, r"extra_args= must be a list of ffmpeg arguments, not '-crf 5'"),
        ({"extra_args": 5}, r"extra_args= must be a list of ffmpeg arguments, not 5"),
        ({"metadata": 5}, r"metadata must be a dictionary, such as \{'title': 'A wave'\}, not 5"),
        ({"metadata": ["title"]}, r"metadata must be a dictionary, .* not \['title'\]"),
        ({"metadata": {"title": "a\0b"}}, r"must be a list of ffmpeg arguments, .* U\+0000"),
    ],
)
def test_arguments_of_movie_writers_that_are_of_no_such_kind(tmp_path, moving, options, said):
    with pytest.raises(OptionError, match=said):
        moving.save(tmp_path / "a.mp4", writer=MovieWriter(**options))
    assert files(tmp_path) == []
    moving._draw_was_started = True  # or Matplotlib warns


def test_a_movie_writer_that_is_not_set_up():
    writer = MovieWriter()
    for use in (lambda: writer.video, writer.grab_frame, writer.finish):
        with pytest.raises(WriterError, match=r"the movie writer has no file yet\. Call setup\(\)"):
            use()


def test_an_animation_as_fast_as_possible(tmp_path, moving):
    moving._interval = 0
    assert write_video(tmp_path / "video.mp4", moving).fps == 25
    assert moving._interval == 0


def test_artist_animations(tmp_path):
    fig, ax = plt.subplots(figsize=(1, 1))
    artists = [ax.plot([0, n]) for n in range(4)]
    video = write_video(tmp_path / "video.mp4", ArtistAnimation(fig, artists, interval=100))
    assert (video.frame_count, video.fps) == (4, 10)


# -- mistakes ----------------------------------------------------------------------------------


def old(path):
    path.write_bytes(b"old")
    return path


def test_what_was_there_stays_until_the_new_file_is_complete(tmp_path):
    path = old(tmp_path / "video.mp4")
    writer = VideoWriter(path)
    writer.capture(RGB)
    assert path.read_bytes() == b"old"
    writer.close()
    assert len(decode(path).frames) == 1


def broken():
    yield RGB
    yield RGB
    raise ZeroDivisionError


def interrupted():
    yield RGB
    yield RGB
    raise KeyboardInterrupt


def of_another_size():
    yield RGB
    yield RGB
    yield RGB[1:]


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("pictures", [broken, interrupted, of_another_size])
def test_an_error_half_way_leaves_what_was_there_or_what_was_written(tmp_path, pictures, keep):
    path = old(tmp_path / "video.mp4")
    with pytest.raises((ZeroDivisionError, KeyboardInterrupt, FrameError)):
        write_video(path, pictures(), keep_unfinished=keep)
    assert files(tmp_path) == ["video.mp4"]
    if keep:
        assert len(decode(path).frames) == 2
    else:
        assert path.read_bytes() == b"old"


@pytest.fixture
def endless(tmp_path):
    """Start a program that writes an endless video; return it and a function to await frames."""

    def start(name, keep=False):
        program = f"""
import itertools, time
import numpy as np
from sphinxcontrib_animvideo import write_video
def pictures():
    for number in itertools.count():
        time.sleep(0.002)
        yield np.full((48, 64), number % 256, np.uint8)
write_video({name!r}, pictures(), keep_unfinished={keep}, on_frame=lambda n: print(n, flush=True))
"""
        process = subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # as a shell gives each command a group of its own
        )
        processes.append(process)
        while int(process.stdout.readline()) < 60:
            pass
        return process

    processes = []
    yield start
    for process in processes:
        process.kill()
        with process:
            pass


def rest(process):
    """Return the last number of frames that a program tells, and what else it says."""
    printed = process.stdout.read()  # communicate() would lose what is read ahead
    return int(printed.split()[-1]) if printed else 60, process.stderr.read()


def levels(path):
    return [round(float(frame.mean())) for frame in decode(path).frames]


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["video.mp4", "video.webm", "video.gif", "video.mkv"])
def test_ctrl_c_on_a_terminal_leaves_a_playable_file_by_choice(tmp_path, endless, name):
    process = endless(name, keep=True)
    os.killpg(process.pid, signal.SIGINT)  # to all processes of the group, as a terminal does
    told, said = rest(process)
    assert said.rstrip().endswith("KeyboardInterrupt")
    assert files(tmp_path) == [name]
    shown = levels(tmp_path / name)
    assert told <= len(shown) <= told + 1  # the last one may have been in the pipe
    expected = np.arange(len(shown)) % 256
    assert np.abs(np.array(shown) - expected).max() <= 6


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such signals")
def test_ctrl_c_leaves_what_was_there(tmp_path, endless):
    path = old(tmp_path / "video.mp4")
    process = endless("video.mp4")
    os.killpg(process.pid, signal.SIGINT)
    _, said = rest(process)
    assert said.rstrip().endswith("KeyboardInterrupt")
    assert (path.read_bytes(), files(tmp_path)) == (b"old", ["video.mp4"])


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["video.mp4", "video.webm", "video.avi", "video.gif"])
def test_what_a_killed_process_leaves_can_be_played(tmp_path, endless, name):
    process = endless(name)
    process.kill()
    told, _ = rest(process)
    assert files(tmp_path) == [f"{name}.unfinished"]
    deadline = time.monotonic() + 60
    shown = []
    while len(shown) < told and time.monotonic() < deadline:  # ffmpeg ends after Python
        for left in (tmp_path / f"{name}.unfinished").iterdir():
            with contextlib.suppress(av.error.FFmpegError, AssertionError):
                shown = levels(left)
        time.sleep(0.1)
    assert told <= len(shown) <= told + 1
    assert np.abs(np.array(shown) - np.arange(len(shown)) % 256).max() <= 6
    write_video(tmp_path / name, [RGB])  # the next one takes its place
    assert files(tmp_path) == [name]


@pytest.mark.parametrize(
    ("sources", "error", "said"),
    [
        (
            [],
            NoFrameError,
            r"no frames were captured for .*video.mp4. Is the source an empty iterable\?",
        ),
        (
            [RGB, RGB[1:]],
            FrameError,
            "frame 2 has 64 x 47 pixels, but the first frame has 64 x 48. All frames of a video must have the same size. Resize or pad this frame.",
        ),
        (
            [ramp(float) * 2],
            FrameError,
            "floats range from 0 to 2, but must be from 0 to 1. Divide by the largest .*255",
        ),
        ([np.array([[np.nan]])], FrameError, "1 values that are masked, NaN, or infinite. Replace"),
        (
            [np.array([[None]])],
            FrameError,
            r"dtype object cannot become a frame. Use integers, floats, or bools; convert it",
        ),
        (
            [np.zeros((2, 2, 5))],
            FrameError,
            r"shape \(2, 2, 5\) cannot become a frame. The shape must be \(height, width\)",
        ),
        (
            [b"no picture"],
            FrameError,
            "the image is not in a format that Pillow can read. Use PNG or JPEG",
        ),
        ([encoded("png")[:200]], FrameError, "cannot be read as an image: .*. Is it complete"),
        ([JPEG[:200]], FrameError, "cannot be read as an image: .*. Is it complete"),
        (
            ["missing.png"],
            FrameError,
            "file 'missing.png' does not exist. Relative paths start at ",
        ),
        (
            RGB[0].tolist()[0][0],
            FrameError,
            "an object of type int cannot become frames. Use a Matplotlib Animation",
        ),
    ],
)
def test_mistakes_are_told_and_leave_what_was_there(tmp_path, sources, error, said):
    path = old(tmp_path / "video.mp4")
    with pytest.raises(error, match=said):
        write_video(path, sources)
    assert (path.read_bytes(), files(tmp_path)) == (b"old", ["video.mp4"])


@pytest.mark.parametrize(
    ("arguments", "options", "error", "said"),
    [
        (
            ["a.xyz"],
            {},
            OptionError,
            r"a.xyz: unsupported file extension '.xyz'. Use one of .mp4, ",
        ),
        (
            ["missing/a.mp4"],
            {},
            OutputError,
            r"cannot write .*a.mp4 \(No such file or directory\). Pass a path in a directory that exists",
        ),
        (
            ["a.mp4", 0],
            {},
            OptionError,
            "fps= must be a number of frames per second from 0.001 to 1000, not 0",
        ),
        (["a.mp4", "1e999999999"], {}, OptionError, "fps= must be .*, not '1e999999999'"),
        (["a.mp4"], {"max_frames": 10**5000}, OptionError, "not a value of type int"),
        (
            ["a.mp4"],
            {"quality": "nice"},
            OptionError,
            "quality= must be one of draft, .* not 'nice'",
        ),
        (
            ["a.mp4"],
            {"dpi": -1},
            OptionError,
            "dpi= must be a number of dots per inch from 1 to 10000, not -1",
        ),
        (
            ["a.mp4"],
            {"redraw": "some"},
            OptionError,
            "redraw= must be 'incremental' or 'full', not 'some'",
        ),
        (["a.mp4"], {"cmap": "nice"}, OptionError, "Matplotlib does not accept these colors"),
        (["a.mp4"], {"vmin": np.nan}, OptionError, "colors: vmin and vmax must be finite, not nan"),
        (["a.mp4"], {"vmax": -np.inf}, OptionError, "vmin and vmax must be finite, not -inf"),
        (["a.mp4"], {"bad": "nice"}, OptionError, "Matplotlib does not accept these colors"),
        (
            ["a.mp4"],
            {"norm": 1, "vmin": 2},
            OptionError,
            "give either norm= or vmin= and vmax=, not both",
        ),
    ],
)
def test_arguments_out_of_range(tmp_path, monkeypatch, arguments, options, error, said):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=said):
        VideoWriter(*arguments, **options)
    assert files(tmp_path) == []


def test_files_that_are_no_pictures(tmp_path):
    for name, data in {"cut.png": encoded("png")[:200], "text.png": b"no picture"}.items():
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(
            FrameError, match=rf"image file '.*{name}' (cannot be read|is not in a format)"
        ):
            write_video(tmp_path / "video.mp4", str(path))
    assert files(tmp_path) == ["cut.png", "text.png"]


@pytest.mark.skipif(os.name != "posix", reason="Windows runs no scripts as programs")
@pytest.mark.parametrize("name", ["a.mp4", "a.webp"])
def test_an_encoder_that_this_ffmpeg_lacks(tmp_path, monkeypatch, name):
    poor = tmp_path / "ffmpeg"
    poor.write_text(
        f"#!{sys.executable}\nimport os, sys\n"
        "words = ['none' if w.startswith(('libx264', 'libwebp')) else w for w in sys.argv[1:]]\n"
        f"os.execv({find_ffmpeg()!r}, ['ffmpeg', *words])\n"
    )
    poor.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(poor))
    with pytest.raises(EncoderError, match=r"has no encoder none. Choose .* `animvideo formats`"):
        write_video(tmp_path / name, [RGB])
    assert files(tmp_path) == ["ffmpeg"]


@pytest.mark.parametrize("hold", [0, -1, float("nan"), "1"])
def test_holds_out_of_range(tmp_path, hold):
    with (
        pytest.raises(FrameError, match="hold must be a positive number of seconds, not"),
        VideoWriter(tmp_path / "a.mp4") as writer,
    ):
        writer.capture(RGB, hold=hold)


def test_a_writer_that_has_ended(tmp_path):
    with VideoWriter(tmp_path / "a.mp4") as writer:
        writer.capture(RGB)
    with pytest.raises(
        WriterError, match=r"a.mp4 is complete. Use a new VideoWriter for more frames"
    ):
        writer.capture(RGB)
    writer.abort()
    assert (tmp_path / "a.mp4").exists()
    writer = VideoWriter(tmp_path / "b.mp4")
    writer.abort()
    with pytest.raises(WriterError, match=r"b.mp4 was aborted"):
        writer.close()


def test_two_threads_at_the_same_time(tmp_path):
    entered, go_on = threading.Event(), threading.Event()

    class Slow:
        def __array__(self, dtype=None, copy=None):
            entered.set()
            go_on.wait(10)
            return RGB

    writer = VideoWriter(tmp_path / "a.mp4")
    other = threading.Thread(target=writer.capture, args=(Slow(),))
    other.start()
    entered.wait(10)
    with pytest.raises(
        WriterError,
        match="a VideoWriter was used by two threads at the same time",
    ):
        writer.capture(RGB)
    go_on.set()
    other.join()
    writer.capture(RGB)
    assert writer.close().frame_count == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_fork_in_the_middle(tmp_path):
    writer = VideoWriter(tmp_path / "a.mp4")
    writer.capture(RGB)
    read, write = os.pipe()
    if (child := os.fork()) == 0:
        try:
            writer.capture(RGB)
        except WriterError as error:
            os.write(write, str(error).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert (
        b"a VideoWriter can only be used in the process that created it, not in a fork."
        in os.read(read, 1000)
    )
    writer.capture(RGB)
    assert writer.close().frame_count == 2


def test_a_folder_of_that_name(tmp_path):
    (tmp_path / "a.mp4").mkdir()
    with pytest.raises(OutputError, match=r"a.mp4 is a directory. Pass the path of a file"):
        VideoWriter(tmp_path / "a.mp4")


def test_a_folder_that_cannot_be_written(tmp_path):
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        folder = "/proc"  # even root cannot
    else:
        folder = tmp_path
        folder.chmod(0o500)
    with pytest.raises(OutputError, match=r"cannot write .*a\.mp4 \("):
        VideoWriter(f"{folder}/a.mp4")
