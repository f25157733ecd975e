from dataclasses import fields
from fractions import Fraction

import pytest

from sphinxcontrib_animvideo.core.model import values
from sphinxcontrib_animvideo.core.model.options import (
    CLI,
    CONFIG,
    DIRECTIVE,
    MAGIC,
    MARKER,
    OPTIONS,
    PYTHON,
    directive_option,
    docs_spelling,
    options_of,
    read_options,
    spelling,
)
from sphinxcontrib_animvideo.core.model.settings import Limits, Settings, check_formats
from sphinxcontrib_animvideo.errors import LimitError, OptionError, keyword
from sphinxcontrib_animvideo.keywords import VideoOptions
from sphinxcontrib_animvideo.testing.marker import MarkerOptions


def read(given):
    return read_options(DIRECTIVE, given, lambda name: f":{name}:")


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("fps", "25", Fraction(25)),
        ("fps", "30000/1001", Fraction(30000, 1001)),
        ("fps", "23.976", Fraction(2997, 125)),
        ("dpi", "72.5", 72.5),
        ("style", "ggplot, my.mplstyle", ("ggplot", "my.mplstyle")),
        ("max-frames", "10", 10),
        ("context", None, ""),
        ("context", "close-figs", "close-figs"),
        ("formats", "webm mp4, webm", ("webm", "mp4")),
        ("quality", "best", "best"),
        ("quality", "23", 23),
        ("poster", "7", 7),
        ("poster", "1.5s", 1.5),
        ("poster", "last", "last"),
        ("poster", "img/a b.png", "img/a b.png"),
        ("width", "300", "300px"),
        ("width", "50 %", "50%"),
        ("scale", "50%", 50.0),
        ("depends", "a.csv, b c.csv\nd.csv", ("a.csv", "b c.csv", "d.csv")),
        ("skip", None, "skipped"),
        ("loop", None, True),
        ("loop", "false", False),
    ],
)
def test_values_are_read(name, text, value):
    assert read({name: text}) == {name: value}


def test_flags_have_a_no_form():
    assert read({"no-controls": None}) == {"controls": False}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("fps", "0", "frames per second above 0"),
        ("fps", "fast", "frames per second above 0"),
        ("fps", None, "frames per second above 0"),
        ("fps", "nan", "frames per second above 0"),
        ("fps", "1/0", "frames per second above 0"),
        ("dpi", "inf", "dots per inch"),
        ("max-frames", "2.5", "a whole number of at least 1"),
        ("context", "keep", "no value, 'reset' or 'close-figs'"),
        ("formats", "mp4 mov", "gif, webp, apng, not 'mp4 mov' (unknown: mov)"),
        ("quality", "great", "draft, good, best, lossless, or a number"),
        ("poster", "soon", "first, middle, last, a frame number"),
        ("preload", "yes", "'none', 'metadata' or 'auto'"),
        ("align", "top", "'left', 'center' or 'right'"),
        ("width", "<b>", "a length such as 300px"),
        ("seed", "-1", "a whole number of at least 0"),
        ("loop", "maybe", "a flag (no value, true, or false)"),
    ],
)
def test_values_out_of_range_name_what_is_allowed(name, text, said):
    with pytest.raises(OptionError) as error:
        read({name: text})
    message = error.value.explain(directive_option)
    assert message.startswith(f":{name}: must be ")
    assert said in message


def test_an_unknown_option_names_the_closest_and_all():
    with pytest.raises(OptionError, match=r"unknown option :fsp:. Did you mean :fps:\? Allowed: "):
        read({"fsp": "1"})


@pytest.mark.parametrize("name", ["no-fps", "no-such", "cache-dir"])
def test_what_is_no_flag_of_the_directive_has_no_no_form(name):
    with pytest.raises(OptionError, match="unknown option"):
        read({name: None})


@pytest.mark.parametrize(
    ("formats", "quality", "said"),
    [
        (
            ("mp4", "gif"),
            "lossless",
            "quality= of gif must be one of draft, good, best, not lossless, which is available for mp4",
        ),
        (("gif",), 10, "quality= of gif must be one of draft, good, best, not a number"),
        (("mp4",), 60, "quality= of mp4 must be from 0 to 51, not 60"),
    ],
)
def test_qualities_that_a_format_lacks(formats, quality, said):
    with pytest.raises(OptionError, match=said):
        check_formats(formats, quality)


def test_every_default_is_allowed():
    for option in OPTIONS.values():
        if option.default not in (None, (), ""):
            option.read(option.default)


def test_every_option_is_documented():
    assert [name for name, option in OPTIONS.items() if not option.help.endswith(".")] == []
    assert "max-frames" in options_of(CONFIG)
    assert OPTIONS["max-frames"].config_name == "animvideo_max_frames"
    assert "caption" not in options_of(CONFIG)


def names(cls):
    return {field.name.replace("_", "-") for field in fields(cls)}


def test_typed_classes_have_the_declared_options():
    rendered = set(OPTIONS) - {name for name in OPTIONS if OPTIONS[name].front_ends == (PYTHON,)}
    assert names(Settings) - {"default-fps"} <= rendered
    assert names(Limits) == {n for n, option in OPTIONS.items() if option.group == "limits"}
    assert names(MarkerOptions) == set(options_of(MARKER))
    keywords = {name.replace("_", "-") for name in VideoOptions.__annotations__}
    assert keywords | {"fps"} == set(options_of(PYTHON))


def test_defaults_of_the_marker_are_the_declared_ones():
    unset = {"fps": None, "style": (), "max_frames": None}  # decided later
    for field in fields(MarkerOptions):
        declared = OPTIONS[field.name.replace("_", "-")].default
        assert field.default == unset.get(field.name, declared)


def test_values_of_conf_py_become_hashable():
    from cycler import cycler

    table = values.TABLE.read({"a": [1, (2, "x")], "b": cycler(color=["r"])})
    assert table == (("a", (1, (2, "x"))), ("b", "cycler('color', ['r'])"))


@pytest.mark.parametrize(
    ("spell", "text"),
    [
        (keyword, "too many. Increase max_frames=."),
        (directive_option, "too many. Increase :max-frames:."),
        (docs_spelling, "too many. Increase :max-frames: or animvideo_max_frames."),
        (spelling(CLI, lambda option: f"--{option.name}"), "too many. Increase --max-frames."),
        (lambda name: "", "too many."),
    ],
)
def test_each_front_end_spells_the_option_of_an_error(spell, text):
    error = LimitError("too many.", option="max-frames", hint="Increase {option}.")
    assert error.explain(spell) == text


def test_a_front_end_without_the_option_shows_no_hint():
    error = LimitError("too many pixels.", option="max-pixels", hint="Increase {option}.")
    magic = spelling(MAGIC, lambda option: f"--{option.name}")
    assert error.explain(magic) == "too many pixels."
    assert error.explain(docs_spelling) == "too many pixels. Increase animvideo_max_pixels."
