"""The entry point: jobs in, assets out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Protocol

from ...errors import AnimvideoError
from ..cache.store import Cache
from ..model.job import Job, same_line
from ..model.settings import Limits
from .executors import Workers
from .messages import RunConditions
from .result import Result, error_at
from .worker_pool import WorkerPool
from .worker_process import WorkerProcess

__all__ = ["Progress", "Renderer", "Result", "render"]


class Progress(Protocol):
    """Receives the progress of rendering, always in the caller's thread."""

    def start(self, total: int) -> None:
        """*total* jobs have to be rendered."""

    def tick(self, frames: Mapping[Job, int]) -> None:
        """Each job that is running has captured so many frames."""

    def note(self, message: str) -> None:
        """Something takes unusually long."""

    def finish(self, result: Result) -> None:
        """One job has ended."""


def render(
    jobs: Sequence[Job],
    cache: Cache,
    limits: Limits,
    progress: Progress,
    workers: Workers | None = None,
    conditions: RunConditions | None = None,
) -> dict[Job, Result]:
    """Return a result for every job. Those that are not cached are rendered side by side.

    Parameters
    ----------
    workers
        Who renders; by default as many processes as there are CPUs.
    conditions
        Conditions to render under; see :mod:`.determinism`.
    """
    try:
        environment = cache.environment
    except AnimvideoError as error:
        return _all_fail(jobs, error)
    results: dict[Job, Result] = {}
    while missing := _find(jobs, cache, results):
        # Of jobs with the same key only the first is rendered; the others then find its asset,
        # unless they are in another folder, where the code reads other files.
        keys = {job.key(environment.description): job for job in reversed(missing)}
        todo = list(reversed(keys.values()))
        cache.clean()
        progress.start(len(todo))
        try:
            pool = WorkerPool(cache, limits, workers or Workers(), conditions or RunConditions())
        except AnimvideoError as error:  # the executor cannot be used
            return results | _all_fail(missing, error)
        with closing(pool.render(todo, progress.tick, progress.note)) as rendered:
            for result in rendered:
                results[result.job] = result
                progress.finish(result)
        for job in missing:
            same = results[keys[job.key(environment.description)]]
            failed = same.outcome if same.job.folder == job.folder else None
            if job not in results and isinstance(failed, AnimvideoError):
                results[job] = replace(
                    same, job=job, outcome=_moved(failed, same.job, job), output=""
                )
    return results


class Renderer:
    """Renders jobs one after the other, in one worker process.

    Parameters
    ----------
    cache, limits
        As for :func:`render`.
    method
        As in :class:`.Workers`.
    """

    def __init__(self, cache: Cache, limits: Limits, method: str = "auto") -> None:
        self._cache = cache
        self._pool = WorkerPool(cache, limits, Workers(1, method), RunConditions())
        self._worker: WorkerProcess | None = None

    def render(self, job: Job) -> Result:
        """Return the result of *job*, from the cache if it is there.

        If a signal raises an exception meanwhile, the code is stopped.
        """
        try:
            if asset := self._cache.find(job):
                return Result(job, asset, cached=True)
            worker = self._worker = self._worker or self._pool.new_worker()
        except AnimvideoError as error:
            return Result(job, error_at(error, job))
        try:
            results = self._pool.new_run(job.chain, {job}).take_part(worker)
        except BaseException:
            self.close()
            raise
        return next(result for result in results if result.job == job)

    def close(self) -> None:
        """End the process."""
        if self._worker:
            self._worker.close()
            self._worker = None


def _moved(error: AnimvideoError, there: Job, here: Job) -> AnimvideoError:
    """Return the error of a job, placed at another job with the same code."""
    moved = AnimvideoError.from_json(error.to_json())
    first, file = there.code_location.line, here.code_location.file

    def line_here(line: int) -> int:
        return here.code_location.line + same_line(there.code, here.code, line - first + 1) - 1

    moved.detail = re.sub(
        rf'(?<=File "){re.escape(there.code_location.file)}", line (\d+)',
        lambda line: f'{file}", line {line_here(int(line[1]))}',
        error.detail,
    )
    if error.file == there.code_location.file and error.line and error.line >= first:
        moved.file, moved.line = file, line_here(error.line)
    else:
        moved.file, moved.line = here.location.file, here.location.line
    return moved


def _all_fail(jobs: Sequence[Job], error: AnimvideoError) -> dict[Job, Result]:
    """Return errors with one cause, of which only the first is reported."""
    return {
        job: Result(job, error_at(error, job), quiet=index > 0)
        for index, job in enumerate(dict.fromkeys(jobs))
    }


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
