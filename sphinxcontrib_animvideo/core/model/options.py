"""Every option, declared once: name, how its value is read, default, help.

The directive's option list, the ``animvideo_*`` configuration values and the reference
page in the documentation are all made from :data:`OPTIONS` and :data:`CONFIG`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ...errors import OptionError
from .formats import FORMATS, QUALITIES, check_quality


@dataclass(frozen=True)
class Kind:
    """A type of value: how it is read, and what is allowed in words."""

    allowed: str
    """Completes the sentence "… takes"."""
    read: Callable[[Any], Any]
    """From a directive's text or a value of ``conf.py`` to the value used; raises ValueError."""
    types: tuple[type, ...] = (str,)
    """What ``conf.py`` may hold."""


@dataclass(frozen=True)
class Option:
    """One option of the directive, one configuration value, or both."""

    name: str
    """As written in the directive; the configuration value is ``animvideo_`` + name."""
    kind: Kind
    default: Any
    help: str
    group: str
    """Which part of the reference it stands in."""
    where: str = "both"
    """``directive``, ``config`` or ``both``."""
    configured_as: str = ""
    """What stands after ``animvideo_``, where it is not the name."""

    @property
    def config_name(self) -> str:
        return "animvideo_" + (self.configured_as or self.name.replace("-", "_"))

    def read(self, value: Any, written_as: str) -> Any:
        """Return the value to use, or raise :class:`OptionError` naming *written_as*."""
        try:
            return self.kind.read(value)
        except (ValueError, TypeError, ArithmeticError) as error:
            reason = f" ({error})" if isinstance(error, ExplainedError) else ""
            raise OptionError(
                f"{written_as} takes {self.kind.allowed}; it was given {value!r}{reason}."
            ) from None


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


def _whole(value: Any) -> int:
    if isinstance(value, float) and not value.is_integer():
        raise ValueError
    return int(value)


def _rate(value: Any) -> Fraction:
    return Fraction(str(value)).limit_denominator(100_000)


def _choice(*words: str) -> Kind:
    def read(value: Any) -> str:
        word = "" if value is None else str(value).strip()
        if word not in words:
            raise ValueError
        return word

    shown = [repr(word) if word else "no value" for word in words]
    return Kind(" or ".join([", ".join(shown[:-1]), shown[-1]]), read)


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
    return tuple(sorted((str(key), freeze(item)) for key, item in value.items()))


def freeze(value: Any) -> Any:
    """Return *value* of ``conf.py`` as plain, hashable data (a cycler as the text it prints)."""
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    if isinstance(value, (list, tuple)):
        return tuple(freeze(item) for item in value)
    return repr(value)


def _read_encoder_args(value: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, Mapping) or isinstance(value, str):
        raise ValueError
    if unknown := [name for name in value if name not in FORMATS]:
        raise ExplainedError(f"unknown: {', '.join(map(str, unknown))}")
    if not all(isinstance(arguments, (list, tuple)) for arguments in value.values()):
        raise ExplainedError("the arguments of a format are a list")
    return tuple(sorted((name, tuple(map(str, args))) for name, args in value.items()))


_RATE = _number(_rate, "a number of frames per second above 0, up to 1000", 1e-3, 1000)
_DPI = _number(float, "a number of dots per inch, from 1 to 10000", 1, 10_000)
_SECONDS = _number(float, "a number of seconds above 0", 1e-3, 1e9)
_COUNT = _number(_whole, "a whole number from 1", 1, 1e15)
_COUNT0 = _number(_whole, "a whole number from 0", 0, 2**32 - 1)
_PERCENT = _number(
    lambda value: float(str(value).rstrip("% ")), "a percentage from 1 to 1000", 1, 1000
)
_FLAG = Kind("no value (or true, false)", _read_flag, (bool,))
_TEXT = Kind("some text", _read_text)
_WORDS = Kind("one or more words", _read_words)
_PATHS = Kind("one or more file names, separated by commas or lines", _read_paths)
_STYLE = Kind("one or more Matplotlib styles", _read_style, (str, list, tuple))
_LENGTH = Kind("a length such as 300px, 20em or 50%", _read_length)
_FORMATS = Kind(f"one or more of {', '.join(FORMATS)}", _read_formats, (str, list, tuple))
_QUALITY = Kind(
    f"one of {', '.join(QUALITIES)}, or a number from 0 (best) to 63", _read_quality, (str, int)
)
_POSTER = Kind(
    "first, middle, last, a frame number, seconds such as 1.5s, or an image file",
    _read_poster,
    (str, int),
)
_TABLE = Kind("a dictionary", _read_table, (dict,))
_ENCODER_ARGS = Kind(
    f"a dictionary from formats ({', '.join(FORMATS)}) to lists of arguments",
    _read_encoder_args,
    (dict,),
)
_FOLDER = Kind("a folder name", _read_text)
_FREE_TEXT = Kind("some text", lambda value: str(value), (str,))
_LATEX = Kind(
    "poster, or filmstrip with a number of frames from 2 to 12, as filmstrip:4", _read_latex
)
_REASON = Kind("nothing, or the reason", lambda value: (value or "").strip() or "skipped")


OPTIONS: dict[str, Option] = {
    option.name: option
    for option in [
        # capture
        Option("fps", _RATE, Fraction(25), "Frames per second of the video. Where it is not given, the animation's own interval or a constant `plt.pause` comes first; rates above 60 count as \"as fast as possible\" and give the configured value.", "capture"),
        Option("dpi", _DPI, None, "Dots per inch of the captured figures. Default: each figure's own.", "capture"),
        Option("hidpi", _FLAG, False, "Draw figures with twice the dpi and show them in the same size: sharp on screens with fine pixels, for about twice the bytes.", "capture"),
        Option("style", _STYLE, ("default",), "Matplotlib style(s): names, or `.mplstyle` files, relative to the document or to the source directory (in a shell: the current folder).", "capture"),
        Option("seed", _COUNT0, 0, "Seed of `random` and `numpy.random`, set before the code runs.", "capture"),
        Option("max-frames", _COUNT, 5000, "Most frames of one video. An endless animation stops there with a warning; code that captures more is an error.", "capture"),
        Option("timeout", _SECONDS, 120.0, "Seconds without a new frame after which the code is stopped.", "capture"),
        Option("context", _choice("", "reset", "close-figs"), None, "Share one namespace between the directives of a document that have this option. `reset` starts it afresh; `close-figs` closes the earlier figures.", "capture", "directive"),
        Option("depends", _PATHS, (), "Files that the code depends on in a way that is not seen while it runs, relative to the document (in a shell: the current folder). Files that Python opens and local modules are found without it.", "capture", "directive"),
        Option("redraw", _choice("incremental", "full"), "incremental", "`incremental` draws what has changed; the frames are the same as those of `full`, which draws everything for every frame. Some are compared, and if one differs, the code runs again with `full`.", "capture"),
        Option("skip", _REASON, None, "Do not run the code; the page shows the reason instead of a video.", "capture", "directive"),
        # encoding
        Option("formats", _FORMATS, ("mp4",), "Formats to write, best first; the browser takes the first that it can play.", "encoding"),
        Option("quality", _QUALITY, "good", "`draft` is quick, `good` looks right, `best` is for close looks, `lossless` keeps every pixel, where a format can. A number is the encoder's own constant quality (CRF).", "encoding"),
        # player
        Option("controls", _FLAG, True, "Show the browser's controls, and below them steps, speeds and the files.", "player"),
        Option("autoplay", _FLAG, False, "Start by itself while it can be seen, unless the reader has asked for reduced motion; implies `muted` and `playsinline`, without which browsers refuse.", "player"),
        Option("loop", _FLAG, False, "Start again at the end.", "player"),
        Option("muted", _FLAG, False, "Mark the video as muted. It has no sound in any case.", "player"),
        Option("playsinline", _FLAG, True, "Play inside the page on phones, not full screen.", "player"),
        Option("preload", _choice("none", "metadata", "auto"), "metadata", "What the browser loads when the video comes near the part of the page that is seen; before, nothing. With `none` it waits for the reader to press play.", "player"),
        Option("poster", _POSTER, "first", "The still picture: `first`, `middle`, `last`, a frame number from 0, seconds as `1.5s`, or an image file.", "player"),
        Option("captions", _TEXT, None, "A WebVTT file with captions, relative to the document.", "player", "directive"),
        # figure
        Option("alt", _TEXT, None, "What the animation shows, for readers who cannot see it.", "figure", "directive"),
        Option("caption", _TEXT, None, "Caption; inline markup works.", "figure", "directive"),
        Option("name", _TEXT, None, "Target for `ref` and `numref`.", "figure", "directive"),
        Option("class", _WORDS, (), "Extra classes of the video.", "figure", "directive"),
        Option("figclass", _WORDS, (), "Extra classes of the figure.", "figure", "directive"),
        Option("align", _choice("left", "center", "right"), None, "Where the figure stands.", "figure", "directive"),
        Option("width", _LENGTH, None, "Displayed width.", "figure", "directive"),
        Option("height", _LENGTH, None, "Displayed height.", "figure", "directive"),
        Option("scale", _PERCENT, 100.0, "Displayed size as a percentage of the natural one.", "figure", "directive"),
        Option("figwidth", _LENGTH, None, "Width of the whole figure with its caption.", "figure", "directive"),
        Option("dark", _STYLE, None, "Matplotlib style(s) of a second rendering, which is shown where the page is dark.", "figure", configured_as="dark_style"),
        # source
        Option("include-source", _FLAG, False, "Show the code above the video.", "source"),
        Option("collapse-source", _FLAG, False, "Fold the shown code; the reader opens it.", "source"),
        Option("show-source-link", _FLAG, False, "Put a link to download the code under the video.", "source"),
        Option("code-caption", _TEXT, None, "Caption of the shown code.", "source", "directive"),
        # the build
        Option("require-alt", _FLAG, False, "Warn of videos without `alt`, which readers who cannot see know nothing of.", "build", "config"),
        Option("latex", _LATEX, "filmstrip:4", "What stands for a video in LaTeX, and so in PDF: `filmstrip:4` is four frames side by side, `poster` one.", "build", "config"),
        Option("cache-dir", _FOLDER, "", "Folder of the cache, relative to `conf.py`. Default: in Sphinx's doctree folder. It can be kept between CI runs and shared between builds.", "build", "config"),
        Option("jobs", _COUNT0, 0, "Videos made at the same time. 0: as many as there are CPUs.", "build", "config"),
        Option("start-method", _choice("auto", "fork", "spawn"), "auto", "How a worker process is made: forked from one that has loaded Matplotlib (Linux), or started anew.", "build", "config"),
        Option("lock-mode", _choice("off", "check", "update"), "off", "What the build does with `animvideo.lock`, the file beside `conf.py` that says what each video was: `check` warns of videos that have changed, `update` accepts them all as they are.", "build", "config"),
        Option("report-dir", _FOLDER, "", "Folder of the page that shows how videos have changed, relative to `conf.py`. Default: `animvideo-report` beside the output folder.", "build", "config"),
        Option("rcparams", _TABLE, (), "rcParams set after the style, as a dictionary.", "build", "config"),
        Option("pre-code", _FREE_TEXT, "", "Code that runs before each directive's code, or once at the start of a `:context:`.", "build", "config"),
        Option("encoder-args", _ENCODER_ARGS, (), "Extra ffmpeg output arguments per format, such as `{\"mp4\": [\"-preset\", \"slow\"]}`.", "build", "config"),
        # limits
        Option("max-pixels", _COUNT, 8192 * 4320, "Most pixels of one frame.", "limits", "config"),
        Option("max-bytes", _COUNT, 100_000_000, "Most bytes of one video file.", "limits", "config"),
        Option("max-memory", _COUNT, 4096, "Most memory of the code of one video, in MiB (Linux).", "limits", "config"),
    ]
}  # fmt: skip

DIRECTIVE_OPTIONS = {name: o for name, o in OPTIONS.items() if o.where != "config"}
CONFIG = {option.config_name: option for option in OPTIONS.values() if option.where != "directive"}


def read_directive_options(
    written: Mapping[str, str | None], written_as: str = "option :{}:"
) -> dict[str, Any]:
    """Return the values of the options written in a directive, by name.

    A flag that the configuration can switch on also has a ``no-`` form.

    Parameters
    ----------
    written_as
        What an option is called in messages, where it is written in another way.

    Raises
    ------
    OptionError
        For an unknown name, naming the closest or all allowed ones, or a value out of range.
    """
    values: dict[str, Any] = {}
    for name, text in written.items():
        positive = name.removeprefix("no-")
        option = DIRECTIVE_OPTIONS.get(positive)
        if option is None or (positive != name and option.kind is not _FLAG):
            raise OptionError(_unknown_option(name))
        value = option.read(text, written_as.format(name))
        values[positive] = not value if positive != name else value
    return values


def _unknown_option(name: str) -> str:
    close = difflib.get_close_matches(name, DIRECTIVE_OPTIONS, n=1)
    hint = f" Did you mean :{close[0]}:?" if close else ""
    return f"unknown option :{name}:.{hint} Allowed: {', '.join(sorted(DIRECTIVE_OPTIONS))}."


def renamed(message: str, written_as: Callable[[Option], str]) -> str:
    """Return a message of the core, which names options as the configuration does, for others.

    Parameters
    ----------
    written_as
        Gives the name that an option has for the reader of the message.
    """
    for option in CONFIG.values():
        names = rf"\b(?:{option.name} \({option.config_name}\)|{option.config_name}\b)"
        message = re.sub(names, written_as(option), message)
    return message


def check_formats(formats: tuple[str, ...], quality: str | int) -> None:
    """Raise :class:`OptionError` for a quality that one of the formats does not have."""
    for name in formats:
        if reason := check_quality(FORMATS[name], quality):
            raise OptionError(reason)
