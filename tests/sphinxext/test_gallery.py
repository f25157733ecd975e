"""The examples of a sphinx-gallery: what moves becomes a video, what does not stays a picture."""

import json
import os
import re
from importlib.util import find_spec
from textwrap import dedent

import numpy as np
import psutil
import pytest
from PIL import Image

from tests.video import decode

SCRAPERS = ("matplotlib", "sphinxcontrib_animvideo.gallery")

FIGURE = """\
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation
from sphinxcontrib_animvideo import capture

def figure(color="black"):
    fig, ax = plt.subplots(figsize=(1, 1), facecolor=color)
    return fig, ax
"""

# Counts what Matplotlib is asked to do.
MOVING = FIGURE + dedent("""\
    from matplotlib.lines import Line2D

    asked, drawn = [], []

    class Line(Line2D):
        def draw(self, renderer):
            drawn.append(1)
            super().draw(renderer)

    fig, ax = figure()
    line = ax.add_line(Line([0, 1], [0, 1]))

    def update(number):
        asked.append(number)
        line.set_ydata([0, number / 3])

    moving = FuncAnimation(fig, update, frames=3, init_func=list, interval=100)
    # %%
    # What it took:
    print(f"asked {asked}, drawn {len(drawn)}")
""")

CAPTURES = FIGURE + dedent("""\
    import numpy as np

    fig, ax = figure("red")
    capture(hold=0.2, caption="It is red.")
    fig.set_facecolor("blue")
    capture(fig)
    # %%
    # The second block:
    for level in (0, 255):
        capture(np.full((50, 60), level, np.uint8))
    # %%
    # The inside of some axes, and a picture:
    fig, ax = figure()
    ax.set_position([0.25, 0.25, 0.5, 0.5])
    capture(ax)
    plt.figure(figsize=(1, 1), facecolor="lime")
""")

TWO = FIGURE + dedent("""\
    moving = []
    for color in ("red", "blue"):
        fig, ax = figure(color)
        moving.append(FuncAnimation(fig, lambda number: None, frames=2, init_func=list))
""")

PLAIN = FIGURE + 'figure("lime")\n'


class Gallery:
    """A project with a gallery."""

    def __init__(self, project):
        self.project = project
        project.write(
            "conf.py", 'extensions = ["sphinxcontrib_animvideo", "sphinx_gallery.gen_gallery"]'
        )
        project.write("index.rst", "Docs\n====\n\n.. toctree::\n   :glob:\n\n   gallery/index\n")
        project.write("examples/README.rst", "Examples\n========\n")

    def example(self, name, code, title="A wave"):
        """Write an example; its code begins in line 5."""
        self.project.write(
            f"examples/plot_{name}.py", f'"""\n{title}\n{len(title) * "="}\n"""\n{code}'
        )

    def build(self, builder="html", scrapers=SCRAPERS, conf=(), **config):
        config.setdefault("exclude_patterns", ["_build", "examples"])
        gallery = {
            "examples_dirs": "examples",
            "gallery_dirs": "gallery",
            "image_scrapers": scrapers,
            "only_warn_on_example_error": True,
            "within_subsection_order": "FileNameSortKey",
            **dict(conf),
        }
        return self.project.build(builder, sphinx_gallery_conf=gallery, **config)

    def images(self, name):
        """The numbered pictures of an example."""
        return sorted(
            (self.project.folder / "gallery" / "images").glob(f"sphx_glr_plot_{name}_*.png")
        )

    def thumbnail(self, name):
        """The color of a figure's upper edge in the thumbnail."""
        path = self.project.folder / "gallery/images/thumb" / f"sphx_glr_plot_{name}_thumb.png"
        image = np.asarray(Image.open(path).convert("RGB"))
        return tuple(int(level) for level in image[4, image.shape[1] // 2])


@pytest.fixture
def gallery(project):
    return Gallery(project)


def videos(build, name):
    """The decoded videos of an example's page, and the page."""
    page = build.page(f"gallery/plot_{name}.html")
    paths = re.findall(r'<source src="\.\./([^"]+\.mp4)"', page)
    return [decode(build.outdir / path) for path in paths], page


def color(frame):
    """The primary that most of a frame's corner has."""
    levels = frame[2, 2].astype(int)
    return {(1, 0, 0): "red", (0, 0, 1): "blue", (0, 1, 0): "lime"}.get(tuple(levels // 200))


@pytest.mark.parametrize(
    "scrapers", [SCRAPERS, SCRAPERS[::-1], ("matplotlib", "sphinxcontrib_animvideo")]
)
def test_what_moves_becomes_a_video_and_each_frame_is_drawn_once(gallery, scrapers):
    gallery.example("moving", MOVING, "A *wave* moves")
    gallery.example("captures", CAPTURES)
    gallery.example("two", TWO)
    gallery.example("plain", PLAIN)
    build = gallery.build(scrapers=scrapers, animvideo_redraw="full", animvideo_loop=True)
    assert build.warnings == []

    (video,), page = videos(build, "moving")
    assert (len(video.frames), video.fps, page.count("animvideo-poster")) == (3, 10, 1)
    assert "asked [0, 1, 2], drawn 3\n" in page
    assert 'aria-label="A wave moves"' in page
    assert 'loop=""' in page
    assert len(gallery.images("moving")) == 1

    (red_blue, levels, inside), page = videos(build, "captures")
    assert [color(frame) for frame in red_blue.frames] == 5 * ["red"] + ["blue"]
    assert [int(frame.mean().round(-1)) for frame in levels.frames] == [0, 260]
    assert (inside.width, inside.height) == (50, 50)
    (captions,) = build.files("_images/*.vtt")
    assert "It is red." in captions.read_text("utf-8")
    assert captions.name in page
    assert len(gallery.images("captures")) == 4  # three posters, and what was not captured
    assert "sphx_glr_plot_captures_004.png" in page
    assert gallery.thumbnail("captures") == (255, 0, 0)

    shown, page = videos(build, "two")
    assert [color(video.frames[0]) for video in shown] == ["red", "blue"]
    assert page.count("<figure") == 1

    shown, page = videos(build, "plain")
    assert shown == []
    assert "animvideo.css" not in page
    assert gallery.thumbnail("plain") == (0, 255, 0)


def test_an_unchanged_example_is_not_run_again(gallery):
    gallery.example("captures", CAPTURES + "with open('ran', 'a') as file: file.write('x')\n")
    gallery.example("other", PLAIN)
    first = gallery.build().page("gallery/plot_captures.html")
    gallery.example("other", TWO)
    again = gallery.build(html_title="All is written anew")
    shown, page = videos(again, "captures")
    assert [len(video.frames) for video in shown] == [6, 2, 1]
    assert page != first
    assert len(videos(again, "other")[0]) == 2
    assert (gallery.project.folder / "examples/ran").read_text() == "x"


def test_a_page_shows_the_video_that_its_example_made_last(gallery):
    conf = {"min_reported_time": 60}  # the page's own source stays what it was
    gallery.project.write("examples/color.txt", "red")
    read = "from pathlib import Path\nfigure(Path('color.txt').read_text())\n"
    gallery.example("a", FIGURE + read + "capture()\n")
    assert gallery.build(conf=conf).warnings == []
    source = gallery.project.folder / "gallery/plot_a.rst"
    before = source.read_text("utf-8")
    gallery.project.write("examples/color.txt", "blue")
    (gallery.project.folder / "gallery/plot_a.py.md5").unlink()
    ((video,), _) = videos(gallery.build(conf=conf), "a")
    assert source.read_text("utf-8") == before
    assert color(video.frames[0]) == "blue"


def test_examples_may_run_in_other_processes(gallery):
    if find_spec("joblib") is None and not os.environ.get("CI"):
        pytest.skip("no joblib")
    for name in "abc":
        gallery.example(name, CAPTURES)
    conf = {"parallel": 2, "reset_modules_order": "after"}
    build = gallery.build(conf=conf, animvideo_poster="last", animvideo_fps=10)
    assert build.warnings == []
    for name in "abc":
        shown, _ = videos(build, name)
        assert [len(video.frames) for video in shown] == [3, 2, 1]
        assert gallery.thumbnail(name) == (0, 0, 255)


@pytest.mark.parametrize(
    ("code", "said", "config"),
    [
        (
            "figure()\nfor i in range(3): capture()\n",
            "more than 2 frames",
            {"animvideo_max_frames": 2},
        ),
        (
            "figure()\ncapture()\n",
            "which exceeds the limit of 9. Reduce the size of the figure, the length, or the quality. Or increase animvideo_max_bytes.",
            {"animvideo_max_bytes": 9},
        ),
        ("figure()\ncapture()\n", "ffmpeg", {"animvideo_encoder_args": {"mp4": ["-nothing", "1"]}}),
        ("capture({})\n", "an object of type dict cannot become a frame", {}),
        (
            "# sphinx_gallery_defer_figures\nfigure()\ncapture()\n1 / 0\n",
            "division by zero",
            {},
        ),
    ],
)
def test_what_goes_wrong_is_a_failing_example(gallery, code, said, config):
    gallery.example("a", FIGURE + code)
    gallery.example("b", FIGURE + "import numpy as np\ncapture(np.zeros((40, 40)))\n")
    build = gallery.build(**config)
    failures = [warning for warning in build.warnings if "plot_a.py unexpectedly failed" in warning]
    assert len(failures) == 1
    assert said in failures[0]
    shown, _ = videos(build, "a")
    assert shown == []
    if config.keys() <= {"animvideo_max_frames"}:
        (video,), _ = videos(build, "b")
        assert (video.width, len(video.frames)) == (40, 1)
    assert not encoders()


def test_a_failing_example_leaves_no_process(gallery):
    gallery.example("a", FIGURE + "figure()\ncapture()\n1 / 0\n")
    gallery.build()
    assert not encoders()


def encoders():
    names = [process.name() for process in psutil.Process().children()]
    return [name for name in names if "ffmpeg" in name]


def test_an_endless_animation_is_told_at_the_example(gallery):
    code = "import itertools\nfig, ax = figure()\n"
    code += "moving = FuncAnimation(fig, list, itertools.count, init_func=list, cache_frame_data=False)\n"
    gallery.example("a", FIGURE + code.replace("list,", "lambda n: [],", 1))
    for _ in range(2):  # also when it is not run
        build = gallery.build(animvideo_max_frames=2)
        (warning,) = build.warnings
        assert re.search(r"examples/plot_a\.py:5: WARNING: an animation of unknown length", warning)


def test_without_the_extension_one_error_says_so(gallery):
    gallery.example("a", PLAIN)
    gallery.example("b", PLAIN)
    build = gallery.build(extensions=["sphinx_gallery.gen_gallery"])
    (error,) = build.warnings
    assert 'Add "sphinxcontrib_animvideo" to extensions' in error


def test_missing_files_are_told(gallery):
    gallery.example("two", TWO)
    gallery.build()
    (video,) = gallery.project.folder.glob("gallery/images/*.animvideo/1-mp4.mp4")
    video.write_bytes(b"")
    build = gallery.build()
    (warning,) = build.warnings
    assert "examples/plot_two.py:5: WARNING: files of this video are missing" in warning
    assert "Animation could not be rendered" in build.page("gallery/plot_two.html")


def test_books_have_them_as_well(gallery):
    gallery.example("moving", MOVING)
    config = {"copyright": "x", "version": "1", "project": "P", "author": "a"}
    paper = gallery.build("latex", **config)
    assert paper.warnings == []
    (strip,) = paper.files("animvideo-*.png")
    assert strip.read_bytes()[16:20] > (300).to_bytes(4)  # its width
    book = gallery.build("epub", **config)
    assert book.warnings == []
    assert len(book.files("_images/*.mp4")) == 1


def test_wrong_values_are_told_once(gallery):
    gallery.example("a", PLAIN)
    (warning,) = gallery.build(animvideo_formats=["gif"], animvideo_quality=20).warnings
    assert "WARNING: " in warning
    assert "gif" in warning


def test_what_resets_the_arguments_is_still_asked(gallery):
    gallery.project.write("reset.py", "def argv(conf, variables): return ['--quick']\n")
    gallery.example("a", "import sys\nprint(sys.argv[1:])\n")
    gallery.project.write(
        "conf.py",
        """\
        import sys
        sys.path.insert(0, str(__import__("pathlib").Path(__file__).parent))
        extensions = ["sphinxcontrib_animvideo", "sphinx_gallery.gen_gallery"]
        """,
    )
    build = gallery.build(conf={"reset_argv": "reset.argv"})
    assert "--quick" in build.page("gallery/plot_a.html")


def test_what_is_kept_names_no_folder_of_the_machine(gallery):
    gallery.example("moving", MOVING)
    gallery.build()
    (record,) = gallery.project.folder.glob("gallery/images/*/asset.json")
    assert "folder" not in json.loads(record.read_text("utf-8"))
    assert str(gallery.project.folder) not in (
        gallery.project.folder / "gallery/plot_moving.rst"
    ).read_text("utf-8")
