"""The whole story: jobs in, assets out."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Protocol

from ..errors import AnimvideoError
from .asset import Asset, Failure
from .cache import Cache
from .dependencies import Dependency
from .job import Job, chains
from .pool import Interrupted, Outcome, Worker, default_method
from .task import Limits, Step, Task

__all__ = ["Limits", "Report", "Result", "render"]


@dataclass(frozen=True)
class Result:
    """What came of one job."""

    job: Job
    outcome: Asset | Failure
    cached: bool = False
    output: str = ""
    """What the code printed, warnings included."""


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
) -> dict[Job, Result]:
    """Return a result for every job. Those that are not cached are rendered side by side.

    Parameters
    ----------
    workers
        How many at the same time; 0 is the number of CPUs.
    method
        ``fork``, ``spawn``, or ``auto``; see :func:`.pool.default_method`.
    """
    results: dict[Job, Result] = {}
    while missing := _find(jobs, cache, results):
        # Of jobs with the same key only the first is rendered; the others then find its asset,
        # unless they stand in another folder, where the code reads other files.
        keys = {job.key(cache.environment.description): job for job in reversed(missing)}
        todo = list(reversed(keys.values()))
        if not results or all(result.cached for result in results.values()):
            cache.sweep()
        report.start(len(missing))
        team = _Team(cache, limits, workers or os.cpu_count() or 1, method)
        results |= {result.job: result for result in team.render(todo, report)}
    return results


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

    def __init__(self, cache: Cache, limits: Limits, size: int, method: str) -> None:
        self._cache = cache
        self._limits = limits
        self._size = size
        self._method = default_method() if method == "auto" else method
        self._free: SimpleQueue[Worker] = SimpleQueue()
        self._frames: dict[Job, int] = {}

    def render(self, jobs: list[Job], report: Report) -> list[Result]:
        """Return the results of *jobs*, in the order in which they ended."""
        todo = list(chains(jobs))
        size = min(self._size, len(todo))
        workers = [Worker(self._method, self._cache.environment.ffmpeg) for _ in range(size)]
        for worker in workers:
            self._free.put(worker)
        results: list[Result] = []
        with ThreadPoolExecutor(size, "animvideo") as threads, ExitStack() as stack:
            # On Ctrl-C as at the end: the threads see their workers end, and end as well.
            stack.callback(_close, workers)
            stack.callback(threads.shutdown, wait=False, cancel_futures=True)
            unclaimed = set(jobs)
            running: set[Future[list[Result]]] = set()
            for chain in todo:
                wanted = unclaimed.intersection(chain)
                unclaimed -= wanted
                running.add(threads.submit(self._run, chain, wanted))
            while running:
                # Short waits: on Windows a longer one would not be interrupted by Ctrl-C.
                ended, running = wait(running, timeout=0.2, return_when=FIRST_COMPLETED)
                report.tick(dict(self._frames))
                for result in [result for future in ended for result in future.result()]:
                    self._frames.pop(result.job, None)
                    report.finish(result)
                    results.append(result)
        return results

    def _run(self, chain: tuple[Job, ...], wanted: set[Job]) -> list[Result]:
        worker = self._free.get()
        try:
            return _render_chain(
                chain, wanted, self._cache, self._limits, worker, self._frames.__setitem__
            )
        finally:
            self._free.put(worker)


def _close(team: list[Worker]) -> None:
    closing = [threading.Thread(target=worker.close) for worker in team]
    for thread in closing:
        thread.start()
    for thread in closing:
        thread.join()


def _render_chain(
    chain: tuple[Job, ...],
    wanted: set[Job],
    cache: Cache,
    limits: Limits,
    worker: Worker,
    on_frames: Callable[[Job, int], None],
) -> list[Result]:
    """Run the jobs of a chain in one process; return the results of the *wanted* ones."""
    results: list[Result] = []
    with ExitStack() as stack:
        try:
            folders = [stack.enter_context(cache.staging()) for _ in chain]
            steps = [
                Step(job, str(folder), encode=job in wanted)
                for job, folder in zip(chain, folders, strict=True)
            ]
            outcome = worker.run(
                Task(tuple(steps), limits), lambda index, count: on_frames(chain[index], count)
            )
        except Interrupted:
            return []
        except AnimvideoError as error:
            return [
                Result(job, Failure.of(error, job.place.file, job.place.line))
                for job in chain
                if job in wanted
            ]
        for index, (job, folder) in enumerate(zip(chain, folders, strict=True)):
            if job in wanted or index == len(outcome.done):
                results.append(_result(job, chain, index, folder, outcome, cache))
    return results


def _result(
    job: Job, chain: tuple[Job, ...], index: int, folder: Path, outcome: Outcome, cache: Cache
) -> Result:
    output = _take_output(folder)
    if index < len(outcome.done):
        return Result(job, _commit(job, folder, outcome.done[index], cache), output=output)
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
    data = {"clips": done["clips"], "notes": done["notes"]}
    staged = Asset.from_json(folder, data)
    # Python's warnings are told once, as a terminal would; what changes the video, always.
    notes = tuple(note for note in staged.notes if note.kind != "python")
    asset = Asset(staged.folder, staged.clips, notes)
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
