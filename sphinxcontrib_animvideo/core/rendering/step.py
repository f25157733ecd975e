"""One step of a task: runs the code of a job, and completes its videos."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

from ...errors import NoFrameError, known_error
from ..cache.job_segments import Inputs, JobSegments
from ..capture.control_flow import Restart
from ..capture.nondeterminism import described
from ..capture.recorder import Recorder
from ..capture.run import CodeRunner
from ..capture.silent import SilentRecorder
from ..encoding.segments import SegmentFolder
from ..model.asset import Clip, Note
from . import messages
from .messages import Message, Step, StepDone, Task

_PROGRESS_INTERVAL = 0.1
"""Seconds between two messages about the number of frames."""
_OWN_SEGMENTS = "segments"
"""Folder of segments that only this run uses."""

Send = Callable[[Message], None]


def run_step(index: int, task: Task, runner: CodeRunner, send: Send) -> Message:
    """Run a step, and return the message about its end."""
    step = task.steps[index]
    try:
        return _render(step, task, runner, send)
    except Restart as restart:
        return messages.RestartNeeded(index, cast(messages.StepChanges, restart.changes))
    except Exception as error:
        return messages.StepFailed(
            known_error(error).at(step.job.location.file, step.job.location.line)
        )


def _render(step: Step, task: Task, runner: CodeRunner, send: Send) -> StepDone:
    from ..capture.backend import text_rendering  # the process has loaded Matplotlib by now

    recorder = (SilentRecorder if step.job.nofigs else Recorder)(
        replace(step.job.settings, check_flashes=True),  # the cache leaves the result out
        task.limits,
        Path(step.folder) if step.encode else None,
        step.steady_rate,
        step.incremental,
        _FrameCount(send),
        runner.animations,
        segments=_segments(step, task.segment_frames, runner, send) if step.encode else None,
    )
    clips: tuple[Clip, ...] | None = ()
    error = None
    try:
        runner.run(step.job, recorder)
        send(messages.Encoding())
        clips = recorder.finish() if recorder.complete() else None
        shutil.rmtree(Path(step.folder, _OWN_SEGMENTS), ignore_errors=True)
    except NoFrameError as no_frames:  # what the code has prepared for later steps is there
        error = no_frames.at(step.job.location.file, step.job.location.line)
    except BaseException:
        recorder.abort()
        raise
    return StepDone(
        clips,
        (*recorder.notes, *_notes(step, runner)),
        text_rendering(),
        " ".join(dict.fromkeys([step.remark, *recorder.remarks])).strip(),
        tuple(runner.hints),
        tuple(runner.dependencies(step.job)),
        error,
    )


def _segments(step: Step, length: int, runner: CodeRunner, send: Send) -> SegmentFolder:
    """Return where the segments of long clips are."""
    job = step.job
    if step.in_order or not step.segments:
        return SegmentFolder(Path(step.folder, _OWN_SEGMENTS), length)

    def inputs() -> Inputs:
        return Inputs(runner.dependencies(job), runner.rewritten)

    def alive() -> None:
        send(messages.FramesCaptured(0))

    return JobSegments(
        Path(step.segments),
        length,
        process=step.worker,
        claims=Path(step.claims) if step.claims else None,
        share=step.share,
        all_drawn=Path(step.all_drawn) if step.all_drawn else None,
        alive=alive,
        inputs=inputs,
        document=job.folder,
        source_dir=job.source_dir,
    )


def _notes(step: Step, runner: CodeRunner) -> Iterator[Note]:
    """Yield a warning if only one process has drawn what several should."""
    if step.reason:
        lines = described(runner.hints, step.job.code_location.file)
        yield Note(
            "parallel",
            f"the video was drawn by one process, because {step.reason}"
            f"{f' ({lines})' if lines else ''}. Remove the option parallel, or change the code: "
            "each frame must follow from the code alone, not from what was drawn before.",
        )


class _FrameCount:
    """Sends the number of frames, but not too often."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._last = 0.0

    def __call__(self, frame_count: int) -> None:
        now = time.monotonic()
        if now - self._last >= _PROGRESS_INTERVAL:
            self._last = now
            self._send(messages.FramesCaptured(frame_count))
