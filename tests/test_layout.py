"""How the package is organized."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "sphinxcontrib_animvideo"
FILES = sorted(PACKAGE.rglob("*.py"))
LONG = 300
"""Lines, above which a module gives its reason in its docstring."""


def name(path):
    return path.relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_module_has_one_purpose_and_a_readable_size(path):
    text = path.read_text("utf-8")
    docstring = ast.get_docstring(ast.parse(text)) or ""
    assert docstring.partition("\n\n")[0].endswith((".", "PYTEST_DONT_REWRITE")), docstring
    assert len(text.splitlines()) <= LONG or "long because" in docstring


def lengths():
    """Yield the number of lines of each function, without its docstring."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = node.end_lineno - node.lineno + 1
                first = node.body[0]
                if ast.get_docstring(node) is not None:
                    lines -= first.end_lineno - first.lineno + 1
                yield lines, f"{name(path)}:{node.name}"


def test_functions_are_short():
    found = sorted(lengths())
    assert found[len(found) // 2][0] <= 7
    assert found[len(found) * 9 // 10][0] < 20
    assert found[-1][0] <= 60


def contributing():
    """Return the paths that CONTRIBUTING.md names as the place of a change."""
    text = (PACKAGE.parent / "CONTRIBUTING.md").read_text("utf-8")
    table = text.partition("## Where to make a change")[2].partition("## Pull requests")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")][2:]
    return [part for row in rows for part in row.split("`")[1::2] if "/" in part or ".py" in part]


def test_the_map_for_contributors_leads_somewhere():
    paths = contributing()
    assert len(paths) >= 12
    assert [path for path in paths if not (PACKAGE / path).exists()] == []
