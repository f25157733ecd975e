"""What differs on other systems and for other users, as far as one machine can show it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sphinxcontrib_animvideo.core.model.file_lock import lock_file
from sphinxcontrib_animvideo.testing.output_folder import folder_name
from tests.conftest import FIGURE, Project, directive
from tests.video import decode

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[1]
CODE = FIGURE + "for n in range(4):\n    line.set_ydata([n, 1])\n    capture()\n"
PAGE = "Page\n====\n\n" + directive(CODE, ":alt: a line")
SCRIPT = "from sphinxcontrib_animvideo import capture\n" + CODE


def run(*command: str, cwd: Path, **variables: str | None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=cwd,
        env={name: value for name, value in environment.items() if value is not None},
        capture_output=True,
        text=True,
    )


def published(outdir: Path) -> Path:
    (video,) = outdir.glob("_images/*.mp4")
    return video


@pytest.mark.parametrize("name", ["with blanks", "Übergröße ☃", "a%20b#c & d's"])
def test_folders_with_any_name(tmp_path, name):
    project = Project(tmp_path / name / "docs")
    project.write("index.rst", PAGE)
    project.write("wave.py", SCRIPT)
    out = tmp_path / name / "out"
    done = run("sphinx", "-W", "-q", str(project.folder), str(out), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(decode(published(out)).frames) == 4
    done = run("sphinxcontrib_animvideo", "render", "wave.py", "-o", "é.mp4", cwd=project.folder)
    assert done.returncode == 0, done.stderr
    assert len(decode(project.folder / "é.mp4").frames) == 4


@pytest.mark.parametrize("home", ["none", "read-only"])
def test_a_user_without_a_home(tmp_path, home):
    """Containers run as users that have no home, or may not write there."""
    names = ("HOME", "USERPROFILE", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "MPLCONFIGDIR")
    variables = dict.fromkeys(names)
    if home == "read-only":
        # Root may write to a folder that is read-only, but not to a file as if it were a folder.
        (tmp_path / "file").touch()
        variables |= {"HOME": str(tmp_path / "file"), "USERPROFILE": str(tmp_path / "file")}
    project = Project(tmp_path / "docs")
    project.write("index.rst", PAGE)
    project.write("wave.py", SCRIPT)
    out = tmp_path / "out"
    done = run("sphinx", "-W", "-q", str(project.folder), str(out), cwd=tmp_path, **variables)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(decode(published(out)).frames) == 4
    words = ("render", "wave.py", "-o", "wave.mp4")
    done = run("sphinxcontrib_animvideo", *words, cwd=project.folder, **variables)
    assert done.returncode == 0, done.stderr


def test_line_ends_of_windows(project):
    """The same video, from the cache, and errors at the same lines."""
    script = project.write("wave.py", SCRIPT)
    page = project.write("index.rst", PAGE + "\n" + directive("", argument="wave.py"))
    assert project.build().summary[0] == 2
    for path in (page, script):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert project.build().summary[:2] == (0, 2)
    page.write_bytes(page.read_bytes().replace(b"capture()", b"1 / 0"))
    warnings = project.build().warnings
    line = page.read_text("utf-8").splitlines().index("       1 / 0") + 1
    assert re.search(rf"index\.rst:{line}: WARNING: the code raised ZeroDivision", warnings[0])


def test_names_that_differ_in_case_only():
    """On file systems that ignore case, they would be one file."""
    one, other = folder_name("test_x.py::test_a"), folder_name("test_x.py::test_A")
    assert one.casefold() != other.casefold()


def test_pages_whose_names_differ_in_case_only_share_no_file(project):
    project.write("one.rst", PAGE)
    project.write("ONE_.rst", PAGE.replace("range(4)", "range(5)"))
    project.write("index.rst", "Pages\n=====\n\n.. toctree::\n\n   one\n   ONE_\n")
    build = project.build()
    assert build.warnings == []
    names = [path.name for path in build.files("_images/*")]
    assert len({name.casefold() for name in names}) == len(names)
    assert names == [name.lower() for name in names]


LOCKS = """
from sphinxcontrib_animvideo.core.model.file_lock import lock_file
one, other = open("lock", "wb"), open("lock", "wb")
assert lock_file(one)
assert not lock_file(other)
one.close()
assert lock_file(other)
"""


@pytest.mark.parametrize("path", ["", "tests/portable"], ids=["here", "as on Windows"])
def test_a_file_is_locked_once(tmp_path, path):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / path), str(ROOT)])}
    subprocess.run([sys.executable, "-c", LOCKS], check=True, cwd=tmp_path, env=environment)


def test_an_error_of_the_file_system_is_no_lock_of_another(tmp_path, monkeypatch):
    fcntl = pytest.importorskip("fcntl")

    def refuse(file, mode):
        raise PermissionError

    monkeypatch.setattr(fcntl, "flock", refuse)
    with (tmp_path / "lock").open("wb") as file, pytest.raises(PermissionError):
        lock_file(file)
