"""One run of the jobs of a chain by an executor's workers."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, wait
from concurrent.futures import Future as LocalFuture
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from threading import Thread
from typing import Any

from ...errors import AnimvideoError, CrashError, known_error
from ..cache.store import Cache, read_record
from ..capture.nondeterminism import NondeterminismHint
from ..encoding.segments import SegmentFolder
from ..model.asset import ASSET_FILE
from ..model.decode import convert
from ..model.job import Job
from ..model.settings import Limits
from .bundle import Bundles
from .executors import Executor, Future
from .job_run import JobRun
from .messages import RunConditions
from .result import Result, error_at
from .share import Reply, Share, draw, read_reply
from .worker_process import WorkerProcess

_TRIES = 3
"""How often a task is submitted that is lost."""
FIRST_SEGMENT = (0, 0)
"""The share of a worker that draws a job if it is short."""


@dataclass
class RemoteRun:
    """Runs the jobs of a chain on an executor.

    A short job is one task. A long one is divided into *tasks* shares, each with every so many
    segments, which are joined on this machine: a process here runs the code as well, draws
    nothing, and waits for the segments.

    Parameters
    ----------
    chain, wanted, cache, limits, conditions
        As for :class:`.JobRun`.
    executor
        Where tasks are submitted.
    bundles
        What is sent with them.
    tasks
        How many draw one job.
    """

    chain: tuple[Job, ...]
    wanted: set[Job]
    cache: Cache
    limits: Limits
    conditions: RunConditions
    executor: Executor
    bundles: Bundles
    tasks: int
    frames: dict[Job, int] = field(default_factory=dict)
    is_shared: bool = False
    _stopped: LocalFuture[None] = field(default_factory=LocalFuture)

    def is_open_to(self, worker: WorkerProcess) -> bool:
        """Return that no other worker of this machine can take part."""
        return False

    def take_part(self, worker: WorkerProcess) -> list[Result]:
        """Return the results; *worker* joins the segments of long videos."""
        try:
            if not all(job.settings.parallel for job in self.wanted):
                reply = self._draw(FIRST_SEGMENT)
                if self._is_complete(reply):
                    return self._results(reply)
            return self._in_segments(worker)
        except (AnimvideoError, OSError) as error:
            return [Result(job, error_at(known_error(error), job)) for job in self.wanted]

    def abandon(self) -> None:
        """Wait for no more tasks; called from another thread."""
        self._stopped.set_result(None)

    # -- short jobs ----------------------------------------------------------------------------

    def _is_complete(self, reply: Reply) -> bool:
        """Whether the worker has drawn everything, or found an error."""
        failed = any("error" in data for data in reply.results.values())
        return failed or self.wanted <= {self.chain[index] for index in reply.results}

    def _results(self, reply: Reply) -> list[Result]:
        return [
            self._result(self.chain[index], data, reply.files.get(index, {}))
            for index, data in sorted(reply.results.items())
        ]

    def _result(self, job: Job, data: Mapping[str, Any], files: Mapping[str, bytes]) -> Result:
        hints = tuple(convert(data.get("hints", []), list[NondeterminismHint]))
        output, remark = (str(data.get(name, "")) for name in ("output", "remark"))
        if "error" in data:
            error = AnimvideoError.from_json(data["error"])
            quiet = bool(data.get("quiet"))
            return Result(job, error, output=output, remark=remark, hints=hints, quiet=quiet)
        with ExitStack() as stack:
            folder = stack.enter_context(self.cache.staging())
            _write(folder, files)
            try:
                asset, dependencies = read_record(folder / ASSET_FILE)
                (folder / ASSET_FILE).unlink()
            except (OSError, ValueError) as error:
                raise _lost(error) from None
            made = self.cache.commit(job, folder, asset, dependencies)
        return Result(job, made, output=output, remark=remark, hints=hints)

    # -- long jobs -----------------------------------------------------------------------------

    def _in_segments(self, worker: WorkerProcess) -> list[Result]:
        joining = JobRun(
            self.chain, self.wanted, self.cache, self.limits, self.conditions, awaits_segments=True
        )
        shares = [
            Thread(target=self._draw_share, args=(number, joining), daemon=True)
            for number in range(self.tasks)
        ]
        for share in shares:
            share.start()

        def note_the_end() -> None:
            for share in shares:
                share.join()
            joining.await_no_more()

        Thread(target=note_the_end, daemon=True).start()
        return joining.take_part(worker) or joining.results

    def _draw_share(self, number: int, joining: JobRun) -> None:
        try:
            self._draw((number, self.tasks))
        except AnimvideoError as error:
            joining.stop(error)
        except Exception as error:
            joining.stop(_lost(error))

    # -- tasks ---------------------------------------------------------------------------------

    def _draw(self, segments: tuple[int, int]) -> Reply:
        """Let a worker draw a share, and store its segments.

        Raises
        ------
        AnimvideoError
            The code has failed, or the task was lost too often.
        """
        share = replace(self._share, segments=segments)
        payload, files, lost = pickle.dumps(share), None, Exception()
        tries = _TRIES
        while tries:
            try:
                reply = read_reply(self._wait_for(self.executor.submit(draw, payload, files)))
                if reply.needs_bundle and files is None:
                    files = self.bundles.of(self.chain[0].source_dir)[1]
                    continue
                self._check(reply)
                if reply.error:
                    raise AnimvideoError.from_json(reply.error)
                self._adopt(reply)
            except AnimvideoError:
                raise
            except Exception as error:  # whatever the executor raises if a worker has died
                lost, tries = error, tries - 1
                continue
            return reply
        raise _lost(lost)

    def _check(self, reply: Reply) -> None:
        """Raise ValueError if a reply does not describe results of these jobs."""
        if not {*reply.results, *reply.files} <= set(range(len(self.chain))):
            raise ValueError("it is about other jobs")
        for data in reply.results.values():
            convert(data.get("hints", []), list[NondeterminismHint])
            if "error" in data:
                AnimvideoError.from_json(data["error"])

    def _wait_for(self, future: Future) -> Any:
        """Return the result of a future.

        Raises
        ------
        CrashError
            The run was abandoned.
        """
        # A future of an executor may have no other method, and no result if no worker is left.
        ended: LocalFuture[Any] = LocalFuture()
        Thread(target=_pass_on, args=(future, ended), daemon=True).start()
        wait([ended, self._stopped], return_when=FIRST_COMPLETED)
        if not self._stopped.done():
            return ended.result()
        with suppress(Exception):  # not every future can be cancelled
            future.cancel()  # type: ignore[attr-defined]
        raise CrashError("the task was abandoned.")

    @cached_property
    def _share(self) -> Share:
        return Share(
            chain=self.chain,
            wanted=tuple(job for job in self.chain if job in self.wanted),
            limits=self.limits,
            arithmetic=self.cache.arithmetic,
            environment=self.cache.environment.description,
            conditions=self.conditions,
            segments=FIRST_SEGMENT,
            bundle=self.bundles.of(self.chain[0].source_dir)[0],
        )

    def _adopt(self, reply: Reply) -> None:
        """Store the segments in a reply.

        Raises
        ------
        ValueError
            One of them is damaged.
        CacheError
            They cannot be written.
        """
        for index, files in reply.files.items():
            if index in reply.results:
                continue
            job = self.chain[index]
            segments = SegmentFolder(self.cache.segments(job), self.conditions.segment_frames)
            for name in {name.partition("/")[0] for name in files}:
                part = {
                    Path(path).name: content
                    for path, content in files.items()
                    if path.partition("/")[0] == name
                }
                try:
                    count = segments.adopt(name, part)
                except OSError as error:
                    raise known_error(error) from error
                self.frames[job] = self.frames.get(job, 0) + count


def _pass_on(future: Future, ended: LocalFuture[Any]) -> None:
    try:
        ended.set_result(future.result())
    except BaseException as error:
        ended.set_exception(error)


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        (folder / Path(name).name).write_bytes(content)


def _lost(error: Exception) -> CrashError:
    return CrashError(
        f"the executor lost a task {_TRIES} times. The last attempt failed with "
        f"{type(error).__name__}: {error}".rstrip(". ")
        + ". Are its workers running, and do they "
        "have enough memory?",
    )
