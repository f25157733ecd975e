"""Sweeps: parameters with their values, for each combination of which there is a video."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from keyword import iskeyword
from typing import Any

from .text import ExplainedError, clean, read_text, shown

Combination = tuple[tuple[str, str], ...]
"""The names of the parameters, each with one of its values as a Python literal.

Literals tell 1, 1.0, and True apart, which are equal as values.
"""
_MOST_VALUES = 10_000
_LONGEST_LABEL = 100
_DIGITS = 6
"""Significant digits of the values of ``linspace`` and ``geomspace``, so that readers see what
the code uses."""
_TAKEN = ("capture",)
"""Names that the code has already."""


def label(literal: str) -> str:
    """Return a value as readers see it: a string without quotes, a number without ``.0``."""
    value = ast.literal_eval(literal)
    if isinstance(value, str):
        return value
    return literal.removesuffix(".0") if isinstance(value, float) else literal


def literal_of(text: str) -> str:
    """Return the literal with the label *text*: a number if it reads as one, else a string."""
    try:
        is_number = type(ast.literal_eval(text)) in (int, float) and label(text) == text
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        is_number = False
    return text if is_number else repr(text)


def in_words(combination: Combination) -> str:
    """Return a combination as text: ``damping=0.1, drive=0.5``."""
    return ", ".join(f"{name}={label(literal)}" for name, literal in combination)


def values_of(combination: Combination) -> dict[str, Any]:
    """Return the values of the parameters, by name."""
    return {name: ast.literal_eval(literal) for name, literal in combination}


@dataclass(frozen=True)
class Parameter:
    """A parameter with its values."""

    name: str
    literals: tuple[str, ...]
    """The values, as Python literals."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The values as readers see them; no two are the same."""
        return tuple(map(label, self.literals))

    @property
    def is_numeric(self) -> bool:
        """Whether all values are numbers, in ascending or descending order."""
        values = [ast.literal_eval(literal) for literal in self.literals]
        if not all(type(value) in (int, float) for value in values):
            return False
        return sorted(values) in (values, values[::-1])

    def __str__(self) -> str:
        return f"{self.name} = {', '.join(self.labels)}"


@dataclass(frozen=True)
class Sweep:
    """The parameters of a sweep, in the order in which they are written."""

    parameters: tuple[Parameter, ...]

    @property
    def size(self) -> int:
        """The number of combinations."""
        return math.prod(len(parameter.literals) for parameter in self.parameters)

    @property
    def combinations(self) -> list[Combination]:
        """All combinations; the last parameter changes first."""
        named = [[(p.name, literal) for literal in p.literals] for p in self.parameters]
        return list(product(*named))

    def index(self, choices: Sequence[int]) -> int:
        """Return the place in :attr:`combinations` of the values with the numbers *choices*."""
        found = 0
        for parameter, choice in zip(self.parameters, choices, strict=True):
            found = found * len(parameter.literals) + choice
        return found

    def middle(self, chosen: Sweep | None = None) -> list[int]:
        """Return the numbers of the values that are shown first: the middle ones, or *chosen*.

        Raises
        ------
        ExplainedError
            What is chosen is not among the values, or is more than one value.
        """
        wanted = {p.name: p.labels for p in chosen.parameters} if chosen else {}
        if unknown := sorted(wanted.keys() - {p.name for p in self.parameters}):
            raise ExplainedError(f"{unknown[0]} is not a parameter of the sweep")
        choices = []
        for parameter in self.parameters:
            labels = wanted.get(parameter.name, ())
            if labels and (len(labels) > 1 or labels[0] not in parameter.labels):
                values = ", ".join(parameter.labels)
                raise ExplainedError(f"{parameter.name} must be one of {values}")
            middle = (len(parameter.literals) - 1) // 2
            choices.append(parameter.labels.index(labels[0]) if labels else middle)
        return choices

    def __str__(self) -> str:
        return "; ".join(map(str, self.parameters))


def read_sweep(value: Any) -> Sweep:
    """Return the sweep that a text or a mapping describes.

    Parameters
    ----------
    value
        Text such as ``damping = 0.1, 0.2; drive = linspace(0, 1, 5)``, with one parameter on each
        line or separated by semicolons; several such texts; or a mapping from names to lists.

    Raises
    ------
    ValueError
        It is something else. No expression is evaluated but literals and calls of ``range``,
        ``linspace``, and ``geomspace``.
    """
    if isinstance(value, Sweep):
        return value
    if isinstance(value, Mapping):
        pairs = [(str(name), _plain_values(values)) for name, values in value.items()]
    else:
        text = "\n".join(value) if isinstance(value, (list, tuple)) else value
        pairs = list(_written_values(read_text(text)))
    names = [name for name, _ in pairs]
    if repeated := [name for name in names if names.count(name) > 1]:
        raise ExplainedError(f"{repeated[0]} is given twice")
    if not pairs:
        raise ValueError
    return Sweep(tuple(_parameter(name, values) for name, values in pairs))


def _parameter(name: str, values: Sequence[Any]) -> Parameter:
    if not name.isidentifier() or iskeyword(name):
        raise ExplainedError(f"{shown(name)} is not a name of Python")
    if name in _TAKEN or name.startswith("__"):
        raise ExplainedError(f"{name} is not available as a name")
    if not values:
        raise ExplainedError(f"{name} has no values")
    parameter = Parameter(name, tuple(_literal(name, value) for value in values))
    labels = parameter.labels
    if repeated := [text for text in labels if labels.count(text) > 1]:
        raise ExplainedError(f"{name} has two values that are written as {repeated[0]}")
    return parameter


def _literal(name: str, value: Any) -> str:
    literal = repr(value)
    try:
        is_plain = ast.literal_eval(literal) == value
        text = clean(label(literal)) if is_plain else ""
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        text = ""
    if not text.strip() or "\n" in text or len(text) > _LONGEST_LABEL:
        raise ExplainedError(
            f"the value {shown(value)} of {name} cannot be written as a label: use numbers, and "
            f"text of one line with at most {_LONGEST_LABEL} characters"
        )
    return literal


def _plain_values(values: Any) -> list[Any]:
    """Return the values of a list or an array, without the types of NumPy."""
    if isinstance(values, str) or not hasattr(values, "__iter__"):
        raise ExplainedError("put the values of each parameter into a list")
    values = values.tolist() if hasattr(values, "tolist") else list(values)
    return [value.item() if hasattr(value, "item") else value for value in values]


# -- texts -----------------------------------------------------------------------------------


def _written_values(text: str) -> Iterator[tuple[str, list[Any]]]:
    try:
        statements = ast.parse(_joined(text)).body
    except SyntaxError as error:
        if any(len(re.findall(r"\w\s*=(?!=)", line)) > 1 for line in text.splitlines()):
            example = "k = 1, 2; m = 3, 4"
            raise ExplainedError(f"separate parameters by semicolons, as in {example}") from None
        raise ExplainedError(error.msg) from None
    except MemoryError:
        raise ExplainedError("it is nested too deeply") from None
    for statement in statements:
        if not isinstance(statement, ast.Assign) or len(statement.targets) > 1:
            raise ValueError
        (target,) = statement.targets
        if not isinstance(target, ast.Name):
            raise ValueError
        given = statement.value
        parts = given.elts if isinstance(given, (ast.Tuple, ast.List)) else [given]
        yield target.id, [value for part in parts for value in _values(target.id, part)]


def _joined(text: str) -> str:
    """Return the text with one statement a line: values may go on in the next line."""
    lines: list[str] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        if lines and not re.match(r"\w+\s*=(?!=)", line):
            lines[-1] += f" {line}"
        else:
            lines.append(line)
    return "\n".join(lines)


def _values(name: str, node: ast.expr) -> list[Any]:
    """Return the values that an expression stands for."""
    try:
        if not isinstance(node, ast.Call):
            return [ast.literal_eval(node)]
        called = node.func
        # With or without the name of a module, as in np.linspace.
        function = _FUNCTIONS[getattr(called, "attr", getattr(called, "id", ""))]
        arguments = [ast.literal_eval(argument) for argument in node.args]
        named = {str(k.arg): ast.literal_eval(k.value) for k in node.keywords}
    except (ValueError, TypeError, KeyError, ArithmeticError, RecursionError, MemoryError):
        raise ExplainedError(
            f"{shown(ast.unparse(node))[1:-1]} is neither a literal nor range(...), "
            "linspace(start, stop, num), or geomspace(start, stop, num) with literals"
        ) from None
    try:
        values = function(*arguments, **named)
        is_long = len(values) > _MOST_VALUES
    except OverflowError:  # range(10**12)
        is_long = True
    except (ValueError, TypeError, ArithmeticError) as error:
        raise ExplainedError(f"{shown(ast.unparse(node))[1:-1]}: {error}") from None
    if is_long:
        raise ExplainedError(f"{name} has more than {_MOST_VALUES} values")
    return list(values)


def linspace(start: float, stop: float, num: int) -> list[float]:
    step = _checked(start, stop, num) / max(num - 1, 1)
    digits = _DIGITS - 1 - math.floor(math.log10(abs(step))) if step else _DIGITS
    inner = [round(start + step * number, digits) for number in range(1, num - 1)]
    return _with_ends(start, inner, stop, num)


def geomspace(start: float, stop: float, num: int) -> list[float]:
    _checked(start, stop, num)
    if start * stop <= 0:
        raise ValueError("start and stop must be both positive or both negative")
    factor = (stop / start) ** (1 / max(num - 1, 1))
    inner = [float(f"{start * factor**n:.{_DIGITS}g}") for n in range(1, num - 1)]
    return _with_ends(start, inner, stop, num)


def _checked(start: float, stop: float, num: int) -> float:
    if not isinstance(num, int) or not 1 <= num <= _MOST_VALUES:
        raise ValueError(f"num must be a whole number from 1 to {_MOST_VALUES}")
    if not math.isfinite(stop - start):
        raise ValueError("start and stop must be finite")
    return stop - start


def _with_ends(start: float, inner: list[float], stop: float, num: int) -> list[float]:
    return [float(start), *inner, float(stop)][:num] if num > 1 else [float(start)]


_FUNCTIONS: dict[str, Callable[..., Sequence[Any]]] = {
    "range": range,
    "linspace": linspace,
    "geomspace": geomspace,
}
