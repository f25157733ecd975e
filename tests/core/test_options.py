import json
from dataclasses import fields
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

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
from sphinxcontrib_animvideo.core.model.sweep import Sweep
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
        ("latex", " filmstrip:12:frame ", "filmstrip:12:frame"),
        ("latex", "animate:250", "animate:250"),
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
        ("fps", "0", "frames per second from 0.001"),
        ("fps", "fast", "frames per second from 0.001"),
        ("fps", None, "frames per second from 0.001"),
        ("fps", "nan", "frames per second from 0.001"),
        ("fps", "1/0", "frames per second from 0.001"),
        ("dpi", "inf", "dots per inch"),
        ("max-frames", "2.5", "a whole number from 1 to"),
        ("context", "keep", "no value, 'reset' or 'close-figs'"),
        ("formats", "mp4 mov", "gif, webp, apng, not 'mp4 mov' (unknown: mov)"),
        ("quality", "great", "draft, good, best, lossless, or a number"),
        ("poster", "soon", "first, middle, last, a frame number"),
        ("preload", "yes", "'none', 'metadata' or 'auto'"),
        ("align", "top", "'left', 'center' or 'right'"),
        ("width", "<b>", "a length such as 300px"),
        ("seed", "-1", "a whole number from 0 to"),
        *(
            ("latex", text, "poster, filmstrip with a number of frames from 2 to 12 (such as")
            for text in ("", "movie", "poster:2", "filmstrip", "filmstrip:1", "filmstrip:13")
        ),
        ("latex", "filmstrip:4:clock", "filmstrip:4:frame, or filmstrip:4:none"),
        ("latex", "animate:1", "animate with a maximum number of frames from 2 to 250"),
        ("latex", "animate:251", "animate with a maximum number of frames from 2 to 250"),
        ("latex", "animate:9:frame", "animate with a maximum number of frames from 2 to 250"),
        ("loop", "maybe", "true or false"),
        ("fps", "1e999999999", "frames per second from 0.001"),
        ("fps", "1e-999999999", "frames per second from 0.001"),
        ("fps", "1/" + "9" * 5000, "frames per second from 0.001"),
        ("fps", "1_0", "frames per second from 0.001"),
        ("fps", "\uff12\uff15", "frames per second from 0.001"),
        ("max-frames", "9" * 5000, "a whole number from 1 to"),
        ("max-frames", 10**5000, "not a value of type int."),
        ("poster", "9" * 400, "first, middle, last, a frame number"),
        ("poster", "9" * 400 + "s", "first, middle, last, a frame number"),
        ("poster", "\u0663s", "first, middle, last, a frame number"),
        ("poster", "1.5", "seconds such as 1.5s"),
        ("width", "\u0663px", "a length such as 300px"),
        ("width", "\uff13px", "a length such as 300px"),
        ("width", "9" * 400, "a length such as 300px"),
        ("scale", "\u0665\u0660%", "a percentage"),
        ("quality", "\uff12", "draft, good, best, lossless, or a number"),
        ("alt", "a\0b", "non-empty text, not 'a\\x00b' (it contains the character U+0000)."),
        ("alt", "\ud800", "(it contains the character U+D800)"),
        ("captions", "a" * 300 + ".vtt", "(too long for a file name)"),
        ("depends", "a.csv, \0", "(it contains the character U+0000)"),
        ("depends", ",", "one or more file names"),
    ],
    ids=lambda value: ascii(value)[:20] if isinstance(value, str) else type(value).__name__,
)
def test_values_out_of_range_name_what_is_allowed(name, text, said):
    with pytest.raises(OptionError) as error:
        read({name: text})
    message = error.value.explain(directive_option)
    assert message.startswith(f":{name}: must be ")
    assert said in message


NUMBERS = [
    "1e999999999", "1e-999999999", "-1e999", "9" * 5000, "9" * 400, "0." + "9" * 5000, "1/0",
    "1/" + "9" * 5000, "0", "-1", "1", "2.5", "nan", "inf", "-inf", "1_000", "0x10", ".", "1.2.3",
    "\u0663", "\uff13", "\u00b2", "\u216b",
]  # fmt: skip
TEXTS = [
    "",
    " ",
    "\0",
    "a\0.png",
    "\ud800",
    "\udcff.vtt",
    "a" * 100_000,
    "a." * 50_000,
    "../" * 400,
]
UNITS = ["", "s", " s", "px", "%", "kB", " GB", ".png", "e9", "filmstrip:", "animate:"]
texts = st.one_of(
    st.sampled_from(TEXTS),
    st.text(st.characters(exclude_categories=())),
    st.builds("{}{}".format, st.sampled_from(NUMBERS), st.sampled_from(UNITS)),
    st.builds("{1}{0}".format, st.sampled_from(NUMBERS), st.sampled_from(UNITS)),
)
numbers = st.one_of(
    st.integers(),
    st.floats(),
    st.sampled_from([10**5000, -(10**5000), Fraction(1, 10**4000), Fraction(10**4000)]),
    st.sampled_from(["1E+999999999", "1E-999999999", "NaN", "sNaN", "-Infinity"]).map(Decimal),
    st.sampled_from([np.float32("inf"), np.float64("nan"), np.int64(-1), np.array([1, 2])]),
)
plain_values = st.one_of(texts, texts, numbers, st.none(), st.booleans())
hostile = st.one_of(
    plain_values,
    plain_values,
    st.lists(plain_values, max_size=3),
    st.dictionaries(texts | st.just("mp4"), plain_values | st.lists(plain_values, max_size=2)),
)


def is_sound(value):
    """Whether a value can be computed with, hashed into a key, and written to a page."""
    if isinstance(value, Sweep):
        names_and_labels = [(p.name, p.labels) for p in value.parameters]
        return all(name.isidentifier() for name, _ in names_and_labels) and is_sound(
            tuple(labels for _, labels in names_and_labels)
        )
    if isinstance(value, tuple):
        return all(map(is_sound, value))
    if isinstance(value, str):
        return "\0" not in value and value.encode("utf-8") is not None
    if isinstance(value, Fraction):
        return Fraction(1, 1000) <= value <= 1000 and value.denominator <= 100_000
    return value is None or isinstance(value, (bool, float)) or abs(value) <= 10**15


READ = [
    option for option in OPTIONS.values() if option.kind not in (values.ANYTHING, values.CALLABLE)
]


@settings(max_examples=2000, deadline=None)
@example(OPTIONS["encoder-args"], {"\ud800": None})
@given(st.sampled_from(READ), hostile)
def test_every_reader_gives_a_sound_value_or_an_error(option, value):
    try:
        found = option.read(value)
    except OptionError as error:
        message = error.explain(directive_option)
        assert message.encode("utf-8")
        assert len(message) < 1000
        return
    assert is_sound(found)
    assert json.dumps(found, default=str)
    if isinstance(found, float) and option.kind is not values.TABLE:
        assert abs(found) <= 10**9


def test_a_table_that_contains_itself():
    table = {"lines.linewidth": []}
    table["lines.linewidth"].append(table["lines.linewidth"])
    with pytest.raises(OptionError, match="must be a dictionary, not"):
        OPTIONS["rcparams"].read(table)


@pytest.mark.parametrize(
    ("value", "fps"),
    [
        (np.float32(23.976), Fraction(2997, 125)),
        (np.int64(25), 25),
        (np.array(12.5), Fraction(25, 2)),
        (Decimal("29.97"), Fraction(2997, 100)),
        (Fraction(1000, 3), Fraction(1000, 3)),
        ("0.001", Fraction(1, 1000)),
        (" 1e3 ", 1000),
    ],
)
def test_every_kind_of_number_is_read_exactly(value, fps):
    assert OPTIONS["fps"].read(value) == fps


def test_an_unknown_option_names_the_closest_and_all():
    with pytest.raises(OptionError, match=r"unknown option :fsp:. Did you mean :fps:\? Allowed: "):
        read({"fsp": "1"})


@pytest.mark.parametrize("name", ["nocontrols", "no-control", "no-contols"])
def test_an_unknown_negation_is_not_taken_for_its_opposite(name):
    with pytest.raises(OptionError, match=r"Did you mean :no-controls:\?"):
        read({name: ""})


@pytest.mark.parametrize("name", ["a\0b", "\ud800", "x" * 10_000])
def test_unknown_options_with_unusable_names(name):
    with pytest.raises(OptionError, match="unknown option :") as error:
        read({name: "1"})
    assert "\0" not in str(error.value)
    assert len(str(error.value).encode()) < 2000


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


KEYWORDS = options_of(PYTHON)


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("raw-size", (4, 3), (4, 3)),
        ("raw-size", [4.0, 3], (4, 3)),
        ("total", 5.0, 5),
        ("total", 0, 0),
        ("target-size", 10**15, 10**15),
        ("target-size", "1.5 kB", 1500),
        ("target-size", 1, 1),
        ("max-frames", "7", 7),
    ],
)
def test_values_of_python_are_read(name, value, read):
    assert KEYWORDS[name].read(value) == read


BAD = [
    *(
        "x",
        "ab",
        "",
        b"x",
        b"1",
        float("nan"),
        float("inf"),
        [],
        [1],
        (1, 2, 3),
        {},
        object(),
        True,
        -1,
    ),
    *(
        1j,
        int,
        "9" * 5000,
        -(10**400),
        "-1",
        (0, 0),
        (-2, -2),
        ("a", "b"),
        "12",
        (True, True),
        {1: 2},
        0.4,
    ),
]
NUMBERS = ["fps", "dpi", "max-frames", "target-size", "raw-size", "total"]


@pytest.mark.parametrize("value", BAD, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_is_read_or_refused(name, value):
    allowed = {("fps", 0.4), ("fps", "12"), ("dpi", "12")}
    allowed |= {(name, "12") for name in ("max-frames", "target-size", "total")}
    if isinstance(value, (str, float)) and (name, value) in allowed:
        assert KEYWORDS[name].read(value) > 0
        return
    with pytest.raises(OptionError, match=r"^\w+= must be ") as caught:
        KEYWORDS[name].read(value)
    assert len(str(caught.value)) < 350


@pytest.mark.parametrize(
    "value", ["x", 5, ["a\0b"], ["-crf", "\ud800"], object()], ids=lambda value: repr(value)[:20]
)
def test_arguments_are_a_list_that_a_program_can_get(value):
    with pytest.raises(OptionError, match="extra_args= must be a list of ffmpeg arguments, not"):
        KEYWORDS["extra-args"].read(value)
