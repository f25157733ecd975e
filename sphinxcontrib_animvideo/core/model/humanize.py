"""Numbers as text."""

from __future__ import annotations


def count(number: int, noun: str) -> str:
    """Return a number with its noun, such as "1 frame" or "2 frames"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def format_bytes(size: int) -> str:
    """Return a number of bytes in kB or MB."""
    if size >= 1e6:
        return f"{size / 1e6:.1f} MB"
    return f"{max(round(size / 1e3), min(size, 1))} kB"  # only an empty file has 0 kB
