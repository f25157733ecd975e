"""Sweeps: what is read from texts and lists, and what is checked before anything runs."""

import math
import pickle

import numpy as np
import pytest

from sphinxcontrib_animvideo.core.lockfile.lock import combination_suffix, job_of
from sphinxcontrib_animvideo.core.model.job import SourceLocation
from sphinxcontrib_animvideo.core.model.options import OPTIONS
from sphinxcontrib_animvideo.core.model.sweep import in_words, literal_of, read_sweep, values_of
from sphinxcontrib_animvideo.core.model.sweep_code import check_code, check_size, default_of
from sphinxcontrib_animvideo.errors import OptionError


def values(text):
    """Return the values of each parameter."""
    sweep = read_sweep(text)
    return {
        p.name: [values_of(((p.name, literal),))[p.name] for literal in p.literals]
        for p in sweep.parameters
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = 1, 2", {"a": [1, 2]}),
        ("a = 1", {"a": [1]}),
        ("a=1,2;b='x',\"y\"", {"a": [1, 2], "b": ["x", "y"]}),
        ("a = -1, +2.5, 1e-3\nb = True, None", {"a": [-1, 2.5, 1e-3], "b": [True, None]}),
        ("a = 1,\n    2,\n  3\n\nb = 4", {"a": [1, 2, 3], "b": [4]}),
        ("a = [1, 2]", {"a": [1, 2]}),
        ("a = (1, 2), (3, 4)", {"a": [(1, 2), (3, 4)]}),
        ("a = range(3), 10", {"a": [0, 1, 2, 10]}),
        ("a = range(10, 0, -5)", {"a": [10, 5]}),
        ("a = np.linspace(0, 1, 11)", {"a": [n / 10 for n in range(11)]}),
        ("a = linspace(1, 2, num=2)", {"a": [1.0, 2.0]}),
        ("a = linspace(3, 5, 1)", {"a": [3.0]}),
        ("a = linspace(1000000, 1000003, 4)", {"a": [1e6, 1000001, 1000002, 1000003]}),
        ("a = geomspace(0.001, 1000, 7)", {"a": [1e-3, 1e-2, 0.1, 1, 10, 100, 1000]}),
        ("λ = 'sin(x) = 1; y'", {"λ": ["sin(x) = 1; y"]}),
        ("a = 'b = 1', 'c'", {"a": ["b = 1", "c"]}),
    ],
)
def test_texts(text, expected):
    assert values(text) == expected


def test_values_in_between_are_close_to_those_of_numpy_and_read_well():
    (found,) = values("a = linspace(0, 3.14159265, 8)").values()
    assert np.allclose(found, np.linspace(0, 3.14159265, 8), rtol=1e-5)
    assert found[-1] == 3.14159265
    (found,) = values("a = geomspace(2, 3e6, 9)").values()
    assert np.allclose(found, np.geomspace(2, 3e6, 9), rtol=1e-5)
    assert read_sweep("a = linspace(0, 1, 4)").parameters[0].labels == (
        "0",
        "0.333333",
        "0.666667",
        "1",
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", ""),
        ("a", ""),
        ("a = ", "invalid syntax"),
        ("a = 1 2", "invalid syntax"),
        ("a == 1", ""),
        ("a = b = 1", ""),
        ("a.b = 1, 2", ""),
        ("a, b = 1, 2", ""),
        ("import os", ""),
        ("a = 1, 2; a = 3", "a is given twice"),
        ("a = 1, 1.0", "a has two values that are written as 1"),
        ("a = 1, '1'", "a has two values that are written as 1"),
        ("a = ''", "cannot be written as a label"),
        ("a = ' '", "cannot be written as a label"),
        ("a = 'two\\nlines'", "cannot be written as a label"),
        ("a = '\\x00'", "cannot be written as a label"),
        ("a = '" + 101 * "x" + "'", "cannot be written as a label"),
        ("a = 1e999", "cannot be written as a label"),
        ("a = ...", "cannot be written as a label"),
        ("a = []", "a has no values"),
        ("a = range(0)", "a has no values"),
        ("a = range(10**12)", "neither a literal"),
        ("a = range(1000000000000000000000)", "more than 10000 values"),
        ("a = range('a')", "range('a'): 'str' object cannot be interpreted as an integer"),
        ("a = 1, 2, b = 3, 4", "separate parameters by semicolons"),
        ("a = 1\nb = 1, 2, c=3, 4", "separate parameters by semicolons"),
        ("a = range(1000000000)", "more than 10000 values"),
        (
            "a = linspace(0, 1, 1000000000)",
            "1000000000): num must be a whole number from 1 to 10000",
        ),
        ("a = linspace(0, 1)", "linspace() missing 1 required positional argument: 'num'"),
        ("a = linspace(0, 'x', 3)", "linspace(0, 'x', 3): "),
        ("a = linspace(0, 1e999, 3)", "start and stop must be finite"),
        ("a = linspace(0, 1, 2.5)", "num must be a whole number"),
        ("a = geomspace(-1, 1, 3)", "both positive or both negative"),
        ("a = geomspace(0, 1, 3)", "both positive or both negative"),
        ("a = open('x').read()", "open('x').read() is neither a literal"),
        ("a = [x for x in (1, 2)]", "neither a literal"),
        ("a = 2 ** 3", "2 ** 3 is neither a literal"),
        ("a = *range(3), 4", "neither a literal"),
        ("capture = 1, 2", "capture is not available as a name"),
        ("__name__ = 1, 2", "__name__ is not available as a name"),
        ("a = " + 500 * "(" + "1" + 500 * ")", ""),
    ],
)
def test_texts_that_are_refused(text, reason):
    with pytest.raises(OptionError, match=r"must be names with values") as caught:
        OPTIONS["sweep"].read(text)
    assert reason in str(caught.value)


def test_nothing_is_evaluated(tmp_path):
    target = tmp_path / "written"
    with pytest.raises(OptionError):
        OPTIONS["sweep"].read(f"a = open({str(target)!r}, 'w'), 1")
    assert not target.exists()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"a": [1, 2]}, {"a": [1, 2]}),
        ({"a": np.array([0.5, 1.5]), "b": range(2)}, {"a": [0.5, 1.5], "b": [0, 1]}),
        ({"a": [np.float64(0.5), np.int64(3)]}, {"a": [0.5, 3]}),
        ({"a": ("x", "y")}, {"a": ["x", "y"]}),
    ],
)
def test_lists(given, expected):
    assert values(given) == expected


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"": [1]},
        {"a b": [1]},
        {"if": [1]},
        {"a": 1},
        {"a": "xy"},
        {"a": [object()]},
        {"a": [math.nan]},
        3,
    ],
)
def test_lists_that_are_refused(given):
    with pytest.raises(OptionError, match="must be names with values"):
        OPTIONS["sweep"].read(given)


def test_combinations():
    sweep = read_sweep("a = 1, 2\nb = 0.5, 'x', True")
    assert sweep.size == 6
    assert [in_words(c) for c in sweep.combinations][:4] == [
        *("a=1, b=0.5", "a=1, b=x", "a=1, b=True", "a=2, b=0.5"),
    ]
    assert [sweep.index((a, b)) for a in range(2) for b in range(3)] == list(range(6))
    assert pickle.loads(pickle.dumps(sweep)) == sweep
    assert [p.is_numeric for p in sweep.parameters] == [True, False]
    assert [
        read_sweep(text).parameters[0].is_numeric for text in ("a = 3, 2, 1", "a = 1, 3, 2")
    ] == [True, False]


def test_one_and_true_are_different_values():
    one, other = (read_sweep(text).combinations[0] for text in ("a = 1", "a = True"))
    assert one != other


@pytest.mark.parametrize(
    ("text", "literal"),
    [("1", "1"), ("0.5", "0.5"), ("x", "'x'"), ("1.0", "'1.0'"), ("True", "'True'"), ("-2", "-2")],
)
def test_literals_of_texts(text, literal):
    assert literal_of(text) == literal


def test_names_in_the_lock_file():
    suffix = combination_suffix(read_sweep("a = 0.1\nb = 'x,y]#%'").combinations[0])
    assert suffix == "[a=0.1,b=x%2Cy%5D%23%25]"
    for name in ("page#1", f"page#1{suffix}", "test.py#test_wave[0.5]"):
        assert job_of(name) == job_of(f"{name}.2") == name


# -- what is shown first, and how many there are -----------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "number"),
    [(None, 4), ("a = 1", 1), ("a = 3; b = 6", 8), ("b = 4.0", 3)],
)
def test_the_default(chosen, number):
    sweep = read_sweep("a = 1, 2, 3\nb = 4, 5, 6")
    assert default_of(sweep, chosen and read_sweep(chosen)) == number


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        ("c = 1", "c is not a parameter of the sweep"),
        ("a = 9", "a must be one of 1, 2, 3"),
        ("a = 1, 2", "a must be one of 1, 2, 3"),
    ],
)
def test_a_default_that_does_not_exist(chosen, reason):
    with pytest.raises(OptionError, match=reason):
        default_of(read_sweep("a = 1, 2, 3"), read_sweep(chosen))


def test_too_many_combinations():
    check_size(read_sweep("a = range(8); b = range(8)"), 64)
    with pytest.raises(OptionError, match="has 72 combinations, but at most 64 are allowed"):
        check_size(read_sweep("a = range(9); b = range(8)"), 64)


# -- code ----------------------------------------------------------------------------------------


def check(code, text="speed = 1, 2", is_alone=True):
    check_code(code, SourceLocation("page.rst", 10), read_sweep(text), is_alone)


@pytest.mark.parametrize(
    "code",
    [
        "print(speed)",
        "def f():\n    return speed",
        "def f(speed):\n    pass\nf(speed)",
        "def f():\n    speed = 3\nprint(speed)",
        "speed *= 2",
        "x = [speed for speed in (1, 2)]\nprint(speed)",
        "f = lambda speed: speed\nf(speed)",
        "class A:\n    speed = speed",
        "object.speed = speed",
        "print(globals()['speed'])",
        "exec('print(speed)')",
        "this is no Python",
    ],
)
def test_code_that_uses_a_parameter(code):
    check(code)


@pytest.mark.parametrize(
    "code",
    [
        "{}speed = 3\nprint(speed)",
        "{}speed: float = 3\nprint(speed)",
        "{}for speed in (1, 2): print(speed)",
        "{}with open('x') as speed: print(speed)",
        "{}import speed\nprint(speed)",
        "{}import speed.light\nprint(speed)",
        "{}from a import b as speed\nprint(speed)",
        "{}def speed(): pass\nspeed()",
        "{}class speed: pass\nspeed()",
        "{}a, *speed = 1, 2\nprint(speed)",
        "{}print(speed := 3)\nprint(speed)",
        "{}del speed\nprint(speed)",
    ],
)
@pytest.mark.parametrize("before", [0, 2])
def test_code_that_sets_a_parameter_itself(code, before):
    with pytest.raises(OptionError, match="the code sets speed itself") as caught:
        check(code.format(before * "pass\n"))
    assert (caught.value.file, caught.value.line) == ("page.rst", 10 + before)


def test_code_that_does_not_use_a_parameter():
    with pytest.raises(OptionError, match="does not use sped of") as caught:
        check("print(speed)", "sped = 1, 2")
    assert "Did you mean speed?" in str(caught.value)
    assert caught.value.file is None
    check("draw()", is_alone=False)
