"""The lock file: videos that change are found, named and shown."""

import json
import shutil

import numpy as np
import pytest
from PIL import Image

from tests.conftest import FIGURE, directive
from tests.video import decode

MOVES = FIGURE + "for i in range(6):\n    line.set_ydata([i / 6, 1])\n    capture()\n"
WORDS = """\
import matplotlib.pyplot as plt
fig, ax = plt.subplots(figsize=(4, 3))
ax.set(title="The speed of sound", xlabel="time in seconds", ylabel="distance in metres")
line, = ax.plot([0, 1])
for i in range(6):
    line.set_ydata([i / 6, 1])
    capture()
"""
DOT = """\
import numpy as np
for i in range(12):
    picture = np.full((96, 128, 3), 255, np.uint8)
    picture[20:60, 4 * i : 4 * i + 20] = 90
    {}
    capture(picture)
"""


def locked(project):
    return json.loads((project.folder / "animvideo.lock").read_text("utf-8"))


def build(project, mode, **config):
    """Build pages, of which some are in no table of contents, and leave out that warning."""
    made = project.build(animvideo_lock_mode=mode, **config)
    made.warnings = [warning for warning in made.warnings if "in any toctree" not in warning]
    return made


def lock(project, **config):
    assert build(project, "update", **config).warnings == []
    return locked(project)


def check(project, **config):
    return build(project, "check", **config)


def report(project):
    return project.folder / "_build" / "animvideo-report"


def test_what_is_locked(project):
    project.page(MOVES, ":formats: mp4, gif\n:fps: 10")
    data = lock(project)
    ((name, environment),) = data["environments"].items()
    assert {"matplotlib", "freetype", "numpy", "python", "ffmpeg", "text"} <= set(environment)
    ((video, entry),) = data["videos"].items()
    assert video == "index#1"
    (record,) = entry["records"]
    assert record["environment"] == name
    assert (record["frame_count"], record["fps"], record["size"]) == (6, "10", "100x100")
    assert len(record["sha256"]) == 64
    assert len(set(record["frames"].split())) == 6
    assert set(record["files"]) == {"mp4", "gif"}
    assert environment["ffmpeg"] in record["files"]["mp4"]["encoder"]
    before = (project.folder / "animvideo.lock").read_text("utf-8")
    lock(project)
    assert (project.folder / "animvideo.lock").read_text("utf-8") == before


def test_the_default_leaves_everything_alone(project):
    project.page(MOVES)
    assert project.build().warnings == []
    assert not (project.folder / "animvideo.lock").exists()


def test_an_up_to_date_build_is_identical(project):
    project.page(MOVES)
    project.page(WORDS, ":dark: dark_background", name="a.rst")
    lock(project)
    build = check(project)
    assert "animvideo: animvideo.lock: 3 identical\n" in build.status
    shutil.rmtree(project.folder / "_build")
    build = check(project)
    assert build.summary == (3, 0, 0)
    assert "animvideo: animvideo.lock: 3 identical\n" in build.status
    assert not report(project).exists()


def test_holds_and_captions_do_not_get_lost(project):
    project.page(FIGURE + "capture(hold=1)\nline.set_ydata([1, 0])\ncapture()\n", ":fps: 10")
    (entry,) = lock(project)["videos"].values()
    first, second = entry["records"][0]["frames"].split()
    assert first.endswith("*10")
    assert first.partition("*")[0] != second


def test_one_pixel_in_one_frame_of_one_of_20_videos(project):
    pages = {f"p{number}.rst": DOT.format(f"picture[0, {number}] = 0") for number in range(20)}
    for name, code in pages.items():
        project.page(code, name=name)
    project.page(MOVES)
    lock(project)
    planted = "picture[0, 7] = 0\n    if i == 8: picture[80, 100] = 0"
    project.page(DOT.format(planted), name="p7.rst")
    build = check(project)
    (warning,) = build.warnings
    assert warning.startswith(f"{project.folder / 'p7.rst'}:4: WARNING: this video has changed:")
    assert "1 of 12 frames differs, the first is frame 9;" in warning
    assert "the code or the options have changed" in warning
    assert warning.endswith("[animvideo.changed]")
    assert "animvideo.lock: 20 identical, 1 changed\n" in build.status
    page = (report(project) / "index.html").read_text("utf-8")
    assert "p7#1" in page
    assert "p7.rst:4" in page
    assert "Frame 9" in page
    pictures = {
        what: np.asarray(Image.open(report(project) / "video-1" / f"frame-9-{what}.png"), int)
        for what in ("expected", "actual", "difference")
    }
    apart = np.abs(pictures["expected"] - pictures["actual"]).max(axis=2)
    assert np.unravel_index(apart.argmax(), apart.shape) == (80, 100)
    assert tuple(pictures["difference"][80 - 6, 100]) == (230, 0, 90)  # a frame around it
    video = decode(report(project) / "video-1" / "side-by-side-mp4.mp4")
    assert len(video.frames) == 12
    assert video.width >= 3 * 128

    assert check(project).warnings == [warning]  # on every build, until it is accepted
    lock(project)
    assert check(project).warnings == []
    assert not report(project).exists()


def test_the_old_video_is_found_among_the_built_pages(project):
    project.page(MOVES, ":formats: gif")
    lock(project)
    shutil.rmtree(project.folder / "_build" / "doctrees")
    project.page(MOVES.replace("i / 6", "i / 7"), ":formats: gif")
    check(project)
    assert (report(project) / "video-1" / "side-by-side-mp4.mp4").is_file()


def test_the_old_video_is_gone(project):
    project.page(MOVES)
    lock(project)
    shutil.rmtree(project.folder / "_build")
    project.page(MOVES.replace("i / 6", "i / 7"))
    (warning,) = check(project).warnings
    assert "5 of 6 frames differ, the first is frame 2" in warning
    page = (report(project) / "index.html").read_text("utf-8")
    assert "The accepted video is neither in the cache nor among the built pages." in page
    assert len(decode(report(project) / "video-1" / "1-mp4.mp4").frames) == 6


def test_a_report_that_cannot_be_written(project):
    project.page(MOVES)
    lock(project)
    project.write("report", "a file")
    project.page(MOVES.replace("i / 6", "i / 7"))
    (warning,) = check(project, animvideo_report_dir="report").warnings
    assert "5 of 6 frames differ" in warning
    assert "The report could not be written to" in warning
    assert (project.folder / "report").read_text("utf-8") == "a file"


@pytest.mark.parametrize("folder", [".", "_build/html", "other"])
def test_a_report_goes_into_no_directory_of_other_files(project, folder):
    project.page(MOVES)
    project.write("other/thesis.txt", "years of work")
    lock(project)
    project.page(MOVES.replace("range(6)", "range(5)"))
    before = {path for path in project.folder.rglob("*") if "_build" not in path.parts}
    for _ in range(2):
        (warning,) = check(project, animvideo_report_dir=folder).warnings
        path = (project.folder / folder).resolve()
        assert f"The report could not be written: the directory {path} is not empty" in warning
        assert {p for p in project.folder.rglob("*") if "_build" not in p.parts} == before


def test_files_of_others_in_the_directory_of_a_report_stay(project):
    project.page(MOVES)
    lock(project)
    project.page(MOVES.replace("range(6)", "range(5)"))
    check(project)
    (report(project) / "decisions.json").write_text("{}", "utf-8")
    check(project)
    assert (report(project) / "index.html").is_file()
    lock(project)
    check(project)
    assert [path.name for path in report(project).iterdir()] == ["decisions.json"]


def test_entries_of_tests_in_the_same_file_stay(project):
    project.page(MOVES)
    data = lock(project)
    entry = data["videos"]["index#1"]
    tests = [
        "test_d.py#test_s",
        "test_d.py#test_p[1-2]",
        "test_d.py#TestC::test",
        "test_d.py#test_s.2",
    ]
    data["videos"] |= dict.fromkeys(tests, entry)
    data["videos"]["old#2[k=1].2"] = entry
    (project.folder / "animvideo.lock").write_text(json.dumps(data), "utf-8")
    (gone,) = check(project).warnings
    assert "entries without a matching video: old#2[k=1].2. To remove them" in gone
    assert sorted(lock(project)["videos"]) == sorted(["index#1", *tests])


def test_letters_without_hinting_are_the_same_picture(project):
    project.page(WORDS)
    lock(project)
    config = {"animvideo_rcparams": {"text.hinting": "none"}}
    build = check(project, **config)
    assert build.warnings == []
    assert "index.rst:4: same picture: drawn with text hinting none" in build.status
    assert "animvideo.lock: 1 same picture\n" in build.status
    assert not report(project).exists()


def test_another_picture_in_another_environment_is_a_change(project):
    project.page(WORDS)
    lock(project)
    project.page(WORDS.replace("i / 6", "0.9 * i / 6"))
    (warning,) = check(project, animvideo_rcparams={"text.hinting": "none"}).warnings
    assert "changed" in warning
    assert "; the line is up to 3.8 % lower from frame 2 on; " in warning


def test_other_bytes_of_the_same_frames(project):
    project.page(MOVES)
    lock(project)
    build = check(project, animvideo_quality="best")
    assert build.warnings == []
    assert "same picture: same frames, different bytes (mp4): the options have changed" in (
        build.status
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (":fps: 50", "50 frames per second instead of 25"),
        (":dpi: 50", "50x50 pixels instead of 100x100"),
    ],
)
def test_what_else_can_change(project, options, said):
    project.page(MOVES)
    lock(project)
    project.page(MOVES, options)
    (warning,) = check(project).warnings
    assert said in warning


def test_new_and_gone(project):
    project.page(MOVES)
    project.page(DOT.format(""), name="a.rst")
    lock(project)
    (project.folder / "a.rst").unlink()
    project.page(DOT.format("picture[:] = i"), name="b.rst")
    new, gone = sorted(check(project).warnings, key=lambda text: "gone" in text)
    assert new.startswith(f"{project.folder / 'b.rst'}:4: WARNING: this video is not in ")
    assert "entries without a matching video: a#1. To remove them, run: animvideo lock" in gone
    assert new.endswith("[animvideo.lock]")
    assert gone.endswith("[animvideo.lock]")
    assert set(lock(project)["videos"]) == {"index#1", "b#1"}


def test_a_directive_before_others_moves_them(project):
    title = "Page\n====\n\n"
    project.write("index.rst", title + directive(MOVES) + directive(WORDS))
    lock(project)
    project.write(
        "index.rst", title + directive(DOT.format("")) + directive(MOVES) + directive(WORDS)
    )
    (warning,) = check(project).warnings
    assert "index.rst:4: WARNING: this video is not in" in warning


def test_a_failure_is_neither_gone_nor_forgotten(project):
    project.page(MOVES)
    before = lock(project)
    project.page(MOVES + "1 / 0")
    (warning,) = check(project).warnings
    assert "ZeroDivisionError" in warning
    assert len(project.build(animvideo_lock_mode="update").warnings) == 1
    assert locked(project) == before


def test_several_environments_are_accepted(project):
    project.page(WORDS)
    lock(project)
    data = locked(project)
    (name,) = data["environments"]
    environment = data["environments"].pop(name)
    data["environments"]["00000000"] = environment | {"freetype": "other", "ffmpeg": "other"}
    record = data["videos"]["index#1"]["records"][0]
    record |= {"environment": "00000000", "sha256": "0" * 64}
    record["frames"] = " ".join(["00000000"] * 6)
    record["files"]["mp4"]["sha256"] = "0" * 64
    (project.folder / "animvideo.lock").write_text(json.dumps(data), "utf-8")
    build = check(project)
    assert build.warnings == []
    assert "same picture: drawn with freetype" in build.status
    data = lock(project)
    assert set(data["environments"]) == {"00000000", name}
    assert [r["environment"] for r in data["videos"]["index#1"]["records"]] == ["00000000", name]
    assert "1 identical" in check(project).status


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<<<<<<< ours\n{}\n", "has a merge conflict in line 1"),
        ('{"version": 2}', "is damaged"),
        (
            '{"version": 7, "videos": {}}',
            "has format version 7, but this version of animvideo reads format version 2",
        ),
    ],
)
def test_a_damaged_lock_file_is_one_warning_and_stays(project, content, said):
    project.page(MOVES)
    path = project.write("animvideo.lock", content)
    for mode in ("check", "update"):
        build = project.build(animvideo_lock_mode=mode)
        (warning,) = build.warnings
        assert said in warning
        assert str(path) in warning
        assert path.read_text("utf-8") == content
        assert "<video" in build.page()
