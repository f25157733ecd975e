"""Videos that flash, and videos that only look as if they did."""

from fractions import Fraction
from itertools import cycle, islice

import numpy as np
import pytest

from sphinxcontrib_animvideo.core.encoding.clip_writer import ClipWriter
from sphinxcontrib_animvideo.core.encoding.flash_detector import FlashDetector

BLACK, WHITE = (0, 0, 0), (255, 255, 255)
CELLS = 24, 32  # rows and columns, of 16 x 16 pixels
AREA = 341 * 256 / 4


def gray(luminance):
    """Return the color with a relative luminance."""
    level = 12.92 * luminance if luminance <= 0.0031308 else 1.055 * luminance ** (1 / 2.4) - 0.055
    return (round(255 * level),) * 3


def grid(color, shape=CELLS):
    picture = np.empty((*shape, 4), np.uint8)
    picture[:] = (*color, 255)
    return picture.view(np.uint32)[:, :, 0]


def detected(frames, fps=24):
    """Return what flashes in pictures by the number of the frame from which each is shown."""
    detector = FlashDetector((16, 16), Fraction(fps))
    for number, picture in dict(frames).items():
        detector.see(number, picture)
    return [(each.kind, each.first, each.last, each.per_second) for each in detector.found]


def alternating(*colors, hold, count):
    """Yield *count* pictures, each shown for *hold* frames."""
    pictures = islice(cycle(grid(color) for color in colors), count)
    return [(hold * number, picture) for number, picture in enumerate(pictures)]


@pytest.mark.parametrize(("hertz", "per_second"), [(2, 0), (3, 0), (4, 4), (6, 6), (12, 12)])
def test_black_and_white(hertz, per_second):
    found = detected(alternating(BLACK, WHITE, hold=24 // (2 * hertz), count=8 * hertz))
    assert [(kind, flashes) for kind, _, _, flashes in found] == [("general", per_second)] * bool(
        per_second
    )


def test_the_frames_of_the_flashes_are_named():
    still = [(0, grid(BLACK)), (50, grid(BLACK))]
    flashes = [(100 + 3 * n, grid(WHITE if n % 2 == 0 else BLACK)) for n in range(8)]
    assert detected([*still, *flashes, (200, grid(WHITE))]) == [("general", 100, 121, 4)]
    later = [(number + 200, picture) for number, picture in flashes]
    assert [found[1:3] for found in detected([*still, *flashes, *later])] == [
        (100, 121),
        (300, 321),
    ]


@pytest.mark.parametrize(("transitions", "fails"), [(6, False), (7, False), (8, True)])
def test_three_flashes_pass_and_four_fail(transitions, fails):
    frames = [
        (0, grid(BLACK)),
        *((24 + n, grid((WHITE, BLACK)[n % 2])) for n in range(transitions)),
    ]
    assert bool(detected(frames)) == fails


@pytest.mark.parametrize(("last", "fails"), [(33, True), (34, False)])
def test_the_second_is_any_second(last, fails):
    """Four flashes from frame 10 on, whose last change is at frame *last*; a second has 24."""
    changes = [10, 13, 16, 19, 22, 25, 28, last]
    frames = [
        (0, grid(BLACK)),
        *((at, grid((WHITE, BLACK)[n % 2])) for n, at in enumerate(changes)),
    ]
    assert bool(detected(frames)) == fails


@pytest.mark.parametrize("fps", [1, Fraction(7, 2)])
def test_few_frames_a_second_cannot_flash(fps):
    assert detected(alternating(BLACK, WHITE, hold=1, count=60), fps) == []


@pytest.mark.parametrize(
    ("dark", "light", "fails"),
    [
        (0.3, 0.395, False),
        (0.3, 0.405, True),
        (0.79, 0.90, True),
        (0.81, 1.0, False),
        (0, 0.11, True),
    ],
)
def test_the_luminance_that_counts(dark, light, fails):
    frames = alternating(gray(dark), gray(light), hold=3, count=40)
    assert bool(detected(frames)) == fails


def test_a_fade_of_small_steps_is_one_change():
    """Twelve steps up and twelve down, once a second and four times a second."""
    levels = [*np.linspace(0, 1, 12), *np.linspace(1, 0, 12)]
    shades = [grid(gray(level)) for level in levels * 4]
    assert detected(enumerate(shades), fps=24) == []
    assert [found[3] for found in detected(enumerate(shades), fps=96)] == [4]


@pytest.mark.parametrize(
    ("one", "other", "kinds"),
    [
        ((255, 0, 0), (0, 0, 0), ["general", "red"]),
        ((255, 0, 0), (0, 0, 255), ["general", "red"]),
        ((255, 0, 0), (0, 127, 0), ["red"]),  # of the same luminance
        ((190, 0, 0), (0, 95, 0), ["red"]),
        ((255, 0, 0), (210, 0, 0), []),
        ((200, 100, 100), (0, 127, 0), []),  # red, but not saturated
        ((0, 0, 255), (0, 80, 0), []),
        ((3, 0, 0), (0, 0, 3), []),  # nearly black
    ],
    ids=str,
)
def test_saturated_red(one, other, kinds):
    frames = alternating(one, other, hold=3, count=40)
    assert sorted(found[0] for found in detected(frames)) == kinds


def test_red_that_fades_by_way_of_white():
    ramp = np.linspace(0, 255, 4).astype(int)
    shades = [grid((255, level, level)) for level in (*ramp, *ramp[::-1])]
    assert detected(enumerate(shades * 6), fps=32)[0][0] == "general"
    assert {found[0] for found in detected(enumerate(shades * 6), fps=32)} == {"general", "red"}
    assert detected(enumerate(shades * 6), fps=24) == []  # three in a second


@pytest.mark.parametrize(
    ("rows", "columns", "fails"),
    [
        (9, 9, False),  # 20,736 pixels
        (10, 9, True),  # 23,040
        (3, 32, False),  # 24,576, of which 16,128 in 341 x 256
    ],
)
def test_the_area_that_counts(rows, columns, fails):
    pictures = [grid(BLACK).copy(), grid(BLACK).copy()]
    pictures[1][5 : 5 + rows, 0:columns] = grid(WHITE)[0, 0]
    frames = [(3 * number, pictures[number % 2]) for number in range(40)]
    assert bool(detected(frames)) == fails


def test_parts_that_flash_in_turn_do_not_flash_together():
    """Each half of the picture flashes twice, one after the other."""
    pictures = [grid(BLACK).copy() for _ in range(3)]
    pictures[1][:, :16] = pictures[2][:, 16:] = grid(WHITE)[0, 0]
    order = [0, 1, 0, 1, 0, 2, 0, 2, 0]
    assert detected((3 * n, pictures[k]) for n, k in enumerate(order)) == []


def test_a_moving_edge_is_no_flash():
    frames = []
    for number in range(64):
        picture = grid(WHITE).copy()
        picture[:, number % 32 :] = grid(BLACK)[0, 0]
        frames.append((number, picture))
    assert detected(frames) == []


# -- videos -------------------------------------------------------------------------------------

SIZE = 192, 160
"""Width and height: a little more than the area that counts."""


def picture(color, size=SIZE):
    pixels = np.empty((size[1], size[0], 3), np.uint8)
    pixels[:] = color
    return pixels


def notes(folder, captures, fps=24, formats=("mp4",), **options):
    """Return the messages about a video of pictures with their seconds, if any."""
    writer = ClipWriter(
        folder, "v", Fraction(fps), formats=formats, check_flashes=True, quality="draft", **options
    )
    for pixels, *hold in captures:
        writer.capture(pixels, *hold)
    writer.finish()
    assert all(note.kind == "flash" for note in writer.notes)
    return [note.message for note in writer.notes]


FLASHING = [(picture(BLACK), 0.1), (picture(WHITE), 0.1)] * 8


def test_a_video_that_flashes(tmp_path):
    (message,) = notes(tmp_path, [(picture(BLACK), 1), *FLASHING, (picture(BLACK), 2)], fps=20)
    assert message.startswith(
        "the video flashes more than three times in a second: frames 23 to 53 with 5 general "
        "flashes in a second on 100% of the picture (x from 0 to 192, y from 0 to 160 pixels)."
    )
