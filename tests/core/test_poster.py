"""The still picture: a PNG, and a smaller WebP for pages."""

from fractions import Fraction

import numpy as np
import pytest
from matplotlib import pyplot as plt
from PIL import Image, features

from sphinxcontrib_animvideo.core.encoding.poster import PosterPicker, write_poster


def plot() -> np.ndarray:
    fig, ax = plt.subplots(figsize=(3, 2))
    ax.plot([0, 2, 1], color="tab:red")
    ax.set_title("title", color="tab:blue")
    fig.canvas.draw()
    return np.asarray(fig.canvas.buffer_rgba())


def photograph() -> np.ndarray:
    """A gradient with the noise of a sensor."""
    row = np.linspace(40, 200, 200)
    levels = row[:, None, None] + row[None, :, None] * [0.2, 0, -0.1]
    noise = np.random.default_rng(1).normal(0, 3, (200, 200, 4))
    return np.clip(noise + np.dstack([levels, np.full((200, 200), 255)]), 0, 255).astype(np.uint8)


def posters(folder, frame):
    """Write the posters of a frame; return their descriptions and pixels."""
    picker = PosterPicker("first", Fraction(25))
    picker.see(0, 1, frame, frame.shape[1::-1])
    files = write_poster(picker.pictures(), folder / "1-poster.png")
    return [
        file and (file, np.asarray(Image.open(folder / file.name).convert("RGB"), int))
        for file in files
    ]


def test_a_plot_is_the_same_picture_in_fewer_bytes(tmp_path):
    frame = plot()
    (png, drawn), (webp, shown) = posters(tmp_path, frame)
    assert (webp.name, webp.type) == ("1-poster.webp", "image/webp")
    assert webp.size == (tmp_path / webp.name).stat().st_size < 0.8 * png.size
    assert (drawn == frame[:, :, :3]).all()
    assert (shown == drawn).all()
    assert posters(tmp_path, frame)[1][0] == webp  # the hash as well


def test_a_photograph_is_lossy(tmp_path):
    (png, drawn), (webp, shown) = posters(tmp_path, photograph())
    assert webp.size < png.size / 5
    assert 0 < np.abs(shown - drawn).mean() < 4


@pytest.mark.parametrize("reason", ["tiny", "wide", "pillow"])
def test_pages_load_the_png_where_there_is_no_smaller_webp(tmp_path, monkeypatch, reason):
    frame = plot()
    if reason == "tiny":
        frame = np.random.default_rng(1).integers(0, 255, (3, 3, 4), np.uint8)
    if reason == "wide":
        frame = np.full((1, 16384, 4), 255, np.uint8)
    if reason == "pillow":
        monkeypatch.setattr(features, "check", lambda name: None)
    _, webp = posters(tmp_path, frame)
    assert webp is None
    assert [path.name for path in tmp_path.iterdir()] == ["1-poster.png"]
