"""Directives that show existing files, and the files that scripts are."""

import json
import os
import re

import numpy as np
import pytest
from PIL import Image

from sphinxcontrib_animvideo import write_video
from sphinxcontrib_animvideo.core.model.stored import hash_file
from tests.conftest import FIGURE
from tests.video import decode

pytestmark = pytest.mark.once

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


# -- files outside the source directory -----------------------------------------------------

SECRET = "WEBVTT\n\nlines.linewidth: 7  # secret\n"
NAMED = {
    "script": "s.py",
    "video": "clip.mp4",
    "captions": "words.vtt",
    "poster": "still.png",
    "style": "my.mplstyle",
    "dark": "my.mplstyle",
    "depends": "data.csv",
}
"""What names a file, and a file for it."""


def write_shared(folder):
    """Write a file for each of them."""
    folder.mkdir(exist_ok=True)
    (folder / "s.py").write_text(
        "from sphinxcontrib_animvideo import capture\n" + FIGURE + "capture()"
    )
    write_video(folder / "clip.mp4", PICTURES)
    Image.fromarray(PICTURES[1]).save(folder / "still.png")
    for name in ("words.vtt", "data.csv"):
        (folder / name).write_text(SECRET)
    (folder / "my.mplstyle").write_text("lines.linewidth: 7\n")


def name_file(project, what, name, code=FIGURE + "capture()"):
    if what in ("script", "video"):
        return page(project, name)
    return project.page(code, f":{what}: {name}")


def published(build):
    return {path.read_bytes() for path in build.outdir.rglob("*") if path.is_file()}


@pytest.mark.parametrize("how", ["dots", "link", "linked folder", "absolute"])
@pytest.mark.parametrize("what", NAMED)
def test_a_file_outside_the_source_directory(project, what, how):
    shared = project.folder.parent / "shared"
    write_shared(shared)
    name = f"../shared/{NAMED[what]}"
    if how == "link":
        (project.folder / NAMED[what]).symlink_to(shared / NAMED[what])
        name = NAMED[what]
    elif how == "linked folder":
        (project.folder / "inside").symlink_to(shared)
        name = (
            f"/inside/{NAMED[what]}" if what not in ("style", "dark") else f"inside/{NAMED[what]}"
        )
    elif how == "absolute" and what in ("style", "dark"):
        name = str(shared / NAMED[what])
    name_file(project, what, name)
    for _ in range(2):
        build = project.build()
        (warning,) = build.warnings
        assert "is outside the source directory. Move it there, or add its directory to" in warning
        kind = "script" if what in ("script", "video") else "option"
        assert warning.endswith(f"[animvideo.{kind}]")
        if kind == "option":
            assert f"the file {name} in :{what}: is outside" in warning
    assert not published(build) & {path.read_bytes() for path in shared.iterdir()}
    # The reader still gets the video, without what only comes with it.
    assert ("<video" in build.page()) == (what in ("captions", "poster"))


@pytest.mark.parametrize("what", NAMED)
def test_a_file_in_an_allowed_directory(project, what):
    write_shared(project.folder.parent / "shared")
    name_file(project, what, f"../shared/{NAMED[what]}")
    build = project.build(animvideo_allowed_dirs=["../shared"])
    assert build.warnings == []
    assert "<video" in build.page()
    assert project.build(animvideo_allowed_dirs=[]).warnings != []


def test_a_style_in_an_allowed_directory_is_watched(project):
    project.config = {"animvideo_allowed_dirs": ["../shared"]}
    write_shared(project.folder.parent / "shared")
    name_file(project, "style", "../shared/my.mplstyle", FIGURE + "capture()")
    assert project.build().summary == (1, 0, 0)
    assert project.build().summary == (0, 1, 0)
    (project.folder.parent / "shared" / "my.mplstyle").write_text("lines.linewidth: 1\n")
    assert project.build().summary == (1, 0, 0)


@pytest.mark.parametrize("what", ["poster", "style", "dark"])
def test_a_file_outside_that_the_configuration_names(project, what):
    write_shared(project.folder.parent / "shared")
    project.page(FIGURE + "capture()")
    project.config = {f"animvideo_{what}": f"../shared/{NAMED[what]}"}
    (warning,) = project.build().warnings
    assert f" in :{what}: or animvideo_{what} is outside the source directory." in warning
    assert project.build(animvideo_allowed_dirs=["../shared"]).warnings == []


@pytest.mark.parametrize("what", NAMED)
def test_disabled_file_insertion(project, what):
    write_shared(project.folder)
    project.write("docutils.conf", "[general]\nfile_insertion_enabled: off\n")
    name_file(project, what, NAMED[what])
    (warning,) = project.build().warnings
    assert "be used because file insertion is disabled (file_insertion_enabled)." in warning


def test_disabled_file_insertion_allows_code_and_the_configuration(project):
    write_shared(project.folder)
    project.write("docutils.conf", "[general]\nfile_insertion_enabled: off\n")
    project.page(FIGURE + "capture()", ":poster: first\n:style: ggplot")
    assert project.build(animvideo_poster="still.png").warnings == []
    assert project.build(animvideo_dark="my.mplstyle").warnings == []


def test_files_outside_that_a_markdown_page_names(project):
    project.write("conf.py", "extensions = ['sphinxcontrib_animvideo', 'myst_parser']\n")
    write_shared(project.folder.parent / "shared")
    lines = [f":{what}: ../shared/{NAMED[what]}" for what in ("captions", "poster")]
    text = "\n".join(["# Page", "", "```{animvideo}", *lines, "", FIGURE + "capture()", "```", ""])
    project.write("index.md", text)
    warnings = project.build().warnings
    assert ["is outside the source directory" in warning for warning in warnings] == [True, True]
    project.write("docutils.conf", "[general]\nfile_insertion_enabled: off\n")
    assert len(project.build().warnings) == 2


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"root:x:0:0:root:/root:/bin/bash\n", "does not begin with WEBVTT"),
        (b"WEBVTTX\n", "does not begin with WEBVTT"),
        (b"", "does not begin with WEBVTT"),
        (b"WEBVTT\n\n\xff\xfe", "is not in UTF-8"),
        (b"WEBVTT\n" + b"x" * 1_000_000, "is larger than 1 MB"),
        (
            b"WEBVTT\n\n00:01,000 --> 00:02,000\na\n",
            "has invalid timestamps on line 3 (expected the form 00:01.000 --> 00:02.500)",
        ),
        (b"\xef\xbb\xbfWEBVTT - a title\r\n", ""),
        (b"WEBVTT", ""),
    ],
    ids=["passwd", "longer", "empty", "bytes", "large", "comma", "bom", "short"],
)
def test_captions_are_webvtt(project, data, said):
    (project.folder / "words.vtt").write_bytes(data)
    project.page(FIGURE + "capture()", ":captions: words.vtt")
    build = project.build()
    expected = f":captions: must name a WebVTT file, but words.vtt {said}. [animvideo.option]"
    assert [warning.partition("WARNING: ")[2] for warning in build.warnings] == [expected] * bool(
        said
    )
    assert ("<track" in build.page()) == (not said)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes in folders")
@pytest.mark.parametrize("what", NAMED)
@pytest.mark.parametrize("make", ["mkfifo", "mkdir"])
def test_what_is_no_regular_file(project, what, make):
    getattr(os, make)(project.folder / NAMED[what])
    name_file(project, what, NAMED[what])
    (warning,) = project.build().warnings
    kind = "script" if what in ("script", "video") else "option"
    assert warning.endswith(f"[animvideo.{kind}]")


@pytest.mark.parametrize("what", NAMED)
def test_a_file_that_cannot_be_read(project, what):
    write_shared(project.folder)
    (project.folder / NAMED[what]).chmod(0)
    if os.access(project.folder / NAMED[what], os.R_OK):
        pytest.skip("this user can read everything")
    name_file(project, what, NAMED[what])
    (warning,) = project.build().warnings
    assert f"cannot read {NAMED[what]}" in warning


@pytest.mark.parametrize("name", ["a" * 300 + ".py", "import plotting; " * 100, "a\0.py"])
def test_names_that_no_file_can_have(project, name):
    page(project, name)
    (warning,) = project.build().warnings
    assert warning.endswith("[animvideo.script]")
    assert len(warning) < 1500


def test_prebuilt_videos_outside_the_source_directory(project):
    outside = project.folder.parent / "outside.animvideo"
    outside.mkdir()
    (outside / "asset.json").write_text("{}")
    (project.folder / "in").mkdir()
    (project.folder / "in" / "asset.json").symlink_to(outside / "asset.json")
    for folder in ("../outside.animvideo", "in"):
        project.write("index.rst", f"Page\n====\n\n.. animvideo-prebuilt:: {folder}\n")
        (warning,) = project.build().warnings
        assert "is outside the source directory" in warning


@pytest.mark.parametrize("name", ["../secret.mp4", "/etc/passwd", "..", ""])
def test_prebuilt_videos_that_name_files_elsewhere(project, name):
    (project.folder / "secret.mp4").write_text("secret")
    file = {"format": "mp4", "name": name, "type": "video/mp4", "size": 6, "sha256": "ab"}
    clip = {"files": [file], "poster": None, "captions": None, "width": 4, "height": 4}
    clip |= {"fps": "25", "frame_count": 1, "seconds": 1.0}
    project.write("made/asset.json", json.dumps({"clips": [clip]}))
    project.write("index.rst", "Page\n====\n\n.. animvideo-prebuilt:: made\n")
    build = project.build()
    (warning,) = build.warnings
    assert "files of this video are missing or damaged" in warning
    assert b"secret" not in published(build)
