"""The command ``render``: renders a script, image files, or videos as videos."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any

from ..core.cache.scratch import scratch_folder
from ..core.cache.store import Cache
from ..core.capture.user_code import find_script, read_script
from ..core.encoding.probe import read_info
from ..core.model.asset import Asset, Note
from ..core.model.job import Job, SourceLocation
from ..core.model.options import CLI, OPTIONS, Option, options_of
from ..core.model.settings import Settings, make_arithmetic, make_limits, make_settings
from ..core.rendering.executors import Workers
from ..core.rendering.render import Result
from ..core.rendering.render import render as render_jobs
from ..errors import AnimvideoError, FrameError, OptionError
from ..progress import FrameBar, FrameCount
from .info import info_data, info_text
from .output import CommandResult, print_message, relative_path
from .targets import targets_of, write_targets

_GROUPS = {"capture": "capture", "encoding": "encoding", "build": "processes", "limits": "limits"}
"""Groups of options, and their titles here."""
_FOR_IMAGES = {"fps", "quality", "check-flashes"}


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``render``. The options are those of the directive."""
    command.add_argument(
        "source",
        metavar="SOURCE",
        nargs="+",
        help="A Python script, optionally followed by the name of a callable in it (or "
        "SCRIPT:CALLABLE); or image and video files. A quoted pattern matches files in natural "
        "order, 9 before 10; several files are used in the given order.",
    )
    command.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        action="append",
        required=True,
        type=Path,
        help="The video file to write; its extension selects the format. Can be repeated. If the "
        "script makes several videos, they are named NAME-1, NAME-2, and so on.",
    )
    command.add_argument(
        "--cache-dir",
        metavar="DIR",
        type=Path,
        help="Store the video in this cache, and do not run a script again while its code, the "
        "options, and the files below the current directory that it opens are unchanged.",
    )
    command.add_argument(
        "-q", "--quiet", action="store_true", help="Suppress progress and summary output."
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
                help="The format, for extensions that have several: hevc and av1 for .mp4. See "
                "animvideo formats.",
            )


def _options() -> Iterator[Option]:
    known = options_of(CLI).values()
    return (o for o in known if o.group in _GROUPS and o.name != "cache-dir")  # declared above


def _add_option(section: argparse._ArgumentGroup, option: Option) -> None:
    flag, default = f"--{option.name}", option.default
    help = option.help.replace("`", "").replace("%", "%%")
    if option.is_flag:
        section.add_argument(flag, action=argparse.BooleanOptionalAction, help=help)
        return
    if default:
        help += f" Defaults to {_as_written(default)}."
    section.add_argument(flag, metavar=option.name.rpartition("-")[2].upper(), help=help)


def _as_written(default: Any) -> str:
    if isinstance(default, (float, Fraction)):
        return f"{float(default):g}"
    return " ".join(default) if isinstance(default, tuple) else str(default)


def render(given: argparse.Namespace) -> CommandResult:
    """Render the videos."""
    texts = {option.name: getattr(given, option.name.replace("-", "_")) for option in _options()}
    written = {name: OPTIONS[name].read(text) for name, text in texts.items() if text is not None}
    targets = targets_of(given.output, given.format)
    formats = tuple(dict.fromkeys(target.format for target in targets))
    settings = make_settings(written | {"formats": formats}, lambda name: OPTIONS[name].default)
    script, function = _script(given.source)
    if not script:
        _check_for_images(written, given.cache_dir)
    progress = False if given.quiet else None
    with scratch_folder() as scratch:
        if script:
            job = _job(script, function, written, settings)
            arithmetic = make_arithmetic(lambda name: _value(name, written))
            store = Cache(Path(given.cache_dir or scratch).absolute(), arithmetic)
            limits = make_limits(lambda name: _value(name, written))
            workers = Workers(
                _value("jobs", written),
                executor_option=_value("executor", written),
                shared_filesystem=_value("shared-filesystem", written),
            )
            with FrameBar(given.source[0], shown=progress) as bar:
                result = render_jobs([job], store, limits, FrameCount(bar.show), workers)[job]
            asset = _asset(result, given)
        else:
            asset = _of_images(given.source, settings, scratch, progress)
            result = None
        if not given.quiet:
            remarks = [result.remark] if result and result.remark else []
            for message in (*(note.message for note in asset.notes), *remarks):
                print_message(f"{relative_path(given.source[0])}: {message}")
        paths = write_targets(asset, targets)
    return _answer(paths, asset, cached=bool(result and result.cached), quiet=given.quiet)


def _answer(paths: Sequence[Path], asset: Asset, cached: bool, quiet: bool) -> CommandResult:
    files = [(path, read_info(path)) for path in paths]
    if not quiet:
        for path, known in files:
            print_message(info_text(path, known) + (" (from the cache)" if cached else ""))
    return CommandResult(
        {
            "files": [info_data(path, known) for path, known in files],
            "cached": cached,
            "notes": [asdict(note) for note in asset.notes],
        }
    )


# -- scripts ---------------------------------------------------------------------------------


def _script(source: Sequence[str]) -> tuple[str, str]:
    """Return the absolute path of the script and the name of the callable, or nothing."""
    if source[0].endswith(".ipynb"):
        read_script(source[0])  # which tells how to convert it
    if not re.search(r"\.py(:\w*)?$", source[0]):
        return "", ""
    return find_script(source)


def _job(script: str, function: str, written: Mapping[str, Any], settings: Settings) -> Job:
    depends = written.get("depends", ())
    for name in depends:
        if not Path(name).is_file():
            raise OptionError(
                f"{{option}} names a file that does not exist: {name}", option="depends"
            )
    here = str(Path.cwd())
    return Job(
        location=SourceLocation(script, 1),
        code=read_script(script),
        code_location=SourceLocation(script, 1),
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
    """Return the asset, after printing the output of the script and the notes."""
    if result.output.strip():
        print(result.output.rstrip(), file=sys.stderr if given.json else sys.stdout, flush=True)
    if isinstance(result.outcome, AnimvideoError):
        raise result.outcome
    return result.outcome


# -- images ----------------------------------------------------------------------------------


def _check_for_images(written: Mapping[str, Any], cache: Path | None) -> None:
    refused = [name for name in written if name not in _FOR_IMAGES] + ["cache-dir"] * bool(cache)
    if refused:
        raise OptionError(
            "{option} is only available for scripts. For image and video files, use "
            f"{', '.join(f'--{name}' for name in sorted(_FOR_IMAGES))}, and --format.",
            option=refused[0],
        )


def _of_images(
    names: Sequence[str], settings: Settings, folder: Path, progress: bool | None
) -> Asset:
    from ..core.encoding.clip_writer import ClipWriter  # imports NumPy
    from ..core.encoding.picture_files import step_of
    from ..core.encoding.timeline import frame_rate
    from ..core.frames.arrays import ColorMapping
    from ..core.frames.grabber import FrameGrabber

    pictures = [picture for name in names for picture in _pictures(name)]
    bar = FrameBar(names[0], len(pictures), progress)
    rate = frame_rate(option=settings.fps, step=step_of(pictures[0]), default=settings.default_fps)
    notes: list[Note] = []
    colors = ColorMapping(warn=lambda message: notes.append(Note("array", message)))
    writer = ClipWriter(
        folder,
        "images",
        rate,
        frames=FrameGrabber(colors=colors),
        formats=settings.formats,
        quality=settings.quality,
        check_flashes=settings.check_flashes,
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
    assert clip, "a pattern matches at least one file"
    return Asset(str(folder), (clip,), (*notes, *writer.notes))


def _pictures(name: str) -> list[str]:
    from ..core.frames.sources import files_like

    try:
        return files_like(name)
    except FrameError as error:
        raise OptionError(
            f"{error} Pass a script that ends with .py, or image or video files."
        ) from None
