from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from sphinxcontrib_animvideo.core.encoding.timeline import Timeline, frame_rate
from sphinxcontrib_animvideo.errors import FrameError


def test_captures_without_hold_are_one_frame_each():
    timeline = Timeline(Fraction(25))
    assert [timeline.advance() for _ in range(3)] == [1, 1, 1]
    assert timeline.seconds == pytest.approx(0.12)


def test_holds_become_repeated_frames():
    timeline = Timeline(Fraction(25))
    assert timeline.advance(1.0) == 25
    assert timeline.advance(0.5) in (12, 13)


@pytest.mark.parametrize(
    "hold",
    [2, 2.0, Fraction(2), Decimal(2), np.float32(2), np.int64(2), np.uint8(2), np.array(2.0)],
)
def test_a_hold_is_a_number_of_any_type(hold):
    assert Timeline(Fraction(25)).advance(hold) == 50


@pytest.mark.parametrize("kind", [float, np.float32, np.float64, lambda text: Decimal(str(text))])
def test_a_hold_is_exactly_what_is_written(kind):
    timeline = Timeline(Fraction(10))
    assert [timeline.advance(kind(0.1)) for _ in range(1000)] == [1] * 1000


@pytest.mark.parametrize(
    "hold",
    [
        *(
            0,
            -1,
            1e6 + 1,
            float("nan"),
            float("inf"),
            -float("inf"),
            10**400,
            Decimal("1e99999999"),
        ),
        *(True, False, np.True_, "1", "x", b"1", "", [1], (1,), {}, object(), 1j, int, 0 * 1.0),
        *(np.array([1.0]), np.ones((100, 100)), np.nan, Decimal("nan"), Fraction(-1, 3)),
    ],
)
def test_a_hold_is_no_other_value(hold):
    timeline = Timeline(Fraction(25))
    with pytest.raises(FrameError, match=r"^hold must be a positive number of seconds, not .") as e:
        timeline.advance(hold)
    assert len(str(e.value)) < 300
    assert (timeline.frame_count, timeline.capture_count, timeline.seconds) == (0, 0, 0)


def test_rounding_does_not_drift():
    timeline = Timeline(Fraction(25))
    for _ in range(1000):
        timeline.advance(0.033)
    assert timeline.frame_count == 825


def test_holds_shorter_than_a_frame_can_fill_none():
    timeline = Timeline(Fraction(10))
    assert sum(timeline.advance(0.01) for _ in range(100)) == 10


@pytest.mark.parametrize(
    ("step", "rate"),
    [
        (0.05, Fraction(20)),
        (0.5, Fraction(2)),
        (2.0, Fraction(1, 2)),
        (1 / 60, Fraction(60)),
        (1000 / 60 / 1000, Fraction(60)),
        (1000 / 24 / 1000, Fraction(24)),
        (1 / 29.97, Fraction(2997, 100)),
        (1001 / 30000, Fraction(30000, 1001)),
        (Fraction(1001, 24000), Fraction(24000, 1001)),
        (0.033, Fraction(1000, 33)),
        (0.016, Fraction(125, 2)),
        (0.01, Fraction(100)),
        (0.0099, Fraction(25)),
        (0.001, Fraction(25)),
        (1e-12, Fraction(25)),
    ],
)
def test_a_constant_step_sets_the_rate_down_to_10_ms(step, rate):
    assert frame_rate(step=step, default=Fraction(25)) == rate


@pytest.mark.parametrize("explicit", [5, 61, 100, 120, 200, 29.97, 30000 / 1001, 59.94, 0.5])
def test_a_rate_that_the_code_passes_is_followed(explicit):
    rate = frame_rate(explicit=explicit, step=0.04, default=Fraction(10))
    assert float(rate) == explicit
    assert rate.denominator < 10_000


def test_the_option_decides_first():
    rate = frame_rate(option=Fraction(7), explicit=5, step=0.04, default=Fraction(10))
    assert rate == 7
    assert frame_rate(default=Fraction(10)) == 10


def test_captures_that_fill_no_frame_are_counted():
    timeline = Timeline(Fraction(25))
    for _ in range(4):
        timeline.advance(0.02)
    assert (timeline.frame_count, timeline.dropped_count) == (2, 2)
    assert timeline.dropped == (
        "2 of 4 captures are not in the video, because each lasts less than one frame (1/25 s). "
        "Increase fps, or hold them longer."
    )
    assert Timeline(Fraction(25)).dropped == ""


def test_a_capture_of_a_whole_frame_is_never_dropped():
    timeline = Timeline(Fraction(25))
    timeline.advance(0.5)
    assert [timeline.advance(0.04) for _ in range(50)] == [1] * 50
