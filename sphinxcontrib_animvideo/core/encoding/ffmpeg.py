"""Starting ffmpeg."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence

from ...errors import EncoderError
from ..cache.environment import find_ffmpeg

CLOSE_DEADLINE = 600.0
"""Seconds in which ffmpeg must finish its files after the last frame."""


def run_ffmpeg(arguments: Sequence[str]) -> bytes:
    """Run ffmpeg to its end, and return what it writes; EncoderError if it fails."""
    out, said, status = ask_ffmpeg(["-loglevel", "error", *arguments])
    if status:
        raise failure(
            f"ffmpeg cannot read back what it wrote (exit status {status})",
            said.decode(errors="replace").strip(),
        )
    return out


def failure(what: str, said: str) -> EncoderError:
    """Return the error for *what* has failed, and what ffmpeg *said* of it."""
    if missing := re.search(r"Unknown encoder '(\w+)'", said):
        what = (
            f"{find_ffmpeg()} has no encoder {missing[1]}. Choose a format that it can write (see "
            "`animvideo formats`), or let IMAGEIO_FFMPEG_EXE name another ffmpeg"
        )
    return EncoderError(f"{what}.", detail=said)


def ask_ffmpeg(arguments: Sequence[str]) -> tuple[bytes, bytes, int]:
    """Run ffmpeg to its end; return what it writes, what it says beside, and its exit status."""
    command = [find_ffmpeg(), "-hide_banner", "-nostdin", *arguments]
    with start_ffmpeg(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        try:
            out, said = process.communicate(timeout=CLOSE_DEADLINE)
        except subprocess.TimeoutExpired:
            process.kill()
            raise EncoderError("ffmpeg did not finish reading a file.") from None
        except BaseException:
            process.kill()
            raise
    return out, said, process.returncode


def start_ffmpeg(
    command: Sequence[str],
    stdin: int,
    stdout: int = subprocess.DEVNULL,
    process_group: int | None = None,
) -> subprocess.Popen[bytes]:
    """Start ffmpeg without a window, a terminal or a shell."""
    try:
        return subprocess.Popen(
            command,
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.PIPE,
            bufsize=0,
            env={**os.environ, "SVT_LOG": "1"},  # errors only: SVT-AV1 greets on stderr
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            process_group=process_group,
        )
    except OSError as error:
        raise EncoderError(f"ffmpeg cannot be started: {error}.") from error
