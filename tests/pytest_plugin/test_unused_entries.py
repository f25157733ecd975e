"""Entries of lock files whose tests no longer exist."""

import json

import pytest

pytestmark = pytest.mark.once

TESTS = """\
import numpy as np
import pytest

def moves():
    return (np.full((16, 16), level, np.uint8) for level in (0, 90))

@pytest.mark.animvideo
def test_one():
    return moves()

@pytest.mark.animvideo
@pytest.mark.parametrize("size", [1, 2])
def test_sizes(size):
    return moves()

@pytest.mark.animvideo
class TestClass:
    def test_one(self):
        return moves()

class TestOther:
    def test_one(self, animvideo):
        animvideo.capture(np.zeros((16, 16)))
        animvideo.compare()
"""
NAMES = [
    "test_a.py#TestClass::test_one",
    "test_a.py#TestOther::test_one",
    "test_a.py#test_one",
    "test_a.py#test_sizes[1]",
    "test_a.py#test_sizes[2]",
]
WITHOUT_SIZES = TESTS.replace("[1, 2]", "[]").replace("def test_sizes", "def check_sizes")


_LOCK = []
"""The text of the lock file, once the tests have run."""


@pytest.fixture
def run(pytester):
    """Run pytest next to a lock file of all tests; return what it printed, and the entries."""
    pytester.makepyfile(test_a=TESTS, test_b="def test_nothing():\n    pass\n")
    path = pytester.path / "animvideo.lock"

    def run(*words):
        output = pytester.runpytest("-q", *words).stdout.str()
        return output, sorted(json.loads(path.read_text("utf-8"))["videos"])

    if not _LOCK:
        assert run("--animvideo-update=missing")[1] == NAMES
        _LOCK.append(path.read_text("utf-8"))
    path.write_text(_LOCK[0], "utf-8")
    return run


def test_tests_that_are_there(run):
    assert "entries without a test" not in run()[0]


def test_a_test_that_is_gone(run, pytester, workers):
    pytester.makepyfile(test_a=WITHOUT_SIZES)
    output, entries = run(*workers)
    assert "entries without a test: test_a.py#test_sizes[1], test_a.py#test_sizes[2]" in output
    assert "To remove them, run: pytest --animvideo-update=all" in output
    assert entries == NAMES
    output, entries = run("--animvideo-update=all", *workers)
    assert "removed entries without a test: test_a.py#test_sizes[1], test_a.py#test_s" in output
    assert entries == NAMES[:3]
    assert "entries without a test" not in run(*workers)[0]


@pytest.mark.parametrize(
    ("text", "changed", "gone"),
    [
        ("[1, 2]", "[2]", "test_a.py#test_sizes[1]"),
        ("@pytest.mark.animvideo\nclass", "class", "test_a.py#TestClass::test_one"),
        ("class TestOther", "class TestNew", "test_a.py#TestOther::test_one"),
    ],
)
def test_a_part_that_is_gone(run, pytester, text, changed, gone):
    assert text in TESTS
    pytester.makepyfile(test_a=TESTS.replace(text, changed))
    assert f"entries without a test: {gone}\n" in run("--collect-only")[0]


def test_a_file_that_is_gone(run, pytester):
    (pytester.path / "test_a.py").unlink()
    output, _ = run("test_b.py")
    assert f"entries without a test: {', '.join(NAMES)}" in output


@pytest.mark.parametrize(
    "words",
    [
        ["test_a.py::test_one"],
        ["test_b.py"],
        ["--lf"],
        ["test_a.py::TestClass", "test_b.py"],
        ["-k", "nothing"],
        ["--deselect", "test_a.py"],
    ],
)
def test_tests_that_do_not_run_may_exist(run, words):
    output, entries = run(*words, "--animvideo-update=all")
    assert "without a test" not in output
    assert entries == NAMES


def test_a_file_that_cannot_be_imported(run, pytester):
    pytester.makepyfile(test_a="import nothing_of_this_name\n")
    output, entries = run("--animvideo-update=all")
    assert "entries without a test" not in output
    assert entries == NAMES


def test_collecting_removes_nothing(run, pytester):
    pytester.makepyfile(test_a=WITHOUT_SIZES)
    output, entries = run("--collect-only", "--animvideo-update=all")
    assert "entries without a test: test_a.py#test_sizes[1], test_a.py#test_sizes[2]" in output
    assert entries == NAMES


def test_entries_of_the_docs_stay(run, pytester):
    path = pytester.path / "animvideo.lock"
    data = json.loads(path.read_text("utf-8"))
    docs = ["index#1", "sub/a#2", "b#1[k=0.5,m=%2C]", "b#1[k=1].2", "index#1.2"]
    data["videos"] |= dict.fromkeys(docs, data["videos"][NAMES[0]])
    path.write_text(json.dumps(data), "utf-8")
    output, entries = run()
    assert "entries without a test" not in output
    output, entries = run("--animvideo-update=all")
    assert entries == sorted([*NAMES, *docs])
