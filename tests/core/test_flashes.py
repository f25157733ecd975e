"""Videos that flash, and videos that only look as if they did."""

from fractions import Fraction
from itertools import cycle, islice
from pathlib import Path

import numpy as np
import pytest

from sphinxcontrib_animvideo import write_video
from sphinxcontrib_animvideo.cli import main
from sphinxcontrib_animvideo.core.encoding.flash_check import FlashCheck
from sphinxcontrib_animvideo.core.encoding.flash_detector import FlashDetector
from tests.conftest import directive

BLACK, WHITE = (0, 0, 0), (255, 255, 255)
CELLS = 24, 32  # rows and columns, of 16 x 16 pixels


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


def rgba(pixels):
    opaque = np.full((*pixels.shape[:2], 1), 255, np.uint8)
    return np.concatenate([pixels, opaque], axis=2)


def checked(captures, size=SIZE, fps=20, pixel_ratio=1):
    """Return the message about a video of pictures with numbers of frames, if any."""
    check, number = FlashCheck(Fraction(fps), size, pixel_ratio), 0
    for pixels, count in captures:
        check.see(number, rgba(pixels))
        number += count
    check.finish(number)
    assert [note.kind for note in check.notes] == ["flash"] * len(check.notes)
    return "".join(note.message for note in check.notes)


def flashing(count=8, size=SIZE):
    return [(picture(color, size), 2) for color in (BLACK, WHITE) * count]


def test_the_message_counts_frames_as_the_player_does():
    message = checked([(picture(BLACK), 20), *flashing(), (picture(BLACK), 40)])
    assert message == (
        "the video flashes more than three times per second: frames 23 to 53 with 5 general "
        "flashes per second on 100% of the picture (x from 0 to 192, y from 0 to 160 pixels). "
        "This can cause seizures (WCAG 2.3.1). Show each picture for longer, or reduce the size or "
        "the contrast of the area that flashes."
    )


def test_a_message_names_three_parts():
    part = [*flashing(), (picture(BLACK), 40)]
    message = checked(part * 5)
    assert message.count(" general flashes ") == 3
    assert message.partition(". This")[0].endswith("; and 2 more")


def test_the_place_that_flashes_is_named():
    pictures = [picture(BLACK, (640, 480)) for _ in range(2)]
    pictures[1][160:320, 320:480] = WHITE
    message = checked([(pixels, 2) for pixels in pictures * 8], size=(640, 480))
    assert "on 8% of the picture (x from 320 to 480, y from 160 to 320 pixels)" in message


@pytest.mark.parametrize(("count", "fails"), [(2, True), (3, True), (18, False)])
def test_a_video_is_checked_as_if_it_were_repeated(count, fails):
    """Two pictures are no flash; repeated 5 or 4 times a second, they are, and once they are not."""
    message = checked([(picture(BLACK), 2), (picture(WHITE), count)], fps=20)
    assert (", if the video is repeated," in message) == fails
    assert bool(message) == fails


def test_flashes_that_go_on_after_the_end():
    """Two flashes at the end, and two at the start, seconds apart unless the video is repeated."""
    still = (picture(BLACK), 60)
    start, end = flashing(2)[1:], [*flashing(2)[1:], (picture(BLACK), 2)]
    message = checked([*start, still, *end])
    assert "frames 67 to 74, if the video is repeated, with 4 general flashes" in message
    assert checked([*start, still, *end, (picture(BLACK), 10)]) == ""


@pytest.mark.parametrize(
    ("size", "pixel_ratio", "fails"),
    [((144, 144), 1, False), (SIZE, 1, True), (SIZE, 2, False), ((384, 320), 2, True)],
)
def test_the_size_on_the_page_counts(size, pixel_ratio, fails):
    assert bool(checked(flashing(size=size), size, pixel_ratio=pixel_ratio)) == fails


def test_noise_and_fine_patterns_are_excepted():
    """WCAG excepts squares of less than 0.1 degrees, which are 3.4 pixels."""
    size, rng = (320, 256), np.random.default_rng(1)
    noise = [rng.integers(0, 256, (256, 320, 3), np.uint8) for _ in range(30)]
    assert checked([(pixels, 1) for pixels in noise], size, fps=25) == ""
    for square, fails in ((2, False), (128, True)):
        board = np.uint8(255) * ((np.indices((256, 320)) // square).sum(axis=0) % 2 == 0)
        boards = [np.stack([pixels] * 3, axis=2) for pixels in (board, 255 - board)]
        assert bool(checked([(pixels, 2) for pixels in boards * 8], size)) == fails


def test_dots_that_move_are_no_flashes():
    size, rng = (320, 256), np.random.default_rng(2)
    place, speed = rng.random((2, 400, 2)) * [[size], [[12, 12]]]
    captures = []
    for number in range(40):
        pixels = picture(WHITE, size)
        x, y = ((place + speed * number) % size).astype(int).T
        for dx in range(4):
            for dy in range(4):
                pixels[(y + dy) % size[1], (x + dx) % size[0]] = (31, 119, 180)
        captures.append((pixels, 1))
    assert checked(captures, size, fps=25) == ""


@pytest.mark.parametrize(("length", "fails"), [(32, False), (320, True)])
def test_waves_that_move_are_no_flashes_but_large_ones(length, fails):
    """Waves of 5 Hz: each place flashes, but only in a large wave many do so together."""
    size, x = (320, 256), np.arange(320)
    captures = []
    for number in range(40):
        level = 127.5 + 127.5 * np.sin(2 * np.pi * (x / length - number / 5))
        captures.append((np.broadcast_to(level[:, None], (256, 320, 3)).astype(np.uint8), 1))
    assert bool(checked(captures, size, fps=25)) == fails


def test_noise_with_coarse_grains_is_no_flash():
    size, rng = (320, 256), np.random.default_rng(1)
    grains = rng.integers(0, 256, (30, 32, 40), np.uint8).repeat(8, axis=1).repeat(8, axis=2)
    assert checked([(np.stack([each] * 3, axis=2), 1) for each in grains], size, fps=25) == ""


def test_small_changes_add_up():
    """Rows of the picture that change one after the other, too few at once to be looked at."""
    size, captures = (320, 256), []
    pixels = picture(BLACK, size)
    for color in (WHITE, BLACK) * 6:
        for row in range(0, size[1], 8):
            pixels[row : row + 8] = color
            captures.append((pixels.copy(), 1))
    assert checked(captures, size, fps=400).startswith("the video flashes")
    assert checked(captures, size, fps=160) == ""  # 2.5 times in a second


# -- front ends ---------------------------------------------------------------------------------

CODE = f"""\
import numpy as np
for number in range(10):
    capture(np.full({SIZE[::-1]}, number % 2 * 255, np.uint8), hold=0.1)
"""
SAID = "the video flashes more than three times per second: frames "


def test_the_directive_warns_and_can_be_told_not_to(project):
    project.write(
        "index.rst", "Page\n====\n\n" + directive(CODE) + directive(CODE, ":no-check-flashes:")
    )
    build = project.build()
    assert build.summary == (1, 1, 0)
    (warning,) = build.warnings
    assert f"index.rst:4: WARNING: {SAID}" in warning
    assert warning.endswith("[animvideo.flash]")
    again = project.build()  # from the cache
    assert (again.summary, again.warnings) == ((0, 2, 0), build.warnings)
    off = project.build(animvideo_check_flashes=False)
    assert (off.summary, off.warnings) == ((0, 2, 0), [])
    assert project.build().warnings == build.warnings


def test_other_front_ends(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("flash.py").write_text(CODE)
    assert main(["render", "flash.py", "-o", "flash.mp4"]) == 0
    assert f"flash.py: {SAID}" in capsys.readouterr().err
    assert main(["render", "flash.py", "-o", "flash.mp4", "--no-check-flashes"]) == 0
    assert SAID not in capsys.readouterr().err
    assert main(["render", "flash.mp4", "-o", "copy.mp4"]) == 0
    assert f"flash.mp4: {SAID}" in capsys.readouterr().err

    frames = [np.full(SIZE[::-1], number // 2 % 2 * 255, np.uint8) for number in range(20)]
    with pytest.warns(UserWarning, match=f"^{SAID}"):
        write_video("a.mp4", frames, fps=20)
    write_video("a.mp4", frames, fps=20, check_flashes=False)  # a warning would be an error


def test_a_copied_file_is_checked(project):
    frames = [np.full(SIZE[::-1], number // 2 % 2 * 255, np.uint8) for number in range(20)]
    write_video(project.folder / "clip.mp4", frames, fps=20, check_flashes=False)
    project.page("", argument="clip.mp4")
    (warning,) = project.build().warnings
    assert f"index.rst:4: WARNING: {SAID}" in warning


def test_a_test_warns(pytester):
    pytester.makepyfile(
        f"""
        import numpy as np
        import pytest

        def record(animvideo):
            for number in range(10):
                animvideo.capture(np.full({SIZE[::-1]}, number % 2 * 255, np.uint8), hold=0.1)

        def test_told(animvideo):
            record(animvideo)

        @pytest.mark.animvideo(check_flashes=False)
        def test_not_told(animvideo):
            record(animvideo)
        """
    )
    result = pytester.runpytest("--animvideo=on")
    result.assert_outcomes(passed=2, warnings=1)
    result.stdout.fnmatch_lines([f"*{SAID}*"])


# -- another implementation ---------------------------------------------------------------------


def clips():
    """Yield the names, the frames per second, and the frames of clips of 341 x 256 pixels."""
    size = 341, 256

    def repeated(one, other, hold, seconds=3, fps=30):
        shades = islice(cycle([picture(one, size)] * hold + [picture(other, size)] * hold), None)
        return fps, list(islice(shades, fps * seconds))

    for hold in (1, 2, 3, 4, 6, 8, 15):
        yield f"black and white, {hold}", *repeated(BLACK, WHITE, hold)
    yield "dark steps", *repeated(gray(0.3), gray(0.39), 3)
    yield "larger steps", *repeated(gray(0.3), gray(0.42), 3)
    yield "light steps", *repeated(gray(0.82), WHITE, 3)
    for hold in (3, 15):
        yield f"red and black, {hold}", *repeated((255, 0, 0), BLACK, hold)
        yield f"red and green, {hold}", *repeated((255, 0, 0), (0, 127, 0), hold)
    for part in (0.2, 0.3):
        fps, frames = repeated(BLACK, WHITE, 3)
        for pixels in frames:
            pixels[:, round(part * size[0]) :] = BLACK
        yield f"{part} of the area", fps, frames
    edge = [picture(WHITE, size) for _ in range(90)]
    for number, pixels in enumerate(edge):
        pixels[:, : number * 4 % size[0]] = BLACK
    yield "a moving edge", 30, edge
    wave = 0.5 + 0.5 * np.sin(2 * np.pi * np.arange(90) / 30)
    yield "a slow fade", 30, [picture(gray(level), size) for level in wave]
    wave = 0.5 + 0.5 * np.sin(2 * np.pi * np.arange(90) / 6)
    yield "a fast fade", 30, [picture(gray(level), size) for level in wave]


def test_iris_finds_the_same():
    """IRIS, of Electronic Arts, calls 3.5 flashes in a second too many; here, none has so many."""
    iris = pytest.importorskip("iris_pse_detection")
    detection = pytest.importorskip("iris_pse_detection.flash_detection").FlashDetection
    found, expected = {}, {}
    for name, fps, frames in clips():
        theirs = detection(fps, frames[0].shape[:2], iris.Configuration())
        check = FlashCheck(Fraction(fps), (341, 256))
        for number, pixels in enumerate(frames):
            theirs.set_current_frame(pixels[:, :, ::-1])
            theirs.analyse_frame(number)
            check.see(number, rgba(pixels))
        check.finish(len(frames))
        found[name] = {each.kind for each in check.flashes}
        incidents = {"general": theirs.luminance_incidents, "red": theirs.red_incidents}
        expected[name] = {kind for kind, each in incidents.items() if each.flash_fail_frames}
    assert found == expected
    assert {frozenset(kinds) for kinds in expected.values()} == {
        frozenset(kinds) for kinds in ([], ["general"], ["red"], ["general", "red"])
    }
