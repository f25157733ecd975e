"""A share of a job: what an executor's worker is given, draws, and returns."""

from __future__ import annotations

import atexit
import os
import pickle
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from ...errors import AnimvideoError, internal_error
from ..cache.environment import Environment
from ..cache.scratch import scratch_folder
from ..cache.store import Cache
from ..model.asset import Asset
from ..model.decode import decode_msgpack
from ..model.job import Job
from ..model.settings import Arithmetic, Limits
from .bundle import unpacked
from .job_run import JobRun
from .messages import RunConditions
from .process_tree import default_method
from .result import Result
from .variables import fixed_variables
from .worker_process import WorkerProcess

_MOST_IDLE = 4


@dataclass(frozen=True)
class Share:
    """The part of a job that one task draws. Plain data; small."""

    chain: tuple[Job, ...]
    wanted: tuple[Job, ...]
    limits: Limits
    arithmetic: Arithmetic
    environment: str
    """Of the builder; frames of another one would differ."""
    conditions: RunConditions
    segments: tuple[int, int]
    """As in :class:`.messages.Step`."""
    bundle: str
    """SHA-256 of the files of the source directory; empty if the worker sees them itself."""


class Reply(msgspec.Struct):
    """What a worker returns. It comes from elsewhere, so that nothing in it is believed."""

    host: str
    needs_bundle: bool = False
    """Whether the files of the source directory are not there yet."""
    error: dict[str, Any] | None = None
    results: dict[int, dict[str, Any]] = {}
    """What came of the jobs that are complete, by their index in the chain."""
    files: dict[int, dict[str, bytes]] = {}
    """Files of the videos or of the segments of each job."""


def draw(share: bytes, bundle: bytes | None = None) -> bytes:
    """Draw a share of a job: the function that executors are given.

    Parameters
    ----------
    share
        A :class:`Share`, pickled.
    bundle
        The files of the source directory, if the worker has asked for them.

    Returns
    -------
    bytes
        A :class:`Reply`, for :func:`read_reply`.
    """
    reply = Reply(platform.node())
    try:
        _draw(pickle.loads(share), bundle, reply)
    except AnimvideoError as error:
        reply.error = error.to_json()
    except Exception as error:
        reply.error = internal_error(error).to_json()
    return msgspec.msgpack.encode(reply)


def read_reply(data: Any) -> Reply:
    """Return what :func:`draw` has returned; ValueError if it is damaged."""
    if not isinstance(data, bytes):
        raise ValueError("not bytes")
    return decode_msgpack(data, Reply)


def _draw(share: Share, bundle: bytes | None, reply: Reply) -> None:
    with scratch_folder() as scratch:
        cache = Cache(scratch / "cache", share.arithmetic)
        _compare(cache.environment, share.environment, reply.host)
        folder = unpacked(share.bundle, bundle)
        if share.bundle and folder is None:
            reply.needs_bundle = True
            return
        chain, wanted = share.chain, share.wanted
        if folder:
            moved = {job: _moved(job, folder) for job in chain}
            chain, wanted = tuple(moved.values()), tuple(moved[job] for job in wanted)
        run = JobRun(
            chain, set(wanted), cache, share.limits, share.conditions, share=share.segments
        )
        with _worker(cache.environment) as worker:
            results = {result.job: result for result in run.take_part(worker)}
        for index, job in enumerate(chain):
            if job in results:
                _add_result(reply, index, results[job])
            elif job in wanted:
                reply.files[index] = _files(cache.segments(job))
                cache.leave_segments(job)


_idle: list[tuple[Environment, WorkerProcess]] = []
"""Workers for the next task: to load Matplotlib takes longer than many short videos."""


@contextmanager
def _worker(environment: Environment) -> Iterator[WorkerProcess]:
    """Yield a worker process for a task."""
    known, worker = None, None
    with suppress(IndexError):  # another thread was faster
        known, worker = _idle.pop()
    if worker is None or known != environment:
        if worker:
            worker.close()
        worker = WorkerProcess(default_method(), fixed_variables(environment))
    try:
        yield worker
    except BaseException:
        worker.close()
        raise
    if len(_idle) < _MOST_IDLE:
        _idle.append((environment, worker))
    else:
        worker.close()


@atexit.register
def close_workers() -> None:
    """End the processes that wait for the next task."""
    while _idle:
        _idle.pop()[1].close()


def _add_result(reply: Reply, index: int, result: Result) -> None:
    outcome = result.outcome
    data: dict[str, Any] = {
        "output": result.output,
        "remark": result.remark,
        "quiet": result.quiet,
        "hints": [asdict(hint) for hint in result.hints],
    }
    if isinstance(outcome, Asset):
        reply.files[index] = _files(Path(outcome.folder))
    else:
        data["error"] = outcome.to_json()
    reply.results[index] = data


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _compare(here: Environment, there: str, host: str) -> None:
    """Raise :class:`AnimvideoError` if frames that are drawn here may look different."""
    if here.description == there:
        return
    theirs = Environment(there, "", {}).parts
    different = [
        f"{name} {text} instead of {theirs.get(name)}"
        for name, text in here.parts.items()
        if theirs.get(name) != text
    ]
    raise AnimvideoError(
        f"the worker on {host} was not used, because its frames could differ: it has "
        f"{', '.join(different)}. Install the same versions on all machines."
    )


def _moved(job: Job, folder: Path) -> Job:
    """Return a job whose source directory is in another folder."""

    def there(path: str) -> str:
        return str(folder / os.path.relpath(path, job.source_dir)) if path else ""

    return replace(
        job,
        folder=there(job.folder),
        source_dir=str(folder),
        script=there(job.script),
        file=there(job.file),
        previous=job.previous and _moved(job.previous, folder),
    )
