import io
from fractions import Fraction

import numpy as np
import pytest
from matplotlib import pyplot as plt
from PIL import Image

from sphinxcontrib_animvideo.core.encoding.captions import to_webvtt
from sphinxcontrib_animvideo.core.encoding.clip_writer import ClipWriter
from sphinxcontrib_animvideo.core.encoding.poster import PosterPicker
from sphinxcontrib_animvideo.core.frames.grabber import FrameGrabber
from sphinxcontrib_animvideo.core.model.options import OPTIONS
from sphinxcontrib_animvideo.errors import EncoderError, FrameError, LimitError, RedrawError
from tests.video import decode


def picture(level, height=32, width=32):
    return np.full((height, width, 3), level, np.uint8)


def write(folder, sources, **options):
    writer = ClipWriter(folder, "1", Fraction(10), **options)
    try:
        for source, hold in sources:
            writer.capture(source, hold)
        return writer.finish()
    except BaseException:
        writer.abort()
        raise


def test_holds_are_repeated_frames(tmp_path):
    clip = write(tmp_path, [(picture(0), None), (picture(100), 0.5), (picture(200), None)])
    assert clip.frame_count == 7
    assert clip.seconds == pytest.approx(0.7)
    levels = [round(float(f.mean()), -1) for f in decode(tmp_path / "1-mp4.mp4").frames]
    assert levels == [0, 100, 100, 100, 100, 100, 200]


@pytest.mark.parametrize(
    ("poster", "level"),
    [("first", 0), ("last", 180), (3, 60), (0.5, 100), ("middle", 100), (500, 180)],
)
def test_posters(tmp_path, poster, level):
    clip = write(
        tmp_path,
        [(picture(20 * index), None) for index in range(10)],
        poster=poster,
        quality="lossless",
    )
    with Image.open(tmp_path / clip.poster.name) as opened:
        image = np.asarray(opened)
    assert image.shape == (32, 32, 3)
    assert (image == level).all()


def test_a_poster_has_the_size_of_the_video(tmp_path):
    clip = write(tmp_path, [(picture(7, 31, 33), None)])
    assert (clip.width, clip.height) == (34, 32)
    with Image.open(tmp_path / clip.poster.name) as poster:
        assert poster.size == (34, 32)


def test_a_wrong_frame_stops_the_writer(tmp_path):
    figure, axes = plt.subplots(figsize=(1, 1))
    writer = ClipWriter(tmp_path, "1", Fraction(10))
    for _ in range(7):
        writer.capture(figure)
    tick = axes.xaxis.get_major_ticks()[1].tick1line
    tick._markeredgecolor = "red"  # set_markeredgecolor() would tell
    with pytest.raises(RedrawError, match="XAxis"):
        writer.capture(figure)
    with pytest.raises((RedrawError, EncoderError)):
        writer.finish()
    plt.close(figure)


def test_ffmpeg_encodes_the_rest_while_the_last_frame_is_compared(tmp_path, monkeypatch):
    def finish(frames, saw_all):
        ffmpeg._reader.join(20)  # which waits for the end of ffmpeg
        statuses.append(ffmpeg.status)

    statuses = []
    writer = ClipWriter(tmp_path, "1", Fraction(10))
    writer.capture(picture(0))
    ffmpeg = writer._encoder._part.encoder._pipe
    monkeypatch.setattr(FrameGrabber, "finish", finish)
    assert writer.finish().frame_count == 1
    assert statuses == [0]


def test_another_size_names_the_frame_and_both_sizes(tmp_path):
    with pytest.raises(
        FrameError, match="frame 3 has 16 x 8 pixels, but the first frame has 32 x 32"
    ):
        write(tmp_path, [(picture(0), None), (picture(0), None), (picture(0, 8, 16), None)])


def test_too_many_frames_and_bytes(tmp_path):
    with pytest.raises(LimitError, match="more than 4 frames"):
        write(tmp_path, [(picture(0), None)] * 5, max_frames=4)
    with pytest.raises(LimitError, match=r"which exceeds the limit of 10\."):
        write(tmp_path, [(picture(0), None)], max_bytes=10)


def test_nothing_captured_is_no_clip(tmp_path):
    assert write(tmp_path, []) is None


def test_without_a_format_frames_are_checked_and_nothing_is_written(tmp_path):
    counts = []
    right = [(picture(0), 0.3), (picture(100), None)]
    assert write(tmp_path, right, formats=(), on_frame=counts.append) is None
    assert counts == [3, 4]
    with pytest.raises(
        FrameError, match="frame 2 has 32 x 40 pixels, but the first frame has 32 x 32"
    ):
        write(tmp_path, [(picture(0), None), (picture(0, height=40), None)], formats=())
    with pytest.raises(LimitError, match="more than 3 frames"):
        write(tmp_path, right, formats=(), max_frames=3)
    assert not list(tmp_path.iterdir())


def test_captions_are_cues_that_last_until_the_next():
    text = to_webvtt([(0.0, "one & <two>"), (1.5, ""), (3661.25, "last\n\nline")], 3700.0)
    assert text == (
        "WEBVTT\n\n"
        "00:00:00.000 --> 00:00:01.500\none &amp; &lt;two&gt;\n\n"
        "01:01:01.250 --> 01:01:40.000\nlast line\n"
    )


def test_a_caption_that_is_repeated_stays():
    """As in a loop with caption=f"t = {t:.1f}"."""
    repeated = [(0.0, "a"), (0.04, "a "), (0.08, "b"), (0.08, "a"), (0.12, ""), (0.16, "a")]
    assert to_webvtt(repeated, 0.2) == to_webvtt([(0.0, "a"), (0.12, ""), (0.16, "a")], 0.2)


@pytest.mark.parametrize("code", [*range(32), *range(127, 160), 0x2028, 0x2029])
def test_control_characters_are_no_text(code):
    text = to_webvtt([(0.0, f"a{chr(code)}b --> c")], 1.0)
    assert text == "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\na b --&gt; c\n"


@pytest.mark.parametrize("caption", [5, b"x", ["x"], True, np.float64(1), object()])
def test_a_caption_is_text(tmp_path, caption):
    check_refused(tmp_path, caption, r"a caption must be a string, not ")


@pytest.mark.parametrize("caption", ["\ud800", "text \udcff text", "\udfff\ud800"])
def test_a_caption_is_text_that_can_be_written(tmp_path, caption):
    said = r"the caption has a character that UTF-8 cannot represent, '\\ud\w+', at position \d\. "
    check_refused(tmp_path, caption, said + "Remove it, or decode the text with the encoding of")


def check_refused(folder, caption, said):
    writer = ClipWriter(folder, "1", Fraction(10))
    writer.capture(picture(0), caption="good")
    with pytest.raises(FrameError, match=said):
        writer.capture(picture(100), caption=caption)
    writer.capture(picture(200), caption=np.str_("été \U0001f41f"))
    assert writer.finish().frame_count == 2
    text = (folder / "1-captions.vtt").read_text("utf-8")
    assert [line for line in text.splitlines() if line.startswith(("good", "été"))] == [
        "good",
        "été \U0001f41f",
    ]


@pytest.mark.parametrize(
    ("seconds", "frame"), [("1.16s", 29), ("1.15s", 28), ("0s", 0), ("1.1999 s", 29)]
)
def test_a_poster_at_a_time_is_the_frame_that_begins_then(seconds, frame):
    wanted = OPTIONS["poster"].read(seconds)
    picker = PosterPicker(wanted, Fraction(25))
    levels = [np.full((4, 4, 4), level, np.uint8) for level in range(40)]
    for number, level in enumerate(levels):
        picker.see(number, 1, level, (4, 4))
    png, _ = picker.pictures()
    assert Image.open(io.BytesIO(png)).getpixel((0, 0)) == (frame,) * 3
