"""How a video appears in print: the values of the option ``latex``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

MOST_STRIP_FRAMES = 12
MOST_ANIMATION_FRAMES = 250

_FORM = re.compile(
    r"poster|(?P<kind>filmstrip|animate):(?P<count>[0-9]{1,4})(:(?P<label>time|frame|none))?"
)


@dataclass(frozen=True)
class PaperForm:
    """What is printed of a video."""

    kind: Literal["poster", "filmstrip", "animate"]
    count: int = 1
    """Number of frames side by side, or the maximum number of frames of an animation."""
    label: Literal["time", "frame", "none"] = "none"
    """What is written below each frame of a filmstrip."""


def paper_form(text: str) -> PaperForm:
    """Return what a value of the option means: ``poster``, ``filmstrip:4``, or ``animate:40``.

    Raises
    ------
    ValueError
        It is not allowed.
    """
    match = _FORM.fullmatch(text)
    if not match:
        raise ValueError
    kind, label = match["kind"], match["label"]
    if kind is None:
        return PaperForm("poster")
    count = int(match["count"])
    most = MOST_STRIP_FRAMES if kind == "filmstrip" else MOST_ANIMATION_FRAMES
    if not 2 <= count <= most or (label and kind == "animate"):
        raise ValueError
    if kind == "animate":
        return PaperForm("animate", count)
    return PaperForm("filmstrip", count, label or "time")  # type: ignore[arg-type]
