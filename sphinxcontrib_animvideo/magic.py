"""The cell magic ``%%animvideo``: what a cell draws becomes a video in its output."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, magics_class
from IPython.display import HTML, display

from .core.capture.api import capture, recording
from .core.capture.in_process import ExampleRecorder
from .core.frames.grabber import animations_in
from .core.model.asset import Asset
from .core.model.formats import format_of
from .core.model.job import Settings, is_file_name, make_settings
from .core.model.options import (
    DIRECTIVE_OPTIONS,
    OPTIONS,
    Option,
    read_directive_options,
    renamed,
)
from .core.rendering.messages import Limits
from .errors import AnimvideoError, NoFrameError, OptionError, OutputError
from .html.embed import html_of_asset
from .html.player import PlayerOptions
from .progress import FrameBar

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_PLAYER = ("autoplay", "loop", "muted", "controls", "alt", "width", "height", "scale")
_MEANT = {
    *("fps", "dpi", "hidpi", "style", "seed", "max-frames", "redraw", "formats", "quality"),
    *("poster", *_PLAYER),
}


@magics_class
class AnimvideoMagics(Magics):
    """The cell magic."""

    @cell_magic
    def animvideo(self, line: str, cell: str) -> None:
        """Run a cell, and show what it captures and animates as a video.

        ::

            %%animvideo --fps 30 --loop -o wave.mp4

        The options are the directive's, with two dashes. Without ``-o`` the video is in the
        notebook alone; with ``-q`` no bar counts the frames. Frames come from ``capture()``,
        which is there without an import, from ``plt.pause()``, and from animations that the cell
        makes.
        """
        try:
            self._run(cell, *_read_line(line))
        except AnimvideoError as error:
            raise UsageError(f"%%animvideo: {error.message}") from None

    def _run(
        self, cell: str, written: dict[str, Any], output: Path | None, progress: bool | None
    ) -> None:
        shell: InteractiveShell = self.shell  # type: ignore[assignment]
        bar = FrameBar("%%animvideo", shown=progress)
        recorder = _CellRecorder(_settings(written), Limits.of(_default), bar.show)
        namespace = shell.user_ns
        before = {id(moving) for moving in animations_in(namespace)}
        namespace.setdefault("capture", capture)
        try:
            with bar, _plotting(written), recording(recorder):
                result = shell.run_cell(cell)
                if not result.success:
                    return  # the shell has shown the error
                made = {
                    f"{number}": moving
                    for number, moving in enumerate(animations_in(namespace))
                    if id(moving) not in before
                }
                asset = recorder.take(made)
            if asset is None:
                raise NoFrameError(
                    "the cell ran, but nothing became a frame. Frames come from capture(), from "
                    "plt.pause(seconds), and from animations that the cell makes."
                )
            if output:
                _keep(asset, output)
            shown = {name: written[name] for name in _PLAYER if name in written}
            display(HTML(html_of_asset(asset, PlayerOptions(**shown))))
        finally:
            recorder.abort()


class _CellRecorder(ExampleRecorder):
    """Names options in the errors of the cell's code as they are written in the magic's line."""

    @contextmanager
    def _right_frames(self) -> Iterator[None]:
        try:
            yield
        except AnimvideoError as error:
            error.message = renamed(error.message, _flag)
            raise


def _flag(option: Option) -> str:
    return f"--{option.name}" if option.name in _MEANT else "the limit"


def _read_line(line: str) -> tuple[dict[str, Any], Path | None, bool | None]:
    """Return the options of the magic's line, the file to write, and whether to show a bar."""
    words = shlex.split(line)
    written: dict[str, str | None] = {}
    output = progress = None
    while words:
        word = words.pop(0)
        name, equals, value = word.removeprefix("--").partition("=")
        if word in ("-o", "--output") and words:
            output = Path(words.pop(0))
        elif word in ("-q", "--quiet"):
            progress = False
        elif not word.startswith("--") or name.removeprefix("no-") not in _MEANT:
            allowed = ", ".join(f"--{option}" for option in sorted(_MEANT))
            raise OptionError(f"unknown option {word}. Allowed: -o FILE, -q, {allowed}.")
        elif equals:
            written[name] = value
        elif words and not words[0].startswith("-") and not _is_flag(name):
            written[name] = words.pop(0)
        else:
            written[name] = None
    options = read_directive_options(written, "--{}")
    if output:
        options.setdefault("formats", (format_of(output).name,))
    return options, output, progress


def _is_flag(name: str) -> bool:
    option = DIRECTIVE_OPTIONS.get(name.removeprefix("no-"))
    return option is not None and option.kind.types == (bool,)


def _settings(written: dict[str, Any]) -> Settings:
    if is_file_name(written.get("poster")):
        raise OptionError("--poster takes first, middle, last, a frame number or seconds here.")
    return make_settings(written, _default)


def _default(name: str) -> Any:
    return OPTIONS[name].default


@contextmanager
def _plotting(written: dict[str, Any]) -> Iterator[None]:
    """Plot on our own backend, in the style that is asked for, for as long as this lasts."""
    import random

    import matplotlib as mpl
    import numpy as np
    from matplotlib import pyplot as plt

    from .core.capture.backend import BACKEND

    before = mpl.get_backend()
    if "seed" in written:
        random.seed(written["seed"])
        np.random.seed(written["seed"])
    plt.switch_backend(BACKEND)
    try:
        with plt.style.context(list(written.get("style", ()))):
            yield
    finally:
        plt.switch_backend(before)


def _keep(asset: Asset, output: Path) -> None:
    """Copy the video to where the author wants it; one of several gets a number."""
    wanted = format_of(output).name
    files = [file for clip in asset.clips for file in clip.files if file.format == wanted]
    for number, file in enumerate(files, 1):
        name = output if len(files) == 1 else output.with_stem(f"{output.stem}-{number}")
        unfinished = name.with_name(f"{name.name}.unfinished")
        try:
            shutil.copyfile(asset.path(file), unfinished)
            unfinished.replace(name)
        except OSError as error:
            raise OutputError(
                f"{name} cannot be written ({error.strerror}). Name a file in a folder that "
                "exists and can be written to."
            ) from None
