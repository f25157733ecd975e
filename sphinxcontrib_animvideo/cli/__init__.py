"""The command line: ``animvideo``, or ``python -m sphinxcontrib_animvideo``.

It starts without importing Matplotlib, NumPy, or Sphinx.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from io import TextIOWrapper
from typing import Any, NoReturn

from .._version import __version__
from ..core.model.text import unrecognized
from ..errors import AnimvideoError, OptionError, internal_error
from . import accept, cache, info, render, verify
from .output import FAILED, INTERRUPTED, CommandResult, fail, print_result


@dataclass(frozen=True)
class _Command:
    run: Callable[[argparse.Namespace], CommandResult]
    add_arguments: Callable[[argparse.ArgumentParser], None]
    description: str
    examples: str


_COMMANDS = {
    "render": _Command(
        render.render,
        render.add_arguments,
        "Render a script or image files as videos.",
        """\
  animvideo render wave.py -o wave.mp4
  animvideo render wave.py make_frames -o wave.mp4 -o wave.webm --fps 30
  animvideo render wave.py:make_frames -o wave.gif --dpi 80 --style ggplot
  animvideo render wave.py -o wave.mp4 --format av1 --quality best
  animvideo render "frames/*.png" -o frames.mp4 --fps 10""",
    ),
    "info": _Command(
        info.info,
        info.add_info_arguments,
        "Show the size, number of frames, frame rate, duration, and codec of video files. Without "
        "files, show the versions of the packages, and the path, version, license, and encoders of "
        "ffmpeg.",
        """\
  animvideo info
  animvideo info wave.mp4 wave.webm
  animvideo info --json wave.mp4""",
    ),
    "formats": _Command(
        info.formats,
        lambda command: None,
        "List the formats, their qualities, and whether ffmpeg supports them.",
        """\
  animvideo formats
  animvideo formats --json""",
    ),
    "verify": _Command(
        verify.verify,
        verify.add_verify_arguments,
        "Compare the videos of the docs with animvideo.lock, or with a second rendering.",
        """\
  animvideo verify docs
  animvideo verify docs --cache-dir docs/_build/doctrees/animvideo
  animvideo verify docs --twice""",
    ),
    "lock": _Command(
        verify.lock,
        verify.add_lock_arguments,
        "Accept the videos of the docs as they are, in animvideo.lock.",
        """\
  animvideo lock docs
  animvideo lock docs --cache-dir docs/_build/doctrees/animvideo""",
    ),
    "accept": _Command(
        accept.accept,
        accept.add_arguments,
        "Accept some of the videos that a report shows, without rendering anything.",
        """\
  animvideo accept decisions.json
  animvideo accept guide/waves#2 guide/waves#3
  animvideo accept guide/waves#2 --report docs/_build/animvideo-report""",
    ),
    "cache": _Command(
        cache.cache,
        cache.add_arguments,
        "Show the size of a cache, or remove videos from it.",
        """\
  animvideo cache docs/_build/doctrees/animvideo
  animvideo cache docs/_build/doctrees/animvideo --prune-days 30
  animvideo cache docs/_build/doctrees/animvideo --clear""",
    ),
}


_JSON: dict[str, Any] = {
    "action": "store_true",
    "help": "Print the result as JSON on standard output.",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    as_json = "--json" in words
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")  # scripts print anything
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _terminate)
    try:
        given, unknown = parser().parse_known_args(words)
        if unknown:
            command: argparse.ArgumentParser = given.parser
            raise OptionError(f"{unrecognized(unknown, command)} See {command.prog} --help.")
        result: CommandResult = given.run(given)
        print_result(json.dumps(result.data, indent=1) if as_json else result.text)
        return result.status
    except KeyboardInterrupt:
        fail(AnimvideoError("interrupted."), as_json)
        return INTERRUPTED
    except AnimvideoError as error:
        return fail(error, as_json)
    except BrokenPipeError:  # the reader of the output has closed it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:
        return fail(internal_error(error), as_json)


def parser(width: int | None = None) -> argparse.ArgumentParser:
    """Return the parser of all commands.

    Parameters
    ----------
    width
        Width of the help texts in characters. Defaults to that of the terminal.
    """
    shape = partial(argparse.RawDescriptionHelpFormatter, width=width)
    top = _Parser(
        prog="animvideo",
        description="Render plotting code as videos.",
        epilog="Run animvideo COMMAND --help for details and examples.",
        formatter_class=shape,
    )
    top.add_argument("--version", action="version", version=f"animvideo {__version__}")
    top.add_argument("--json", **_JSON)
    commands = top.add_subparsers(
        title="commands", metavar="COMMAND", dest="command", required=True
    )
    for name, command in _COMMANDS.items():
        added = commands.add_parser(
            name,
            help=command.description,
            description=command.description,
            epilog=f"examples:\n{command.examples}",
            formatter_class=shape,
        )
        added.set_defaults(run=command.run, parser=added)
        command.add_arguments(added)
        added.add_argument("--json", **_JSON)
    return top


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise OptionError(f"{message}. See {self.prog} --help.")


def _terminate(number: int, frame: object) -> NoReturn:
    raise SystemExit(128 + number)  # so that everything is cleaned up
