"""A difference between two frames, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

NAMES = {
    "legend": "legend entry",
    "offset": "offset of the tick labels",
    "handle": "legend handle",
}
"""What people call texts and shapes, where it is another word."""
_MOST_RANGES = 6


@dataclass(frozen=True)
class Change:
    """A difference between two frames."""

    predicate: str
    """What follows "is", with ``{amount}`` if it has an amount; a clause if there is no *kind*."""
    kind: str = ""
    """Of the shape that has changed."""
    number: int = 0
    """Which one of its kind, from 1; 0 if there is only one."""
    amount: float = 0
    """Fraction of the axes, for changes of places and sizes."""

    def __str__(self) -> str:
        return clause([self])


def clause(changes: Sequence[Change]) -> str:
    """Return changes in words that have the same kind and predicate; the largest amount is told."""
    largest = max(changes, key=attrgetter("amount"))
    amount = f"{largest.amount:.1%}".replace(".0%", "%").replace("%", " %")
    predicate = largest.predicate.format(amount=amount)
    if not largest.kind:
        return predicate
    name = NAMES.get(largest.kind, largest.kind)
    numbers = sorted({change.number for change in changes})
    if len(numbers) > 1:
        return f"{plural(name)} {_ranges(numbers)} are {predicate}"
    return f"{f'{name} {numbers[0]}' if numbers[0] else f'the {name}'} is {predicate}"


def plural(name: str) -> str:
    """Return the plural of what a shape is called."""
    return name if name.endswith("s") else f"{name}es" if name.endswith("ch") else f"{name}s"


def _ranges(numbers: Sequence[int]) -> str:
    """Return rising numbers as text, such as "1, 3 to 5, and 9"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    texts = []
    for run in runs:
        if len(run) > 2:
            texts.append(f"{run[0]} to {run[-1]}")
        else:
            texts += map(str, run)
    if len(texts) > _MOST_RANGES:
        texts = [*texts[:_MOST_RANGES], "others"]
    last = texts.pop()
    comma = "," if len(texts) > 1 else ""
    return f"{', '.join(texts)}{comma} and {last}" if texts else last
