from fractions import Fraction

import pytest

from sphinxcontrib_animvideo.core.encoding.timeline import Timeline, natural_rate


def test_captures_without_hold_are_one_frame_each():
    timeline = Timeline(Fraction(25))
    assert [timeline.advance() for _ in range(3)] == [1, 1, 1]
    assert timeline.seconds == pytest.approx(0.12)


def test_holds_become_repeated_frames():
    timeline = Timeline(Fraction(25))
    assert timeline.advance(1.0) == 25
    assert timeline.advance(0.5) in (12, 13)


def test_rounding_does_not_drift():
    timeline = Timeline(Fraction(25))
    for _ in range(1000):
        timeline.advance(0.033)
    assert timeline.frame_count == 825


def test_holds_shorter_than_a_frame_can_fill_none():
    timeline = Timeline(Fraction(10))
    assert sum(timeline.advance(0.01) for _ in range(100)) == 10


@pytest.mark.parametrize(
    ("seconds", "rate"),
    [(0.05, Fraction(20)), (0.5, Fraction(2)), (1 / 60 + 1e-9, 60), (0.001, 25), (0, 25)],
)
def test_own_rate(seconds, rate):
    assert float(natural_rate(seconds, Fraction(25))) == pytest.approx(float(rate), rel=1e-6)
