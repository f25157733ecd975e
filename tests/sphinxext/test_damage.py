"""Damaged, poisoned, and removed files of the cache, the output, and the lock file."""

import json
import os
import shutil
import threading
import time
from itertools import product
from pathlib import Path

import pytest

from sphinxcontrib_animvideo.core.cache.store import Cache
from sphinxcontrib_animvideo.core.model.stored import digest_of
from tests.conftest import FIGURE

pytestmark = pytest.mark.attack

CODE = FIGURE + "for level in (0, 1):\n    line.set_ydata([level, 1])\n    capture()\n"


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    """A project with a cache, which tests copy, and its output."""
    from tests.conftest import Project

    project = Project(tmp_path_factory.mktemp("rendered") / "docs")
    project.page(CODE, ":formats: mp4 webm")
    build = project.build(animvideo_cache_dir="cache")
    return project, {path.name: path.read_bytes() for path in build.files("_images/*")}


@pytest.fixture
def built(project, rendered):
    """Build a project with that cache, after it was damaged, and return the new build."""
    source, files = rendered
    shutil.copytree(source.folder, project.folder, dirs_exist_ok=True)
    shutil.rmtree(project.folder / "_build")

    def build():
        new = project.build(animvideo_cache_dir="cache")
        assert {path.name: path.read_bytes() for path in new.files("_images/*")} == files
        assert new.warnings == []
        return new

    build.folder = project.folder
    (build.entry,) = (path.parent for path in project.folder.glob("cache/*/*/asset.json"))
    return build


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def flip_and_keep_the_time(path):
    state = path.stat()
    flip(path)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


def link_to_another(path):
    other = path.with_name("other")
    other.write_bytes(bytes(path.stat().st_size))
    path.unlink()
    path.symlink_to(other)


def fifo(path):
    path.unlink()
    os.mkfifo(path)


def device(path):
    path.unlink()
    path.symlink_to("/dev/zero")


def folder(path):
    path.unlink()
    path.mkdir()


DAMAGES = {
    "flipped": flip,
    "flipped, same time": flip_and_keep_the_time,
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "empty": lambda path: path.write_bytes(b""),
    "removed": Path.unlink,
    "link": link_to_another,
    "fifo": fifo,
    "device": device,
    "folder": folder,
}
if os.name != "posix":
    DAMAGES = {name: DAMAGES[name] for name in ("flipped", "zeros", "empty", "removed")}


@pytest.mark.parametrize(
    ("name", "damage"),
    [*product(["1-mp4.mp4", "1-poster.png"], DAMAGES), ("1-poster.webp", "flipped")],
)
def test_a_damaged_file_of_the_cache_is_made_again(built, damage, name):
    DAMAGES[damage](built.entry / name)
    build = built()
    assert build.summary == (1, 0, 0)
    assert build.status.count("a damaged entry of the cache was not used") == 1
    assert built().summary == (0, 1, 0)


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_of_the_output_is_copied_again(built, damage):
    build = built()
    (path,) = build.files("_images/*.mp4")
    damage(path)
    path.with_name("other").unlink(missing_ok=True)
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    assert built().summary == (0, 1, 0)


def test_a_poisoned_record_of_the_cache_is_as_good_as_absent(built):
    record = built.entry / "asset.json"
    text = record.read_text("utf-8")
    secret = built.folder.parent / "secret.txt"
    data = json.loads(text)
    file = data["asset"]["clips"][0]["files"][0]
    secret.write_bytes(bytes(file["size"]))
    # A record is not believed even if it agrees with itself.
    for change in ({"name": "../../../../secret.txt"}, {"sha256": "/../../../../pwned"}):
        file.update(change)
        data["sha256"] = digest_of({key: data[key] for key in ("dependencies", "asset")})
        record.write_text(json.dumps(data), "utf-8")
        shutil.rmtree(built.folder / "_build", ignore_errors=True)
        assert built().summary == (1, 0, 0)
    assert {path.name for path in built.folder.parent.iterdir()} == {"docs", "secret.txt"}


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "5", "{", "[" * 200_000, '{"a": ' * 200_000, '"\\ud800"', "\xff", "NaN"],
    ids=range(10),
)
def test_damaged_json_is_as_good_as_absent(built, text):
    built()
    for name in ("cache/environment.json", "_build/doctrees/animvideo-pages.json"):
        (built.folder / name).write_text(text, "latin-1")
    (built.folder / "_build/doctrees/animvideo-published.json").write_text(text, "latin-1")
    (built.entry / "verified.json").write_text(text, "latin-1")
    assert built().summary == (0, 1, 0)
    (built.entry / "asset.json").write_text(text, "latin-1")
    assert built().summary == (1, 0, 0)


def test_a_program_named_in_the_cache_is_not_run(built, tmp_path):
    built()
    program = tmp_path / "ffmpeg"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/run\n", "utf-8")
    program.chmod(0o755)
    memo = built.folder / "cache" / "environment.json"
    known = json.loads(memo.read_text("utf-8"))
    changed = {name: str(program) if "ffmpeg" in value else value for name, value in known.items()}
    assert changed != known
    memo.write_text(json.dumps(changed), "utf-8")
    shutil.rmtree(built.entry)
    built()
    assert not (tmp_path / "run").exists()


def test_a_cache_that_is_cleared_during_builds(project):
    code = "import numpy as np\nfor _ in range(5):\n    capture(np.full((9, 9), {}))\n"
    pages = [project.page(code.format(level / 9), name=f"{level}.rst") for level in range(8)]
    project.write("index.rst", "Docs\n====\n\n.. toctree::\n   :glob:\n\n   *\n")
    ended = threading.Event()

    def clear():
        while not ended.is_set():
            Cache(project.folder / "cache").prune(0)
            time.sleep(0.02)

    thread = threading.Thread(target=clear)
    thread.start()
    try:
        build = project.build(animvideo_cache_dir="cache")
    finally:
        ended.set()
        thread.join()
    again = project.build(animvideo_cache_dir="cache")
    assert again.warnings == []
    assert len(again.files("_images/*.mp4")) == len(pages)
    assert all("animvideo.cache" in warning for warning in build.warnings)


# -- lock file -------------------------------------------------------------------------------------


def put(*keys, value):
    def change(data):
        for key in keys[:-1]:
            data = data[key]
        data[keys[-1]] = value

    return change


VIDEO = "videos", "index#1"
RECORD = *VIDEO, "records", 0
LOCK_CHANGES = {
    "lost environment": (lambda data: data["environments"].clear(), "there is no environment"),
    "list of environments": (put("environments", value=[]), "is damaged"),
    "numbers in environments": (put("environments", value={"a": {"b": 1}}), "is damaged"),
    "name without number": (
        lambda data: data["videos"].update(x=data["videos"]["index#1"]),
        "the entry x in",
    ),
    "fps": (put(*RECORD, "fps", value="x"), "the entry index#1 in"),
    "huge fps": (put(*RECORD, "fps", value="1e999999999"), "the entry index#1 in"),
    "size": (put(*RECORD, "size", value="x"), "the entry index#1 in"),
    "no records": (put(*VIDEO, "records", value=None), "the entry index#1 in"),
    "empty records": (put(*VIDEO, "records", value=[]), "it has no records"),
    "records": (put(*VIDEO, "records", value=[5]), "the entry index#1 in"),
    "no files": (put(*RECORD, "files", value={}), "it names no files"),
    "format": (
        lambda data: data["videos"]["index#1"]["records"][0]["files"].update(
            new=data["videos"]["index#1"]["records"][0]["files"]["mp4"]
        ),
        "the format new is unknown",
    ),
    "frames": (put(*RECORD, "frames", value="zz"), "the entry index#1 in"),
    "hash": (put(*RECORD, "sha256", value=5), "the entry index#1 in"),
    "source": (put(*VIDEO, "source", value=[]), "the entry index#1 in"),
    "videos": (put("videos", value=[]), "is damaged"),
    "version": (put("version", value=99), "has format version 99"),
}


@pytest.fixture(scope="module")
def locked(tmp_path_factory):
    from tests.conftest import Project

    project = Project(tmp_path_factory.mktemp("locked") / "docs")
    project.page(CODE)
    assert project.build(animvideo_lock_mode="update").warnings == []
    return project


@pytest.mark.parametrize("mode", ["check", "update"])
def test_a_damaged_lock_file_is_one_warning_and_stays(locked, mode):
    path = locked.folder / "animvideo.lock"
    text = path.read_text("utf-8")
    damaged = {name: (json.loads(text), said) for name, (_, said) in LOCK_CHANGES.items()}
    for name, (data, _) in damaged.items():
        LOCK_CHANGES[name][0](data)
    texts = {name: (json.dumps(data), said) for name, (data, said) in damaged.items()}
    line = text.splitlines().index(' "videos": {') + 1
    texts |= {
        "deep": ("[" * 200_000, "is damaged"),
        "surrogate": (text.replace("index#1", "\\ud800#1"), "is damaged"),
        "conflict": (
            text.replace(' "videos"', '<<<<<<< HEAD\n "videos"'),
            f"has a merge conflict in line {line}. Keep one side of each conflict.",
        ),
    }
    try:
        for name, (changed, said) in texts.items():
            path.write_text(changed, "utf-8")
            (warning,) = locked.build(animvideo_lock_mode=mode).warnings
            assert said in warning, name
            assert warning.startswith(f"{path}:1: "), name
            assert path.read_text("utf-8") == changed, name
    finally:
        path.write_text(text, "utf-8")
