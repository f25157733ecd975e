"""Files that hold several pictures, from Python and from the command line."""

import io
import subprocess
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image, ImageSequence

from sphinxcontrib_animvideo import VideoWriter, frame, write_video
from sphinxcontrib_animvideo.cli import main
from sphinxcontrib_animvideo.core.encoding.decoder import read_frames
from sphinxcontrib_animvideo.core.encoding.ffmpeg import find_ffmpeg, run_ffmpeg
from sphinxcontrib_animvideo.core.encoding.probe import read_info
from sphinxcontrib_animvideo.errors import EncoderError
from tests.video import decode

LEVELS = (10, 90, 170, 250)
IMAGES = [Image.fromarray(np.full((30, 40, 3), level, np.uint8)) for level in LEVELS]


def save(folder, name, duration=100, images=IMAGES, **options):
    path, images = folder / name, [image.copy() for image in images]
    if path.suffix in {".tif", ".tiff"}:
        images[0].save(path, save_all=True, append_images=images[1:])
    elif path.suffix in {".mp4", ".webm", ".avi", ".mkv", ".mov"}:
        write_video(path.with_suffix(".mkv"), map(np.asarray, images), fps=1000 / duration)
        if path.suffix != ".mkv":
            write_video(path, path.with_suffix(".mkv"))
    else:
        images[0].save(path, save_all=True, append_images=images[1:], duration=duration, **options)
    return path


def levels(video):
    return [min(LEVELS, key=lambda level: abs(level - f.mean())) for f in video.frames]


NAMES = ["a.gif", "a.png", "a.webp", "a.mp4", "a.webm", "a.avi", "a.mkv"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("duration", [100, 40, 20])
def test_all_pictures_at_their_own_rate(tmp_path, name, duration):
    path = save(tmp_path, name, duration)
    for source in (path, str(path), [path]):
        video = write_video(tmp_path / "out.mp4", source)
        found = decode(video.path)
        assert (found.fps, levels(found)) == (1000 / duration, list(LEVELS))


def test_a_stack_has_no_rate_of_its_own(tmp_path):
    found = decode(write_video(tmp_path / "out.mp4", save(tmp_path, "a.tif")).path)
    assert (found.fps, levels(found)) == (25, list(LEVELS))


def test_different_durations_are_held_at_the_configured_rate(tmp_path):
    path = save(tmp_path, "a.gif", [200, 40, 40, 400])
    found = decode(write_video(tmp_path / "out.mp4", path).path)
    assert found.fps == 25
    assert levels(found) == 5 * [10] + [90] + [170] + 10 * [250]


@pytest.mark.parametrize("name", ["a.mkv", "a.mp4", "a.webm"])
def test_a_video_keeps_different_durations(tmp_path, name):
    images = save(tmp_path, "a.gif", [200, 40, 40, 400])
    path = tmp_path / name
    run_ffmpeg(
        ["-i", str(images), "-fps_mode", "passthrough", "-pix_fmt", "yuv420p", str(path)],
        "make a test video",
    )
    assert read_info(path).durations
    found = decode(write_video(tmp_path / "out.mp4", path).path)
    assert (found.fps, levels(found)[:7]) == (25, 5 * [10] + [90] + [170])
    assert set(levels(found)[7:]) == {250}
    # The last frame of a video file ends when the file says.
    assert len(found.frames) >= 8


def test_durations_shorter_than_a_frame_are_told(tmp_path):
    path = save(tmp_path, "a.gif", [20, 20, 20, 200])
    with pytest.warns(UserWarning, match="captures are not in the video"):
        write_video(tmp_path / "out.mp4", path)


def test_a_rate_that_is_given_holds_the_pictures(tmp_path):
    path = save(tmp_path, "a.gif", 100)
    found = decode(write_video(tmp_path / "out.mp4", path, fps=20).path)
    assert levels(found) == [level for level in LEVELS for _ in range(2)]


def test_capture_takes_all_pictures_of_a_file_and_one_of_an_image(tmp_path):
    path = save(tmp_path, "a.gif", 100)
    with VideoWriter(tmp_path / "out.mp4", fps=10) as writer:
        writer.capture(path)
        writer.capture(path.read_bytes())
        writer.capture(io.BytesIO(path.read_bytes()))
        with Image.open(path) as image:
            for picture in ImageSequence.Iterator(image):
                writer.capture(picture)
        writer.capture(path, hold=0.2)
    assert levels(decode(tmp_path / "out.mp4")) == [
        *LEVELS * 4,
        *(level for level in LEVELS for _ in range(2)),
    ]


def test_an_opened_image_as_a_whole(tmp_path):
    with Image.open(save(tmp_path, "a.gif", 50)) as image:
        found = decode(write_video(tmp_path / "out.mp4", image).path)
    assert (found.fps, levels(found)) == (20, list(LEVELS))


def test_the_default_image_of_an_apng_is_no_frame(tmp_path):
    path = tmp_path / "a.png"
    IMAGES[3].save(path, save_all=True, append_images=IMAGES[:2], duration=100, default_image=True)
    assert levels(decode(write_video(tmp_path / "out.mp4", path).path)) == [10, 90]


def test_transparent_pictures_of_a_gif_build_on_each_other(tmp_path):
    images = []
    for number in range(3):
        image = Image.new("RGBA", (30, 10), (0, 0, 0, 0))
        image.paste((255, 0, 0, 255), (10 * number, 0, 10 * number + 10, 10))
        images.append(image)
    path = save(tmp_path, "a.gif", 100, images, disposal=2)
    shown = decode(write_video(tmp_path / "o.mkv", path, quality="lossless").path).frames
    for number, picture in enumerate(shown):
        assert (picture[5, 10 * number + 5] == (255, 0, 0)).all()
        assert (picture[5, (10 * number + 15) % 30] == 255).all()


def test_a_single_frame_of_a_file_with_several(tmp_path):
    assert frame(save(tmp_path, "a.gif"))[0, 0, 0] == LEVELS[0]


@pytest.mark.parametrize("rate", ["30000/1001", "24000/1001", "12.5", "60"])
def test_the_rate_of_a_video_is_exact(tmp_path, rate):
    write_video(tmp_path / "a.mp4", [np.zeros((30, 40))] * 9, fps=rate)
    video = write_video(tmp_path / "b.mp4", tmp_path / "a.mp4")
    assert video.fps == Fraction(rate)
    assert read_info(video.path).fps == Fraction(rate)


@pytest.mark.parametrize("name", ["a.gif", "a.webp", "a.tif", "a.mp4", "-a.gif", "a [1].gif"])
def test_the_command_line_converts_all_pictures(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    save(tmp_path, name)
    assert main(["render", "-o", "out.mp4", "-q", "--", name]) == 0
    found = decode(tmp_path / "out.mp4")
    assert levels(found) == list(LEVELS)
    assert found.fps == (25 if name.endswith("tif") else 10)


def test_the_command_line_tells_what_is_lost(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    save(tmp_path, "a.gif", 20)
    assert main(["render", "a.gif", "-o", "out.mp4", "--fps", "25"]) == 0
    assert "a.gif: 2 of 4 captures are not in the video, because" in capfd.readouterr().err


def test_the_command_line_names_the_pattern_for_a_directory(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "frames").mkdir()
    assert main(["render", "frames", "-o", "out.mp4"]) != 0
    said = capfd.readouterr().err
    assert "frames is a directory. To use the images in it, pass a pattern such as" in said
    assert main(["render", "n.ipynb", "-o", "out.mp4"]) != 0
    assert "cannot run the notebook n.ipynb. Convert it to a script" in capfd.readouterr().err


def test_a_damaged_video_is_read_to_its_end(tmp_path):
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 255, (4000, 32, 48), np.uint8)
    write_video(tmp_path / "good.mp4", noise)
    data = bytearray((tmp_path / "good.mp4").read_bytes())
    for position in rng.integers(len(data) // 9, len(data), 8000):
        data[position] ^= 255
    (tmp_path / "damaged.mp4").write_bytes(data)
    # ffmpeg reports more errors than a pipe holds.
    ffmpeg = [find_ffmpeg(), "-v", "error", "-i", str(tmp_path / "damaged.mp4"), "-f", "null", "-"]
    assert len(subprocess.run(ffmpeg, capture_output=True, check=False).stderr) > 100_000
    count = sum(1 for _ in read_frames(tmp_path / "damaged.mp4", (48, 32), Fraction(25)))
    assert 1000 < count <= 4000


def test_a_video_that_ffmpeg_cannot_decode_is_an_error(tmp_path):
    write_video(tmp_path / "good.mp4", np.zeros((9, 32, 48), np.uint8))
    data = (tmp_path / "good.mp4").read_bytes()
    (tmp_path / "damaged.mp4").write_bytes(data.replace(b"avcC", b"xxxx"))
    with pytest.raises(EncoderError, match=r"could not decode damaged\.mp4 \(exit status \d+\)"):
        list(read_frames(tmp_path / "damaged.mp4", (48, 32), Fraction(25)))
