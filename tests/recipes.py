"""Runs the recipes of docs/how-to/other-libraries.rst.

Not among the tests, as it needs the libraries:

    python -m pip install --group recipes && python -m pytest tests/recipes.py
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.code_blocks import code_blocks
from tests.video import decode

PAGE = Path(__file__).parents[1] / "docs" / "how-to" / "other-libraries.rst"
RECIPES = {
    block.title: block.code for block in code_blocks(PAGE, "python") if block.kind != "not-run"
}


def test_the_recipes_are_found():
    assert len(RECIPES) >= 12


@pytest.mark.parametrize("library", RECIPES)
def test_a_recipe_makes_a_video_that_moves(library, tmp_path):
    script = tmp_path / "recipe.py"  # not the name of the library, which it would hide
    script.write_text(RECIPES[library], "utf-8")
    browser = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    environment = os.environ | ({"BROWSER_PATH": browser} if browser else {})
    command = [sys.executable, "-m", "sphinxcontrib_animvideo", "render", "recipe.py"]
    done = subprocess.run(
        [*command, "-o", "recipe.mp4"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "seizures" not in done.stderr
    frames = decode(tmp_path / "recipe.mp4").frames
    assert len(frames) >= 8
    assert abs(frames[0].astype(int) - frames[len(frames) // 2].astype(int)).max() > 50
