"""How the values of options are read and checked, whatever front end they come from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .formats import FORMATS, QUALITIES

_UNITS = {"": 1, "B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}


@dataclass(frozen=True)
class Kind:
    """A type of value: how it is read, and a description of what is allowed."""

    allowed: str
    """Completes the sentence "… must be"."""
    read: Callable[[Any], Any]
    """Converts the text of a directive or a shell, or a Python value, to the value to use;
    raises ValueError."""
    types: tuple[type, ...] = (str,)
    """Types that ``conf.py`` may use."""


class ExplainedError(ValueError):
    """A refusal that says more than what is allowed."""


def _number(convert: Callable[[Any], Any], allowed: str, low: float, high: float) -> Kind:
    def read(value: Any) -> Any:
        if isinstance(value, bool) or value is None:
            raise ValueError
        number = convert(value.strip() if isinstance(value, str) else value)
        if not low <= number <= high:
            raise ValueError
        return number

    return Kind(allowed, read, (int, float, str))


def choice(*words: str) -> Kind:
    """Return the kind of an option that takes one of *words*; an empty one is "no value"."""

    def read(value: Any) -> str:
        word = "" if value is None else str(value).strip()
        if word not in words:
            raise ValueError
        return word

    shown = [repr(word) if word else "no value" for word in words]
    return Kind(" or ".join([", ".join(shown[:-1]), shown[-1]]), read)


def _whole(value: Any) -> int:
    if isinstance(value, float) and not value.is_integer():
        raise ValueError
    return int(value)


def _rate(value: Any) -> Fraction:
    return Fraction(str(value)).limit_denominator(100_000)


def _read_flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value is None or value == "" or str(value).lower() in {"true", "1", "yes", "on"}:
        return True
    if str(value).lower() in {"false", "0", "no", "off"}:
        return False
    raise ValueError


def _read_text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError
    return value.strip()


def _read_words(value: Any) -> tuple[str, ...]:
    words = re.split(r"[,\s]+", value.strip()) if isinstance(value, str) else list(value)
    if not words or not all(isinstance(word, str) and word for word in words):
        raise ValueError
    return tuple(words)


def _read_paths(value: Any) -> tuple[str, ...]:
    lines = [part.strip() for part in re.split(r"[,\n]", _read_text(value))]
    return tuple(line for line in lines if line)


def _read_formats(value: Any) -> tuple[str, ...]:
    names = _read_words(value)
    if unknown := [name for name in names if name not in FORMATS]:
        raise ExplainedError(f"unknown: {', '.join(unknown)}")
    return tuple(dict.fromkeys(names))


def _read_quality(value: Any) -> str | int:
    if isinstance(value, str) and value.strip() in QUALITIES:
        return value.strip()
    number = _whole(value)
    if isinstance(value, bool) or not 0 <= number <= 63:
        raise ValueError
    return number


def _read_poster(value: Any) -> str | int | float:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    text = _read_text(value)
    if re.fullmatch(r"\d+", text):
        return int(text)
    if match := re.fullmatch(r"(\d+(?:\.\d*)?|\.\d+)\s*s", text):
        return float(match[1])
    if text in {"first", "middle", "last"} or re.search(r"\.\w+$", text):
        return text
    raise ValueError


def _read_latex(value: Any) -> str:
    text = str(value).strip()
    match = re.fullmatch(r"filmstrip:(\d+)", text)
    if text != "poster" and not (match and 2 <= int(match[1]) <= 12):
        raise ValueError
    return text


def _read_length(value: Any) -> str:
    text = str(value).strip()
    match = re.fullmatch(r"(\d+(?:\.\d*)?|\.\d+)\s*(px|em|rem|ex|ch|vw|vh|cm|mm|in|pt|pc|%)?", text)
    if not match:
        raise ValueError
    return match[1] + (match[2] or "px")


def _read_style(value: Any) -> tuple[str, ...]:
    if isinstance(value, (list, tuple)):
        return tuple(_read_text(item) for item in value)
    return _read_paths(value)


def _read_table(value: Any) -> tuple[tuple[str, Any], ...]:
    if not isinstance(value, Mapping):
        raise ValueError
    return tuple(sorted((str(key), _freeze(item)) for key, item in value.items()))


def _freeze(value: Any) -> Any:
    """Return *value* of ``conf.py`` as plain, hashable data (a cycler as the text it prints)."""
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    if isinstance(value, (list, tuple)):
        return tuple(_freeze(item) for item in value)
    return repr(value)


def _read_encoder_args(value: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, Mapping) or isinstance(value, str):
        raise ValueError
    if unknown := [name for name in value if name not in FORMATS]:
        raise ExplainedError(f"unknown: {', '.join(map(str, unknown))}")
    if not all(isinstance(arguments, (list, tuple)) for arguments in value.values()):
        raise ExplainedError("the arguments of a format must be a list")
    return tuple(sorted((name, tuple(map(str, args))) for name, args in value.items()))


def _read_arguments(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        raise ExplainedError("split it into a list")
    return tuple(map(str, value))


def _read_size(value: Any) -> int:
    """Return a number of bytes, given as it is or with a unit."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d*)?)\s*([kMG]?B)?\s*", str(value))
    if not match or not float(match[1]):
        raise ValueError
    return int(float(match[1]) * _UNITS[match[2] or ""])


def _read_width_and_height(value: Any) -> tuple[int, int]:
    width, height = map(_whole, value)
    if width < 1 or height < 1:
        raise ValueError
    return width, height


def _read_callable(value: Any) -> Callable[[int], None]:
    if not callable(value):
        raise ValueError
    function: Callable[[int], None] = value
    return function


RATE = _number(_rate, "a number of frames per second above 0 and up to 1000", 1e-3, 1000)
DPI = _number(float, "a number of dots per inch from 1 to 10000", 1, 10_000)
SECONDS = _number(float, "a number of seconds above 0", 1e-3, 1e9)
COUNT = _number(_whole, "a whole number of at least 1", 1, 1e15)
COUNT0 = _number(_whole, "a whole number of at least 0", 0, 2**32 - 1)
LEVELS = _number(float, "a number from 0 to 255", 0, 255)
PERCENT = _number(
    lambda value: float(str(value).rstrip("% ")), "a percentage from 1 to 1000", 1, 1000
)
FLAG = Kind("a flag (no value, true, or false)", _read_flag, (bool,))
TEXT = Kind("non-empty text", _read_text)
FREE_TEXT = Kind("text", str)
WORDS = Kind("one or more words", _read_words)
PATHS = Kind("one or more file names, separated by commas or on separate lines", _read_paths)
STYLE = Kind("one or more Matplotlib styles", _read_style, (str, list, tuple))
LENGTH = Kind("a length such as 300px, 20em, or 50%", _read_length)
FORMAT_NAMES = Kind(f"one or more of {', '.join(FORMATS)}", _read_formats, (str, list, tuple))
QUALITY = Kind(
    f"one of {', '.join(QUALITIES)}, or a number from 0 (best) to 63", _read_quality, (str, int)
)
POSTER = Kind(
    "first, middle, last, a frame number, seconds such as 1.5s, or an image file",
    _read_poster,
    (str, int),
)
TABLE = Kind("a dictionary", _read_table, (dict,))
ENCODER_ARGS = Kind(
    f"a dictionary from formats ({', '.join(FORMATS)}) to lists of arguments",
    _read_encoder_args,
    (dict,),
)
FOLDER = Kind("the name of a folder", _read_text)
LATEX = Kind(
    "poster, or filmstrip with a number of frames from 2 to 12, such as filmstrip:4", _read_latex
)
REASON = Kind("empty, or the reason", lambda value: (value or "").strip() or "skipped")
SIZE = Kind('a number of bytes, or text such as "500 kB" or "2 MB"', _read_size)
ARGUMENTS = Kind("a list of ffmpeg arguments", _read_arguments, (list, tuple))
WIDTH_AND_HEIGHT = Kind("a width and a height in pixels", _read_width_and_height, (tuple, list))
CALLABLE = Kind("a callable", _read_callable, (object,))
ANYTHING = Kind("any value", lambda value: value, (object,))
