"""One run of the jobs of a chain, in which one worker takes part, or several."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from threading import Condition

from ...errors import AnimvideoError, CacheError, CrashError, RenderTimeoutError
from ..cache.store import Cache
from ..model.job import Job
from ..model.settings import Limits
from .messages import RunConditions, Step, Task
from .result import Result, error_at, results_of
from .worker_process import TaskResult, WorkerProcess

_ALL_DRAWN = "all-drawn"
_RETRIES = 2
"""How often segments are drawn again whose worker has crashed, or that do not fit any more."""


class JobRun:
    """Runs the jobs of a chain.

    Where several workers take part, each runs the code, and draws the segments that it claims. The
    one that finds all of them complete joins them. A worker may come at any time.

    Parameters
    ----------
    chain
        The jobs, which one process runs in order.
    wanted
        The jobs whose videos are needed.
    cache, limits
        As for :func:`.render.render`.
    conditions
        Conditions to run under.
    is_shared
        Whether several workers may take part.
    share
        The segments to draw; see :class:`.messages.Step`. Nothing else is drawn or joined then.
    awaits_segments
        Whether all segments come from elsewhere.
    """

    def __init__(
        self,
        chain: tuple[Job, ...],
        wanted: set[Job],
        cache: Cache,
        limits: Limits,
        conditions: RunConditions,
        is_shared: bool = False,
        share: tuple[int, int] | None = None,
        awaits_segments: bool = False,
    ) -> None:
        self._chain = chain
        self._wanted = wanted
        self._cache = cache
        self._limits = limits
        self.is_shared = is_shared
        """Whether several workers may take part."""
        self._share = share
        self._awaits_segments = awaits_segments
        steps = tuple(Step(job, "", encode=job in wanted, share=share) for job in chain)
        self._task = Task(steps, limits, conditions.detect, conditions.segment_frames)
        """Without the folders, which each worker has of its own."""
        self._lock = Condition()
        self._attempt = 0
        self._failures = 0
        self._claims: tuple[str, ...] = ()
        self._active: dict[WorkerProcess, Task] = {}
        self._have_been: set[tuple[WorkerProcess, int]] = set()
        self._found: dict[Job, Result] = {}
        self._counts: dict[tuple[WorkerProcess, Job], int] = {}
        self._is_over = False
        self._resumable = False

    @property
    def results(self) -> list[Result]:
        """The results of all jobs, once the run is over."""
        return list(self._found.values())

    def stop(self, error: AnimvideoError) -> None:
        """End the run with an error; may be called from another thread."""
        with self._lock:
            if not self._is_over:
                self._found = {job: Result(job, error_at(error, job)) for job in self._wanted}
                self._end(error)

    def abandon(self) -> None:
        """Do nothing: a run ends with its workers."""

    def await_no_more(self) -> None:
        """Take note that no more segments come from elsewhere."""
        with self._lock:
            for job in () if self._is_over else self._wanted:
                with suppress(OSError):
                    path = self._cache.segments(job) / _ALL_DRAWN
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.touch()

    @property
    def frames(self) -> Mapping[Job, int]:
        """The number of frames of each job that were drawn so far."""
        frames: dict[Job, int] = {}
        for (_, job), count in list(self._counts.items()):
            frames[job] = frames.get(job, 0) + count
        return frames

    def is_open_to(self, worker: WorkerProcess) -> bool:
        """Return whether *worker* can take part, and has not done so yet."""
        with self._lock:
            new = (worker, self._attempt) not in self._have_been
            return self.is_shared and not self._is_over and new

    def take_part(self, worker: WorkerProcess) -> list[Result]:
        """Run the code in *worker*, as often as it is necessary.

        Returns the results of all jobs, if they are complete by that; else nothing.
        """
        while True:
            attempt = self._attempt
            try:
                outcome, found = self._run(worker)
            except AnimvideoError as error:
                outcome = TaskResult(error=error)
                found = {job: Result(job, error_at(error, job)) for job in self._wanted}
            finally:
                with self._lock:
                    self._active.pop(worker, None)
                    self._lock.notify_all()
                    self._clean()
            with self._lock:
                ended = self._note(worker, attempt, outcome, found)
            if ended is not None:
                return ended

    def _run(self, worker: WorkerProcess) -> tuple[TaskResult | Task, dict[Job, Result]]:
        with ExitStack() as stack:
            folders = [stack.enter_context(self._cache.staging()) for _ in self._chain]
            with self._lock:
                # Where only one process may draw, no other one runs the code at the same time.
                while self._active and not self.is_shared:
                    self._lock.wait()
                if self._is_over:  # nobody would stop the worker
                    return TaskResult(), {}
                task = self._active[worker] = self._task_for(worker, folders)

            def count(index: int, frames: int) -> None:
                self._counts[worker, self._chain[index]] = frames

            outcome = worker.run(task, count)
            if isinstance(outcome, Task):
                return outcome, {}
            return outcome, results_of(
                outcome, self._chain, self._wanted, folders, self._cache, self._limits.max_output
            )

    def _task_for(self, worker: WorkerProcess, folders: list[Path]) -> Task:
        """Return the task with what a worker has of its own."""
        if self.is_shared and not self._claims:
            self._claims = self._new_claims()
        self._have_been.add((worker, self._attempt))
        claims = self._claims or ("",) * len(folders)
        steps: list[Step] = []
        for step, folder, claim in zip(self._task.steps, folders, claims, strict=True):
            segments = self._cache.segments(step.job) if step.encode else None
            awaited = segments / _ALL_DRAWN if segments and self._awaits_segments else ""
            steps.append(
                replace(
                    step,
                    folder=str(folder),
                    worker=worker.name,
                    claims=claim,
                    segments=str(segments or ""),
                    all_drawn=str(awaited),
                )
            )
        return replace(self._task, steps=tuple(steps))

    def _note(
        self,
        worker: WorkerProcess,
        attempt: int,
        outcome: TaskResult | Task,
        found: dict[Job, Result],
    ) -> list[Result] | None:
        """Take note of what a worker has done.

        Returns the results if the run is over; nothing if others go on; ``None`` if this worker
        runs the code again.
        """
        if self._is_over:
            return []
        if attempt != self._attempt:  # another worker has begun anew
            return None if self.is_shared else []
        if isinstance(outcome, Task):
            self._restart(outcome)
            return None
        if isinstance(outcome.error, CrashError) and self.is_shared and self._may_fail():
            self._release(worker)
            self._keep(outcome, found)
            return None
        self._found |= found
        if outcome.error or self._wanted <= set(self._found):
            return self._end(outcome.error)
        if self._active:
            return []
        if self._share:
            return self._end(None)
        self._draw_the_rest()
        return None

    def _may_fail(self) -> bool:
        self._failures += 1
        return self._failures <= _RETRIES

    def _keep(self, outcome: TaskResult, found: dict[Job, Result]) -> None:
        """Keep what a worker had completed before it has crashed."""
        done = self._chain[: len(outcome.done)]
        self._found |= {job: result for job, result in found.items() if job in done}

    def _restart(self, task: Task) -> None:
        """Run the code again, with other fields of its steps, in all workers."""
        self._begin_attempt(task)
        for job in self._wanted:
            self._cache.discard_segments(job)

    def _draw_the_rest(self) -> None:
        """Draw what is missing, though all workers have come to the end of the code."""
        task = self._task
        if not self._may_fail():  # it does not fit any more each time
            task = replace(task, steps=tuple(replace(s, in_order=True) for s in task.steps))
        self._begin_attempt(task)

    def _begin_attempt(self, task: Task) -> None:
        """Let all workers begin anew with *task*, and draw what was awaited from elsewhere."""
        plain = (
            replace(step, folder="", worker="", claims="", segments="", all_drawn="")
            for step in task.steps
        )
        self._task = replace(task, steps=tuple(plain))
        self._awaits_segments = False
        self._attempt += 1
        self._claims = ()
        self.is_shared = self.is_shared and not any(step.in_order for step in self._task.steps)
        self._counts.clear()
        self._cancel_others()

    def _cancel_others(self) -> None:
        for worker, task in self._active.items():
            worker.cancel(task)

    def _new_claims(self) -> tuple[str, ...]:
        """Return new folders in which workers claim segments; CacheError if that is impossible."""
        folders = []
        for job in self._chain:
            if job not in self._wanted:
                folders.append("")
                continue
            folder = self._cache.segments(job) / f"claims-{uuid.uuid4().hex}"
            try:
                folder.mkdir(parents=True)
            except OSError as error:
                raise self._cache.not_writable(error) from error
            folders.append(str(folder))
        return tuple(folders)

    def _release(self, worker: WorkerProcess) -> None:
        """Let others draw what a worker has claimed that has crashed."""
        for folder in filter(None, self._claims):
            for claim in Path(folder).iterdir():
                with suppress(OSError):
                    if claim.read_text("utf-8") == worker.name:
                        claim.unlink()

    def _end(self, error: AnimvideoError | None) -> list[Result]:
        self._is_over = True
        self._resumable = isinstance(error, (CrashError, RenderTimeoutError, CacheError))
        self._cancel_others()
        self._clean()
        return self.results

    def _clean(self) -> None:
        """Remove or leave the segments, once nobody needs or writes them any more."""
        if self._is_over and not self._active:
            for job in self._wanted:
                if self._resumable or self._share:
                    self._cache.leave_segments(job)
                else:
                    self._cache.discard_segments(job)
