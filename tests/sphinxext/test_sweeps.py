"""Sweeps in documents: one figure, with a video for each combination of the values."""

import json
import re

import numpy as np
import pytest
from PIL import Image

from tests.conftest import directive
from tests.sphinxext.test_lock import build, lock
from tests.video import decode

LEVELS = """\
import numpy as np
for i in range(4):
    picture = np.full((60, 80), 250 - 50 * i, np.uint8)
    picture[:, 40:] = level
    capture(picture)
"""
SWEEP = ":sweep: level = 10, 90, 170"


def items(page):
    """Return the links of each video in the list of the first sweep, by its values."""
    (found,) = re.findall(
        r"<ul>\n(.*?)\n</ul>", page.partition("animvideo-sweep")[2].partition("</details>")[0], re.S
    )
    parsed = (re.fullmatch(r"<li([^>]*)>(.*?): (.*)</li>", item) for item in found.splitlines())
    return {match[2]: (match[3], match[1]) for match in parsed}


def shade(path):
    """Return the frames of a video as the levels of its two halves."""
    return [(int(frame[30, 20].mean()), int(frame[30, 60].mean())) for frame in decode(path).frames]


def test_one_player_with_a_video_for_each_combination(project):
    project.page(LEVELS, f"{SWEEP}\n:alt: Two halves.\n:caption: Halves")
    made = project.build()
    assert made.warnings == []
    assert made.summary == (3, 0, 0)
    page = made.page()
    assert page.count("<video ") == page.count("<figcaption>") == 1
    found = items(page)
    assert list(found) == ["10", "90", "170"]
    for label, (link, _) in found.items():
        (address,) = re.findall(r'href="([^"]+)"', link)
        levels = shade(made.outdir / address)
        assert np.allclose([right for _, right in levels], int(label), atol=3)
        assert np.allclose([left for left, _ in levels], [250, 200, 150, 100], atol=3)
    shown = re.findall(r'<source src="([^"]+)"', page)
    assert shown == re.findall(r'href="([^"]+)"', found["90"][0])
    assert project.build().summary == (0, 3, 0)


def test_the_values_of_several_parameters_and_what_is_shown_first(project):
    code = LEVELS.replace("= level", "= level if kind == 'flat' else level + 20")
    options = ":sweep: level = linspace(0, 40, 3)\n        kind = 'flat', \"raised\"\n:sweep-default: kind = 'raised'"
    project.page(code, options)
    made = project.build()
    assert made.warnings == []
    assert list(items(made.page())) == [
        "0, flat",
        "0, raised",
        "20, flat",
        "20, raised",
        "40, flat",
        "40, raised",
    ]
    assert 'data-shown="3"' in made.page()
    # The same pictures are one file.
    links = {label: link for label, (link, _) in items(made.page()).items()}
    assert links["0, raised"] == links["20, flat"]
    assert len(made.files("_images/*.mp4")) == 4


def test_light_and_dark(project):
    code = "import matplotlib.pyplot as plt\nfig = plt.figure(figsize=(width, 1))\ncapture()"
    project.page(code, ":sweep: width = 1, 1\n".replace("1, 1", "1, 2") + ":dark: dark_background")
    made = project.build(suppress_warnings=["animvideo.sweep"])
    assert made.warnings == []
    assert made.summary == (4, 0, 0)
    assert made.page().count('class="animvideo-sweep"') == 2
    assert 'data-width="200"' in items(made.page())["2"][1]


def test_only_pages_with_a_sweep_load_its_script(project):
    project.page(LEVELS, SWEEP)
    project.write(
        "other.rst", ":orphan:\n\nOther\n=====\n\n" + directive(LEVELS.replace("level", "9"))
    )
    made = project.build()
    assert made.warnings == []
    for name in ("animvideo-sweep.js", "animvideo-sweep.css"):
        assert name in made.page()
        assert name not in made.page("other.html")
        assert (made.outdir / "_static" / name).is_file()


def test_a_script_and_a_callable(project):
    project.write("levels.py", LEVELS)
    project.write(
        "make.py",
        f"def make(level, start=0):\n    {LEVELS.replace(chr(10), chr(10) + '    ')}\n".replace(
            "capture(", "from sphinxcontrib_animvideo import capture; capture("
        ),
    )
    project.write(
        "index.rst",
        "Page\n====\n\n" + directive("", SWEEP, "levels.py") + directive("", SWEEP, "make.py make"),
    )
    made = project.build()
    assert made.warnings == []
    assert made.summary == (6, 0, 0)
    assert len(made.files("_images/*.mp4")) == 3


def test_in_a_context(project):
    text = directive("height = 60", ":context:\n:nofigs:")
    text += directive(LEVELS.replace("(60,", "(height,"), f":context:\n{SWEEP}")
    text += directive("capture(np.full((60, 80), level, np.uint8))", ":context:")
    project.write("index.rst", "Page\n====\n\n" + text)
    made = project.build(animvideo_poster="last")
    assert made.warnings == []
    last = re.findall(r'<source src="([^"]+)"', made.page())[-1]
    assert np.allclose(
        decode(made.outdir / last).frames[0][0, 0], 90, atol=3
    )  # the default goes on


def test_captions_and_transcripts(project):
    project.page(
        LEVELS.replace("capture(picture)", "capture(picture, caption=f'Level {level}, {i}')"),
        SWEEP + "\n:transcript: open",
    )
    made = project.build()
    assert made.warnings == []
    page = made.page()
    shown = dict(
        re.findall(
            r'<details class="animvideo-transcript" open="" data-combinations="(\d)"( hidden="")?',
            page,
        )
    )
    assert shown == {"0": ' hidden=""', "1": "", "2": ' hidden=""'}
    assert "Level 170, 3" in page
    assert {label: "data-captions" in data for label, (_, data) in items(page).items()} == {
        "10": True,
        "90": False,
        "170": True,
    }


def test_the_same_captions_are_one_transcript(project):
    project.page(
        LEVELS.replace("capture(picture)", "capture(picture, caption=f'Frame {i}')"), SWEEP
    )
    page = project.build().page()
    assert page.count("animvideo-transcript") == 1
    assert "data-combinations" not in page


@pytest.mark.parametrize(
    "options",
    [
        ":sweep: level = 10, 90, 170; size = 1, 0.5",
        "---\nsweep: |\n  level = 10, 90, 170\n  size = 1, 0.5\n---",
    ],
)
def test_markdown(project, options):
    code = LEVELS.replace("= level", "= level * size")
    project.write("index.md", f"# Page\n\n```{{animvideo}}\n{options}\n\n{code}```\n")
    made = project.build(extensions=["sphinxcontrib_animvideo", "myst_parser"])
    assert made.warnings == []
    assert list(items(made.page()))[:3] == ["10, 1", "10, 0.5", "90, 1"]


def test_a_role_that_leads_to_a_frame_of_a_combination(project):
    page = project.page(LEVELS, f"{SWEEP}\n:name: halves\n:caption: Halves")
    page.write_text(page.read_text() + "\nSee :animvideo-frame:`halves:level=170:3`.\n")
    made = project.build()
    assert made.warnings == []
    assert 'href="#halves:level=170:frame=3"' in made.page()


def test_what_is_downloaded_sets_the_parameters(project):
    project.page(LEVELS, f"{SWEEP}\n:show-source-link:")
    (path,) = project.build().files("_downloads/*/*.py")
    assert path.read_text().startswith("level = 90\n\nimport numpy")


# -- what goes wrong ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "options", "line", "text"),
    [
        (LEVELS, ":sweep: level = read('x')", 4, ":sweep: must be names with values"),
        (LEVELS, ":sweep: level = 1, 2\n:sweep-default: level = 3", 4, ":sweep-default: must be a combination of the sweep: level must be one of 1, 2."),
        (LEVELS, ":sweep-default: level = 3", 4, ":sweep-default: is only available with :sweep:."),
        (LEVELS, ":sweep: level = 1, 2, size = 3", 4, "(separate parameters by semicolons, as in k = 1, 2; m = 3, 4)"),
        (LEVELS, ":sweep: levle = 1, 2", 4, "the code does not use levle of :sweep:. Did you mean level?"),
        (LEVELS, ":sweep: level = range(65)", 4, "the sweep has 65 combinations, but at most 64 are allowed. Use fewer values. Or increase animvideo_max_sweep."),
        ("import os\nlevel = 3\n" + LEVELS, SWEEP, 8, "the code sets level itself"),
        ("x = level", f"{SWEEP}\n:context:\n:nofigs:", 4, ":sweep: cannot be combined with :nofigs:."),
    ],
)  # fmt: skip
def test_mistakes(project, code, options, line, text):
    project.page(code, options)
    made = project.build()
    (warning,) = made.warnings
    assert f"index.rst:{line}: WARNING: " in warning
    assert text in warning
    assert "Animation could not be rendered" in made.page()


def test_a_file_cannot_be_swept(project):
    Image.new("RGB", (20, 20)).save(project.folder / "a.gif")
    project.write("index.rst", "Page\n====\n\n.. animvideo:: a.gif\n   :sweep: a = 1, 2\n")
    (warning,) = project.build().warnings
    assert ":sweep: requires code; it cannot be used with an image or video file." in warning


def test_a_callable_without_the_parameter(project):
    project.write("make.py", "def make(speed):\n    pass\n")
    project.write("index.rst", "Page\n====\n\n" + directive("", SWEEP, "make.py make"))
    (warning,) = project.build().warnings
    assert (
        "index.rst:4: WARNING: with level=10 and 2 other combinations: make(speed) cannot be called with the parameters of :sweep: (missing a required argument: 'speed')."
        in warning
    )


def test_a_combination_that_fails(project):
    project.page("if level == 90: raise ValueError('too bright')\n" + LEVELS, SWEEP)
    made = project.build()
    (warning,) = made.warnings
    assert (
        "index.rst:7: WARNING: with level=90: the code raised ValueError: too bright\n" in warning
    )
    assert 'data-shown="0"' in made.page()  # not the middle, which has failed
    assert items(made.page())["90"][0] == "the code raised ValueError: too bright"
    assert made.summary == (2, 0, 1)


def test_all_combinations_fail(project):
    project.page("raise ValueError(f'not {level // 1000}')", SWEEP)
    made = project.build()
    (warning,) = made.warnings
    assert "with level=10 and 2 other combinations: the code raised ValueError: not 0" in warning
    assert "Animation could not be rendered" in made.page()


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ("range(4)", "range(level // 10)", "have different numbers of frames: 1 with level=10, 9 with level=90"),
        ("(60, 80)", "(60 + level // 50 * 2, 80)", "have different sizes: 80x60 with level=10, 80x62 with level=90"),
        ("capture(picture)", "capture(picture)\nif level == 90:\n    import matplotlib.pyplot as plt\n    from matplotlib.animation import FuncAnimation\n    fig = plt.figure(figsize=(1, 1))\n    a = FuncAnimation(fig, lambda i: [], 3)\n", "give different numbers of videos: 1 with level=10, 2 with level=90"),
    ],
)  # fmt: skip
def test_videos_that_differ(project, before, after, text):
    project.page(LEVELS.replace(before, after).replace("250 - 50 * i", "250 - 5 * i"), SWEEP)
    made = project.build()
    (warning,) = made.warnings
    assert "index.rst:4: WARNING: " in warning
    assert text in warning
    assert project.build(suppress_warnings=["animvideo.sweep"]).warnings == []


# -- the lock file -------------------------------------------------------------------------------


def test_each_combination_has_an_entry_of_its_own(project):
    text = directive("capture(np.zeros((20, 20)))", ":context:").replace(
        "capture", "import numpy as np; capture"
    )
    project.write(
        "index.rst",
        "Page\n====\n\n"
        + text
        + directive(LEVELS, ":sweep: level = 10, 90\n        size = 0.5, 1").replace(
            "= level", "= level * size"
        )
        + text,
    )
    data = lock(project)
    combinations = [f"index#2[level={a},size={b}]" for a in (10, 90) for b in ("0.5", "1")]
    assert sorted(data["videos"]) == ["index#1", *combinations, "index#3"]
    assert build(project, "check").warnings == []


def test_a_change_names_its_combination_and_a_value_that_is_gone_its_entry(project):
    project.page(LEVELS, SWEEP)
    lock(project)
    project.page(
        LEVELS.replace("= level", "= level + 9 * (level == 90)"), SWEEP.replace(", 170", ", 200")
    )
    warnings = build(project, "check").warnings
    assert [w for w in warnings if "this video (level=200) is not in animvideo.lock" in w]
    assert [w for w in warnings if "this video (level=90) has changed" in w]
    assert [w for w in warnings if "entries without a matching video: index#1[level=170]" in w]
    report = project.folder / "_build" / "animvideo-report" / "index.html"
    assert "index#1[level=90]" in report.read_text("utf-8")


def test_the_command_that_renders_twice(project):
    project.page(LEVELS, SWEEP)
    made = project.build("animvideo-twice")
    assert made.warnings == []
    assert json.loads((made.outdir / "animvideo.json").read_text("utf-8"))


# -- where nothing moves -------------------------------------------------------------------------


TWO = ":sweep: level = 10, 90, 170\n        shift = 0, 20\n:alt: Halves\n:name: halves\n:caption: Two halves"
SHIFTED = LEVELS.replace("= level", "= level + shift")


def tex(made, part):
    """Return the LaTeX file that contains a text: others are packages."""
    texts = [path.read_text("utf-8") for path in made.files("*.tex")]
    (found,) = [text for text in texts if part in text]
    return found


def test_text_names_the_values(project):
    project.page(SHIFTED, TWO)
    made = project.build("text")
    assert "level = 10, 90, 170; shift = 0, 20" in made.page("index.txt")


def test_latex_shows_a_table_of_stills(project):
    project.page(SHIFTED, TWO)
    made = project.build("latex")
    assert made.warnings == []
    text = tex(made, "level")
    for head in ("level = 10", "level = 90", "level = 170", "shift = 0", "shift = 20"):
        assert text.count(head) == 1
    names = re.findall(r"includegraphics\[[^]]*\]\{\{(.*?)\}(\.png)\}", text)
    assert len(names) == 6
    levels = [
        int(np.asarray(Image.open(made.outdir / "".join(name)).convert("L"))[30, 60])
        for name in names
    ]
    assert levels == [10, 30, 90, 110, 170, 190]


def test_only_the_default_in_print(project):
    project.page(SHIFTED, TWO + "\n:sweep-print: default\n:latex: poster")
    made = project.build("latex")
    assert made.warnings == []
    text = tex(made, "Two halves")
    assert text.count("includegraphics") == 1


def test_more_values_than_a_page_has_room_for(project):
    project.page(LEVELS, ":sweep: level = range(0, 250, 25)")
    made = project.build("latex")
    assert made.warnings == []
    text = tex(made, "level")
    assert re.findall(r"level = (\d+)", text) == ["0", "75", "150", "225"]


def test_epub_shows_the_table_or_the_default(project):
    project.page(SHIFTED, TWO)
    made = project.build("epub", epub_copyright="c", version="1")
    assert made.warnings == []
    page = made.page("index.xhtml")
    assert page.count("<img ") == 6
    assert "<video" not in page
    made = project.build("epub", epub_copyright="c", version="1", animvideo_sweep_print="default")
    page = made.page("index.xhtml")
    assert page.count("<video") == 1
    assert "animvideo-sweep" not in page


def test_a_book_has_the_transcript_of_the_video_that_it_shows(project):
    code = LEVELS.replace("capture(picture)", "capture(picture, caption=f'Level {level}')")
    project.page(code, f"{SWEEP}\n:sweep-print: default")
    page = project.build("epub", epub_copyright="c", version="1").page("index.xhtml")
    assert set(re.findall(r"Level \d+", page)) == {"Level 90"}
