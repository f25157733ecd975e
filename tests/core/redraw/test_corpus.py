"""Every frame is, byte for byte, what a full redraw of a second figure gives, as is its description."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib import pyplot as plt

from sphinxcontrib_animvideo.core.frames.drawing import motion_of
from sphinxcontrib_animvideo.core.frames.redraw import Redrawer

from .corpus import CASES


@pytest.fixture(autouse=True)
def _no_figures_left():
    yield
    plt.close("all")


TWICE = list(CASES)[::3]
"""Cases that are also drawn with the full redraws that are compared with, and mended by them."""


@pytest.mark.parametrize("name", CASES)
def test_frames_are_those_of_a_full_redraw(name, monkeypatch):
    monkeypatch.setattr(Redrawer, "_is_compared", lambda self: self._frame_count in (2, 4, 8, 16))
    with np.errstate(all="ignore"):
        expected = Taker(incremental=False)
        taken = {"alone": Taker()} | ({"compared": Taker()} if name in TWICE else {})
        figures = zip(*(CASES[name]() for _ in range(1 + len(taken))), strict=True)
        for number, (other, *own) in enumerate(figures):
            pixels = expected.take(other)
            for (how, taker), figure in zip(taken.items(), own, strict=True):
                assert other is not figure
                differing = (pixels != taker.take(figure)).any(axis=2)
                assert not differing.any(), f"{how}, frame {number}: {int(differing.sum())} pixels"
                assert taker.described() == expected.described(), f"{how}, frame {number}"
                if how == "alone":  # nothing is mended by the full redraws that are compared with
                    taker.redrawer._is_compared = lambda: False
        for taker in taken.values():
            taker.redrawer.finish()


class Taker:
    def __init__(self, incremental=True):
        self.incremental = incremental
        self.redrawer = None

    def take(self, figure):
        if self.redrawer is None:
            self.redrawer = Redrawer(figure, incremental=self.incremental, describe=True)
        return self.redrawer.frame().copy()

    def described(self):
        drawing = self.redrawer.drawing
        return drawing.lines(), motion_of([drawing]).tolist()
