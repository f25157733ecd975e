"""Long videos that several processes draw, and that go on where they were interrupted."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from threading import Thread

import pytest

from sphinxcontrib_animvideo.core.cache.store import Cache
from sphinxcontrib_animvideo.core.model.asset import Asset
from sphinxcontrib_animvideo.core.model.job import Job, SourceLocation
from sphinxcontrib_animvideo.core.model.options import OPTIONS
from sphinxcontrib_animvideo.core.model.settings import make_limits, make_settings
from sphinxcontrib_animvideo.core.rendering.job_run import JobRun
from sphinxcontrib_animvideo.core.rendering.messages import RunConditions
from sphinxcontrib_animvideo.core.rendering.variables import fixed_variables
from sphinxcontrib_animvideo.core.rendering.worker_process import WorkerProcess
from sphinxcontrib_animvideo.errors import AnimvideoError, CrashError
from tests.core.scenes import ALL, DRAWN_AS_OTHERS, STEADY, UNSTEADY, loop, scene

pytestmark = pytest.mark.once

LENGTH, FRAMES, STOP = 8, 20, 17
CONDITIONS = RunConditions(segment_frames=LENGTH)


def default(name):
    return OPTIONS[name].default


LIMITS = make_limits(default)


class Workers:
    """Worker processes that are used for many jobs."""

    def __init__(self, folder):
        variables = fixed_variables(Cache(folder).environment)
        self.known = [WorkerProcess("fork", variables) for _ in range(3)]


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    workers = Workers(tmp_path_factory.mktemp("workers"))
    yield workers
    for worker in workers.known:
        worker.close()


class Scene:
    """One job, which can be rendered in several ways."""

    def __init__(self, folder, workers):
        self.folder = folder
        self.workers = workers
        self.flag = folder / "go on"

    def job(self, code, parallel=True, **options):
        text = scene(code, str(self.flag), FRAMES, STOP)
        place = SourceLocation(str(self.folder / "page.rst"), 1)
        settings = make_settings({"parallel": parallel, **options}, default)
        folder = str(self.folder)
        return Job(place, text, place, folder, folder, settings, timeout=60)

    def run(self, job, cache, is_shared=False, conditions=CONDITIONS):
        return JobRun((job,), {job}, cache, LIMITS, conditions, is_shared)

    def alone(self, job):
        self.flag.touch()
        (result,) = self.run(job, self.cache("alone")).take_part(self.workers.known[0])
        return result

    def shared(self, job, count, name="shared"):
        self.flag.touch()
        run, found = self.run(job, self.cache(name), is_shared=True), []

        def work(worker):
            found.extend(run.take_part(worker))

        threads = [Thread(target=work, args=(worker,)) for worker in self.workers.known[:count]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        (result,) = found
        return result

    def interrupt(self, job, cache):
        """Kill the process that draws when two segments are there."""
        self.flag.unlink(missing_ok=True)
        worker, found = self.workers.known[0], []
        thread = Thread(target=lambda: found.extend(self.run(job, cache).take_part(worker)))
        thread.start()
        wait_for(lambda: len(list(cache.folder.glob("segments/*/1-*/segment.json"))) == 2)
        os.kill(worker._child, signal.SIGKILL)
        thread.join()
        assert isinstance(found[0].outcome, CrashError)
        self.flag.touch()

    def interrupted(self, job):
        cache = self.cache("resumed")
        self.interrupt(job, cache)
        (result,) = self.run(job, cache).take_part(self.workers.known[0])
        return result

    def cache(self, name):
        return Cache(self.folder / name)


def wait_for(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def rendered(tmp_path, workers):
    return Scene(tmp_path, workers)


def media(result):
    assert isinstance(result.outcome, Asset), result.outcome
    files = [(file.name, file.sha256) for file in result.outcome.files]
    return files + [clip.description for clip in result.outcome.clips]


def prints(result):
    return [clip.fingerprint for clip in result.outcome.clips]


@pytest.mark.parametrize("name", [name for name in STEADY if ALL or name not in DRAWN_AS_OTHERS])
def test_the_bytes_are_the_same_however_it_is_drawn(rendered, name):
    job = rendered.job(STEADY[name])
    expected = rendered.alone(job)
    assert expected.outcome.frame_count >= 14
    number = list(STEADY).index(name)
    found = rendered.shared(job, 3 if ALL or number % 8 == 0 else 2)
    assert media(found) == media(expected)
    assert prints(found) == prints(expected)
    assert found.outcome.notes == expected.outcome.notes == ()
    if (ALL or number % 5 == 1) and name != "artists":  # which wait before the first frame
        found = rendered.interrupted(job)
        assert media(found) == media(expected)
        assert not found.remark
    assert not list(rendered.folder.rglob("segments/*"))


@pytest.mark.parametrize("name", UNSTEADY)
def test_code_whose_frames_depend_on_others_is_drawn_by_one_process(rendered, name):
    code, reason = UNSTEADY[name]
    # All of them are there, and none is so fast that it draws everything.
    job = rendered.job("gather()\n" + code.replace("wait(i)", "time.sleep(0.03)"), redraw="full")
    found = rendered.shared(job, 3)
    (note,) = found.outcome.notes
    assert note.kind == "parallel"
    assert note.message.startswith("the video was drawn by one process, because ")
    assert reason in note.message
    assert found.outcome.frame_count == FRAMES
    if not reason:
        assert media(found) == media(rendered.alone(job))


@pytest.mark.parametrize("formats", ["gif", "webp", "apng", "webm, mp4, gif"])
def test_all_formats(rendered, formats):
    formats = tuple(formats.split(", "))
    job = rendered.job(STEADY["line"], formats=formats, poster="last")
    expected = rendered.alone(job)
    assert media(rendered.shared(job, 3)) == media(expected)
    assert media(rendered.interrupted(job)) == media(expected)


def test_a_wrong_frame_makes_all_processes_draw_in_full(rendered):
    code = loop(
        "tick._markeredgecolor = (i / N, 0, 0)  # set_markeredgecolor() would tell",
        "fig, ax = plt.subplots()\ntick = ax.xaxis.get_major_ticks()[1].tick1line",
    )
    job = rendered.job(code)
    found = rendered.shared(job, 3)
    assert "rendered again without incremental drawing" in found.remark
    assert media(found) == media(rendered.alone(job))


def test_pauses_that_differ_make_all_processes_begin_anew(rendered):
    code = """
fig, ax = plt.subplots(); line, = ax.plot(x, x)
for i in range(N):
    line.set_ydata(np.sin(x + i / 5)); plt.pause(0.05 if i < 12 else 0.1)
"""
    job = rendered.job(code)
    found = rendered.shared(job, 3)
    assert "because plt.pause() is called with different intervals" in found.remark
    assert media(found) == media(rendered.alone(job))


@pytest.mark.parametrize("error", ["1 / 0", "capture(np.zeros((3, 3)))", "raise SystemExit(3)"])
def test_an_error_is_one_error_at_its_line(rendered, error):
    code = loop(f"if i == 14: {error}\n{STEADY['line'] and 'line.set_ydata(np.sin(x + i))'}")
    job = rendered.job(code)
    expected = rendered.alone(job).outcome
    found = rendered.shared(job, 3).outcome
    assert isinstance(found, AnimvideoError)
    assert found.to_json() == expected.to_json()
    assert not list(rendered.folder.rglob("segments/*"))


DRAWS = """
def draws(index):
    import gc
    from sphinxcontrib_animvideo.core.encoding.clip_encoder import ClipEncoder
    found = [each for each in gc.get_objects() if isinstance(each, ClipEncoder)]
    return any(each._part and each._part.index == index for each in found)
"""
"""Tells whether this process draws a segment."""
BEFORE = STEADY["line"].partition("\nfor")[0] + DRAWS


@pytest.mark.parametrize("times", [1, 2])
def test_segments_of_a_worker_that_is_killed_are_drawn_again(rendered, times):
    expected = rendered.alone(rendered.job(STEADY["line"]))
    # Whoever draws the second segment is killed, so many times.
    code = loop(
        "line.set_ydata(np.sin(x + i / 5))",
        BEFORE
        + f"""
def kill():
    for number in range({times}):
        try:
            os.mkdir({str(rendered.folder)!r} + f"/kill-{{number}}")
        except FileExistsError:
            continue
        os.kill(os.getpid(), 9)
""",
    ).replace("    wait(i)", "    wait(i)\n    if i == 11 and draws(1): kill()")
    found = rendered.shared(rendered.job(code), 2)
    assert prints(found) == prints(expected)
    assert len(list(rendered.folder.glob("kill-*"))) == times


def test_a_worker_that_is_killed_again_and_again_is_an_error(rendered):
    code = loop("if i == 13: os.kill(os.getpid(), 9)")
    found = rendered.shared(rendered.job(code), 2).outcome
    assert isinstance(found, CrashError)
    assert "killed by SIGKILL" in found.message


def test_a_killed_ffmpeg_is_an_error(rendered):
    code = loop(
        "if i == 11 and draws(1):\n"
        "    for child in psutil.Process().children():\n"
        "        # That of the segment before may just have ended by itself.\n"
        "        with contextlib.suppress(psutil.NoSuchProcess): child.kill()\n"
        "    time.sleep(0.2)",
        "import contextlib, psutil\n" + BEFORE,
    )
    found = rendered.shared(rendered.job(code), 2).outcome
    assert isinstance(found, AnimvideoError)
    assert found.kind == "encoder", found.to_json()


def test_a_changed_file_makes_stored_segments_useless(rendered):
    (rendered.folder / "data.txt").write_text("5")
    code = loop(
        "line.set_ydata(np.sin(x + i / speed))",
        STEADY["line"].partition("\nfor")[0] + "speed = float(open('data.txt').read())",
    )
    job = rendered.job(code)
    first = rendered.interrupted(job)
    (rendered.folder / "data.txt").write_text("9")
    second = rendered.interrupted(job)
    assert media(second) != media(first)
    assert media(second) == media(rendered.alone(job))


def test_a_file_that_changes_in_between(rendered):
    data = rendered.folder / "data.txt"
    data.write_text("5")
    code = loop(
        "line.set_ydata(np.sin(x + i / speed))",
        STEADY["line"].partition("\nfor")[0] + "speed = float(open('data.txt').read())",
    )
    job = rendered.job(code)
    cache = rendered.cache("changed")
    rendered.interrupt(job, cache)
    data.write_text("9")
    (found,) = rendered.run(job, cache).take_part(rendered.workers.known[0])
    assert media(found) == media(rendered.alone(job))


def test_a_run_that_is_stopped_before_a_worker_takes_part(rendered):
    job = rendered.job(STEADY["line"])
    run = JobRun((job,), {job}, rendered.cache("late"), LIMITS, CONDITIONS, awaits_segments=True)
    run.stop(CrashError("the executor has failed"))
    run.await_no_more()
    found = []
    worker = rendered.workers.known[0]
    thread = Thread(target=lambda: found.append(run.take_part(worker)), daemon=True)
    thread.start()
    thread.join(20)
    assert found == [[]]  # without waiting for segments that never come
    assert isinstance(run.results[0].outcome, CrashError)


def test_others_are_stopped_when_nobody_needs_them(rendered):
    code = loop("line.set_ydata(np.sin(x + i / 5))", BEFORE, "if not draws(0): time.sleep(50)\n")
    job = rendered.job(code)
    job = replace(job, code=job.code.replace(f"N = {FRAMES}", "N = 4"))
    started = time.monotonic()
    found = rendered.shared(job, 3)
    assert found.outcome.frame_count == 4
    assert time.monotonic() - started < 25


def test_two_builds_that_share_a_cache_do_not_take_each_others_segments(rendered):
    """The build that ends first must not remove what the other one needs."""
    slow = rendered.job(STEADY["line"])
    folder = rendered.folder / "cache"
    rendered.flag.unlink(missing_ok=True)
    first, second = Cache(folder), Cache(folder)
    runs = [rendered.run(slow, cache, is_shared=True) for cache in (first, second)]
    found = [[], []]

    def work(number):
        found[number] += runs[number].take_part(rendered.workers.known[number])

    threads = [Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    wait_for(lambda: len(list(folder.glob("segments/*/1-*/segment.json"))) == 4)
    # The first one ends, and removes its segments, in the middle of the second one.
    runs[0].stop(AnimvideoError("stopped"))
    threads[0].join()
    assert len(list(folder.glob("segments/*/1-*/segment.json"))) == 2
    rendered.flag.touch()
    threads[1].join()
    (result,) = found[1]
    assert media(result) == media(rendered.alone(slow))
    assert not list(folder.glob("segments/*"))


def test_segments_that_are_used_are_not_removed_from_the_cache(rendered):
    job = rendered.job(STEADY["line"])
    cache = rendered.cache("used")
    rendered.interrupt(job, cache)
    (entry,) = cache.unfinished()
    other = rendered.cache("used")
    assert other.segments(job) == entry.folder
    assert cache.unfinished() == []
    assert cache.prune(0) == []
    other.leave_segments(job)
    assert len(cache.prune(0)) == 1
    assert not list(cache.folder.glob("segments/*"))
