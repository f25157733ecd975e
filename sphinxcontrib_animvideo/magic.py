"""The cell magic ``%%animvideo``, which renders what a cell draws as a video in its output."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring
from IPython.display import HTML, display

from .core.capture.api import capture
from .core.capture.in_process import InProcessRecorder, recording_in_process
from .core.capture.no_frames import no_frames
from .core.encoding.copies import check_writable, copy_files, numbered
from .core.frames.sources import animations_of
from .core.model.asset import Asset
from .core.model.formats import format_of
from .core.model.options import MAGIC, OPTIONS, Option, options_of, read_options, spelling
from .core.model.settings import Settings, is_file_name, make_limits, make_settings
from .errors import AnimvideoError, OptionError
from .html.embed import embedded_players
from .html.player import PlayerOptions
from .progress import FrameBar

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_PLAYER = ("autoplay", "loop", "muted", "controls", "alt", "width", "height", "scale")

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
            given = vars(parse_argstring(self.animvideo, line))
            output, quiet = given.pop("output"), given.pop("quiet")
            written = _read_options(given, output)
            self._run(cell, written, output and Path(_unquoted(output)), False if quiet else None)
        except AnimvideoError as error:
            raise UsageError(f"%%animvideo: {error.explain(flag)}") from None

    def _run(
        self, cell: str, written: dict[str, Any], output: Path | None, progress: bool | None
    ) -> None:
        if output:
            check_writable(output)
        shell: InteractiveShell = self.shell  # type: ignore[assignment]
        bar = FrameBar("%%animvideo", shown=progress)
        recorder = InProcessRecorder(_settings(written), make_limits(_default), flag, bar.show)
        namespace = shell.user_ns
        earlier = animations_of(namespace)
        namespace.setdefault("capture", capture)
        try:
            with bar, recording_in_process(recorder), _plotting(written):
                result = shell.run_cell(cell)
                if not result.success:
                    return  # the shell has shown the error
                asset = recorder.take(a for a in animations_of(namespace) if a not in earlier)
            if asset is None:
                known = {id(animation) for animation in earlier}
                names = [name for name in namespace if id(namespace[name]) in known]
                name = names[-1] if names else ""
                raise no_frames("the cell", recorder.saved_figures, earlier=name)
            if output:
                _write(asset, output)
            for message in (*(note.message for note in asset.notes), *recorder.reported):
                print(f"%%animvideo: {message}", file=sys.stderr)
            shown = {name: written[name] for name in _PLAYER if name in written}
            display(HTML(embedded_players(asset, PlayerOptions(**shown))))
        finally:
            recorder.abort()


def _read_options(given: dict[str, Any], output: str | None) -> dict[str, Any]:
    written = {
        name.replace("_", "-"): _unquoted(value)
        for name, value in given.items()
        if value is not None
    }
    options = read_options(MAGIC, written, lambda name: f"--{name}")
    if output:
        options.setdefault("formats", (format_of(Path(output)).name,))
    return options


def _unquoted(value: str) -> str:
    """Return a value without the quotes around it, which IPython keeps."""
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    return value[1:-1] if quoted else value


def _settings(written: dict[str, Any]) -> Settings:
    if is_file_name(written.get("poster")):
        raise OptionError(
            "{option} must be first, middle, last, a frame number, or seconds in a notebook.",
            option="poster",
        )
    return make_settings(written, _default)


def _default(name: str) -> Any:
    return OPTIONS[name].default


@contextmanager
def _plotting(written: dict[str, Any]) -> Iterator[None]:
    """Use the requested style and seed inside this block."""
    import random

    import numpy as np
    from matplotlib import pyplot as plt

    if "seed" in written:
        random.seed(written["seed"])
        np.random.seed(written["seed"])
    with plt.style.context(list(written.get("style", ()))):
        yield


def _write(asset: Asset, output: Path) -> None:
    """Copy the video to *output*; if there are several, each gets a number."""
    wanted = format_of(output).name
    files = [file for clip in asset.clips for file in clip.files if file.format == wanted]
    sources = map(asset.path, files)
    total = len(files)
    copy_files({numbered(output, n, total): source for n, source in enumerate(sources, 1)})
