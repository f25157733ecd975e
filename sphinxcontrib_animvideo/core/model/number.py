"""Numbers as users write them: never computed with before their size is known."""

from __future__ import annotations

import re
from fractions import Fraction
from numbers import Number
from typing import Any

_LONGEST = 100
"""Characters."""
# Not \d, which includes the digits of all scripts. With three digits, no exponent takes long.
_DECIMAL = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?"
_NUMBER = re.compile(rf"{_DECIMAL}|[+-]?[0-9]+/[0-9]+")


def exact(value: Any, low: int | Fraction, high: int) -> Fraction:
    """Return a number from *low* to *high* exactly as it is written, such as 2997/125 for 23.976.

    Parameters
    ----------
    value
        A Python number, or text such as ``2.5``, ``1e3``, or ``30000/1001``.

    Raises
    ------
    ValueError, TypeError, ArithmeticError
        It is no number, or out of range, or too long to be computed with.
    """
    return in_range(_exact(value), low, high)


def in_range(number: Fraction, low: int | Fraction, high: int) -> Fraction:
    """Return *number*; ValueError if it is not in the range."""
    if not low <= number <= high:
        raise ValueError
    return number


def whole(number: Fraction) -> int:
    """Return a whole number as an int; ValueError for any other."""
    if number.denominator != 1:
        raise ValueError
    return number.numerator


def _exact(value: Any) -> Fraction:
    if isinstance(value, (bool, bytes, bytearray)) or value is None or _is_no_scalar(value):
        raise ValueError
    if isinstance(value, (int, Fraction)):
        return Fraction(value)
    text = value.strip() if isinstance(value, str) else _text(value)
    if len(text) > _LONGEST or not _NUMBER.fullmatch(text):
        raise ValueError
    return Fraction(text)


def _is_no_scalar(value: Any) -> bool:
    """Whether an object of NumPy is an array with axes, or a truth value."""
    return bool(getattr(value, "shape", ())) or str(getattr(value, "dtype", "")) == "bool"


def _text(value: Any) -> str:
    # A float is written in the fewest digits that mean it; an array without axes becomes a float.
    return str(value if isinstance(value, Number) else float(value))
