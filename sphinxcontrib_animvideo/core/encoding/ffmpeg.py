"""Finds and runs ffmpeg."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from ...errors import EncoderError

_PACKAGE_MANAGERS = {
    "apk": "apk add",
    "apt-get": "apt-get install",
    "dnf": "dnf install",
    "zypper": "zypper install",
    "pacman": "pacman -S",
    "pkg": "pkg install",
    "brew": "brew install",
    "winget": "winget install",
}
"""Commands that install a package, by the program that runs them."""
CLOSE_DEADLINE = 600.0
"""Seconds in which ffmpeg must finish its files after the last frame."""
_NUMBERED = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff")
"""Extensions of files whose names ffmpeg takes for patterns if there is a ``%`` in them."""


def find_ffmpeg() -> str:
    """Return the path of the ffmpeg that imageio-ffmpeg includes, or of ``IMAGEIO_FFMPEG_EXE``.

    Raises
    ------
    EncoderError
        There is none.
    """
    from imageio_ffmpeg import get_ffmpeg_exe

    try:
        named = str(get_ffmpeg_exe())
    except RuntimeError:
        named = ""
    if path := shutil.which(named):
        return path
    if os.environ.get("IMAGEIO_FFMPEG_EXE"):
        raise EncoderError(
            f"ffmpeg was not found at {named}. Set the environment variable IMAGEIO_FFMPEG_EXE to "
            "the path of an ffmpeg executable, or remove it to use the one from imageio-ffmpeg."
        )
    raise EncoderError(
        "ffmpeg was not found: the installed imageio-ffmpeg package does not include an ffmpeg "
        f"executable. {_installing()}, or set the environment variable IMAGEIO_FFMPEG_EXE to the "
        "path of an ffmpeg executable."
    )


def _installing() -> str:
    """Return how ffmpeg is installed on this system, as the start of a sentence."""
    if "CONDA_PREFIX" in os.environ:
        return "Run `conda install -c conda-forge ffmpeg`"
    for manager, command in _PACKAGE_MANAGERS.items():
        if shutil.which(manager):
            return f"Run `{command} ffmpeg`"
    return "Install ffmpeg and make sure that it is on your PATH"


def file_url(path: Path) -> str:
    """Return how ffmpeg is told the name of a file: never as an option, or as another protocol."""
    return f"file:{path.absolute()}"


def input_arguments(path: Path) -> list[str]:
    """Return the arguments with which ffmpeg reads this file, and no others."""
    is_literal = "%" in str(path.absolute()) and path.suffix.lower() in _NUMBERED
    literal = ["-f", "image2", "-pattern_type", "none"] if is_literal else []
    return [*literal, "-i", file_url(path)]


def run_ffmpeg(arguments: Sequence[str], action: str) -> bytes:
    """Run ffmpeg to its end, and return its standard output.

    Parameters
    ----------
    arguments
        Without the name of the program.
    action
        What ffmpeg does, for error messages: completes "ffmpeg could not …".

    Raises
    ------
    EncoderError
        ffmpeg failed, or took too long.
    """
    out, log, status = ask_ffmpeg(["-loglevel", "error", *arguments], action)
    if status:
        message = f"ffmpeg could not {action} (exit status {status})"
        raise encoder_error(message, log.decode(errors="replace").strip())
    return out


_LOG_PREFIX = r"^.*\[(error|fatal|warning)\]:? |^(\[[^]]* @ [0-9a-fx]+\] )+"
"""The part of ffmpeg that a line of its log comes from, and its level, if that is printed."""
_TOO_LARGE = "invalid width x height|[Dd]imensions too large|[Pp]icture size .* invalid"


def encoder_error(message: str, log: str) -> EncoderError:
    """Return the error for a failure of ffmpeg; *log* is what ffmpeg printed."""
    if missing := re.search(r"Unknown encoder '(\w+)'", log):
        message = (
            f"{find_ffmpeg()} has no encoder {missing[1]}. Choose a format that it supports (see "
            "`animvideo formats`), or set IMAGEIO_FFMPEG_EXE to the path of another ffmpeg "
            "executable"
        )
    elif reason := _reason(log):
        message = f"{message}: {reason}"
    if re.search(_TOO_LARGE, log):
        message += (
            ". The format does not support frames of this size: reduce figsize or dpi, or resize "
            "the images"
        )
    return EncoderError(f"{message}.", detail=log)


def _reason(log: str) -> str:
    """Return the first error in a log, or its first line, without the part that has printed it."""
    lines = log.splitlines() or [""]
    first = next((line for line in lines if re.search(r"\[(error|fatal)\]", line)), lines[0])
    return re.sub(_LOG_PREFIX, "", first).strip(" .")


def ask_ffmpeg(arguments: Sequence[str], action: str) -> tuple[bytes, bytes, int]:
    """Run ffmpeg to its end; return its standard output, its log, and its exit status."""
    command = [find_ffmpeg(), "-hide_banner", "-nostdin", *arguments]
    with start_ffmpeg(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        try:
            out, log = process.communicate(timeout=CLOSE_DEADLINE)
        except subprocess.TimeoutExpired:
            process.kill()
            raise EncoderError(
                f"ffmpeg could not {action} within {CLOSE_DEADLINE:g} seconds."
            ) from None
        except BaseException:
            process.kill()
            raise
    return out, log, process.returncode


def start_ffmpeg(
    command: Sequence[str],
    stdin: int,
    stdout: int = subprocess.DEVNULL,
    stderr: int | IO[bytes] = subprocess.PIPE,
    process_group: int | None = None,
) -> subprocess.Popen[bytes]:
    """Start ffmpeg without a window, a terminal or a shell."""
    try:
        return subprocess.Popen(
            command,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            bufsize=0,
            env={**os.environ, "SVT_LOG": "1"},  # errors only: SVT-AV1 greets on stderr
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            process_group=process_group,
        )
    except (OSError, ValueError) as error:  # a null byte among the arguments
        raise EncoderError(f"ffmpeg cannot be started: {error}.") from error
