import pickle
from dataclasses import replace
from fractions import Fraction

import pytest

from sphinxcontrib_animvideo.core.model.job import Job, SourceLocation, chains, code_digest
from sphinxcontrib_animvideo.core.model.settings import Settings

SETTINGS = Settings(
    fps=None,
    default_fps=Fraction(25),
    dpi=None,
    hidpi=False,
    style=("default",),
    rcparams=(),
    seed=0,
    pre_code="",
    max_frames=100,
    redraw="incremental",
    formats=("mp4",),
    quality="good",
    encoder_args=(),
    poster="first",
)


def job(code="x = 1\n", line=3, previous=None, **settings):
    place = SourceLocation("page.rst", line)
    return Job(
        place, code, place, "/docs", "/docs", replace(SETTINGS, **settings), 10.0, previous=previous
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [("x = 1", "x  =  1  # why"), ("x = 1\ny = 2", "\n\nx = 1\n\n# so\ny = 2\n")],
)
def test_comments_blank_lines_and_spaces_do_not_count(one, other):
    assert code_digest(one) == code_digest(other)


@pytest.mark.parametrize("other", ["x = 2", "'x = 1'", "x = 1; y = 1", "x = ("])
def test_code_counts(other):
    assert code_digest("x = 1") != code_digest(other)


# Syntax whose tree or text differs between versions of Python.
CODE = '''
"""A docstring with "quotes"."""
def draw(ax, /, *lines: "Line2D", width=1e-3, **options) -> None:
    ax.set_title(f"{width:.{options['digits']}f} {'a' 'b' if lines else None!r} it's" "é \\N{BULLET}")
    print(f"{', '.join([f'{line:{width}}' for line in lines])}")
    return [*lines, ...], {**options}, f"{width=}", b"\\0", 1j, -0.0, ("x",)[0], u"\\ud800"
class Curve(list): ...
async def wait(): return await draw(x := 1)
match 1:
    case [None, *_] | {"a": Curve()}: pass
'''


def test_the_digest_is_the_same_on_all_versions_of_python():
    assert code_digest(CODE).startswith("0831b036134e6f6a")
    assert code_digest(CODE) != code_digest(CODE.replace("'b'", "'c'"))


def test_the_place_does_not_count():
    here = job()
    there = replace(
        here,
        location=SourceLocation("b.rst", 70),
        code_location=SourceLocation("b.rst", 72),
        folder="/x",
    )
    assert here.key("env") == there.key("env")


@pytest.mark.parametrize(
    "settings",
    [
        {"fps": Fraction(10)},
        {"dpi": 50.0},
        {"style": ("ggplot",)},
        {"rcparams": (("lines.linewidth", 3),)},
        {"seed": 1},
        {"pre_code": "import numpy"},
        {"max_frames": 7},
        {"formats": ("webm",)},
        {"quality": 30},
        {"encoder_args": (("mp4", ("-preset", "slow")),)},
        {"poster": "last"},
    ],
)
def test_every_setting_counts(settings):
    assert job().key("env") != job(**settings).key("env")


def test_environment_and_chain_count():
    assert job().key("env") != job().key("other")
    first = job("a = 1")
    assert job(previous=first).key("e") != job().key("e")
    assert job(previous=first).key("e") != job(previous=job("a = 2")).key("e")


def test_jobs_are_plain_data():
    one = job(previous=job("a = 1"))
    assert pickle.loads(pickle.dumps(one)) == one
    assert len({one, pickle.loads(pickle.dumps(one))}) == 1


def test_chains_hold_each_job_once_where_they_can():
    first, alone = job("a = 1", 1), job("z = 1", 9)
    second = job("b = 1", 2, previous=first)
    third = job("c = 1", 3, previous=second)
    assert list(chains([first, second, third, alone])) == [(first, second, third), (alone,)]
    assert list(chains([second])) == [(first, second)]
