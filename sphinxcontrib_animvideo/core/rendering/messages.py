"""What the build and its worker processes send each other.

Tasks go to the worker as pickles. Messages come back as lines of JSON, each the name of a class
below and its fields; half a line from a process that was killed does no harm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, TypedDict, get_args

import msgspec

from ...errors import AnimvideoError
from ..cache.dependencies import Dependency
from ..capture.nondeterminism import NondeterminismHint
from ..encoding.segments import SEGMENT_FRAMES
from ..model.asset import Clip, Note
from ..model.decode import convert, decode_json
from ..model.job import Job
from ..model.settings import Limits
from ..model.stored import limited_depth

Index = Annotated[int, msgspec.Meta(ge=0)]


class StepChanges(TypedDict, total=False):
    """Other values for fields of a :class:`Step`."""

    steady_rate: bool
    incremental: bool
    in_order: bool
    reason: str
    remark: str


@dataclass(frozen=True)
class RunConditions:
    """Conditions of a run that no video should depend on."""

    hash_seed: int = 0
    """Decides the order of sets."""
    detect: bool = False
    """Whether to look for code that may draw something else the next time."""
    parallel: bool = True
    """Whether several processes may draw a video whose author asks for it."""
    segment_frames: int = SEGMENT_FRAMES
    """Frames of a segment, on which the bytes of long videos depend."""


@dataclass(frozen=True)
class Step:
    """One job of a task."""

    job: Job
    folder: str
    """Where its files and its printed output go."""
    encode: bool
    """False if only the namespace is needed, because the video is cached."""
    steady_rate: bool = True
    """Whether a constant pause may set the frame rate; false if the pauses are not constant."""
    incremental: bool = True
    """Whether frames may be drawn incrementally; false if a frame came out wrong."""
    segments: str = ""
    """Folder of the segments of long clips, which outlives this run."""
    worker: str = ""
    """Name of the worker, by which it claims segments."""
    claims: str = ""
    """Folder that the processes share which draw the job at the same time; empty if only one
    does."""
    share: tuple[int, int] | None = None
    """The segments to draw: the first one, and the distance to the next one. With a distance of 0,
    only the first one, and the code ends where a second one begins. ``None`` is all of them."""
    all_drawn: str = ""
    """File that is there when nobody draws any more; empty if this process draws."""
    in_order: bool = False
    """Whether to draw all frames in order, and to use no segments of another run."""
    reason: str = ""
    """Why the frames are drawn in order although the author asks for several processes."""
    remark: str = ""
    """What to log at info level when the step is done."""


@dataclass(frozen=True)
class Task:
    """What one process does: one job, or the jobs of a ``:context:`` in order."""

    steps: tuple[Step, ...]
    limits: Limits
    detect: bool = False
    """As in :class:`RunConditions`."""
    segment_frames: int = SEGMENT_FRAMES
    """Frames of a segment."""

    def changed(self, index: int, changes: Mapping[str, Any]) -> Task:
        """Return the task to run after step *index* turned out to need other fields."""
        steps = list(self.steps)
        steps[index] = replace(steps[index], **changes)
        # To name the lines that may be the cause.
        detect = self.detect or bool(changes.get("reason"))
        return replace(self, steps=tuple(steps), detect=detect)


@dataclass(frozen=True)
class Ready:
    """The worker has loaded Matplotlib and waits for a task."""


@dataclass(frozen=True)
class Started:
    """A process forked for the task has started."""

    pid: int


@dataclass(frozen=True)
class StepStarted:
    """The code of a step starts."""

    index: Index


@dataclass(frozen=True)
class FramesCaptured:
    """The current step has captured frames."""

    count: int
    """Since its start."""


@dataclass(frozen=True)
class Encoding:
    """The code of the current step has ended, and its videos are being completed."""


@dataclass(frozen=True)
class Stopped:
    """The code was stopped on request."""

    file: str | None
    """Where it was, if that is known."""
    line: int | None


@dataclass(frozen=True)
class StepDone:
    """The code of the current step has ended, and its videos are complete, or what this process has
    drawn of them."""

    clips: tuple[Clip, ...] | None
    """``None`` if other processes still draw segments, or join them."""
    notes: tuple[Note, ...]
    text_rendering: str
    remark: str
    hints: tuple[NondeterminismHint, ...]
    dependencies: tuple[Dependency, ...]
    error: AnimvideoError | None = None
    """That there are no frames, which does not keep later steps from running."""


@dataclass(frozen=True)
class StepFailed:
    """The current step has failed, and with it the task."""

    error: AnimvideoError


@dataclass(frozen=True)
class RestartNeeded:
    """The task has to be run again, with other fields of a step."""

    index: Index
    changes: StepChanges


@dataclass(frozen=True)
class Exited:
    """The process that ran the task has ended."""

    status: int
    """Exit status; negative for a signal."""


Message = (
    Ready
    | Started
    | StepStarted
    | FramesCaptured
    | Encoding
    | Stopped
    | StepDone
    | StepFailed
    | RestartNeeded
    | Exited
)
_to_json = msgspec.json.encode  # the code of users may replace it in its module
_CLASSES: dict[str, type[Message]] = {cls.__name__: cls for cls in get_args(Message)}


def encode(message: Message) -> bytes:
    """Return a message as one line."""
    named = [type(message).__name__, message]
    return _to_json(named, enc_hook=AnimvideoError.to_json) + b"\n"


def decode(line: bytes) -> Message:
    """Return the message in a line.

    Raises
    ------
    ValueError
        There is none, or it is damaged.
    """
    with limited_depth():
        name, fields = decode_json(line, tuple[str, dict[str, Any]])
    if name not in _CLASSES:
        raise ValueError(f"unknown message {name!r}")
    return convert(fields, _CLASSES[name], dec_hook=_decode_error)


def _decode_error(kind: type, data: Any) -> AnimvideoError:
    assert kind is AnimvideoError, "all other fields are plain data"
    return AnimvideoError.from_json(data)
