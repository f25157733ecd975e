"""The workflow files in the docs, read by linters of such files."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WORKFLOWS = ROOT / "docs" / "how-to" / "workflows"
GITHUB = sorted(WORKFLOWS.glob("github*.yml"))
SCHEMAS = {
    "github.yml": ["vendor.github-workflows"],
    "github-comment.yml": ["vendor.github-workflows"],
    "gitlab.yml": ["vendor.gitlab-ci", "--data-transform", "gitlab-ci"],
}
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


@pytest.mark.parametrize("name", SCHEMAS)
def test_they_have_the_right_form(name):
    status, said = check(WORKFLOWS / name)
    assert status == 0, said


def test_they_are_secure():
    assert set(SCHEMAS) == {path.name for path in WORKFLOWS.iterdir()}
    status, said = audit(*map(str, GITHUB))
    assert status == 0, said


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
