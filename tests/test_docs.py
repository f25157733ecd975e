"""The code on the documentation's pages about Python, and in docstrings, runs as it stands."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from matplotlib import pyplot as plt

from sphinxcontrib_animvideo import Video, VideoWriter, capture, frame, write_video
from sphinxcontrib_animvideo.core.capture.api import recording
from sphinxcontrib_animvideo.core.capture.in_process import InProcessRecorder
from sphinxcontrib_animvideo.core.model.options import OPTIONS
from sphinxcontrib_animvideo.core.model.settings import make_limits, make_settings
from sphinxcontrib_animvideo.errors import keyword
from tests.code_blocks import code_blocks
from tests.video import decode

pytestmark = pytest.mark.once

DOCS = Path(__file__).parents[1] / "docs"
FRAMES = {
    "python": {"waves.mp4": 100, "wave.mp4": 10, "long.mp4": 200},
    "old-recipes": {
        "wave.mp4": 100,
        "piped.mp4": 100,
        "pictures.mp4": 12,
        "images.mp4": 2,
        "raw.mp4": 50,
        "inside.mp4": 10,
        "arrays.mp4": 50,
        "fade.mp4": 75,
        "shown.mp4": 50,
        "long.mp4": 300,
    },
}
"""What is left of each page: the videos and the numbers of their frames."""


@pytest.mark.parametrize("page", FRAMES)
def test_the_code_of_a_page_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = code_blocks(DOCS / "how-to" / f"{page}.rst", "python")
    blocks = [block for block in found if block.kind != "old-recipe"]
    assert len(blocks) >= 4
    for block in blocks:
        compiled = compile("\n" * block.line + block.code, f"{page}.rst", "exec")
        exec(compiled, {"__name__": "__main__"})
        plt.close("all")
    left = {path.name: len(decode(path).frames) for path in tmp_path.glob("*.mp4")}
    assert left == FRAMES[page]
    assert not list(tmp_path.glob("*.unfinished"))


def readme(language):
    """Return the blocks of code in a language."""
    text = (DOCS.parent / "README.md").read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_the_readme_holds_in_a_script_and_in_a_shell(tmp_path):
    conf, *scripts = readme("python")
    assert conf.startswith("# conf.py")
    (directive,) = readme("rst")
    Path(tmp_path, "wave.py").write_text(dedent(directive.partition("\n\n")[2]), "utf-8")
    commands = [line.split() for block in readme("sh") for line in block.splitlines()]
    (render,) = [words for words in commands if words[0] == "animvideo"]
    for words in [
        *(["-c", script] for script in scripts),
        ["-m", "sphinxcontrib_animvideo", *render[1:]],
    ]:
        subprocess.run(
            [sys.executable, *words],
            check=True,
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(DOCS.parent), "MPLBACKEND": "agg"},
        )
    left = {path.name: len(decode(path).frames) for path in tmp_path.glob("*.[mw]*")}
    assert left == {"waves.mp4": 100, "points.webm": 50, "animation.mp4": 50, "wave.mp4": 50}


def test_the_keys_of_the_player_are_listed():
    source = DOCS.parent / "sphinxcontrib_animvideo" / "html" / "src" / "player.js"
    (rows,) = re.findall(r"const rows = \[\n(.*?)\n *\];", source.read_text("utf-8"), re.DOTALL)
    shown = [keys.replace("…", "").split() for keys in re.findall(r'\["(.+?)", ', rows)]
    page = (DOCS / "how-to" / "player.rst").read_text("utf-8")
    table = re.findall(r"^   \* - (:kbd:.+)$", page, re.MULTILINE)
    assert [re.findall(r":kbd:`(.+?)`", cell) for cell in table] == shown
    assert len(shown) >= 10


@pytest.mark.parametrize("thing", [Video, VideoWriter, capture, frame, write_video])
def test_the_examples_of_a_docstring_run(thing, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    recorder = InProcessRecorder(make_settings({}, default_of), make_limits(default_of), keyword)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    said = []
    with recording(recorder):
        for test in doctest.DocTestFinder().find(thing, thing.__name__, globs={}):
            runner.run(test, out=said.append)
    captured = recorder.frame_count
    recorder.abort()
    assert (runner.failures, runner.tries > 2) == (0, True), "".join(said)
    assert captured == (60 if thing is capture else 0)
    assert not list(tmp_path.glob("*.unfinished"))


def default_of(option):
    return OPTIONS[option].default


def gallery_entries():
    """Yield the page, the options, and the code of each entry of the gallery."""
    entry = re.compile(
        r"^   \.\. animvideo::(?: (?P<script>\S+).*)?\n(?P<options>(?:      :.*\n)+)"
        r"\n?(?P<code>(?:      .*\n|\n)*)",
        re.MULTILINE,
    )
    for page in sorted((DOCS / "gallery").glob("*.rst")):
        for found in entry.finditer(page.read_text("utf-8")):
            script = found["script"]
            code = (page.parent / script).read_text("utf-8") if script else dedent(found["code"])
            yield page.stem, found["options"], code.strip()


def test_entries_of_the_gallery_are_short_and_from_many_fields():
    entries = list(gallery_entries())
    assert len(entries) >= 24
    assert len({page for page, _, _ in entries}) >= 8
    assert [code for _, _, code in entries if len(code.splitlines()) >= 40] == []
    for page, options, _ in entries:
        for option in ("alt", "caption", "name", "include-source", "show-source-link"):
            assert f":{option}:" in options, (page, options)
