"""Directives that show existing files, and the files that scripts are."""

import re

import numpy as np
import pytest
from PIL import Image

from sphinxcontrib_animvideo import write_video
from sphinxcontrib_animvideo.core.model.stored import hash_file
from tests.video import decode

LEVELS = (0, 80, 160, 240)
PICTURES = [np.full((40, 60, 3), level, np.uint8) for level in LEVELS]


def animated(path, duration=100, **options):
    images = [Image.fromarray(picture) for picture in PICTURES]
    images[0].save(path, save_all=True, append_images=images[1:], duration=duration, **options)
    return path


def page(project, argument, options=""):
    lines = "".join(f"   {line}\n" for line in options.splitlines())
    project.write("index.rst", f"Page\n====\n\n.. animvideo:: {argument}\n{lines}")


def sources(build):
    return [build.outdir / name for name in re.findall(r'<source src="([^"]+)"', build.page())]


@pytest.mark.parametrize("name", ["clip.mp4", "clip.webm", "my clip.MP4", "sub/a-b (1).mp4"])
def test_a_video_that_browsers_play_is_published_as_it_is(project, name):
    path = project.folder / name
    path.parent.mkdir(exist_ok=True)
    lower = path.with_name(path.name.lower())
    write_video(lower, PICTURES, fps=7)
    lower.rename(path)
    page(project, name, ":poster: last\n:alt: levels")
    build = project.build()
    assert build.warnings == []
    (source,) = sources(build)
    assert hash_file(source) == hash_file(path)
    html = build.page()
    assert 'data-fps="7"' in html
    assert 'aria-label="levels"' in html
    (poster,) = build.files("_images/*.png")
    assert abs(int(np.asarray(Image.open(poster)).mean()) - LEVELS[-1]) < 6
    assert project.build().summary == (0, 1, 0)


@pytest.mark.parametrize(
    "make",
    [
        lambda folder: animated(folder / "clip.gif"),
        lambda folder: animated(folder / "clip.png"),
        lambda folder: animated(folder / "clip.webp", lossless=True),
        lambda folder: write_video(folder / "clip.avi", PICTURES, fps=10).path,
        lambda folder: write_video(folder / "clip.mkv", PICTURES, fps=10).path,
    ],
    ids=["gif", "apng", "webp", "avi", "mkv"],
)
def test_other_files_are_converted_with_all_frames_at_their_rate(project, make):
    path = make(project.folder)
    page(project, path.name, ":quality: lossless")
    build = project.build()
    assert build.warnings == []
    (source,) = sources(build)
    video = decode(source)
    assert (video.codec, video.fps, len(video.frames)) == ("h264", 10, 4)
    assert [abs(int(f.mean()) - level) < 6 for f, level in zip(video.frames, LEVELS, strict=True)]


def test_a_changed_file_is_shown_anew(project):
    path = project.folder / "clip.mp4"
    write_video(path, PICTURES)
    page(project, "clip.mp4")
    assert project.build().summary == (1, 0, 0)
    write_video(path, PICTURES[:2])
    build = project.build()
    assert build.summary == (1, 0, 0)
    assert len(decode(sources(build)[0]).frames) == 2


def test_a_file_with_the_fps_option_is_converted(project):
    write_video(project.folder / "clip.mp4", PICTURES, fps=10)
    page(project, "clip.mp4", ":fps: 20")
    (source,) = sources(project.build())
    video = decode(source)
    assert (video.fps, len(video.frames)) == (20, 8)


def test_a_file_in_the_lock_and_in_latex(project):
    write_video(project.folder / "clip.mp4", PICTURES)
    page(project, "clip.mp4")
    assert project.build(animvideo_lock_mode="update").warnings == []
    assert project.build(animvideo_lock_mode="check").warnings == []
    write_video(project.folder / "clip.mp4", PICTURES[::-1])
    (warning,) = project.build(animvideo_lock_mode="check").warnings
    assert "[animvideo.changed]" in warning
    assert "filmstrip" in str(project.build("latex").files("*filmstrip*")) or project.build(
        "latex"
    ).files("*.png")


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("my script.py", "my script.py"),
        ("my script.py", "my script.py make"),
        ("a[1].py", "a[1].py"),
        ("-a.py", "-a.py make"),
        ("a b.py c.py", "a b.py c.py"),
    ],
)
def test_names_of_scripts(project, name, argument):
    project.write(
        name,
        "import numpy as np\nfrom sphinxcontrib_animvideo import capture\n"
        "def make(): return [np.zeros((4, 4))] * 2\n"
        + ("" if "make" in argument else "capture(np.zeros((4, 4)))\n"),
    )
    page(project, argument)
    build = project.build()
    assert build.warnings == []
    assert len(sources(build)) == 1
