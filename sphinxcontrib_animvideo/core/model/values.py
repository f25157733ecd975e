"""How the values of options are read and checked, whatever front end they come from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .formats import FORMATS, QUALITIES
from .number import exact, in_range, whole
from .paper import MOST_ANIMATION_FRAMES, MOST_STRIP_FRAMES, paper_form
from .sweep import read_sweep
from .text import ExplainedError, clean, read_free_text, read_path, read_text, shortened, shown

_UNITS = {"": 1, "B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9}
_LARGEST = 10**15
"""Of numbers of frames, pixels, and bytes; far beyond what can be made."""
_LONGEST_LENGTH = 100_000
"""Of a width or height, in any unit."""


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


def _number(
    convert: Callable[[Fraction], Any], allowed: str, low: int | Fraction, high: int
) -> Kind:
    def read(value: Any) -> Any:
        return convert(exact(value, low, high))

    return Kind(allowed, read, (int, float, str))


def choice(*words: str) -> Kind:
    """Return the kind of an option that takes one of *words*; an empty one is "no value"."""

    def read(value: Any) -> str:
        word = value.strip() if isinstance(value, str) else "" if value is None else None
        if word not in words:
            raise ValueError
        return word

    quoted = [repr(word) if word else "no value" for word in words]
    return Kind(" or ".join([", ".join(quoted[:-1]), quoted[-1]]), read)


def _rate(number: Fraction) -> Fraction:
    return number.limit_denominator(100_000)


def _read_flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value is None or value == "" or str(value).lower() in {"true", "1", "yes", "on"}:
        return True
    if str(value).lower() in {"false", "0", "no", "off"}:
        return False
    raise ValueError


def _read_reason(value: Any) -> str:
    return read_free_text(value or "").strip() or "skipped"


def _read_words(value: Any) -> tuple[str, ...]:
    words = value if isinstance(value, (list, tuple)) else re.split(r"[,\s]+", read_text(value))
    if not words or not all(isinstance(word, str) and word for word in words):
        raise ValueError
    return tuple(map(clean, words))


def _read_paths(value: Any) -> tuple[str, ...]:
    lines = [part.strip() for part in re.split(r"[,\n]", read_text(value))]
    if not any(lines):
        raise ValueError
    return tuple(read_path(line) for line in lines if line)


def _read_folders(value: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)):
        raise ExplainedError("put it into a list")
    return tuple(map(read_path, value))


def _read_formats(value: Any) -> tuple[str, ...]:
    names = _read_words(value)
    if unknown := [name for name in names if name not in FORMATS]:
        raise ExplainedError(shortened(f"unknown: {', '.join(unknown)}"))
    return tuple(dict.fromkeys(names))


def _read_quality(value: Any) -> str | int:
    if isinstance(value, str) and value.strip() in QUALITIES:
        return value.strip()
    return whole(exact(value, 0, 63))


def _read_poster(value: Any) -> str | int | float:
    if isinstance(value, int):
        return _frame_number(value)
    text = read_text(value)
    if re.fullmatch(r"[0-9]+", text):
        return _frame_number(text)
    if match := re.fullmatch(r"([0-9.]+)\s*s", text):
        return float(exact(match[1], 0, 10**9))
    # A suffix begins with a letter: 1.5 is no file, but seconds without their unit.
    if text in {"first", "middle", "last"} or re.search(r"\.[A-Za-z]\w*$", text):
        return read_path(text)
    raise ValueError


def _frame_number(value: Any) -> int:
    return whole(exact(value, 0, _LARGEST))


def _read_latex(value: Any) -> str:
    text = read_text(value)
    paper_form(text)
    return text


def _read_length(value: Any) -> str:
    match = re.fullmatch(r"([0-9.]+)\s*(px|em|rem|ex|ch|vw|vh|cm|mm|in|pt|pc|%)?", read_text(value))
    if not match:
        raise ValueError
    exact(match[1], 0, _LONGEST_LENGTH)
    return match[1] + (match[2] or "px")


def _read_percent(value: Any) -> float:
    written = value.strip().removesuffix("%") if isinstance(value, str) else value
    return float(exact(written, 1, 1000))


def _read_style(value: Any) -> tuple[str, ...]:
    if isinstance(value, (list, tuple)):
        return tuple(map(read_path, value))
    return _read_paths(value)


def _read_table(value: Any) -> tuple[tuple[str, Any], ...]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise ValueError
    return tuple(sorted((clean(key), _freeze(item)) for key, item in value.items()))


def _freeze(value: Any) -> Any:
    """Return *value* of ``conf.py`` as plain, hashable data (a cycler as the text it prints)."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, int) and abs(value) > _LARGEST:
        raise ExplainedError("a number in it is too large")
    if value is None or isinstance(value, (int, float, bool)):
        return value
    if isinstance(value, (list, tuple)):
        return tuple(_freeze(item) for item in value)
    return repr(value)


def _read_encoder_args(value: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, Mapping):
        raise ValueError
    if unknown := [name for name in value if name not in FORMATS]:
        raise ExplainedError(shortened(f"unknown: {', '.join(map(shown, unknown))}"))
    if not all(isinstance(arguments, (list, tuple)) for arguments in value.values()):
        raise ExplainedError("the arguments of a format must be a list")
    return tuple(sorted((name, _read_arguments(args)) for name, args in value.items()))


def _read_arguments(value: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)):
        raise ExplainedError("split it into a list")
    return tuple(clean(str(item)) for item in value)


def _read_size(value: Any) -> int:
    """Return a number of bytes, given as it is or with a unit."""
    number, unit = value, ""
    if isinstance(value, str):
        match = re.fullmatch(r"([0-9.]+)\s*([kMG]?B)?", value.strip())
        if not match:
            raise ValueError
        number, unit = match[1], match[2] or ""
    return int(in_range(exact(number, 0, _LARGEST) * _UNITS[unit], 1, _LARGEST))


def _read_width_and_height(value: Any) -> tuple[int, int]:
    if isinstance(value, (str, bytes)):
        raise ValueError
    width, height = (whole(exact(side, 1, 10**6)) for side in value)
    return width, height


def _read_executor(value: Any) -> Any:
    if isinstance(value, str):
        return read_text(value)
    if value is not None and not (callable(value) or hasattr(value, "submit")):
        raise ValueError
    return value


def _read_callable(value: Any) -> Callable[[int], None]:
    if not callable(value):
        raise ValueError
    function: Callable[[int], None] = value
    return function


_THOUSANDTH = Fraction(1, 1000)
RATE = _number(_rate, "a number of frames per second from 0.001 to 1000", _THOUSANDTH, 1000)
DPI = _number(float, "a number of dots per inch from 1 to 10000", 1, 10_000)
SECONDS = _number(float, "a number of seconds from 0.001 to 1000000", _THOUSANDTH, 10**6)
COUNT = _number(whole, f"a whole number from 1 to {_LARGEST}", 1, _LARGEST)
COUNT0 = _number(whole, f"a whole number from 0 to {2**32 - 1}", 0, 2**32 - 1)
THREADS = _number(whole, "a whole number from 1 to 1024", 1, 1024)
MEBIBYTES = _number(whole, f"a whole number from 1 to {2**32}", 1, 2**32)
PRINTED_BYTES = _number(whole, f"a whole number from 1 to {10**8}", 1, 10**8)  # kept in memory
LEVELS = _number(float, "a number from 0 to 255", 0, 255)
PERCENT = Kind("a percentage from 1 to 1000", _read_percent, (int, float, str))
FLAG = Kind("true or false", _read_flag, (bool,))
TEXT = Kind("non-empty text", read_text)
FREE_TEXT = Kind("text", read_free_text)
WORDS = Kind("one or more words", _read_words)
PATH = Kind("the name of a file", read_path)
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
FOLDER = Kind("the name of a folder", read_path)
FOLDERS = Kind("a list of directories", _read_folders, (list, tuple))
LATEX = Kind(
    f"poster, filmstrip with a number of frames from 2 to {MOST_STRIP_FRAMES} (such as "
    "filmstrip:4, filmstrip:4:frame, or filmstrip:4:none), or animate with a maximum number of "
    f"frames from 2 to {MOST_ANIMATION_FRAMES} (such as animate:40)",
    _read_latex,
)
SWEEP = Kind(
    "names with values, such as `damping = 0.1, 0.2; drive = linspace(0, 1, 5)`",
    read_sweep,
    (str, list, dict),
)
REASON = Kind("empty, or the reason", _read_reason)
SIZE = Kind('a number of bytes, or text such as "500 kB" or "2 MB", up to 1000000 GB', _read_size)
ARGUMENTS = Kind("a list of ffmpeg arguments", _read_arguments, (list, tuple))
WIDTH_AND_HEIGHT = Kind("a width and a height in pixels", _read_width_and_height, (tuple, list))
EXECUTOR = Kind(
    "an object with a method submit(), a callable that returns one, processes, mpi, dask:ADDRESS, "
    "or MODULE:FUNCTION",
    _read_executor,
    (),
)
CALLABLE = Kind("a callable", _read_callable, (object,))
ANYTHING = Kind("any value", lambda value: value, (object,))
