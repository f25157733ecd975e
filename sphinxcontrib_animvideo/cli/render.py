"""The command ``render``: renders a script, image files, or videos as videos."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from ..core.cache.scratch import scratch_folder
from ..core.cache.store import Cache
from ..core.capture.scripts import find_script, read_script
from ..core.encoding.copies import with_combinations
from ..core.encoding.probe import read_info
from ..core.model import values
from ..core.model.asset import Asset
from ..core.model.job import Job, SourceLocation
from ..core.model.options import CLI, OPTIONS, Option, options_of
from ..core.model.settings import Settings, make_arithmetic, make_limits, make_settings
from ..core.model.sweep_code import swept_jobs
from ..core.rendering.executors import Workers
from ..core.rendering.render import Result
from ..core.rendering.render import render as render_jobs
from ..errors import AnimvideoError, OptionError
from ..progress import FrameBar, FrameCount
from .images import check_options, render_images
from .info import info_data, info_text
from .output import FAILED, CommandResult, print_error, print_message, relative_path
from .targets import Target, targets_of, write_targets

_GROUPS = {"capture": "capture", "encoding": "encoding", "build": "processes", "limits": "limits"}
"""Groups of options, and their titles here."""


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
    if option.kind is values.SWEEP:
        help += " It can be repeated. The videos are named NAME-damping=0.1, and so on."
        section.add_argument(flag, metavar="SWEEP", action="append", help=help)
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
        check_options(written, given.cache_dir)
    progress = False if given.quiet else None
    with scratch_folder() as scratch:
        if script:
            jobs = _jobs(script, function, written, settings)
            arithmetic = make_arithmetic(lambda name: _value(name, written))
            store = Cache(Path(given.cache_dir or scratch).absolute(), arithmetic)
            limits = make_limits(lambda name: _value(name, written))
            workers = Workers(
                _value("jobs", written),
                executor_option=_value("executor", written),
                shared_filesystem=_value("shared-filesystem", written),
            )
            with FrameBar(given.source[0], shown=progress) as bar:
                results = render_jobs(jobs, store, limits, FrameCount(bar.show), workers)
            rendered = _rendered([results[job] for job in jobs], given)
        else:
            jobs = ()
            rendered = [Rendered(render_images(given.source, settings, scratch, progress))]
        answer = _write(rendered, targets, given)
    return replace(answer, status=FAILED) if len(rendered) < len(jobs) else answer


@dataclass(frozen=True)
class Rendered:
    """The videos of the script, or of one combination of a sweep."""

    asset: Asset
    cached: bool = False
    remark: str = ""
    job: Job | None = None


def _write(
    rendered: Sequence[Rendered], targets: Sequence[Target], given: argparse.Namespace
) -> CommandResult:
    """Write the files, and return the answer."""
    data: list[dict[str, Any]] = []
    combinations = [each.job.combination if each.job else "" for each in rendered]
    paths = {target: with_combinations(target.path, combinations) for target in targets}
    for number, each in enumerate(rendered):
        combination = combinations[number]
        messages = [*(note.message for note in each.asset.notes), *filter(None, [each.remark])]
        for message in () if given.quiet else messages:
            named = f"with {combination}: {message}" if combination else message
            print_message(f"{relative_path(given.source[0])}: {named}")
        own = [replace(target, path=paths[target][number]) for target in targets]
        for path in write_targets(each.asset, own):
            known = read_info(path)
            if not given.quiet:
                suffix = " (from the cache)" if each.cached else ""
                print_message(info_text(path, known) + suffix)
            parameters = {"parameters": each.job.values} if each.job and combination else {}
            data.append(info_data(path, known) | parameters)
    notes = {note: None for each in rendered for note in each.asset.notes}
    return CommandResult(
        {
            "files": data,
            "cached": all(each.cached for each in rendered),
            "notes": [asdict(note) for note in notes],
        },
    )


# -- scripts ---------------------------------------------------------------------------------


def _script(source: Sequence[str]) -> tuple[str, str]:
    """Return the absolute path of the script and the name of the callable, or nothing."""
    if source[0].endswith(".ipynb"):
        read_script(source[0])  # which tells how to convert it
    if not re.search(r"\.py(:\w*)?$", source[0]):
        return "", ""
    return find_script(source)


def _jobs(
    script: str, function: str, written: Mapping[str, Any], settings: Settings
) -> tuple[Job, ...]:
    job = _job(script, function, written, settings)
    sweep = written.get("sweep")
    return swept_jobs(job, sweep, _value("max-sweep", written)) if sweep else (job,)


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


def _rendered(results: Sequence[Result], given: argparse.Namespace) -> list[Rendered]:
    """Return what was rendered, after printing the output of the script.

    Combinations of a sweep that have failed are reported, if there are others.
    """
    found, errors = [], []
    for result in results:
        if result.output.strip():
            print(result.output.rstrip(), file=sys.stderr if given.json else sys.stdout, flush=True)
        if isinstance(result.outcome, AnimvideoError):
            errors.append(result.outcome)
        else:
            found.append(Rendered(result.outcome, result.cached, result.remark, result.job))
    if not found:
        raise errors[0]
    for error in errors:
        print_error(error)
    return found
