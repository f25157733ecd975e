import io

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from sphinxcontrib_animvideo.core.frames.arrays import on_white
from sphinxcontrib_animvideo.core.frames.grabber import FrameGrabber
from sphinxcontrib_animvideo.core.frames.sources import animations_of
from sphinxcontrib_animvideo.errors import FrameError, LimitError

RED = np.zeros((4, 6, 3), np.uint8)
RED[..., 0] = 200


def take(source, **options):
    return FrameGrabber(**options).take(source)


def png(image, kind="PNG"):
    buffer = io.BytesIO()
    image.save(buffer, kind, **({"exif": image.getexif()} if kind == "JPEG" else {}))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "array",
    [
        RED,
        RED.astype(int),
        RED / 255,
        (RED / 255).astype(np.float32),
        RED.astype(np.uint16) * 257,
        np.dstack([RED, np.full((4, 6), 255, np.uint8)]),
        RED[::-1][::-1],
        Image.fromarray(RED),
        png(Image.fromarray(RED)),
    ],
    ids=["uint8", "int", "float64", "float32", "uint16", "rgba", "strided", "PIL", "PNG bytes"],
)
def test_each_kind_of_picture_keeps_its_pixels(array):
    frame = take(array)
    assert frame.shape == (4, 6, 4)
    assert frame.dtype == np.uint8
    assert frame.flags.c_contiguous
    np.testing.assert_array_equal(frame[..., :3], RED)
    assert (frame[..., 3] == 255).all()


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 1)])
def test_gray(shape):
    levels = np.arange(6, dtype=np.uint8).reshape(shape)
    np.testing.assert_array_equal(take(levels)[..., 1], levels.reshape(2, 3))


def test_bools_are_black_and_white():
    assert take(np.array([[True, False]]))[0, :, 0].tolist() == [255, 0]


def test_image_files_and_exif_orientation(tmp_path):
    image = Image.fromarray(np.dstack([np.tile(np.arange(8, dtype=np.uint8) * 30, (4, 1))] * 3))
    image.getexif()[0x0112] = 6  # rotate by 90 degrees to see it upright
    path = tmp_path / "photo.jpg"
    path.write_bytes(png(image, "JPEG"))
    assert take(str(path)).shape == (8, 4, 4)
    assert take(path).shape == (8, 4, 4)


def test_transparent_pixels_are_composited_onto_white():
    pixels = np.zeros((1, 3, 4), np.uint8)
    pixels[0, :, 3] = [0, 128, 255]
    assert on_white(pixels)[0, :, 0].tolist() == [255, 127, 0]
    assert (on_white(pixels)[..., 3] == 255).all()


def test_a_figure_is_what_agg_draws():
    figure = Figure(figsize=(2, 1), dpi=50)
    figure.subplots().plot([0, 1])
    FigureCanvasAgg(figure).draw()
    expected = np.asarray(figure.canvas.buffer_rgba()).copy()
    np.testing.assert_array_equal(take(figure), expected)
    assert take(figure, dpi=100).shape == (100, 200, 4)
    assert figure.dpi == 50


def test_animated_artists_are_drawn():
    figure = Figure(figsize=(1, 1))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.axis("off")
    axes.axhspan(0, 1, color="blue", animated=True)
    assert take(figure)[50, 50].tolist() == [0, 0, 255, 255]


def test_a_transparent_figure_is_white():
    figure = Figure(figsize=(1, 1), facecolor="none")
    assert (take(figure) == 255).all()


def test_tight_bounding_boxes_have_no_effect():
    import matplotlib as mpl

    with mpl.rc_context({"savefig.bbox": "tight"}):
        assert take(Figure(figsize=(1, 1))).shape == (100, 100, 4)


@pytest.mark.parametrize("dpi", [None, 200])
def test_axes_are_the_picture_inside_without_decoration(dpi):
    figure = Figure(figsize=(2, 2))
    axes = figure.add_axes((0.25, 0.25, 0.5, 0.5))
    axes.imshow(np.full((2, 2, 3), (0, 255, 0), np.uint8), aspect="auto")
    axes.set_title("title")
    axes.tick_params(direction="in", length=20)
    frame = take(axes, dpi=dpi)
    side = 100 if dpi is None else 200
    assert frame.shape == (side, side, 4)
    assert (frame == [0, 255, 0, 255]).all()
    assert axes.xaxis.get_visible()
    assert all(spine.get_visible() for spine in axes.spines.values())


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (np.array([[0.5, np.nan]]), "1 values that are masked, NaN, or infinite"),
        (np.array([[0.0, 255.0]]), "floats range from 0 to 255, but must be from 0 to 1"),
        (np.array([[-1, 300]]), "integers range from -1 to 300, but must be from 0 to 255"),
        (np.zeros((2, 2, 5)), r"shape \(2, 2, 5\)"),
        (np.zeros(3), r"shape \(3,\)"),
        (np.zeros((0, 3)), r"shape \(0, 3\)"),
        (np.zeros((2, 2), complex), "an array of dtype complex128 cannot become a frame"),
        (np.array([[object()]]), "an array of dtype object cannot become a frame"),
        (take, "an object of type function cannot become a frame"),
        (np.ma.masked_equal([[1, 2]], 1), "1 values that are masked"),
        ("no/such.png", "does not exist"),
        (b"not an image", "the image is not in a format that Pillow can read"),
        (png(Image.fromarray(RED))[:45], "the image cannot be read as an image"),
        (3, "an object of type int cannot become a frame"),
        ([[1], [2, 3]], "an object of type list cannot become a frame"),
        (Figure(figsize=(0.001, 0.001)), "0 x 0 pixels"),
    ],
)
def test_what_cannot_become_a_frame_says_why(source, said):
    with pytest.raises(FrameError, match=said):
        take(source)


def test_too_many_pixels_are_refused_before_they_are_drawn():
    with pytest.raises(
        LimitError, match="has 10000000000 pixels, which exceeds the limit of 1000000"
    ):
        take(Figure(figsize=(1000, 1000)), max_pixels=10**6)
    with pytest.raises(LimitError):
        take(np.zeros((100, 100)), max_pixels=9999)


def test_animations_are_found_once_in_order():
    from matplotlib.animation import FuncAnimation

    figure = Figure()
    one, two = (FuncAnimation(figure, lambda i: None, 1) for _ in range(2))
    namespace = {"a": one, "b": [two, one], "c": {"d": two}, "e": 3}
    assert animations_of(namespace) == [one, two]
    for moving in (one, two):
        moving._draw_was_started = True  # or Matplotlib warns that nobody rendered it
