"""Worker processes that render side by side, with one thread for each."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Mapping
from queue import Empty, SimpleQueue
from threading import Lock, Thread

from ..cache.store import Cache
from ..model.job import Job, chains
from ..model.settings import Limits
from .bundle import Bundles
from .executors import Workers
from .job_run import JobRun
from .messages import RunConditions
from .process_tree import default_method
from .remote_run import RemoteRun
from .result import Result
from .variables import fixed_variables
from .worker_process import WorkerProcess

_PROGRESS_INTERVAL = 0.1
"""Seconds between two reports."""
_IDLE_TIME = 60.0
"""Seconds after which a silent executor is told."""
_IDLE = (
    f"the executor has returned nothing for {_IDLE_TIME:.0f} seconds. Are its workers running, and "
    "is sphinxcontrib-animvideo installed there? (Still waiting; stop with Ctrl-C.)"
)


class WorkerPool:
    """Renders jobs in processes of this machine, or by an executor.

    A worker that has nothing else to do takes part in a long video that several may draw.

    Parameters
    ----------
    workers
        Who renders.
    """

    def __init__(
        self, cache: Cache, limits: Limits, workers: Workers, conditions: RunConditions
    ) -> None:
        self._cache = cache
        self._limits = limits
        self._conditions = conditions
        self._size = workers.number
        self._executor = workers.executor
        self._bundles = Bundles(not workers.shared_filesystem, cache)
        self._method = default_method() if workers.method == "auto" else workers.method
        self._todo: deque[JobRun | RemoteRun] = deque()
        self._running: list[JobRun | RemoteRun] = []
        self._lock = Lock()
        # Not a queue.Queue, whose lock could be kept by a Ctrl-C while it is being taken.
        self._ended: SimpleQueue[list[Result] | BaseException] = SimpleQueue()

    def new_worker(self) -> WorkerProcess:
        """Return a worker; its process starts with its first task."""
        variables = fixed_variables(self._cache.environment, self._conditions.hash_seed)
        return WorkerProcess(self._method, variables)

    def render(
        self,
        jobs: list[Job],
        on_frames: Callable[[Mapping[Job, int]], None],
        on_idle: Callable[[str], None],
    ) -> Generator[Result]:
        """Yield the results of *jobs*, in the order in which they end.

        Parameters
        ----------
        on_frames
            Called now and then with the number of frames of each job that is running.
        on_idle
            Called with a message if an executor returns nothing for a minute.
        """
        unclaimed = set(jobs)
        for chain in chains(jobs):
            self._todo.append(self.new_run(chain, unclaimed.intersection(chain)))
            unclaimed -= set(chain)
        pending = len(self._todo)
        is_shared = any(run.is_shared for run in self._todo)
        size = self._size if is_shared else min(self._size, pending)
        workers = [self.new_worker() for _ in range(size)]
        threads = [Thread(target=self._work, args=(worker,), daemon=True) for worker in workers]
        seen: dict[Job, int] = {}
        idle_since = time.monotonic()
        try:
            for thread in threads:
                thread.start()
            while pending:
                try:
                    ended = self._ended.get(timeout=_PROGRESS_INTERVAL)
                except Empty:
                    frames = self._frames()
                    on_frames(frames)
                    if frames != seen:
                        seen, idle_since = frames, time.monotonic()
                    elif self._executor and time.monotonic() > idle_since + _IDLE_TIME:
                        on_idle(_IDLE)
                        idle_since = float("inf")
                    continue
                if isinstance(ended, BaseException):
                    raise ended
                pending -= 1
                idle_since = time.monotonic()
                yield from ended
        finally:
            with self._lock:
                self._todo.clear()
                running = list(self._running)
            for run in running:
                run.abandon()
            for worker in workers:
                worker.close()
            for thread in threads:
                thread.join()

    def new_run(self, chain: tuple[Job, ...], wanted: set[Job]) -> JobRun | RemoteRun:
        """Return a run of the jobs of a chain, for the results of the *wanted* ones."""
        if self._executor and self._conditions.parallel and not any(job.file for job in chain):
            return RemoteRun(
                chain,
                wanted,
                self._cache,
                self._limits,
                self._conditions,
                self._executor,
                self._bundles,
                self._size,
            )
        in_parallel = all(job.settings.parallel and not job.file for job in wanted)
        is_shared = in_parallel and self._conditions.parallel and self._size > 1
        return JobRun(chain, wanted, self._cache, self._limits, self._conditions, is_shared)

    def _frames(self) -> dict[Job, int]:
        """Return the number of frames of each job that is running."""
        frames = [run.frames for run in list(self._running)]
        return {job: count for each in frames for job, count in each.items()}

    def _work(self, worker: WorkerProcess) -> None:
        try:
            while run := self._next_run(worker):
                if results := run.take_part(worker):
                    with self._lock:
                        self._running.remove(run)
                    self._ended.put(results)
        except BaseException as error:
            self._ended.put(error)

    def _next_run(self, worker: WorkerProcess) -> JobRun | RemoteRun | None:
        with self._lock:
            if self._todo:
                self._running.append(self._todo.popleft())
                return self._running[-1]
            return next((run for run in self._running if run.is_open_to(worker)), None)
