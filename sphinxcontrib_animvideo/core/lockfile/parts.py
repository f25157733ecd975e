"""Compares what two frames show, in words.

The frames are described by the lines of :meth:`.Drawing.lines`. Another version of Matplotlib lays
out axes around other letters, and may choose other ticks; what it draws of the data stays the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise, zip_longest

from .change import NAMES, Change, plural

_TICKS = re.compile(
    r"(?:\d+ x )?(?P<axis>\w+) ticks(?P<grid> with grid)?: (?P<labels>.*)", re.DOTALL
)
_LABEL = re.compile(
    r"(?:\d+ x )?(?P<role>(?:figure )?title|\w+ label|offset|legend|text) "
    r"(?P<color>#[0-9a-f]+) (?P<size>\S+pt)(?: at (?P<place>\S+ \S+))?: (?P<text>.*)",
    re.DOTALL,
)
_SHAPE = re.compile(
    r"(?:(?P<count>\d+) x )?(?P<kind>[a-z]+)(?: (?P<look>[^:]*))?"
    r"(?:: around (?P<x>\S+) (?P<y>\S+), size (?P<width>\S+) x (?P<height>\S+))?"
)
_LOOK = re.compile(
    r"(?:fill (?P<fill>#[0-9a-f]+)(?:, |\Z))?(?:(?P<edge>#[0-9a-f]+) (?P<width>\S+pt)(?:, |\Z))?"
    r"(?:(?P<dashed>dashed)(?:, |\Z))?(?:marker (?P<marker>.+))?"
)
_SHARED_ROLES = ("text", "legend")
"""Roles that several texts of a frame may have."""
_MANY = 12
"""Shapes that have lines of their own; see :meth:`.Drawing.lines`."""
_COLOR = re.compile(r"#([0-9a-f]+)")
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
_MATH = re.compile(r"\\mathdefault|[${}]|\\,")
_MINOR = re.compile(r"\\times|\u00d7")
"""In the labels between the powers of ten of a logarithmic axis."""
_LEVELS = 8
"""Of 255, by which the mean color of a picture may differ."""
_WIDTHS = 0.05
"""Points by which widths and sizes of markers may differ."""
_STEP = 0.006
"""Fraction of the axes by which places may differ: pictures are rounded to pixels."""
_OVERLAP = 0.7
"""Fraction of the range of tick labels that another choice of ticks covers."""


def changes(now: Sequence[str], before: Sequence[str]) -> Iterator[Change]:
    """Yield how a frame differs from one before; nothing if both show the same."""
    new, old = _by_kind(now), _by_kind(before)
    for kind in {**old, **new}:
        ours, theirs = new.get(kind, []), old.get(kind, [])
        if ours == theirs:
            continue
        if kind.endswith(" ticks"):
            yield from _tick_changes(kind, ours, theirs)
        elif _LABEL.fullmatch((ours or theirs)[0]):
            yield from _label_changes(kind, ours, theirs)
        else:
            yield from _shape_changes(kind, ours, theirs)


def _by_kind(lines: Sequence[str]) -> dict[str, list[str]]:
    kinds: dict[str, list[str]] = {}
    for line in lines:
        alike = [line]
        if found := _TICKS.fullmatch(line):
            kind = f"{found['axis']} ticks"
        elif found := _LABEL.fullmatch(line):
            kind = found["role"]
        elif found := _SHAPE.fullmatch(line):
            kind = found["kind"]
            count = int(found["count"] or 1)
            if 1 < count <= _MANY and found["x"] is None:  # each of them may change
                alike = count * [line.split(" x ", 1)[1]]
        else:
            kind = line.partition(" ")[0]
        kinds.setdefault(kind, []).extend(alike)
    return kinds


# -- texts -----------------------------------------------------------------------------------


def _label_changes(role: str, now: Sequence[str], before: Sequence[str]) -> Iterator[Change]:
    # The order in which texts are drawn has changed between versions.
    new = (Counter(now) - Counter(before)).elements()
    old = (Counter(before) - Counter(now)).elements()
    several = role in _SHARED_ROLES or max(len(now), len(before)) > 1
    name = NAMES.get(role, role)
    for one, other in zip_longest(new, old):
        ours, theirs = (_LABEL.fullmatch(line or "") for line in (one, other))
        if not ours or not theirs:
            there = ours or theirs
            assert there
            yield Change(_plain(f"the {name} {there['text']!r} is {'new' if ours else 'gone'}"))
        elif ours["text"] != theirs["text"]:
            which = f"a {name}" if several else f"the {name}"
            yield Change(_plain(f"{which} is {ours['text']!r} instead of {theirs['text']!r}"))
        else:
            parts = [part for part in ("color", "size") if ours[part] != theirs[part]]
            new_words, old_words = (
                " ".join(side[part] for part in parts) or f"at {side['place']}"
                for side in (ours, theirs)
            )
            yield Change(
                _plain(f"the {name} {ours['text']!r} is {new_words} instead of {old_words}")
            )


def _tick_changes(kind: str, now: Sequence[str], before: Sequence[str]) -> Iterator[Change]:
    axis = kind.removesuffix(" ticks")
    for one, other in zip_longest(now, before):
        ours, theirs = _tick_labels(one), _tick_labels(other)
        if _has_grid(one) != _has_grid(other):
            verb = "is new" if _has_grid(one) else "is gone"
            yield Change(f"the grid of the {axis} axis {verb}")
        gone = [label for label in theirs if label not in ours]
        new = [label for label in ours if label not in theirs]
        if not (gone or new) or _is_other_choice(ours, theirs):
            continue
        if len(gone) == 1 and not new:
            yield Change(_plain(f"the {axis} tick label {gone[0]!r} is gone"))
        elif len(new) == 1 and not gone:
            yield Change(_plain(f"the {axis} tick label {new[0]!r} is new"))
        elif not ours or not theirs:
            verb = "new" if ours else "gone"
            yield Change(_plain(f"the {axis} tick labels {', '.join(ours or theirs)} are {verb}"))
        else:
            words = (", ".join(labels) for labels in (ours, theirs))
            yield Change(_plain(f"the {axis} tick labels are {' instead of '.join(words)}"))


def _has_grid(line: str | None) -> bool:
    found = _TICKS.fullmatch(line or "")
    return found is not None and found["grid"] is not None


def _tick_labels(line: str | None) -> list[str]:
    found = _TICKS.fullmatch(line or "")
    labels = found["labels"].split(" | ") if found else []
    return [label for label in labels if not _MINOR.search(label)]


def _is_other_choice(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Return whether two lists of tick labels are regular, with other steps in the same range."""
    try:
        here, there = (
            [float(_MATH.sub("", label).replace("\u2212", "-")) for label in labels]
            for labels in (ours, theirs)
        )
    except ValueError:
        return False
    steps = [{round(b - a, 9) for a, b in pairwise(values)} for values in (here, there)]
    if any(len(step) != 1 for step in steps) or steps[0] == steps[1]:
        return False
    common = min(max(here), max(there)) - max(min(here), min(there))
    return common >= _OVERLAP * (max(*here, *there) - min(*here, *there))


# -- shapes ----------------------------------------------------------------------------------


def _shape_changes(kind: str, now: Sequence[str], before: Sequence[str]) -> Iterator[Change]:
    matcher = SequenceMatcher(None, before, now, autojunk=False)
    for operation, start, end, first, last in matcher.get_opcodes():
        if operation == "equal":
            continue
        pairs = zip_longest(now[first:last], before[start:end])
        for number, (one, other) in enumerate(pairs, first + 1):
            which = number if max(len(now), len(before)) > 1 else 0
            if one is None or other is None:
                yield Change("gone" if one is None else "new", kind, which)
            else:
                yield from _changes_of_shape(kind, which, one, other)


def _changes_of_shape(kind: str, number: int, now: str, before: str) -> Iterator[Change]:
    ours, theirs = _SHAPE.fullmatch(now), _SHAPE.fullmatch(before)
    if not ours or not theirs:
        yield Change("different", kind, number)
        return
    if ours["count"] != theirs["count"]:
        yield Change(f"{ours['count'] or 1} {plural(kind)} instead of {theirs['count'] or 1}")
    levels = _LEVELS if kind == "pixels" else 1
    looks = ours["look"] or "", theirs["look"] or ""
    if not _look_alike(*looks, levels):
        for predicate in _look_changes(*looks):
            yield Change(_plain(predicate), kind, number)
    if ours["x"] is None or theirs["x"] is None:
        return
    for part, more, less in (
        ("y", "higher", "lower"),
        ("x", "further right", "further left"),
        ("width", "wider", "narrower"),
        ("height", "taller", "less tall"),
    ):
        apart = float(ours[part]) - float(theirs[part])
        if abs(apart) > _STEP:
            predicate = f"up to {{amount}} {more if apart > 0 else less}"
            yield Change(predicate, kind, number, abs(apart))


def _look_changes(now: str, before: str) -> Iterator[str]:
    """Yield how the look of a shape differs; see :meth:`.Shape.look`."""
    ours, theirs = _LOOK.fullmatch(now), _LOOK.fullmatch(before)
    if not ours or not theirs:
        yield f"{now or 'invisible'} instead of {before or 'invisible'}"
        return
    for part, words, nothing in (
        ("fill", "filled with {}", "nothing"),
        ("edge", "{}", "invisible"),
        ("width", "{} wide", "0pt"),
        ("dashed", "{}", "solid"),
        ("marker", "drawn with markers of {}", "none"),
    ):
        if ours[part] != theirs[part] and not (
            part == "width" and None in (ours[part], theirs[part])
        ):
            yield f"{words.format(ours[part] or nothing)} instead of {theirs[part] or nothing}"


def _look_alike(one: str, other: str, levels: int) -> bool:
    """Return whether two looks agree but for rounding."""
    plain, others = (_NUMBER.sub("", _COLOR.sub("#", look)) for look in (one, other))
    if plain != others:
        return False
    colors = zip(*(map(_levels_of, _COLOR.findall(look)) for look in (one, other)), strict=True)
    apart = [abs(a - b) for pair in colors for a, b in zip(*pair, strict=True)]
    numbers = zip(*(_NUMBER.findall(_COLOR.sub("#", look)) for look in (one, other)), strict=True)
    return max(apart, default=0) <= levels and all(
        abs(float(a) - float(b)) < _WIDTHS for a, b in numbers
    )


def _levels_of(color: str) -> bytes:
    """Return the levels of a color with alpha."""
    return bytes.fromhex(color.ljust(8, "f"))


def _plain(text: str) -> str:
    """Return text that stays as it is when it is formatted."""
    return text.replace("{", "{{").replace("}", "}}")
