"""Detects code that may draw something else the next time: clock, random numbers, network."""

from __future__ import annotations

import datetime
import os
import random
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from ..cache.dependencies import installed_folders

_TIME = "reads the clock"
_CHANCE = "draws random numbers without a seed"
_NETWORK = "uses the network"
_PROCESS = "reads the process ID"

_FUNCTIONS: dict[Any, str] = {
    **dict.fromkeys(
        [
            *[time.time, time.monotonic, time.perf_counter, time.process_time],
            *[time.time_ns, time.monotonic_ns, time.perf_counter_ns, time.process_time_ns],
            *[time.localtime, time.gmtime, time.ctime, time.strftime],
            *[datetime.datetime.now, datetime.datetime.utcnow, datetime.datetime.today],
            datetime.date.today,
        ],
        _TIME,
    ),
    os.urandom: _CHANCE,  # where secrets, uuid and NumPy's generators get their seeds
    os.getpid: _PROCESS,
}
_EVENTS = {"socket.connect": _NETWORK, "socket.getaddrinfo": _NETWORK}
_RESEED = random.Random.seed.__code__


@dataclass(frozen=True)
class NondeterminismHint:
    """A line of the user's code whose result may differ the next time."""

    what: str
    """Completes "line 7 …"."""
    file: str
    line: int


def described(hints: Iterable[NondeterminismHint], file: str) -> str:
    """Return a text that names the lines of *file*, and those of other files."""
    places = {
        hint: f"line {hint.line} " if hint.file == file else f"{hint.file}:{hint.line} "
        for hint in hints
    }
    return "; ".join(f"{places[hint] if hint.line else ''}{hint.what}" for hint in places)


class NondeterminismDetector:
    """Collects hints while code runs, in the order in which the lines run."""

    def __init__(self) -> None:
        self._installed = installed_folders()
        drawing = [Path(__file__).parents[1]]  # the core
        if matplotlib := sys.modules.get("matplotlib"):
            drawing.append(Path(str(matplotlib.__file__)).parent)
        self._drawing = tuple(os.path.realpath(folder) + os.sep for folder in drawing)
        self._found: dict[NondeterminismHint, None] = {}
        self._active = False
        sys.addaudithook(self._audit)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch what runs inside this block, in threads as well, which slows it down."""
        self._active = True
        threading.setprofile(self._profile)
        sys.setprofile(self._profile)
        try:
            yield
        finally:
            sys.setprofile(None)
            threading.setprofile(None)
            self._active = False

    @property
    def hints(self) -> list[NondeterminismHint]:
        """What was found."""
        return list(self._found)

    def _profile(self, frame: FrameType, event: str, arg: Any) -> None:
        if event == "c_call":
            what = _FUNCTIONS.get(arg)
        elif event == "call" and frame.f_code is _RESEED and frame.f_locals.get("a") is None:
            what = _CHANCE
        else:
            return
        if what:
            self._note(what, frame)

    def _audit(self, event: str, args: tuple[Any, ...]) -> None:
        if self._active and event in _EVENTS:
            self._note(_EVENTS[event], sys._getframe(1))

    def _note(self, what: str, frame: FrameType | None) -> None:
        """Note the line of the user's code that led here, unless it is for drawing."""
        while frame:
            file = frame.f_code.co_filename
            if file.startswith(self._drawing):
                return
            if not file.startswith(("<", *self._installed)):
                self._found[NondeterminismHint(what, file, frame.f_lineno)] = None
                return
            frame = frame.f_back
