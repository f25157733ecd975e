"""Every frame is, byte for byte, what a full redraw of a second figure gives."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib import pyplot as plt

from sphinxcontrib_animvideo.core.frames.redraw import Redrawer

from .corpus import CASES

pytestmark = pytest.mark.drawing


@pytest.fixture(autouse=True)
def _no_figures_left():
    yield
    plt.close("all")


@pytest.mark.parametrize("compared", [False, True], ids=["alone", "compared"])
@pytest.mark.parametrize("name", CASES)
def test_frames_are_those_of_a_full_redraw(name, compared, monkeypatch):
    if not compared:  # nothing is mended by the full redraws that frames are compared with
        monkeypatch.setattr(Redrawer, "_compare", lambda *args: None)
    with np.errstate(all="ignore"):
        expected = Taker(incremental=False)
        taken = Taker(incremental=True)
        for number, (other, figure) in enumerate(zip(CASES[name](), CASES[name](), strict=True)):
            assert other is not figure
            differing = (expected.take(other) != taken.take(figure)).any(axis=2)
            assert not differing.any(), f"frame {number}: {int(differing.sum())} pixels differ"
        taken.redrawer.finish()


class Taker:
    def __init__(self, incremental):
        self.incremental = incremental
        self.redrawer = None

    def take(self, figure):
        if self.redrawer is None:
            self.redrawer = Redrawer(figure, incremental=self.incremental)
        return self.redrawer.frame().copy()
