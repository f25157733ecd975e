"""Programs whose standard error is a terminal."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest


def run_on_terminal(command: Sequence[str], folder: Path) -> tuple[int, str, str]:
    """Return the exit status, what was printed, and what the terminal was sent."""
    termios = pytest.importorskip("termios", reason="Windows has no pseudo-terminals")
    terminal, end = os.openpty()
    termios.tcsetwinsize(end, (24, 80))
    with subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=end,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
    ) as process:
        printed = process.communicate(timeout=60)[0].decode()
    os.close(end)
    os.set_blocking(terminal, False)
    try:
        shown = os.read(terminal, 100_000).decode()
    except OSError:  # there is nothing
        shown = ""
    os.close(terminal)
    return process.returncode, printed, shown
