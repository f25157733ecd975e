"""The best quality whose file is not larger than asked."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, log2

from ...errors import LimitError

_NUMBERS_PER_DOUBLING = 6
"""How much the number of a quality rises for half the bytes, as a rule."""
_GUESSES = 3
"""How often the rule is trusted, before the rest is halved again and again."""


def best_number(size_of: Callable[[int], int], first: int, worst: int, max_bytes: int) -> int:
    """Return the lowest number from 1 to *worst* whose file has at most *max_bytes*.

    0 is left out: with some encoders it is another, lossless way to encode.

    Parameters
    ----------
    size_of
        Encodes with a number; returns the bytes. What fits is asked for in falling order.
    first
        The number to begin with.

    Raises
    ------
    LimitError
        Even the worst quality is larger.
    """
    too_large, fits, number = 0, worst + 1, first
    sizes: dict[int, int] = {}
    while fits - too_large > 1:
        size = sizes[number] = size_of(number)
        if size <= max_bytes:
            fits = number
        else:
            too_large = number
        if len(sizes) < _GUESSES:
            number += ceil(_NUMBERS_PER_DOUBLING * log2(size / max_bytes))
        else:
            number = (too_large + fits) // 2
        number = max(too_large + 1, min(number, fits - 1))
    if fits > worst:
        raise LimitError(
            f"the video cannot be written with {max_bytes} bytes: the smallest file, of quality "
            f"{worst}, has {sizes[worst]}. Allow more bytes, or make the figure or the length "
            "smaller."
        )
    return fits
