"""What code does in a window becomes its videos, the same in every front end.

Each file in ``situations`` is a script. The comments at its top are what it must become:

- ``# clip: 4 frames, 5 fps`` for each video, in order. By default each frame differs from the one
  before; ``2 pictures`` says how many different ones follow each other, and ``first 0 0 0`` which
  color the first frame has at its edge.
- ``# note: text`` is part of a warning.
- ``# not-in: gallery, magic`` names front ends that do not run it.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from sphinxcontrib_animvideo.cli import main
from tests.conftest import Project
from tests.video import Decoded, decode


@dataclass(frozen=True)
class Situation:
    """A script, and what it must become."""

    path: Path

    @property
    def code(self) -> str:
        return self.path.read_text("utf-8")

    def values(self, name: str) -> list[str]:
        return re.findall(rf"^# {name}: (.*)$", self.code, re.MULTILINE)

    @property
    def clips(self) -> list[str]:
        return [self._with_pictures(clip) for clip in self.values("clip")]

    def runs_in(self, front_end: str) -> bool:
        return not any(front_end in names.split(", ") for names in self.values("not-in"))

    @staticmethod
    def _with_pictures(clip: str) -> str:
        frames = clip.split()[0]
        return clip if "pictures" in clip else clip.replace("fps", f"fps, {frames} pictures", 1)


def situations(front_end: str) -> list[Path]:
    """Return the scripts that a front end runs."""
    paths = sorted(Path(__file__).with_name("situations").glob("*.py"))
    return [path for path in paths if Situation(path).runs_in(front_end)]


def described(video: Decoded, expected: str) -> str:
    """Describe a video in the words of the comments, with as much as *expected* says."""
    frames = video.frames
    changes = [not np.array_equal(a, b) for a, b in pairwise(frames)]
    text = f"{len(frames)} frames, {float(video.fps):.6g} fps, {1 + sum(changes)} pictures"
    if "first" in expected:
        text += ", first " + " ".join(str(int(level)) for level in frames[0][1, 1])
    return text


def differences(front_end: str, found: dict[str, list[Decoded]]) -> dict[str, object]:
    """Return what is not as expected, by situation."""
    wrong = {}
    for path in situations(front_end):
        expected = Situation(path).clips
        clips = found.get(path.stem, [])
        texts = [
            described(clip, expected[min(number, len(expected) - 1)])
            for number, clip in enumerate(clips)
        ]
        if texts != expected:
            wrong[path.stem] = (texts, "instead of", expected)
    return wrong


def test_directive(project: Project) -> None:
    paths = situations("directive")
    pages = []
    for path in paths:
        project.write(f"{path.stem}.py", path.read_text("utf-8"))
        project.write(f"{path.stem}.rst", f"P\n=\n\n.. animvideo:: {path.stem}.py\n")
        pages.append(f"   {path.stem}")
    project.write("index.rst", "Docs\n====\n\n.. toctree::\n\n" + "\n".join(pages) + "\n")
    build = project.build(animvideo_quality="lossless")
    found = {
        path.stem: [
            decode(build.outdir / source)
            for source in re.findall(r'<source src="([^"]+)"', build.page(f"{path.stem}.html"))
        ]
        for path in paths
    }
    assert differences("directive", found) == {}
    notes = {path.stem: Situation(path).values("note") for path in paths}
    for name, expected in notes.items():
        warnings = [text for text in build.warnings if f"/{name}.rst:" in text]
        assert len(warnings) == len(expected), warnings
        assert all(note in text for note, text in zip(expected, warnings, strict=True))


@pytest.mark.once
def test_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = situations("cli")
    monkeypatch.chdir(tmp_path)
    for path in paths:
        assert (
            main(
                [
                    *["render", str(path), "-o", f"{path.stem}.mp4", "-q"],
                    *["--quality=lossless", "--cache-dir=cache"],  # which examines ffmpeg once
                ]
            )
            == 0
        )
    found: dict[str, list[Decoded]] = {path.stem: [] for path in paths}
    for path in sorted(tmp_path.glob("*.mp4"), key=lambda path: (len(path.stem), path.stem)):
        name = path.stem if path.stem in found else path.stem.rpartition("-")[0]
        found[name].append(decode(path))
    assert differences("cli", found) == {}


@pytest.mark.once
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_cell_magic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = situations("magic")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    notebook = nbformat.v4.new_notebook()
    start = "%load_ext sphinxcontrib_animvideo\n%matplotlib inline\nimport matplotlib.pyplot as plt"
    codes = [
        start,
        *(f"%%animvideo --quality lossless\n{path.read_text('utf-8')}" for path in paths),
    ]
    notebook.cells = [nbformat.v4.new_code_cell(code) for code in codes]
    client = NotebookClient(
        notebook,
        timeout=120,
        allow_errors=True,
        resources={"metadata": {"path": str(tmp_path)}},
    )
    client.execute()
    found = {}
    for path, cell in zip(paths, notebook.cells[1:], strict=True):
        shown = "".join(output.get("data", {}).get("text/html", "") for output in cell.outputs)
        found[path.stem] = []
        for data in re.findall(r'<video [^>]*src="data:video/mp4;base64,([^"]+)"', shown):
            file = tmp_path / f"{path.stem}-{len(found[path.stem])}.mp4"
            file.write_bytes(base64.b64decode(data))
            found[path.stem].append(decode(file))
    assert differences("magic", found) == {}


@pytest.mark.once
@pytest.mark.filterwarnings(
    "ignore:Animation was deleted"
)  # by Matplotlib, of one that is replaced
def test_gallery(project: Project) -> None:
    paths = situations("gallery")
    project.write(
        "conf.py", 'extensions = ["sphinxcontrib_animvideo", "sphinx_gallery.gen_gallery"]'
    )
    project.write("index.rst", "Docs\n====\n\n.. toctree::\n\n   gallery/index\n")
    project.write("examples/README.rst", "Examples\n========\n")
    for path in paths:
        project.write(f"examples/plot_{path.stem}.py", f'"""\nA\n=\n"""\n{path.read_text("utf-8")}')
    gallery = {
        "examples_dirs": "examples",
        "gallery_dirs": "gallery",
        "image_scrapers": ("matplotlib", "sphinxcontrib_animvideo.gallery"),
    }
    build = project.build(
        sphinx_gallery_conf=gallery,
        animvideo_quality="lossless",
        exclude_patterns=["_build", "examples"],
    )
    found = {
        path.stem: [
            decode(build.outdir / source)
            for source in re.findall(
                r'<source src="\.\./([^"]+)"', build.page(f"gallery/plot_{path.stem}.html")
            )
        ]
        for path in paths
    }
    assert differences("gallery", found) == {}


@pytest.mark.once
def test_pytest(pytester: pytest.Pytester) -> None:
    paths = situations("pytest")
    tests = """
        import runpy
        import matplotlib.pyplot as plt
        import pytest

        held = []

        @pytest.fixture(autouse=True)
        def close_figures():
            yield
            plt.close("all")
        """
    for path in paths:
        tests += f"""
        @pytest.mark.animvideo(quality="lossless")
        def test_{path.stem}():
            held.append(runpy.run_path({str(path)!r}, run_name="__main__"))
        """
    pytester.makepyfile(tests)
    outcomes = pytester.runpytest_subprocess("--animvideo=on", "--animvideo-update=all")
    found = {
        path.stem: [
            decode(video)
            for folder in pytester.path.glob(f"animvideo-results/*-test_{path.stem}-????????")
            for video in sorted(folder.iterdir(), key=lambda video: (len(video.stem), video.stem))
        ]
        for path in paths
    }
    assert differences("pytest", found) == {}
    passed = [path for path in paths if Situation(path).clips]
    outcomes.assert_outcomes(passed=len(passed), failed=len(paths) - len(passed))
