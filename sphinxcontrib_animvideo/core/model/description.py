"""Descriptions of what videos show, which do not depend on how letters are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import msgspec

FrameNumber = Annotated[str, msgspec.Meta(pattern=r"^(0|[1-9][0-9]{0,9})\Z")]
"""From 0, as text: the key of a JSON object."""


@dataclass(frozen=True)
class Description:
    """What a video shows."""

    lines: Mapping[FrameNumber, tuple[str, ...]]
    """The parts of some frames, from bottom to top: a line for each text and each shape."""
    motion: str
    """A few numbers for each frame, as text; see :mod:`.describer`."""
