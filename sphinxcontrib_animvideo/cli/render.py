"""The command ``render``: a script, or image files, become videos."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from ..core.cache.store import Cache
from ..core.capture.user_code import read_script
from ..core.encoding.probe import read_info
from ..core.model.asset import Asset, Failure
from ..core.model.formats import FORMATS, format_of
from ..core.model.job import Job, Place, Settings, make_settings
from ..core.model.options import OPTIONS, Option
from ..core.rendering.render import Limits, Result
from ..core.rendering.render import render as render_jobs
from ..errors import FrameError, OptionError, OutputError, ScriptError
from ..progress import FrameBar
from .info import info_data, info_text
from .output import Answer, FailedError, say, shown_path

_GROUPS = {"capture": "what is drawn", "encoding": "how it is encoded", "limits": "limits"}
"""Of the options, and what they are called here."""
_OTHERWISE = {"context", "skip", "formats"}
"""Options that mean nothing in a shell, or are given in another way."""
_FOR_IMAGES = {"fps", "quality"}


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Declare what ``render`` takes. The options are those of the directive."""
    command.add_argument(
        "source",
        metavar="SOURCE",
        nargs="+",
        help="A Python script, and the name of a callable in it (also SCRIPT:CALLABLE); or image "
        "files. A pattern in quotes stands for its files in natural order, 9 before 10; several "
        "names are taken in the order in which they are given.",
    )
    command.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        action="append",
        required=True,
        type=Path,
        help="The video to write; its suffix says the format. Can be given several times. If the "
        "script makes several videos, they are NAME-1, NAME-2 and so on.",
    )
    command.add_argument(
        "--cache",
        metavar="DIR",
        type=Path,
        help="Keep the video in a cache, and do not run a script again of which nothing has "
        "changed: neither its code nor the options, nor the files under the current folder that "
        "it opens.",
    )
    command.add_argument(
        "-q", "--quiet", action="store_true", help="Say nothing of progress and of what was made."
    )
    for group, title in _GROUPS.items():
        section = command.add_argument_group(title)
        for option in _options():
            if option.group == group:
                _add_option(section, option)
        if group == "encoding":
            section.add_argument(
                "--format",
                metavar="FORMAT",
                help="The format, where a suffix can mean several: hevc and av1 for .mp4. See "
                "animvideo formats.",
            )


def _options() -> Iterator[Option]:
    return (
        option
        for option in OPTIONS.values()
        if option.group in _GROUPS and option.name not in _OTHERWISE
    )


def _add_option(section: argparse._ArgumentGroup, option: Option) -> None:
    flag, default = f"--{option.name}", option.default
    help = option.help.replace("`", "").replace("%", "%%")
    if isinstance(default, bool):
        section.add_argument(flag, action="store_const", const=True, help=help)
        return
    if default:
        help += f" Default: {_as_written(default)}."
    section.add_argument(flag, metavar=option.name.rpartition("-")[2].upper(), help=help)


def _as_written(default: Any) -> str:
    if isinstance(default, (float, Fraction)):
        return f"{float(default):g}"
    return " ".join(default) if isinstance(default, tuple) else str(default)


def render(given: argparse.Namespace) -> Answer:
    """Make the videos."""
    texts = {option.name: getattr(given, option.name.replace("-", "_")) for option in _options()}
    written = {
        name: OPTIONS[name].read(text, f"--{name}")
        for name, text in texts.items()
        if text is not None
    }
    targets = _targets(given.output, given.format)
    formats = tuple(dict.fromkeys(target.format for target in targets))
    settings = make_settings(written | {"formats": formats}, lambda name: OPTIONS[name].default)
    script, function = _script(given.source)
    if not script:
        _check_for_images(written, given.cache)
    progress = False if given.quiet else None
    with tempfile.TemporaryDirectory(prefix="animvideo-") as scratch:
        if script:
            job = _job(script, function, written, settings)
            store = Cache(Path(given.cache or scratch).absolute())
            limits = Limits.of(lambda name: _value(name, written))
            with FrameBar(given.source[0], shown=progress) as bar:
                result = render_jobs([job], store, limits, _Report(bar))[job]
            asset = _asset(result, given)
        else:
            asset = _of_images(given.source, settings, Path(scratch), progress)
            result = None
        paths = _deliver(asset, targets)
    return _answer(paths, asset, cached=bool(result and result.cached), quiet=given.quiet)


def _answer(paths: Sequence[Path], asset: Asset, cached: bool, quiet: bool) -> Answer:
    files = [(path, read_info(path)) for path in paths]
    if not quiet:
        for path, known in files:
            say(info_text(path, known) + (" (from the cache)" if cached else ""))
    return Answer(
        {
            "files": [info_data(path, known) for path, known in files],
            "cached": cached,
            "notes": [asdict(note) for note in asset.notes],
        }
    )


# -- the files to write ----------------------------------------------------------------------


@dataclass(frozen=True)
class _Target:
    """A file to write."""

    path: Path
    format: str

    def name(self, number: int, total: int) -> Path:
        """Return the path for one of several videos."""
        numbered = f"{self.path.stem}-{number}{self.path.suffix}"
        return self.path if total == 1 else self.path.with_name(numbered)


def _targets(paths: Sequence[Path], format: str | None) -> list[_Target]:
    wanted = OPTIONS["formats"].read(format, "--format") if format else ()
    targets = []
    for path in paths:
        meant = format_of(path)
        same_suffix = (name for name in wanted if FORMATS[name].suffix == meant.suffix)
        targets.append(_Target(path, next(same_suffix, meant.name)))
        _check_place(path)
    for name in wanted:
        if name not in {target.format for target in targets}:
            raise OptionError(
                f"--format {name} takes a file with the suffix {FORMATS[name].suffix}; none of "
                "the names after -o has it."
            )
    return targets


def _check_place(path: Path) -> None:
    if path.is_dir():
        raise OutputError(f"{path} is a folder. Name a file in it.")
    if not path.parent.is_dir():
        raise OutputError(f"{path} cannot be written: there is no folder {path.parent}. Make it.")
    if not os.access(path.parent, os.W_OK):
        raise OutputError(f"{path} cannot be written: the folder {path.parent} is read-only.")


def _deliver(asset: Asset, targets: Sequence[_Target]) -> list[Path]:
    """Put the files of an asset under their names: all of them, when each is complete."""
    total = len(asset.clips)
    files = {
        target.name(number, total): asset.path(file)
        for number, clip in enumerate(asset.clips, 1)
        for target in targets
        for file in clip.files
        if file.format == target.format
    }
    captions = {
        target.name(number, total).with_suffix(".vtt"): asset.path(clip.captions)
        for number, clip in enumerate(asset.clips, 1)
        for target in targets
        if clip.captions
    }
    unfinished = {
        path: path.with_name(f".{path.name}.{os.getpid()}") for path in (*files, *captions)
    }
    try:
        for path, made in (files | captions).items():
            shutil.copyfile(made, unfinished[path])
        for path, copy in unfinished.items():
            copy.replace(path)
    except OSError as error:
        raise OutputError(f"the video cannot be written ({error.strerror}).") from None
    finally:
        for copy in unfinished.values():
            copy.unlink(missing_ok=True)
    return list(files)


# -- scripts ---------------------------------------------------------------------------------


def _script(source: Sequence[str]) -> tuple[str, str]:
    """Return the absolute path of the script and the name of the callable, or nothing."""
    name, *functions = source
    if not name.endswith(".py"):
        name, _, function = name.rpartition(":")
        functions.insert(0, function)
    if not name.endswith(".py"):
        return "", ""
    if len(functions) > 1:
        raise ScriptError(
            f"a script takes the name of one callable in it; it was given {' '.join(functions)}."
        )
    if not Path(name).is_file():
        raise ScriptError(f"the script {name} does not exist.")
    return os.path.abspath(name), "".join(functions)  # noqa: PTH100  (without following links)


def _job(script: str, function: str, written: Mapping[str, Any], settings: Settings) -> Job:
    depends = written.get("depends", ())
    for name in depends:
        if not Path(name).is_file():
            raise OptionError(f"--depends names {name}, which is no file.")
    here = str(Path.cwd())
    return Job(
        place=Place(script, 1),
        code=read_script(script),
        code_place=Place(script, 1),
        folder=here,
        source_dir=here,
        settings=settings,
        timeout=_value("timeout", written),
        script=script,
        function=function,
        depends=depends,
    )


def _value(name: str, written: Mapping[str, Any]) -> Any:
    return written.get(name, OPTIONS[name].default)


def _asset(result: Result, given: argparse.Namespace) -> Asset:
    """Return what was made, after telling what the script printed and what is to be noted."""
    if result.output.strip():
        print(result.output.rstrip(), file=sys.stderr if given.json else sys.stdout, flush=True)
    if isinstance(result.outcome, Failure):
        raise FailedError(result.outcome)
    if not given.quiet:
        for note in result.outcome.notes:
            say(f"{shown_path(result.job.script)}: {note.message}")
        if result.remark:
            say(f"{shown_path(result.job.script)}: {result.remark}")
    return result.outcome


# -- images ----------------------------------------------------------------------------------


def _check_for_images(written: Mapping[str, Any], cache: Path | None) -> None:
    refused = [name for name in written if name not in _FOR_IMAGES] + ["cache"] * bool(cache)
    if refused:
        raise OptionError(
            f"--{refused[0]} is for scripts. Image files take "
            f"{', '.join(f'--{name}' for name in sorted(_FOR_IMAGES))} and --format."
        )


def _of_images(
    names: Sequence[str], settings: Settings, folder: Path, progress: bool | None
) -> Asset:
    from ..core.encoding.clip_writer import ClipWriter  # imports NumPy

    pictures = [picture for name in names for picture in _pictures(name)]
    bar = FrameBar(names[0], len(pictures), progress)
    writer = ClipWriter(
        folder,
        "images",
        settings.fps or settings.default_fps,
        formats=settings.formats,
        quality=settings.quality,
        on_frame=bar.show,
    )
    try:
        with bar:
            for picture in pictures:
                writer.capture(picture)
            clip = writer.finish()
    except BaseException:
        writer.abort()
        raise
    assert clip, "a pattern stands for one file at least"
    return Asset(str(folder), (clip,))


def _pictures(name: str) -> list[Any]:
    from ..core.frames.grabber import pictures_in

    if Path(name).is_file():  # whatever characters are in its name
        return [name]
    try:
        return list(pictures_in(name))
    except FrameError as error:
        raise OptionError(f"{error} Name a script that ends with .py, or image files.") from None


# -- progress --------------------------------------------------------------------------------


class _Report:
    """Shows the frames of a script's videos."""

    def __init__(self, bar: FrameBar) -> None:
        self._bar = bar

    def start(self, total: int) -> None:
        """A script is run."""

    def tick(self, frames: dict[Job, int]) -> None:
        """Show the frames made so far."""
        self._bar.show(sum(frames.values()))

    def finish(self, result: Result) -> None:
        """It has ended."""
        self._bar.close()
