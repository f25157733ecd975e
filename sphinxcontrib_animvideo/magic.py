"""The cell magic ``%%animvideo``, which renders what a cell draws as a video in its output."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments
from IPython.display import HTML, display
from IPython.utils.process import arg_split  # type: ignore[attr-defined]

from .core.capture.api import capture
from .core.capture.control_flow import is_clean
from .core.capture.in_process import InProcessRecorder, recording_in_process, style_and_seed
from .core.capture.no_frames import no_frames
from .core.encoding.copies import check_writable, copy_files, numbered, with_combinations
from .core.frames.sources import animations_of, is_figure
from .core.model.asset import Asset
from .core.model.formats import format_of
from .core.model.job import SourceLocation
from .core.model.options import MAGIC, Option, options_of, read_options, spelling
from .core.model.settings import Settings, is_file_name, make_limits, make_settings
from .core.model.sweep import Sweep, in_words, values_of
from .core.model.sweep_code import check_code
from .core.model.text import unrecognized
from .errors import AnimvideoError, ExecutionError, OptionError
from .html.embed import embedded_players
from .html.player import player_options
from .progress import FrameBar
from .video_sweep import check_sweep, default, sweep_player

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionResult, InteractiveShell

flag = spelling(MAGIC, lambda option: f"--{option.name}")
"""Returns how the magic spells an option."""


def _option_arguments(function: Callable[..., Any]) -> Callable[..., Any]:
    """Declare the options, which the help of the magic lists in this order."""
    for option in reversed(options_of(MAGIC).values()):
        for declared in _declarations(option):
            function = declared(function)
    return function


def _declarations(option: Option) -> list[Any]:
    help = option.help.replace("`", "").replace("%", "%%")
    if not option.is_flag:
        return [argument(f"--{option.name}", metavar="VALUE", help=help)]
    off = f"Turn off --{option.name}."
    return [
        argument(f"--no-{option.name}", action="store_const", const="", help=off),
        argument(f"--{option.name}", nargs="?", const="", metavar="BOOL", help=help),
    ]


@magics_class
class AnimvideoMagics(Magics):
    """The cell magic."""

    @magic_arguments()
    @argument("-o", "--output", metavar="FILE", help="Also write the video to this file.")
    @argument("-q", "--quiet", action="store_true", help="Do not show a progress bar.")
    @_option_arguments
    @cell_magic
    def animvideo(self, line: str, cell: str) -> None:
        """Run a cell, and show what it captures and animates as a video.

        Frames are captured by capture(), which needs no import, by plt.pause(), and from
        animations that the cell creates. Without -o, the video is stored in the notebook only.

        Example: %%animvideo --fps 30 --loop -o wave.mp4
        """
        try:
            given = _parsed(self.animvideo.parser, line)
            name, quiet = given.pop("output"), given.pop("quiet")
            output = Path(_unquoted(name)) if name else None
            written = _read_options(given, output)
            self._run(cell, written, output, False if quiet else None)
        except AnimvideoError as error:
            raise UsageError(f"%%animvideo: {error.explain(flag)}") from None

    def _run(
        self, cell: str, written: dict[str, Any], output: Path | None, progress: bool | None
    ) -> None:
        if output:
            check_writable(output)
        with FrameBar("%%animvideo", shown=progress) as bar:
            run = CellRun(self.shell, cell, written, bar)  # type: ignore[arg-type]
            html = run.sweep(written["sweep"], output) if "sweep" in written else run.once(output)
        if html:
            display(HTML(html))


class CellRun:
    """Runs a cell, once or for all combinations of a sweep, and records what it shows."""

    def __init__(
        self, shell: InteractiveShell, cell: str, written: dict[str, Any], bar: FrameBar
    ) -> None:
        self._shell = shell
        self._cell = cell
        self._written = written
        self._bar = bar
        self._settings = _settings(written)

    def once(self, output: Path | None) -> str:
        """Return the player; nothing if the cell failed, which the shell has shown."""
        recorder = self._recorder()
        asset = self._record(recorder)
        if not asset:
            return ""
        if output:
            _write(asset, output)
        self._print([*(note.message for note in asset.notes), *recorder.reported])
        name = output.stem if output else "video"
        return embedded_players(asset, player_options(self._written), name)

    def sweep(self, sweep: Sweep, output: Path | None) -> str:
        """Return the player with the videos of all combinations."""
        check_sweep(sweep, self._written)
        check_code(self._cell, SourceLocation("the cell", 1), sweep, is_alone=False)
        recorders: list[InProcessRecorder] = []
        outcomes: list[Asset | AnimvideoError] = []
        messages: list[str] = []
        words = [in_words(combination) for combination in sweep.combinations]
        paths = with_combinations(output or Path("video"), words)
        for combination, chosen, path in zip(sweep.combinations, words, paths, strict=True):
            self._shell.user_ns.update(values_of(combination))
            recorders.append(recorder := self._recorder())  # its files are removed with it
            try:
                asset = self._record(recorder)
            except AnimvideoError as error:
                error.combination = chosen
                messages.append(error.explain(flag))
                outcomes.append(error)
                continue
            outcomes.append(asset or ExecutionError("the cell failed"))
            if asset and output:
                _write(asset, path)
            messages += [note.message for note in asset.notes] if asset else []
        html = sweep_player(sweep, outcomes, self._written)
        self._print(dict.fromkeys(messages))
        return html

    def _recorder(self) -> InProcessRecorder:
        limits = make_limits(default)
        return InProcessRecorder(self._settings, limits, flag, self._bar.show)

    def _record(self, recorder: InProcessRecorder) -> Asset | None:
        """Return what the cell shows; ``None`` if it failed, which the shell has shown."""
        namespace = self._shell.user_ns
        earlier = animations_of(namespace)
        namespace.setdefault("capture", capture)
        try:
            figures = list(filter(is_figure, namespace.values()))
            with recording_in_process(recorder, figures), style_and_seed(self._written):
                if not _has_succeeded(self._shell.run_cell(self._cell)):
                    return None
                asset = recorder.take(a for a in animations_of(namespace) if a not in earlier)
            if asset is None:
                known = {id(animation) for animation in earlier}
                names = [name for name in namespace if id(namespace[name]) in known]
                name = names[-1] if names else ""
                raise no_frames("the cell", recorder, earlier=name)
            return asset
        finally:
            recorder.abort()

    def _print(self, messages: Iterable[str]) -> None:
        for message in messages:
            print(f"%%animvideo: {message}", file=sys.stderr)


def _has_succeeded(result: ExecutionResult) -> bool:
    """Whether a cell ran to its end, or to ``sys.exit()``."""
    error = result.error_in_exec
    return result.success or (isinstance(error, SystemExit) and is_clean(error))


def _parsed(parser: argparse.ArgumentParser, line: str) -> dict[str, Any]:
    given, unknown = parser.parse_known_args(arg_split(line))
    if unknown:
        raise OptionError(f"{unrecognized(unknown, parser)} Run %%animvideo? to list all options.")
    return vars(given)


def _read_options(given: dict[str, Any], output: Path | None) -> dict[str, Any]:
    written = {
        name.replace("_", "-"): _unquoted(value)
        for name, value in given.items()
        if value is not None
    }
    options = read_options(MAGIC, written, lambda name: f"--{name}")
    if output:
        options.setdefault("formats", (format_of(output).name,))
    return options


def _unquoted(value: str) -> str:
    """Return a value without the quotes around it, which IPython keeps."""
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    return value[1:-1] if quoted else value


def _settings(written: dict[str, Any]) -> Settings:
    if is_file_name(written.get("poster")):
        raise OptionError(
            "in a notebook, {option} must be first, middle, last, a frame number, or a time in "
            "seconds.",
            option="poster",
        )
    return make_settings(written, default)


def _write(asset: Asset, output: Path) -> None:
    """Copy the video to *output*; if there are several, each gets a number."""
    wanted = format_of(output).name
    files = [file for clip in asset.clips for file in clip.files if file.format == wanted]
    sources = map(asset.path, files)
    total = len(files)
    copy_files({numbered(output, n, total): source for n, source in enumerate(sources, 1)})
