"""No call draws outside the pixels that it is said to draw to."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from sphinxcontrib_animvideo.core.frames.redraw.display_list import Box, DisplayListRenderer

WIDTH, HEIGHT = 60, 40

place = st.tuples(st.floats(-20, 80), st.floats(-20, 60))
step = st.sampled_from([(5, 0), (0, 7.3), (-4.6, 0), (3, 4), (np.nan, 0), (60, 1e-5)])


@st.composite
def paths(draw):
    """Vertices that go to and fro, many of them upright and level, some of them nowhere."""
    steps = draw(st.lists(step, min_size=1, max_size=6))
    start = np.array(draw(place))
    points = [start, *(start + total for total in np.nancumsum(steps, axis=0))]
    lost = [False, *(bool(np.isnan(one).any()) for one in steps)]
    codes = draw(st.sampled_from([None, "jumps"]))
    if codes:
        codes = [Path.MOVETO, *(draw(st.sampled_from([Path.MOVETO, Path.LINETO])) for _ in steps)]
    return Path(np.where(np.c_[lost, lost], np.nan, points), codes)


def check(artist):
    figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100)
    FigureCanvasAgg(figure)
    figure.add_artist(artist)
    artist.set_transform(None)
    renderer = DisplayListRenderer(WIDTH, HEIGHT, 100)
    for call in renderer.record(artist)[0]:
        renderer.play([call])
        rows, columns = np.nonzero(renderer.pixels[..., 3])
        if len(rows):
            # With the middles of all pixels, two extents meet wherever they share a pixel.
            drawn = Box(columns.min(), rows.min(), columns.max(), rows.max())
            middles = Box(*(end + 0.5 for end in drawn))
            assert call.extent.holds(middles)


@settings(max_examples=200, deadline=None)
@given(
    path=paths(),
    width=st.floats(0, 12),
    joins=st.sampled_from(["miter", "round", "bevel"]),
    caps=st.sampled_from(["butt", "round", "projecting"]),
    snap=st.sampled_from([None, True, False]),
    smooth=st.booleans(),
    filled=st.booleans(),
)
def test_paths(path, width, joins, caps, snap, smooth, filled):
    check(
        PathPatch(
            path,
            linewidth=width,
            joinstyle=joins,
            capstyle=caps,
            snap=snap,
            antialiased=smooth,
            fill=filled,
        )
    )
