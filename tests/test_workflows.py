"""The workflow files of the project and in the docs, read by linters of such files."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from sphinxcontrib_animvideo import __version__

ROOT = Path(__file__).parents[1]
WORKFLOWS = ROOT / "docs" / "how-to" / "workflows"
GITHUB = sorted(WORKFLOWS.glob("github*.yml"))
OURS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SCHEMAS = {
    "github.yml": ["vendor.github-workflows"],
    "github-comment.yml": ["vendor.github-workflows"],
    "gitlab.yml": ["vendor.gitlab-ci", "--data-transform", "gitlab-ci"],
    "ci.yml": ["vendor.github-workflows"],
    "release.yml": ["vendor.github-workflows"],
    ".readthedocs.yaml": ["vendor.readthedocs"],
}
FILES = [*sorted(WORKFLOWS.iterdir()), *OURS, ROOT / ".readthedocs.yaml"]
pytestmark = pytest.mark.browser  # once is enough: with the newest dependencies


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def check(path):
    schema, *options = SCHEMAS[path.name]
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema]
    return run(*command, *options, str(path))


def audit(*paths):
    program = Path(sys.executable).with_name("zizmor")
    return run(str(program), "--offline", "--config", str(ROOT / "tests/zizmor.yml"), *paths)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_they_have_the_right_form(path):
    status, said = check(path)
    assert status == 0, said


def test_they_are_secure():
    assert len(OURS) == 2
    status, said = audit(*map(str, [*GITHUB, *OURS]))
    assert status == 0, said


def test_the_version_is_the_same_everywhere():
    for name in ("CITATION.cff", "packaging/conda/recipe.yaml"):
        assert re.findall(
            r"^ *version: \"?(\d\S*?)\"?$", (ROOT / name).read_text("utf-8"), re.M
        ) == [__version__]


def test_the_linters_find_mistakes(tmp_path):
    for path, text, wrong in (
        (WORKFLOWS / "github.yml", "runs-on", "run-on"),
        (WORKFLOWS / "gitlab.yml", "script:", "scripts:"),
    ):
        broken = tmp_path / path.name
        assert text in path.read_text("utf-8")
        broken.write_text(path.read_text("utf-8").replace(text, wrong), "utf-8")
        assert check(broken)[0] == 1
    unsafe = tmp_path / "unsafe.yml"
    text = (WORKFLOWS / "github-comment.yml").read_text("utf-8")
    unsafe.write_text(text.replace('"$RUN"', "${{ github.event.workflow_run.head_branch }}"))
    assert "template-injection" in audit(str(unsafe))[1]
