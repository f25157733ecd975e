"""Objects of other libraries, by the protocols that they follow."""

import base64
import io
import re
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from sphinxcontrib_animvideo import VideoWriter, frame, write_video
from sphinxcontrib_animvideo.errors import FrameError
from tests.video import decode


def png(color=(200, 0, 0), size=(6, 4)):
    buffer = io.BytesIO()
    Image.new("RGB", size, color).save(buffer, "PNG")
    return buffer.getvalue()


class Displayed:
    """What notebooks display as a PNG."""

    def __init__(self, value):
        self.value = value

    def _repr_png_(self):
        return self.value


@pytest.mark.parametrize(
    "value",
    [
        png(),
        base64.b64encode(png()).decode(),
        base64.encodebytes(png()).decode(),
        (png(), {"width": 3}),
        (base64.b64encode(png()).decode(), {}),
    ],
)
def test_what_a_notebook_shows_as_png(value, tmp_path):
    assert frame(Displayed(value)).shape == (4, 6, 4)
    video = write_video(tmp_path / "a.mp4", [Displayed(value)] * 2)
    assert (video.frame_count, video.width) == (2, 6)
    assert write_video(tmp_path / "a.mp4", Displayed(value)).frame_count == 1


@pytest.mark.parametrize("value", [None, 3, (None, {}), ""])
def test_what_a_notebook_does_not_show_as_png(value):
    with pytest.raises(FrameError, match=r"Displayed|not in a format"):
        frame(Displayed(value))


def test_the_error_for_displayed_objects_has_no_data_in_it():
    with pytest.raises(FrameError) as caught:
        frame(Displayed("x" * 10_000))
    assert len(str(caught.value)) < 300


def figure_with_axes():
    figure, axes = plt.subplots(2, 2, figsize=(2, 1))
    axes[0, 0].plot([0, 1])
    return figure, axes


def test_what_belongs_to_a_figure_shows_the_figure(tmp_path):
    figure, axes = figure_with_axes()
    expected = frame(figure)
    grid = SimpleNamespace(figure=figure, axes=axes)
    for source in (grid, axes, axes[0], axes[0, 0].lines[0], figure.subfigures()):
        assert np.array_equal(frame(source), expected)
    with VideoWriter(tmp_path / "a.mp4") as writer:
        writer.capture(grid)
        writer.capture(axes)
    assert writer.video.frame_count == 2
    assert write_video(tmp_path / "a.mp4", [grid, axes]).frame_count == 2
    assert write_video(tmp_path / "a.mp4", grid).frame_count == 1


def test_axes_show_what_is_inside_of_them():
    _, axes = figure_with_axes()
    assert frame(axes[0, 0]).shape[1] < 200


def test_a_buffer_that_was_just_written():
    buffer = io.BytesIO()
    Figure(figsize=(2, 1), dpi=50).savefig(buffer, format="png", dpi=50)
    assert frame(buffer).shape == (50, 100, 4)


class Labeled:
    """A labeled array, as of xarray."""

    def __init__(self, values):
        self.values = values
        self.shape = values.shape

    def __array__(self, dtype=None, copy=None):
        return self.values

    def __iter__(self):
        return iter([Labeled(value) for value in self.values])


@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_array_likes_are_pictures_or_stacks_of_them(tmp_path):
    assert write_video(tmp_path / "a.mp4", Labeled(np.zeros((30, 40)))).frame_count == 1
    assert write_video(tmp_path / "a.mp4", Labeled(np.zeros((5, 30, 40)))).frame_count == 5
    assert frame(np.asmatrix([[0.0, 0.5]])).shape == (1, 2, 4)


def named(name, package, **attributes):
    return type(name, (), {"__module__": package, **attributes})()


TABLE = named("DataFrame", "pandas.core.frame", columns=["a"], __iter__=lambda self: iter("ab"))


@pytest.mark.parametrize("source", [TABLE, {"a": np.zeros((4, 4))}, {1, 2}])
def test_tables_and_mappings_are_refused_by_name(tmp_path, source):
    name = type(source).__name__
    for call in (lambda: write_video(tmp_path / "a.mp4", source), lambda: frame(source)):
        with pytest.raises(FrameError, match=rf"type (pandas\.)?{name} cannot become a frame"):
            call()


@pytest.mark.parametrize(
    ("source", "advice"),
    [
        (named("Plotter", "pyvista.plotting.plotter"), "Pass plotter.screenshot()."),
        (named("Figure", "plotly.graph_objs"), 'Pass figure.to_image("png").'),
        (
            named("Surface", "pygame.surface"),
            "Pass pygame.surfarray.array3d(surface).swapaxes(0, 1).",
        ),
        (named("Tensor", "torch"), "Pass tensor.detach().cpu().numpy()."),
        (named("Thing", "unknown"), "Use a Matplotlib figure or axes, an array"),
    ],
)
def test_other_objects_are_refused_with_the_line_to_write(source, advice):
    with pytest.raises(FrameError, match=re.escape(advice)):
        frame(source)


def test_an_object_that_is_refused_is_not_iterated(tmp_path):
    plot = named("Figure", "plotly.graph_objs", __iter__=lambda self: iter(["data"]))
    with pytest.raises(FrameError, match=r"plotly\.Figure cannot become a frame. Pass figure"):
        write_video(tmp_path / "a.mp4", plot)


def test_none_among_pictures_is_refused(tmp_path):
    with pytest.raises(FrameError) as caught:
        write_video(tmp_path / "a.mp4", [np.zeros((4, 4)), None])
    assert str(caught.value) == (
        "picture 1 of the iterable is None. Does the function that makes the pictures return them?"
    )


def test_a_directory_is_named_with_the_pattern_for_its_images(tmp_path):
    (tmp_path / "frames").mkdir()
    with pytest.raises(FrameError, match=r"is a directory. To use the images in it, pass a"):
        write_video(tmp_path / "a.mp4", tmp_path / "frames")
    with pytest.raises(FrameError, match="is a directory"):
        frame(tmp_path / "frames")


@pytest.mark.parametrize("name", ["a[1].png", "run [v1]/a b.png", "-a.png", "a:b.png", "?.png"])
def test_a_name_that_exists_is_a_name(tmp_path, name):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(png())
    assert write_video(tmp_path / "a.mp4", path).frame_count == 1
    assert write_video(tmp_path / "a.mp4", str(path)).frame_count == 1


def test_a_pattern_with_brackets_in_its_folder_is_explained(tmp_path):
    (tmp_path / "run [v1]").mkdir()
    (tmp_path / "run [v1]" / "1.png").write_bytes(png())
    with pytest.raises(FrameError, match=r"If the brackets are part of the name, use glob.escape"):
        write_video(tmp_path / "a.mp4", str(tmp_path / "run [v1]" / "*.png"))


# Colors of arrays ---------------------------------------------------------------------------------

DATA = np.linspace(0, 1, 600).reshape(20, 30)


def mapped(tmp_path, pictures, **options):
    write_video(tmp_path / "a.mkv", pictures, quality="lossless", **options)
    return decode(tmp_path / "a.mkv").frames


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(
    "limits", [{"cmap": "viridis"}, {"vmin": 0}, {"vmax": 1}, {"norm": plt.Normalize()}]
)
def test_values_that_are_not_finite_decide_no_limits(tmp_path, bad, limits):
    data = DATA.copy()
    data[3, 4] = bad
    clean, found = (
        mapped(tmp_path, [picture, DATA], **{**limits, "cmap": "viridis"})
        for picture in (DATA, data)
    )
    assert found[0][3, 4].tolist() == [255, 255, 255]
    found[0][3, 4] = clean[0][3, 4]
    assert np.array_equal(found, clean)


def test_limits_come_from_the_first_array_with_finite_values(tmp_path):
    empty = np.full_like(DATA, np.nan)
    first, second = mapped(tmp_path, [empty, DATA], cmap="viridis")
    assert (first == 255).all()
    assert np.array_equal(second, mapped(tmp_path, [DATA], cmap="viridis")[0])


def test_limits_from_one_value_are_reported(tmp_path):
    with pytest.warns(UserWarning, match=r"the first array has only the value 0, which sets the"):
        mapped(tmp_path, [DATA * 0, DATA], cmap="viridis")


def test_limits_that_exclude_each_other_are_an_error_of_ours(tmp_path):
    with pytest.raises(FrameError, match=r"with vmin=5\.0 and vmax=1\.0 \(minvalue must be"):
        mapped(tmp_path, [DATA], cmap="viridis", vmin=5)


@pytest.mark.parametrize(
    "array",
    [
        np.full((4, 4), np.nextafter(np.float32(1), np.float32(2))),
        np.full((4, 4), 1 + 1e-4),
        np.array([[-1e-3, 1.001], [0, 1]]),
    ],
)
def test_rounding_errors_are_accepted(array):
    assert frame(array).max() == 255


def test_values_out_of_range_are_told_with_all_their_digits():
    with pytest.raises(FrameError, match=r"floats range from 0 to 1\.0021, but must be"):
        frame(np.array([[0, 1.0021]]))


@pytest.mark.parametrize(
    ("array", "high", "largest"),
    [
        (np.eye(4, dtype=np.uint8), 1, 255),
        (np.arange(8).reshape(2, 4), 7, 255),
        (np.full((2, 2), 4095, np.uint16), 4095, 65535),
    ],
)
def test_masks_labels_and_12_bit_data_are_told(tmp_path, array, high, largest):
    message = (
        f"the largest value of the arrays is {high}, which is nearly black: the values are shades "
        f"of gray from 0 to {largest}. To show a mask, labels, or data of fewer bits, pass cmap=, "
        "vmin=, and vmax= to VideoWriter or write_video, or draw the array with imshow()."
    )
    with pytest.warns(UserWarning, match=f"^{re.escape(message)}$") as caught:
        write_video(tmp_path / "a.mp4", [array, array])
    assert len(caught) == 1
    assert caught[0].filename == __file__
    write_video(tmp_path / "a.mp4", [array, np.full_like(array, largest)])  # it fades in


def test_dropped_captures_are_told(tmp_path):
    writer = VideoWriter(tmp_path / "a.mp4", fps=25)
    for _ in range(4):
        writer.capture(np.zeros((4, 4)), hold=0.02)
    with pytest.warns(
        UserWarning, match=r"2 of 4 captures are not in the video, because each lasts"
    ):
        writer.close()
