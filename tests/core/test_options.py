from fractions import Fraction

import pytest

from sphinxcontrib_animvideo.core.model.options import (
    CONFIG,
    OPTIONS,
    check_formats,
    freeze,
    read_directive_options,
    renamed,
)
from sphinxcontrib_animvideo.errors import OptionError


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
    assert read_directive_options({name: text}) == {name: value}


def test_flags_have_a_no_form():
    assert read_directive_options({"no-controls": None}) == {"controls": False}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("fps", "0", "frames per second above 0"),
        ("fps", "fast", "frames per second above 0"),
        ("fps", None, "frames per second above 0"),
        ("fps", "nan", "frames per second above 0"),
        ("fps", "1/0", "frames per second above 0"),
        ("dpi", "inf", "dots per inch"),
        ("max-frames", "2.5", "a whole number from 1"),
        ("context", "keep", "no value, 'reset' or 'close-figs'"),
        ("formats", "mp4 mov", "gif, webp, apng; it was given 'mp4 mov' (unknown: mov)"),
        ("quality", "great", "draft, good, best, lossless, or a number"),
        ("poster", "soon", "first, middle, last, a frame number"),
        ("preload", "yes", "'none', 'metadata' or 'auto'"),
        ("align", "top", "'left', 'center' or 'right'"),
        ("width", "<b>", "a length such as 300px"),
        ("seed", "-1", "a whole number from 0"),
        ("loop", "maybe", "no value (or true, false)"),
    ],
)
def test_values_out_of_range_name_what_is_allowed(name, text, said):
    with pytest.raises(OptionError) as error:
        read_directive_options({name: text})
    assert f":{name}:" in str(error.value)
    assert said in str(error.value)


def test_an_unknown_option_names_the_closest_and_all():
    with pytest.raises(OptionError, match=r"unknown option :fsp:. Did you mean :fps:\? Allowed: "):
        read_directive_options({"fsp": "1"})


@pytest.mark.parametrize("name", ["no-fps", "no-such", "cache-dir"])
def test_what_is_no_flag_of_the_directive_has_no_no_form(name):
    with pytest.raises(OptionError, match="unknown option"):
        read_directive_options({name: None})


@pytest.mark.parametrize(
    ("formats", "quality", "said"),
    [
        (("mp4", "gif"), "lossless", "lossless is not to be had in gif, only in mp4, webm"),
        (("gif",), 10, "not a number"),
        (("mp4",), 60, "from 0 to 51"),
    ],
)
def test_qualities_that_a_format_lacks(formats, quality, said):
    with pytest.raises(OptionError, match=said):
        check_formats(formats, quality)


def test_every_default_is_allowed():
    for option in OPTIONS.values():
        if option.default not in (None, (), ""):
            option.read(option.default, option.name)


def test_every_option_is_documented_and_configured_once():
    assert all(option.help.endswith(".") for option in OPTIONS.values())
    assert "animvideo_max_frames" in CONFIG
    assert "animvideo_caption" not in CONFIG


def test_freeze_makes_values_hashable():
    from cycler import cycler

    value = freeze({"a": [1, (2, "x")], "b": cycler(color=["r"])}["a"])
    assert value == (1, (2, "x"))
    assert freeze(cycler(color=["r"])) == "cycler('color', ['r'])"


def test_messages_name_options_as_their_reader_writes_them():
    said = (
        "raise max-frames (animvideo_max_frames), or set animvideo_max_pixels (3); "
        "animvideo_max_pixelses is none"
    )
    assert renamed(said, lambda option: f"--{option.name}") == (
        "raise --max-frames, or set --max-pixels (3); animvideo_max_pixelses is none"
    )
