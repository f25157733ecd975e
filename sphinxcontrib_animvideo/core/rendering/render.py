"""The whole story: jobs in, assets out."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from typing import Any, Protocol

from ...errors import AnimvideoError
from ..cache.dependencies import Dependency
from ..cache.store import Cache
from ..capture.nondeterminism import Suspect
from ..model.asset import Asset, Failure
from ..model.job import Job, chains, same_line
from .messages import Limits, Step, Task, Trial
from .worker_process import Outcome, Worker, default_method, fixed_variables

__all__ = ["Limits", "Renderer", "Report", "Result", "render"]

_LOOK_EVERY = 0.1
"""Seconds."""


@dataclass(frozen=True)
class Result:
    """What came of one job."""

    job: Job
    outcome: Asset | Failure
    cached: bool = False
    output: str = ""
    """What the code printed, warnings included."""
    remark: str = ""
    """What is good to know about it."""
    suspects: tuple[Suspect, ...] = ()
    """What may make it come out differently the next time, if the code was watched."""


class Report(Protocol):
    """Is told how the rendering goes, always in the caller's thread."""

    def start(self, total: int) -> None:
        """*total* jobs have to be rendered."""

    def tick(self, frames: dict[Job, int]) -> None:
        """Some frames were made: so many for each job that is running."""

    def finish(self, result: Result) -> None:
        """One job has ended."""


def render(
    jobs: Sequence[Job],
    cache: Cache,
    limits: Limits,
    report: Report,
    workers: int = 0,
    method: str = "auto",
    trial: Trial | None = None,
) -> dict[Job, Result]:
    """Return a result for every job. Those that are not cached are rendered side by side.

    Parameters
    ----------
    workers
        How many at the same time; 0 is the number of CPUs.
    method
        ``fork``, ``spawn``, or ``auto``; see :func:`.pool.default_method`.
    trial
        Conditions to render under; see :mod:`.twice`.
    """
    try:
        environment = cache.environment
    except AnimvideoError as error:
        return {job: Result(job, failure) for job, failure in _all_fail(jobs, error)}
    results: dict[Job, Result] = {}
    while missing := _find(jobs, cache, results):
        # Of jobs with the same key only the first is rendered; the others then find its asset,
        # unless they stand in another folder, where the code reads other files.
        keys = {job.key(environment.description): job for job in reversed(missing)}
        todo = list(reversed(keys.values()))
        cache.sweep()
        report.start(len(todo))
        team = _Team(cache, limits, workers or os.cpu_count() or 1, method, trial or Trial())
        results |= {result.job: result for result in team.render(todo, report)}
        for job in missing:
            same = keys[job.key(environment.description)]
            outcome = results[same].outcome
            if job not in results and same.folder == job.folder and isinstance(outcome, Failure):
                results[job] = Result(job, _moved(outcome, same, job))
    return results


class Renderer:
    """Renders jobs one after the other, in a worker process that is kept between them.

    Parameters
    ----------
    cache, limits, method
        As for :func:`render`.
    """

    def __init__(self, cache: Cache, limits: Limits, method: str = "auto") -> None:
        self._cache = cache
        self._team = _Team(cache, limits, 1, method, Trial())
        self._worker: Worker | None = None

    def render(self, job: Job) -> Result:
        """Return the result of *job*, from the cache if it is there.

        An exception that a signal raises meanwhile stops the code.
        """
        try:
            if asset := self._cache.find(job):
                return Result(job, asset, cached=True)
            worker = self._worker = self._worker or self._team.new_worker()
        except AnimvideoError as error:
            return Result(job, Failure.of(error, job.place.file, job.place.line))
        try:
            results = self._team.render_chain(job.chain, {job}, worker)
        except BaseException:
            self.close()
            raise
        return next(result for result in results if result.job == job)

    def close(self) -> None:
        """End the process."""
        if self._worker:
            self._worker.close()
            self._worker = None


def _moved(failure: Failure, there: Job, here: Job) -> Failure:
    """Return the failure of a job at the place of another one with the same code."""
    if failure.file == there.code_place.file and failure.line >= there.code_place.line:
        line = same_line(there.code, here.code, failure.line - there.code_place.line + 1)
        return replace(failure, file=here.code_place.file, line=here.code_place.line + line - 1)
    return replace(failure, file=here.place.file, line=here.place.line)


def _all_fail(jobs: Sequence[Job], error: AnimvideoError) -> Iterator[tuple[Job, Failure]]:
    """Yield failures of one cause, of which one is told."""
    for index, job in enumerate(dict.fromkeys(jobs)):
        failure = Failure.of(error, job.place.file, job.place.line)
        yield job, replace(failure, quiet=index > 0)


def _find(jobs: Sequence[Job], cache: Cache, results: dict[Job, Result]) -> list[Job]:
    """Add what is cached to *results*; return the other jobs, each once."""
    missing = []
    for job in dict.fromkeys(jobs):
        if job in results:
            continue
        if asset := cache.find(job):
            results[job] = Result(job, asset, cached=True)
        else:
            missing.append(job)
    return missing


class _Team:
    """Workers that render side by side, one thread for each."""

    def __init__(self, cache: Cache, limits: Limits, size: int, method: str, trial: Trial) -> None:
        self._cache = cache
        self._limits = limits
        self._trial = trial
        self._size = size
        self._method = default_method() if method == "auto" else method
        self._todo: deque[tuple[tuple[Job, ...], set[Job]]] = deque()
        self._ended: deque[list[Result] | BaseException] = deque()
        self._frames: dict[Job, int] = {}

    def new_worker(self) -> Worker:
        """Return a worker; its process starts with its first task."""
        variables = fixed_variables(self._cache.environment, self._trial.hash_seed)
        return Worker(self._method, variables)

    def render(self, jobs: list[Job], report: Report) -> list[Result]:
        """Return the results of *jobs*, in the order in which they ended."""
        unclaimed = set(jobs)
        for chain in chains(jobs):
            self._todo.append((chain, unclaimed.intersection(chain)))
            unclaimed -= set(chain)
        pending = len(self._todo)
        workers = [self.new_worker() for _ in range(min(self._size, pending))]
        threads = [Thread(target=self._work, args=(worker,), daemon=True) for worker in workers]
        results: list[Result] = []
        try:
            for thread in threads:
                thread.start()
            while pending:
                # Sleeping and looking, as Ctrl-C in the middle of taking a lock would keep it.
                time.sleep(_LOOK_EVERY)
                report.tick(dict(self._frames))
                while self._ended:
                    ended = self._ended.popleft()
                    if isinstance(ended, BaseException):
                        raise ended
                    pending -= 1
                    for result in ended:
                        self._frames.pop(result.job, None)
                        report.finish(result)
                        results.append(result)
        finally:
            self._todo.clear()
            for worker in workers:
                worker.close()
            for thread in threads:
                thread.join()
        return results

    def _work(self, worker: Worker) -> None:
        while True:
            try:
                chain, wanted = self._todo.popleft()
            except IndexError:
                return  # the other threads have taken the rest
            try:
                self._ended.append(self.render_chain(chain, wanted, worker))
            except BaseException as error:
                self._ended.append(error)
                return

    def render_chain(
        self, chain: tuple[Job, ...], wanted: set[Job], worker: Worker
    ) -> list[Result]:
        """Run the jobs of a chain in one process; return the results of the *wanted* ones."""
        results: list[Result] = []
        with ExitStack() as stack:
            try:
                folders = [stack.enter_context(self._cache.staging()) for _ in chain]
                steps = [
                    Step(job, str(folder), encode=job in wanted)
                    for job, folder in zip(chain, folders, strict=True)
                ]
                outcome = worker.run(
                    Task(tuple(steps), self._limits, self._trial.watched),
                    lambda index, count: self._frames.__setitem__(chain[index], count),
                )
            except AnimvideoError as error:
                return [
                    Result(job, Failure.of(error, job.place.file, job.place.line))
                    for job in chain
                    if job in wanted
                ]
            for index, (job, folder) in enumerate(zip(chain, folders, strict=True)):
                if job in wanted or index == len(outcome.done):
                    results.append(_result(job, chain, index, folder, outcome, self._cache))
        return results


def _result(
    job: Job, chain: tuple[Job, ...], index: int, folder: Path, outcome: Outcome, cache: Cache
) -> Result:
    output = _take_output(folder)
    if index < len(outcome.done):
        done = outcome.done[index]
        return Result(
            job,
            _commit(job, folder, done, cache),
            output=output,
            remark=done["remark"],
            suspects=tuple(Suspect(**suspect) for suspect in done["suspects"]),
        )
    assert outcome.failure
    if index == len(outcome.done):
        return Result(job, outcome.failure, output=output)
    failed = chain[len(outcome.done)].place
    return Result(
        job,
        Failure(
            outcome.failure.kind,
            f"not run, because the directive before it in this context failed ({failed}).",
            job.place.file,
            job.place.line,
            quiet=True,
        ),
    )


def _commit(job: Job, folder: Path, done: dict[str, Any], cache: Cache) -> Asset | Failure:
    asset = Asset.from_json(folder, done)
    try:
        return cache.commit(
            job, folder, asset, [Dependency(**item) for item in done["dependencies"]]
        )
    except AnimvideoError as error:
        return Failure.of(error, job.place.file, job.place.line)


def _take_output(folder: Path) -> str:
    path = folder / "output.txt"
    try:
        text = path.read_text("utf-8", errors="replace")
        path.unlink()
    except OSError:
        return ""
    # What a crash leaves is told by the failure.
    return text.partition("Fatal Python error")[0]
