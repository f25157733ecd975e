"""Every option, declared once: its values, default, help, and the front ends that have it.

Directive options, configuration values, command-line flags, magic arguments, the arguments of the
pytest marker, keyword arguments of Python, and the reference pages are all made from
:data:`OPTIONS`. To add an option, add a line here; if it changes pixels or files, add a field of
the same name to :class:`.settings.Settings` as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from ...errors import OptionError, Spelling
from . import values
from .text import ExplainedError, shown, suggestion
from .values import Kind

DIRECTIVE, CONFIG, CLI, MAGIC, MARKER, PYTHON = (
    *("directive", "config", "cli", "magic", "marker", "python"),
)
"""The front ends: the directive, ``conf.py``, ``animvideo render``, ``%%animvideo``,
``@pytest.mark.animvideo``, and :class:`.VideoWriter`."""

_EVERYWHERE = (DIRECTIVE, CONFIG, CLI, MAGIC, MARKER, PYTHON)
_RENDERED = (DIRECTIVE, CONFIG, CLI, MAGIC)
_RENDERED_CODE = (DIRECTIVE, CLI, MAGIC)
_SPHINX = (DIRECTIVE, CONFIG)
_SHOWN = (DIRECTIVE, CONFIG, MAGIC)


@dataclass(frozen=True)
class Option:
    """One option, in all front ends that have it."""

    name: str
    """As written in a directive, such as ``max-frames``."""
    kind: Kind
    default: Any
    help: str
    group: str
    """The part of the reference that it belongs to."""
    front_ends: tuple[str, ...]
    rebuild: Literal["env", ""] = "env"
    """What a change in ``conf.py`` rebuilds, in the words of Sphinx: ``env``, or nothing."""

    @property
    def config_name(self) -> str:
        """Name of the configuration value."""
        return f"animvideo_{self.name.replace('-', '_')}"

    @property
    def is_flag(self) -> bool:
        """Whether it needs no value."""
        return self.kind is values.FLAG

    def read(self, value: Any) -> Any:
        """Return the value to use.

        Raises
        ------
        OptionError
            *value* is not allowed.
        """
        try:
            return self.kind.read(value)
        except (ValueError, TypeError, ArithmeticError, RecursionError) as error:
            reason = f" ({error})" if isinstance(error, ExplainedError) else ""
            written = value[0] if isinstance(value, list) and len(value) == 1 else value
            given = "but has no value" if value is None else f"not {shown(written)}{reason}"
            raise OptionError(
                f"{{option}} must be {self.kind.allowed}, {given}.", option=self.name
            ) from None


OPTIONS: dict[str, Option] = {
    option.name: option
    for option in [
        # capture
        Option("fps", values.RATE, Fraction(25), "Frames per second of the video. If it is not given, the rate that the code passes to `save` or to a movie writer is used, else the interval of the animation or a constant `plt.pause` of at least 10 ms, else the configured rate.", "capture", _EVERYWHERE),
        Option("dpi", values.DPI, None, "Resolution of captured figures in dots per inch. Defaults to each figure's own.", "capture", _EVERYWHERE),
        Option("hidpi", values.FLAG, False, "Draw figures at twice the dpi and show them at the same size: sharp on high-DPI (Retina) screens, at about twice the file size.", "capture", _RENDERED),
        Option("style", values.STYLE, ("default",), "Matplotlib style or styles: names, or `.mplstyle` files relative to the document or to the source directory (on the command line: to the current directory).", "capture", (*_RENDERED, MARKER)),
        Option("seed", values.COUNT0, 0, "Seed of `random` and `numpy.random`, set before the code runs.", "capture", _RENDERED),
        Option("max-frames", values.COUNT, 5000, "Maximum number of frames of one video. An endless animation is truncated there with a warning; code that captures more frames fails.", "capture", _EVERYWHERE),
        Option("timeout", values.SECONDS, 120.0, "Seconds without a new frame after which the code is stopped.", "capture", (*_SPHINX, CLI)),
        Option("context", values.choice("", "reset", "close-figs"), None, "Share one namespace among the directives of a document that have this option. `reset` starts with an empty namespace; `close-figs` closes the figures of earlier directives.", "capture", (DIRECTIVE,)),
        Option("nofigs", values.FLAG, False, "Run the code and show nothing: it only prepares something for later directives with `context`.", "capture", (DIRECTIVE,)),
        Option("sweep", values.SWEEP, None, "Parameters with their values: a video is made for each combination, and the reader chooses one. The values are literals separated by commas, `range(...)`, `linspace(start, stop, num)`, or `geomspace(start, stop, num)`; the parameters stand on lines of their own, or are separated by semicolons. The names are set before the code runs; a callable gets them as keyword arguments.", "capture", _RENDERED_CODE),
        Option("max-sweep", values.COUNT, 64, "Maximum number of combinations of one `sweep`.", "capture", (CONFIG, CLI, MAGIC)),
        Option("sweep-default", values.SWEEP, None, "The values of `sweep` that are shown first, such as `damping = 0.2`. Defaults to the middle of each list.", "figure", (DIRECTIVE, MAGIC)),
        Option("depends", values.PATHS, (), "Files that the result depends on but that are not detected while the code runs, relative to the document (on the command line: to the current directory). Files that Python opens and local modules are detected automatically.", "capture", (DIRECTIVE, CLI)),
        Option("redraw", values.choice("incremental", "full"), "incremental", "`incremental` redraws only what has changed since the last frame; `full` redraws everything for every frame. The frames are the same, and some are compared: if one differs, a build runs the code again with `full`, and `VideoWriter` raises an error.", "capture", _EVERYWHERE),
        Option("cpu", values.choice("x86-64-v3", "baseline", "native"), "x86-64-v3", "Processor instructions with which the code calculates. `x86-64-v3` uses AVX2 and FMA, which x86-64 processors have had since about 2015, and the same as `baseline` where they are missing; `baseline` uses what every processor of the architecture has. Within a level, all machines calculate the same numbers. `native` uses everything that the processor has: the fastest, for numbers that need not be reproducible.", "capture", (CONFIG, CLI), rebuild=""),
        Option("threads", values.THREADS, 1, "Threads in which numerical libraries calculate, for simulations that spend their time in large matrices. Sums depend on it, so that videos are rendered again when it changes. Videos are rendered side by side in any case.", "capture", (CONFIG, CLI), rebuild=""),
        Option("parallel", values.FLAG, False, "Draw a long video in several processes at the same time: each of them runs the code, and draws every few segments of 500 frames. The frames are the same unless the code reads back what drawing has changed; most such code is noticed, and drawn by one process.", "capture", (DIRECTIVE, CONFIG, CLI)),
        Option("skip", values.REASON, None, "Do not run the code; the page shows the reason instead of a video.", "capture", (DIRECTIVE,)),
        # encoding
        Option("formats", values.FORMAT_NAMES, ("mp4",), "Formats to write, in order of preference; the browser plays the first one that it supports.", "encoding", _SHOWN),
        Option("quality", values.QUALITY, "good", "`draft` is fast, `good` suits most plots, `best` is for close inspection, and `lossless` keeps every pixel in formats that can. A number is the encoder's own constant quality (CRF).", "encoding", _EVERYWHERE),
        Option("check-flashes", values.FLAG, True, "Warn about videos that flash more than three times in a second, which can cause seizures (WCAG 2.3.1).", "encoding", _EVERYWHERE),
        # player
        Option("controls", values.FLAG, True, "Show the player's controls below the video: a slider, buttons for play and single frames, and a menu with speed, repeats, links to frames, and the files. Without them, the keys still work.", "player", _SHOWN),
        Option("autoplay", values.FLAG, False, "Start automatically while the video is visible, unless the reader prefers reduced motion. Implies `muted` and `playsinline`, which browsers require for autoplay.", "player", _SHOWN),
        Option("loop", values.FLAG, False, "Start again at the end.", "player", _SHOWN),
        Option("muted", values.FLAG, False, "Mark the video as muted. Rendered videos have no sound in any case; only existing files that are published as they are may have some.", "player", _SHOWN),
        Option("playsinline", values.FLAG, True, "Play inside the page on phones instead of in full screen.", "player", _SPHINX),
        Option("preload", values.choice("none", "metadata", "auto"), "metadata", "What the browser loads when the video comes near the visible part of the page; before that, it loads nothing. With `none` it waits until the reader presses play.", "player", _SPHINX),
        Option("poster", values.POSTER, "first", "The still picture shown before playback: `first`, `middle`, `last`, a frame number counted from 0, a time such as `1.5s`, or an image file.", "player", _SHOWN),
        Option("captions", values.PATH, None, "A WebVTT file with captions, relative to the document.", "player", (DIRECTIVE,)),
        Option("sync", values.TEXT, None, "Name of a group: all videos of a page that have the same one play, pause, and seek together, wherever they are on the page.", "player", (DIRECTIVE,)),
        Option("transcript", values.choice("folded", "open", "off"), "folded", "Show the captions as text below the video, with links to the frames: `folded` until the reader opens it, `open`, or `off`. Where nothing can be folded, as in PDF, it is open.", "player", _SPHINX),
        # figure
        Option("alt", values.TEXT, None, "Alternative text: what the animation shows, for readers who cannot see it.", "figure", (DIRECTIVE, MAGIC)),
        Option("caption", values.TEXT, None, "Caption of the figure; inline markup is supported.", "figure", (DIRECTIVE,)),
        Option("name", values.TEXT, None, "Target for `ref` and `numref`.", "figure", (DIRECTIVE,)),
        Option("class", values.WORDS, (), "Additional CSS classes of the video.", "figure", (DIRECTIVE,)),
        Option("figclass", values.WORDS, (), "Additional CSS classes of the figure.", "figure", (DIRECTIVE,)),
        Option("align", values.choice("left", "center", "right"), None, "Horizontal alignment of the figure.", "figure", (DIRECTIVE,)),
        Option("width", values.LENGTH, None, "Display width.", "figure", (DIRECTIVE, MAGIC)),
        Option("height", values.LENGTH, None, "Display height.", "figure", (DIRECTIVE, MAGIC)),
        Option("scale", values.PERCENT, 100.0, "Display size as a percentage of the natural size.", "figure", (DIRECTIVE, MAGIC)),
        Option("figwidth", values.LENGTH, None, "Width of the whole figure, including its caption.", "figure", (DIRECTIVE,)),
        Option("dark", values.STYLE, None, "Matplotlib style or styles of a second rendering, which is shown when the page is in dark mode.", "figure", _SPHINX),
        Option("latex", values.LATEX, "filmstrip:4", "How the video appears in LaTeX output, and so in PDF: `filmstrip:4` prints four frames side by side, with the time below each of them; `filmstrip:4:frame` labels them with the frame number, and `filmstrip:4:none` not at all. `poster` prints one picture. `animate:40` embeds at most 40 frames, which some PDF readers play; others show the poster.", "figure", _SPHINX),
        Option("sweep-print", values.choice("grid", "default"), "grid", "How `sweep` appears in PDF, EPUB, and other formats that cannot play videos: `grid` shows a table of still pictures, with the first two parameters as rows and columns, and the others at their default; `default` shows only the video that HTML shows first.", "figure", _SPHINX),
        # source
        Option("include-source", values.FLAG, False, "Show the code above the video.", "source", _SPHINX),
        Option("collapse-source", values.FLAG, False, "Hide the code that is shown until the reader expands it.", "source", _SPHINX),
        Option("show-source-link", values.FLAG, False, "Add a link to download the code below the video.", "source", _SPHINX),
        Option("code-caption", values.TEXT, None, "Caption of the code that is shown.", "source", (DIRECTIVE,)),
        # build
        Option("require-alt", values.FLAG, False, "Warn about videos without alternative text (`alt`).", "build", (CONFIG,)),
        Option("allowed-dirs", values.FOLDERS, (), "Directories outside the source directory, relative to it, that may contain scripts, videos, posters, captions, styles, and files of `depends`. Documents can publish what is in them.", "build", (CONFIG,)),
        Option("cache-dir", values.FOLDER, "", "Directory of the cache, relative to `conf.py`. Defaults to a directory inside Sphinx's doctree directory. It can be kept between CI runs and shared between builds.", "build", (CONFIG, CLI), rebuild=""),
        Option("jobs", values.COUNT0, 0, "Number of processes that render at the same time, or of tasks of `executor`; 0 is the number of CPUs, or of the workers of the executor.", "build", (CONFIG, CLI), rebuild=""),
        Option("executor", values.EXECUTOR, None, "Where videos are rendered, instead of processes on this machine: an executor, that is, an object with a method `submit`, or a callable that returns one; or `processes`, `mpi`, `dask:ADDRESS`, or `MODULE:FUNCTION`. Long videos are divided among its workers.", "build", (CONFIG, CLI), rebuild=""),
        Option("shared-filesystem", values.FLAG, False, "The workers of `executor` see the source directory under the same path. Otherwise its files are sent to them.", "build", (CONFIG, CLI), rebuild=""),
        Option("start-method", values.choice("auto", "fork", "spawn"), "auto", "How worker processes are started: forked from a process that has loaded Matplotlib (Linux), or spawned as new interpreters.", "build", (CONFIG,), rebuild=""),
        Option("lock-mode", values.choice("off", "check", "update"), "off", "What the build does with the lock file `animvideo.lock` next to `conf.py`: `check` warns about videos that have changed, `update` accepts all videos as they are.", "build", (CONFIG,), rebuild=""),
        Option("report-dir", values.FOLDER, "", "Directory of the report on changed videos, relative to `conf.py`. Defaults to `animvideo-report` next to the output directory.", "build", (CONFIG,), rebuild=""),
        Option("rcparams", values.TABLE, (), "rcParams to set after the style, as a dictionary.", "build", (CONFIG,)),
        Option("pre-code", values.FREE_TEXT, "", "Code to run before the code of each directive, or once at the start of a `:context:`.", "build", (CONFIG,)),
        Option("encoder-args", values.ENCODER_ARGS, (), "Additional ffmpeg output arguments for each format, such as `{\"mp4\": [\"-preset\", \"slow\"]}`.", "build", (CONFIG,)),
        # limits
        Option("max-pixels", values.COUNT, 8192 * 4320, "Maximum number of pixels of one frame.", "limits", (CONFIG, CLI), rebuild=""),
        Option("max-bytes", values.COUNT, 100_000_000, "Maximum size of one video file in bytes.", "limits", (CONFIG, CLI), rebuild=""),
        Option("max-memory", values.MEBIBYTES, 4096, "Maximum memory of the process that runs the code, in MiB (Linux only).", "limits", (CONFIG, CLI), rebuild=""),
        Option("max-output", values.PRINTED_BYTES, 1_000_000, "Maximum size of what the code prints, in bytes. If the code prints more, only the beginning and the end are kept.", "limits", (CONFIG, CLI), rebuild=""),
        # tests
        Option("tolerance", values.LEVELS, 0.0, "How much a frame may differ from the baseline: the root mean square difference, in levels from 0 to 255.", "tests", (MARKER,)),
        Option("suffix", values.TEXT, ".mp4", "Suffix of the video file, which selects the format.", "tests", (MARKER,)),
        # one file, written from Python
        Option("target-size", values.SIZE, None, "Maximum size of the file, as a number of bytes or text such as ``\"2 MB\"``: the video is encoded several times, to find the best quality that fits. It cannot be combined with *quality*.", "file", (PYTHON,)),
        Option("cmap", values.ANYTHING, None, "Colormap, or its name, for arrays with one channel. Defaults to gray.", "file", (PYTHON,)),
        Option("vmin", values.ANYTHING, None, "Value at the lower end of the colormap. Defaults to the smallest finite value of the first array.", "file", (PYTHON,)),
        Option("vmax", values.ANYTHING, None, "Value at the upper end of the colormap. Defaults to the largest finite value of the first array.", "file", (PYTHON,)),
        Option("norm", values.ANYTHING, None, "A Matplotlib norm, instead of *vmin* and *vmax*.", "file", (PYTHON,)),
        Option("bad", values.ANYTHING, None, "Color of masked, NaN, and infinite values. Defaults to the colormap's own; without a colormap such values raise an error.", "file", (PYTHON,)),
        Option("raw-size", values.WIDTH_AND_HEIGHT, None, "Width and height of sources that are raw bytes, with 1, 3, or 4 bytes per pixel.", "file", (PYTHON,)),
        Option("keep-unfinished", values.FLAG, False, "Whether an error or Ctrl-C in a ``with`` block keeps the frames written so far, as a complete video. Otherwise no file is left, and an existing file is kept. If a frame was drawn incorrectly or ffmpeg failed, nothing is kept.", "file", (PYTHON,)),
        Option("extra-args", values.ARGUMENTS, (), "Additional ffmpeg output arguments, as a list.", "file", (PYTHON,)),
        Option("progress", values.ANYTHING, None, "Whether to show a progress bar. By default it is shown in terminals and notebooks, for videos that take longer than a second.", "file", (PYTHON,)),
        Option("total", values.COUNT0, None, "Expected number of frames, if known, so that the progress bar can show the remaining time.", "file", (PYTHON,)),
        Option("hash-frames", values.FLAG, False, "Whether to compute the hashes of the frames, for :attr:`.Video.fingerprint`.", "file", (PYTHON,)),
        Option("on-frame", values.CALLABLE, None, "Called after each frame with the number of frames so far.", "file", (PYTHON,)),
    ]
}  # fmt: skip


def options_of(front_end: str) -> dict[str, Option]:
    """Return the options that a front end has, by name."""
    return {name: option for name, option in OPTIONS.items() if front_end in option.front_ends}


def spelling(front_end: str, written: Callable[[Option], str]) -> Spelling:
    """Return how a front end spells the name of an option, for :meth:`.AnimvideoError.explain`."""
    known = options_of(front_end)
    return lambda name: written(known[name]) if name in known else ""


def read_options(
    front_end: str, given: Mapping[str, Any], written: Callable[[str], str]
) -> dict[str, Any]:
    """Return the values of the options given to a front end, by name.

    A flag also has a ``no-`` form.

    Parameters
    ----------
    given
        Texts or Python values, by name.
    written
        How the front end writes the name of an option, known or not.

    Raises
    ------
    OptionError
        A name is unknown, or a value is not allowed.
    """
    known = options_of(front_end)
    found: dict[str, Any] = {}
    for name, value in given.items():
        positive = name.removeprefix("no-")
        option = known.get(positive)
        if option is None or (positive != name and not option.is_flag):
            raise unknown_option(name, known, written)
        read = option.read(value)
        found[positive] = not read if positive != name else read
    return found


def wrong_options(
    front_end: str, given: Mapping[str, Any], written: Callable[[str], str]
) -> list[OptionError]:
    """Return an error for each of the options that :func:`read_options` refuses."""
    errors = []
    for name, value in given.items():
        try:
            read_options(front_end, {name: value}, written)
        except OptionError as error:
            errors.append(error)
    return errors


_PLOT_DIRECTIVE = {
    "format": "For the format of the video, use {formats}. Whether the code is a doctest is "
    "recognized by >>>.",
    "encoding": "Remove it: scripts are read in the encoding that they declare, which is UTF-8 by "
    "default.",
    "filename-prefix": "Remove it: the files are named after their content.",
}
"""Options of Matplotlib's plot directive that have no counterpart, and what to do."""


def unknown_option(
    name: str, known: Iterable[str], written: Callable[[str], str], noun: str = "option"
) -> OptionError:
    """Return the error for a name that is not among the *known* ones."""
    known, name = sorted(known), shown(name)[1:-1]  # without the quotes
    if "formats" in known and (advice := _PLOT_DIRECTIVE.get(name)):
        advice = advice.format(formats=written("formats"))
        return OptionError(f"unknown {noun} {written(name)}. {advice}")
    flags = [one for one in known if one in OPTIONS and OPTIONS[one].is_flag]
    negated = [f"no-{flag}" for flag in flags if name.startswith("no")]
    hint = suggestion(name, negated + known, written)
    return OptionError(
        f"unknown {noun} {written(name)}.{hint} Allowed: {', '.join(map(written, known))}."
    )


directive_option = spelling(DIRECTIVE, lambda option: f":{option.name}:")
"""Returns how a directive spells an option."""
config_value = spelling(CONFIG, lambda option: option.config_name)
"""Returns how ``conf.py`` spells an option."""


def docs_spelling(name: str) -> str:
    """Return how a documentation project spells an option: in a directive, in conf.py, or both."""
    return " or ".join(filter(None, [directive_option(name), config_value(name)]))
