"""The command line: the directive's semantics in a shell.

Starting it imports neither Matplotlib nor NumPy nor Sphinx.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import NoReturn

from .. import __version__
from ..core.model.asset import Failure
from ..errors import AnimvideoError, OptionError
from . import info as files
from . import render
from . import verify as docs
from .output import FAILED, INTERRUPTED, Answer, FailedError, put, tell

_COMMANDS: dict[str, tuple[Callable[[argparse.Namespace], Answer], str, str]] = {
    "render": (
        render.render,
        "Make a video of what a script draws, or of image files.",
        """\
  animvideo render wave.py -o wave.mp4
  animvideo render wave.py make_frames -o wave.mp4 -o wave.webm --fps 30
  animvideo render wave.py:make_frames -o wave.gif --dpi 80 --style ggplot
  animvideo render wave.py -o wave.mp4 --format av1 --quality best
  animvideo render "frames/*.png" -o frames.mp4 --fps 10""",
    ),
    "info": (
        files.info,
        "Tell what is in video files: size, frames, rate, length, codec, bytes.",
        """\
  animvideo info wave.mp4 wave.webm
  animvideo info --json wave.mp4""",
    ),
    "formats": (
        files.formats,
        "List the formats, their qualities, and whether this ffmpeg can write them.",
        """\
  animvideo formats
  animvideo formats --json""",
    ),
    "verify": (
        docs.verify,
        "Compare the videos of a documentation with animvideo.lock, or with themselves.",
        """\
  animvideo verify docs
  animvideo verify docs --cache docs/_build/doctrees/animvideo
  animvideo verify docs --twice""",
    ),
    "lock": (
        docs.lock,
        "Accept the videos of a documentation as they are, in animvideo.lock.",
        """\
  animvideo lock docs
  animvideo lock docs --cache docs/_build/doctrees/animvideo""",
    ),
    "cache": (
        files.cache,
        "Tell how large a cache is, or remove what is in it.",
        """\
  animvideo cache --folder docs/_build/doctrees/animvideo
  animvideo cache --folder docs/_build/doctrees/animvideo --prune-days 30
  animvideo cache --folder docs/_build/doctrees/animvideo --clear""",
    ),
}
"""What runs each command, what it does, and examples."""

_ARGUMENTS = {
    "render": render.add_arguments,
    "info": files.add_info_arguments,
    "verify": docs.add_verify_arguments,
    "lock": docs.add_lock_arguments,
    "cache": files.add_cache_arguments,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    as_json = "--json" in words
    signal.signal(signal.SIGTERM, _terminate)
    try:
        given = parser().parse_args(words)
        answer: Answer = given.run(given)
        put(json.dumps(answer.data, indent=1) if as_json else answer.text)
        return answer.status
    except KeyboardInterrupt:
        tell(Failure("interrupted", "interrupted.", "", 0), as_json)
        return INTERRUPTED
    except FailedError as error:
        return tell(error.failure, as_json)
    except AnimvideoError as error:
        return tell(Failure.of(error, "", 0), as_json)
    except BrokenPipeError:  # whoever read the output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:
        said = f"animvideo itself failed ({type(error).__name__}: {error}). Please report it."
        return tell(Failure("error", said, "", 0), as_json)


def parser(width: int | None = None) -> argparse.ArgumentParser:
    """Return the parser of all commands.

    Parameters
    ----------
    width
        Of the help texts, in characters; ``None``: as wide as the terminal.
    """
    shape = partial(argparse.RawDescriptionHelpFormatter, width=width)
    top = _Parser(
        prog="animvideo",
        description="Videos of what plotting code draws.",
        epilog="animvideo COMMAND --help tells more, with examples.",
        formatter_class=shape,
    )
    top.add_argument("--version", action="version", version=f"animvideo {__version__}")
    commands = top.add_subparsers(
        title="commands", metavar="COMMAND", dest="command", required=True
    )
    for name, (run, description, examples) in _COMMANDS.items():
        command = commands.add_parser(
            name,
            help=description,
            description=description,
            epilog=f"examples:\n{examples}",
            formatter_class=shape,
        )
        command.set_defaults(run=run)
        if name in _ARGUMENTS:
            _ARGUMENTS[name](command)
        command.add_argument(
            "--json", action="store_true", help="Print one JSON document on standard output."
        )
    return top


def help_text(command: str = "", width: int = 88) -> str:
    """Return what ``--help`` says of a command, or of all; *width* is in characters."""
    top = parser(width)
    chosen = {"": top} | next(
        dict(action.choices) for action in top._actions if isinstance(action.choices, dict)
    )
    found: argparse.ArgumentParser = chosen[command]
    return found.format_help()


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise OptionError(f"{message}. See {self.prog} --help.")


def _terminate(number: int, frame: object) -> NoReturn:
    raise SystemExit(128 + number)  # through all that cleans up
