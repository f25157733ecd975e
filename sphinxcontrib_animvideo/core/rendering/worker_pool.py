"""Worker processes that render side by side, with one thread for each."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

from ...errors import AnimvideoError
from ..cache.store import Cache
from ..capture.nondeterminism import NondeterminismHint
from ..model.asset import Asset
from ..model.job import Job, chains
from ..model.settings import Limits
from .messages import RunConditions, Step, StepDone, Task
from .printed_output import take_output
from .process_errors import CRASH_REPORT
from .variables import fixed_variables
from .worker_process import TaskResult, WorkerProcess, default_method

_PROGRESS_INTERVAL = 0.1
"""Seconds between two reports."""


@dataclass(frozen=True)
class Result:
    """What came of one job."""

    job: Job
    outcome: Asset | AnimvideoError
    cached: bool = False
    output: str = ""
    """What the code printed, warnings included."""
    remark: str = ""
    """What is worth logging about it."""
    hints: tuple[NondeterminismHint, ...] = ()
    """What may make it come out differently the next time, if that was looked for."""
    quiet: bool = False
    """Whether the cause of the error is reported for another job."""


class WorkerPool:
    """Renders jobs in up to *size* processes.

    Parameters
    ----------
    method
        ``fork``, ``spawn``, or ``auto``; see :func:`.worker_process.default_method`.
    """

    def __init__(
        self, cache: Cache, limits: Limits, size: int, method: str, conditions: RunConditions
    ) -> None:
        self._cache = cache
        self._limits = limits
        self._conditions = conditions
        self._size = size
        self._method = default_method() if method == "auto" else method
        self._todo: deque[tuple[tuple[Job, ...], set[Job]]] = deque()
        # Not a queue.Queue, whose lock could be kept by a Ctrl-C while it is being taken.
        self._ended: SimpleQueue[list[Result] | BaseException] = SimpleQueue()
        self._frames: dict[Job, int] = {}

    def new_worker(self) -> WorkerProcess:
        """Return a worker; its process starts with its first task."""
        variables = fixed_variables(self._cache.environment, self._conditions.hash_seed)
        return WorkerProcess(self._method, variables)

    def render(
        self, jobs: list[Job], on_frames: Callable[[Mapping[Job, int]], None]
    ) -> Generator[Result]:
        """Yield the results of *jobs*, in the order in which they end.

        Parameters
        ----------
        on_frames
            Called now and then with the number of frames of each job that is running.
        """
        unclaimed = set(jobs)
        for chain in chains(jobs):
            self._todo.append((chain, unclaimed.intersection(chain)))
            unclaimed -= set(chain)
        pending = len(self._todo)
        workers = [self.new_worker() for _ in range(min(self._size, pending))]
        threads = [Thread(target=self._work, args=(worker,), daemon=True) for worker in workers]
        try:
            for thread in threads:
                thread.start()
            while pending:
                try:
                    ended = self._ended.get(timeout=_PROGRESS_INTERVAL)
                except Empty:
                    on_frames(dict(self._frames))
                    continue
                if isinstance(ended, BaseException):
                    raise ended
                pending -= 1
                for result in ended:
                    self._frames.pop(result.job, None)
                    yield result
        finally:
            self._todo.clear()
            for worker in workers:
                worker.close()
            for thread in threads:
                thread.join()

    def _work(self, worker: WorkerProcess) -> None:
        while True:
            try:
                chain, wanted = self._todo.popleft()
            except IndexError:
                return  # the other threads have taken the rest
            try:
                self._ended.put(self.render_chain(chain, wanted, worker))
            except BaseException as error:
                self._ended.put(error)
                return

    def render_chain(
        self, chain: tuple[Job, ...], wanted: set[Job], worker: WorkerProcess
    ) -> list[Result]:
        """Run the jobs of a chain in one process; return the results of the *wanted* ones."""
        with ExitStack() as stack:
            try:
                folders = [stack.enter_context(self._cache.staging()) for _ in chain]
                steps = [
                    Step(job, str(folder), encode=job in wanted)
                    for job, folder in zip(chain, folders, strict=True)
                ]
                task_result = worker.run(
                    Task(tuple(steps), self._limits, self._conditions.detect),
                    lambda index, count: self._frames.__setitem__(chain[index], count),
                )
            except AnimvideoError as error:
                return [Result(job, error_at(error, job)) for job in chain if job in wanted]
            failed = len(task_result.done)
            return [
                self._result(chain, index, folders[index], task_result)
                for index, job in enumerate(chain)
                if job in wanted or index == failed
            ]

    def _result(
        self, chain: tuple[Job, ...], index: int, folder: Path, task_result: TaskResult
    ) -> Result:
        job = chain[index]
        # The error has the rest.
        output = take_output(folder, self._limits.max_output).partition(CRASH_REPORT)[0]
        failed = len(task_result.done)
        if index < failed:
            done = task_result.done[index]
            outcome = self._commit(job, folder, done)
            return Result(job, outcome, output=output, remark=done.remark, hints=done.hints)
        assert task_result.error
        if index == failed:
            return Result(job, task_result.error, output=output)
        location = chain[failed].location
        error = type(task_result.error)(
            f"not run because an earlier directive of this context failed ({location})."
        )
        return Result(job, error_at(error, job), quiet=True)

    def _commit(self, job: Job, folder: Path, done: StepDone) -> Asset | AnimvideoError:
        if done.error:
            return done.error
        asset = Asset(str(folder), done.clips, done.notes, done.text_rendering)
        try:
            return self._cache.commit(job, folder, asset, done.dependencies)
        except AnimvideoError as error:
            return error_at(error, job)


def error_at(error: AnimvideoError, job: Job) -> AnimvideoError:
    """Return a copy of an error that is placed at *job*, unless it has a place of its own."""
    copy = AnimvideoError.from_json(error.to_json())
    return copy.at(job.location.file, job.location.line)
