"""Finds the best quality that fits a maximum file size."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, log2

from ...errors import LimitError

_NUMBERS_PER_DOUBLING = 6
"""By how much the quality number typically rises for half the file size."""
_GUESSES = 3
"""Number of guesses by that rule, before the search turns to bisection."""


def best_number(size_of: Callable[[int], int], first: int, worst: int, target_size: int) -> int:
    """Return the lowest quality number from 1 to *worst* whose file fits *target_size* bytes.

    0 is left out: with some encoders it means lossless encoding.

    Parameters
    ----------
    size_of
        Encodes with a number, and returns the size in bytes. Numbers that fit come in falling
        order.
    first
        The number to start with.

    Raises
    ------
    LimitError
        Even the lowest quality is too large.
    """
    too_large, fits, number = 0, worst + 1, first
    sizes: dict[int, int] = {}
    while fits - too_large > 1:
        size = sizes[number] = size_of(number)
        if size <= target_size:
            fits = number
        else:
            too_large = number
        if len(sizes) < _GUESSES:
            number += ceil(_NUMBERS_PER_DOUBLING * log2(size / target_size))
        else:
            number = (too_large + fits) // 2
        number = max(too_large + 1, min(number, fits - 1))
    if fits > worst:
        raise LimitError(
            f"the video does not fit in {target_size} bytes: the smallest file, with quality "
            f"{worst}, has {sizes[worst]}. Make the figure smaller or the video shorter.",
            option="target-size",
            hint="Or increase {option}.",
        )
    return fits
