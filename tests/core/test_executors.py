"""Jobs that an executor's workers draw."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import time
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from types import SimpleNamespace

import msgspec
import numpy as np
import pytest

from sphinxcontrib_animvideo.core.cache.store import Cache
from sphinxcontrib_animvideo.core.model.job import Job, SourceLocation
from sphinxcontrib_animvideo.core.model.options import OPTIONS
from sphinxcontrib_animvideo.core.model.settings import make_limits, make_settings
from sphinxcontrib_animvideo.core.rendering import share as shares
from sphinxcontrib_animvideo.core.rendering.executors import Workers, open_executor
from sphinxcontrib_animvideo.core.rendering.messages import RunConditions
from sphinxcontrib_animvideo.core.rendering.render import render
from sphinxcontrib_animvideo.core.rendering.worker_pool import WorkerPool
from sphinxcontrib_animvideo.errors import (
    AnimvideoError,
    CacheError,
    CrashError,
    ExecutionError,
    OptionError,
)
from tests.core.scenes import ALL, STEADY, UNSTEADY, loop, scene

pytestmark = pytest.mark.attack

CONDITIONS = RunConditions(segment_frames=10)


def default(name):
    return OPTIONS[name].default


class Silent:
    def start(self, total):
        pass

    tick = note = finish = start


class Folder:
    """A folder with code, and the ways to render it."""

    def __init__(self, path):
        self.path = path
        self.source = path / "source"
        self.source.mkdir()
        (path / "go on").touch()
        self.count = 0

    def job(self, code, frames=24, **options):
        text = scene(code, str(self.path / "go on"), frames, frames)
        place = SourceLocation(str(self.source / "page.rst"), 1)
        settings = make_settings(options, default)
        folder = str(self.source)
        return Job(place, text, place, folder, folder, settings, timeout=60)

    def render(self, jobs, executor=None, count=2, progress=Silent(), **options):  # noqa: B008
        self.count += 1
        cache = Cache(self.path / f"cache-{self.count}")
        workers = Workers(count, executor_option=executor, **options)
        found = render(jobs, cache, make_limits(default), progress, workers, CONDITIONS)
        if not any(isinstance(result.outcome, CrashError) for result in found.values()):
            assert not list(cache.folder.glob("segments/*"))  # else they are kept
        return [found[job] for job in jobs]


@pytest.fixture(scope="module", autouse=True)
def end_workers():
    yield
    shares.close_workers()


_EXPECTED = {}


def expected(folder, job, name):
    """Return the media of a job that is rendered on this machine, once for each *name*."""
    if name not in _EXPECTED:
        _EXPECTED[name] = media(folder.render([job], count=1)[0])
    return _EXPECTED[name]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    return Folder(tmp_path)


def media(result):
    if isinstance(result.outcome, AnimvideoError):
        raise result.outcome
    files = [(file.name, file.sha256) for file in result.outcome.files]
    return files + [clip.description for clip in result.outcome.clips]


@pytest.fixture(scope="module")
def pool():
    # Not by fork: decoders that other tests have used wait for threads that a fork does not have.
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield pool


SCENES = [*STEADY] if ALL else ["line", "holds and captions", "two videos", "pauses"]


@pytest.mark.parametrize("parallel", [False, True])
def test_the_bytes_are_those_of_this_machine(folder, pool, parallel):
    jobs = [folder.job(STEADY[name], parallel=parallel) for name in SCENES]
    jobs += [folder.job(STEADY["line"], frames=7, parallel=parallel)]
    jobs += [folder.job(STEADY["arrays"], parallel=parallel, formats=("gif",))]
    found = folder.render(jobs, pool)
    for number, job in enumerate(jobs):
        assert media(found[number]) == expected(folder, job, number)


class Threads:
    """An executor as others may be: with a method ``submit``, and futures with ``result``."""

    def __init__(self, spoil=lambda number, reply: reply):
        self.pool = ThreadPoolExecutor(4)
        self.spoil = spoil
        self.payloads = []

    def submit(self, function, *args):
        self.payloads.append(sum(len(arg) for arg in args if arg))
        number = len(self.payloads)
        return self.pool.submit(lambda: self.spoil(number, function(*args)))


def test_files_are_sent_once(folder):
    (folder.source / "data.npy").write_bytes(b"")
    np.save(folder.source / "data.npy", np.arange(60.0))
    (folder.source / "helper.py").write_text("speed = 5\n")
    (folder.source / "big").mkdir()
    (folder.source / "big" / "noise").write_bytes(os.urandom(300_000))
    code = loop(
        "line.set_ydata(np.sin(data + i / helper.speed))",
        "import helper\ndata = np.load('data.npy')\n" + STEADY["line"].partition("\nfor")[0],
    )
    job = folder.job(code, parallel=True)
    here = folder.render([job])
    executor = Threads()
    (found,) = folder.render([job], executor, count=3)
    assert media(found) == media(here[0])
    sizes = sorted(executor.payloads)
    assert sizes[0] < 20_000
    assert 1 <= len([size for size in sizes if size > 300_000]) <= 3
    executor.payloads.clear()
    folder.render([job], executor, count=3)
    assert max(executor.payloads) < 20_000
    assert [d.path for d in dependencies(found)] == ["data.npy", "helper.py"]


@pytest.mark.skipif(sys.platform == "win32", reason="each user has a temporary directory")
def test_files_that_others_could_have_written_are_not_used(folder):
    job = folder.job(STEADY["line"], parallel=True)
    bundles = folder.path / "temporary" / f"animvideo-bundles-{os.getuid()}"
    bundles.mkdir()
    bundles.chmod(0o777)
    (found,) = folder.render([job], Threads())
    assert isinstance(found.outcome, CacheError)
    assert f"the directory {bundles} is writable by other users" in found.outcome.message
    bundles.chmod(0o700)
    (old := bundles / "old").mkdir()
    os.utime(old, (1, 1))
    (found,) = folder.render([job], Threads())
    assert media(found) == expected(folder, job, "line")
    assert not old.exists()
    assert len(list(bundles.iterdir())) == 1


def dependencies(result):
    from pathlib import Path

    from sphinxcontrib_animvideo.core.cache.store import read_record

    return sorted(
        (d for d in read_record(Path(result.outcome.folder, "asset.json"))[1]),
        key=lambda d: d.path,
    )


def test_a_shared_file_system_needs_no_files(folder):
    (folder.source / "noise").write_bytes(os.urandom(300_000))
    executor = Threads()
    job = folder.job(STEADY["line"], parallel=True)
    (found,) = folder.render([job], executor, shared_filesystem=True)
    assert media(found) == expected(folder, job, "line")
    assert max(executor.payloads) < 20_000


@pytest.mark.parametrize("parallel", [False, True])
def test_an_error_is_told_at_its_line(folder, parallel):
    code = loop("if i == 18: 1 / 0\nline.set_ydata(np.sin(x + i))")
    job = folder.job(code, parallel=parallel)
    here = folder.render([job])[0].outcome
    found = folder.render([job], Threads())[0].outcome
    assert isinstance(found, ExecutionError)
    assert (found.message, found.file, found.line) == (*(here.message, here.file, here.line),)


def changed(reply, **changes):
    data = msgspec.msgpack.decode(reply)
    return msgspec.msgpack.encode(data | changes)


def spoiled(reply):
    data = msgspec.msgpack.decode(reply)
    for files in data["files"].values():
        for name in files:
            if name.endswith("mp4.mp4"):
                files[name] = files[name][:-1] + b"x"
    return msgspec.msgpack.encode(data)


SPOIL = {
    "lost": None,
    "nothing": lambda reply: None,
    "text": lambda reply: "reply",
    "empty": lambda reply: b"",
    "half": lambda reply: reply[: len(reply) // 2],
    "other data": lambda reply: msgspec.msgpack.encode([1, 2, 3]),
    "other bytes": spoiled,
    "outside": lambda reply: changed(reply, files={0: {"../1-00000/segment.json": b"{}"}}),
    "no segment": lambda reply: changed(reply, files={0: {"1-00000/segment.json": b"{}"}}),
    "wrong index": lambda reply: changed(reply, files={7: {"1-00000/segment.json": b"{}"}}),
    "no error": lambda reply: changed(reply, error={"kind": "execution"}),
}


@pytest.mark.parametrize(
    ("name", "often"), [*((name, 1) for name in SPOIL), ("lost", 99), ("other bytes", 99)]
)
def test_what_comes_back_is_not_believed(folder, name, often):
    spoil, lock, spoilt = SPOIL[name], threading.Lock(), []

    def do(number, reply):
        if msgspec.msgpack.decode(reply)["needs_bundle"]:
            return reply
        with lock:
            spoilt.append(number)
            if len(spoilt) > often:
                return reply
        if spoil is None:
            raise OSError("connection lost")
        return spoil(reply)

    job = folder.job(STEADY["line"], parallel=True)
    (found,) = folder.render([job], Threads(do))
    if often == 1:
        assert media(found) == expected(folder, job, "line")
    else:
        assert isinstance(found.outcome, CrashError)
        assert "the executor lost a task 3 times" in found.outcome.message


def test_a_worker_that_is_killed_loses_a_task(folder):
    class Dying(Threads):
        def submit(self, function, *args):
            if not self.payloads:
                self.payloads.append(0)
                future = Future()
                future.set_exception(RuntimeError("worker died"))
                return future
            return super().submit(function, *args)

    job = folder.job(STEADY["line"])
    assert media(folder.render([job], Dying())[0]) == expected(folder, job, "line")


class Idle:
    """An executor that runs nothing, whose futures have only the method that they need."""

    def __init__(self):
        self.futures = []

    def submit(self, function, *args):
        self.futures.append(Future())
        return SimpleNamespace(result=self.futures[-1].result)


class Interrupted(Silent):
    """A Ctrl-C as soon as so many tasks are submitted."""

    def __init__(self, futures, count):
        self.futures = futures
        self.count = count

    def tick(self, frames):
        if len(self.futures) == self.count:
            raise KeyboardInterrupt


@pytest.mark.parametrize("count", [1, 2])
def test_waiting_for_an_executor_without_workers_can_be_ended(folder, count):
    job, idle, ended = folder.job(STEADY["line"], parallel=count > 1), Idle(), threading.Event()

    def run():
        with pytest.raises(KeyboardInterrupt):
            folder.render([job], idle, count, Interrupted(idle.futures, count))
        ended.set()

    threading.Thread(target=run, daemon=True).start()
    assert ended.wait(30)
    assert len(idle.futures) == count  # none was submitted again


def test_tasks_that_nobody_waits_for_are_cancelled(folder):
    release, submitted = threading.Event(), []

    class Busy(Threads):
        def submit(self, function, *args):
            submitted.append(super().submit(function, *args))
            return submitted[-1]

    busy = Busy()
    for _ in range(4):
        busy.pool.submit(release.wait, 60)
    with pytest.raises(KeyboardInterrupt):
        folder.render([folder.job(STEADY["line"])], busy, 1, Interrupted(submitted, 1))
    release.set()
    assert submitted[0].cancelled()


def test_an_executor_that_returns_nothing_is_told_once(folder, monkeypatch):
    monkeypatch.setattr(f"{WorkerPool.__module__}._IDLE_TIME", 0.3)
    messages = []

    class Slow(Threads):
        def submit(self, function, *args):
            time.sleep(1)
            return super().submit(function, *args)

    class Listening(Silent):
        def note(self, message):
            messages.append(message)

    job = folder.job(STEADY["line"])
    found = folder.render([job], Slow(), 1, Listening())
    assert media(found[0]) == expected(folder, job, "line")
    assert messages == [
        "the executor has returned nothing for 60 seconds. Are its workers running, and is "
        "sphinxcontrib-animvideo installed there? (Still waiting; stop with Ctrl-C.)"
    ]


@pytest.mark.parametrize("parallel", [False, True])
def test_a_full_disk_is_told_as_such(folder, small_disk, parallel):
    noise = "rng = np.random.default_rng(1)\nfor i in range(N):\n    capture(rng.random((200, 200, 3)))\n"
    job = folder.job(noise, parallel=parallel)
    workers = Workers(2, executor_option=Threads())
    cache = Cache(small_disk / "cache")
    outcome = render([job], cache, make_limits(default), Silent(), workers, CONDITIONS)[job].outcome
    assert isinstance(outcome, CacheError), outcome
    assert outcome.message == (
        "the files of the video cannot be written or read (No space left on device). Is there enough "
        "space in the cache directory?"
    )
    assert not list(small_disk.glob("cache/*/*/*.mp4"))


def test_workers_with_other_versions_are_refused(folder):
    job = folder.job(STEADY["line"])
    here = Cache(folder.path / "x").environment

    class Other(Threads):
        def submit(self, function, share, bundle):
            data = pickle.loads(share)
            there = data.environment.replace('"numpy": "', '"numpy": "9.')
            from dataclasses import replace

            return super().submit(function, pickle.dumps(replace(data, environment=there)), bundle)

    outcome = folder.render([job], Other())[0].outcome
    assert isinstance(outcome, AnimvideoError)
    numpy = here.parts["numpy"]
    assert (
        f"it has numpy {numpy} instead of 9.{numpy}. Install the same versions" in outcome.message
    )


def test_an_executor_needs_a_method_submit():
    for wrong, kind in ((object(), "object"), (lambda: 5, "int")):
        with pytest.raises(OptionError, match=f"submit.function, .args.*not {kind}"):
            open_executor(wrong)
    with pytest.raises(OptionError, match="must be processes, mpi, dask:ADDRESS, or MODULE:FUNCT"):
        open_executor("cluster")
    with pytest.raises(
        OptionError, match=r"cannot be started .ModuleNotFoundError: No module named"
    ):
        open_executor("no_such_module:executor")
    with pytest.raises(OptionError, match=r"cannot be started .ZeroDivisionError"):
        open_executor(lambda: 1 / 0)
    threads = Threads()
    assert open_executor(threads) is open_executor(lambda: threads) is threads
    assert open_executor(None) is None


@pytest.mark.parametrize("name", UNSTEADY if ALL else ["random numbers without a seed"])
def test_segments_that_do_not_fit_are_drawn_here(folder, pool, name):
    code, reason = UNSTEADY[name]
    job = folder.job(code, parallel=True)
    (found,) = folder.render([job], pool if ALL else Threads())
    (note,) = found.outcome.notes
    assert note.message.startswith("the video was drawn by one process, because ")
    assert reason in note.message


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_dask(folder):
    distributed = pytest.importorskip("distributed")
    config = {"distributed.worker.daemon": True}
    import dask
    import PIL.Image  # or the cluster's thread and ours would import it at the same time

    assert PIL.Image
    with (
        dask.config.set(config),
        distributed.LocalCluster(2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        names = SCENES if ALL else ["3d"]
        jobs = [folder.job(STEADY[name], parallel=True) for name in names]
        jobs += [folder.job(STEADY["line"], frames=7)]
        here = folder.render(jobs)
        address = cluster.scheduler_address
        executor = open_executor(f"dask:{address}")
        found = folder.render(jobs, executor, count=0)
        assert [media(result) for result in found] == [media(result) for result in here]
        # Now a worker is killed in the middle.
        waiting = folder.job(STEADY["line"].replace("wait(i)", "time.sleep(0.05)"), parallel=True)
        pids = list(client.run(os.getpid).values())

        def kill():
            time.sleep(2)
            os.kill(pids[0], signal.SIGKILL)

        threading.Thread(target=kill).start()
        (found,) = folder.render([waiting], executor, count=2)
        assert media(found) == media(folder.render([waiting])[0])
        executor._client.close()
