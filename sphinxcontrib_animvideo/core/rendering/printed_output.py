"""What the code of a step prints: a file that keeps the start and the end."""

from __future__ import annotations

import re
from pathlib import Path

OUTPUT_FILE = "output.txt"
"""Name of the file, in the folder of its step. Processes append to it."""
_LEFT_OUT = "\n[… {:>15} bytes left out]\n"
_MARK = re.compile(rb"\n\[\xe2\x80\xa6 +(\d+) bytes left out\]\n")
_MARK_LENGTH = len(_LEFT_OUT.format(0).encode())


def shorten_output(folder: str | Path, limit: int) -> None:
    """Shorten the file if it has more than *limit* bytes; it may still grow.

    Half of the limit is kept at the start, and half at the end.
    """
    path, half = Path(folder, OUTPUT_FILE), limit // 2
    try:
        if path.stat().st_size <= limit + _MARK_LENGTH:
            return
        with path.open("r+b") as file:
            file.seek(half)
            mark = _MARK.match(file.read(_MARK_LENGTH))
            size = file.seek(0, 2)
            file.seek(size - half)
            tail = file.read(half)
            before, already = (_MARK_LENGTH, int(mark[1])) if mark else (0, 0)
            left_out = already + size - 2 * half - before
            file.truncate(half)
            file.seek(half)
            file.write(_LEFT_OUT.format(left_out).encode() + tail)
    except OSError:
        pass  # removed, or not there yet


def take_output(folder: str | Path, limit: int) -> str:
    """Return what was printed, and remove the file."""
    text = read_output(folder, limit)
    Path(folder, OUTPUT_FILE).unlink(missing_ok=True)
    return text


def read_output(folder: str | Path, limit: int) -> str:
    """Return what was printed, without more than about *limit* bytes."""
    shorten_output(folder, limit)
    try:
        with Path(folder, OUTPUT_FILE).open("rb") as file:
            text = file.read(limit + _MARK_LENGTH).decode(errors="replace")
    except OSError:
        return ""
    return re.sub(r"\[… +(\d+ bytes)", r"[… \1", text)
