"""What code does to processes: forks, daemons, closed descriptors, and kills from outside."""

import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from contextlib import suppress
from threading import Timer

import psutil
import pytest

from sphinxcontrib_animvideo.core.cache import scratch
from sphinxcontrib_animvideo.core.cache.scratch import remove_abandoned, scratch_folder
from sphinxcontrib_animvideo.core.rendering import messages, worker_process
from sphinxcontrib_animvideo.core.rendering.worker_process import WorkerProcess
from tests.conftest import directive
from tests.video import decode

pytestmark = pytest.mark.skipif(os.name != "posix", reason="forks and signals")
attack = pytest.mark.attack
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="the system has no such means")
on_posix = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no such means")

FORKED = """
import os
import numpy as np
pid = os.fork()
value = 200 if pid else 20
for _ in range(30):
    capture(np.full((64, 64), value, np.uint8))
"""
FORKED_AND_EXITED = """
import os, sys
import numpy as np
capture(np.full((64, 64), 200, np.uint8))
pid = os.fork()
if pid == 0:
    sys.exit(3)
assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 3
capture(np.full((64, 64), 100, np.uint8))
"""
FORKED_AND_FAILED = FORKED_AND_EXITED.replace("sys.exit(3)", "1 / 0").replace("== 3", "== 1")
FORKED_AND_RETURNED = """
import os
import numpy as np
capture(np.full((64, 64), 200, np.uint8))
if os.fork():
    os.wait()
    capture(np.full((64, 64), 100, np.uint8))
"""
GENERATOR = """
import os
import numpy as np
def frames():
    for number in range(4):
        if number == 2:
            os.fork()
        yield np.full((64, 64), 50 * number, np.uint8)
"""
DESCRIPTORS = """
import os
import numpy as np
capture(np.full((64, 64), 200, np.uint8))
os.closerange(3, 256)
with open("stolen.txt", "w") as file:
    file.write("mine")
    capture(np.full((64, 64), 100, np.uint8))
    file.flush()
"""
PATCHED = """
import json, os, pickle
import msgspec
json.dumps = lambda *args, **kwargs: "null"
os.write = lambda *args: 0
msgspec.json.encode = lambda *args, **kwargs: b"null"
import numpy as np
capture(np.full((64, 64), 200, np.uint8))
capture(np.full((64, 64), 100, np.uint8))
"""


@pytest.mark.parametrize(
    ("code", "levels"),
    [
        (FORKED, [200] * 30),
        (FORKED_AND_EXITED, [200, 100]),
        (FORKED_AND_FAILED, [200, 100]),
        (FORKED_AND_RETURNED, [200, 100]),
        (DESCRIPTORS, [200, 100]),
        (PATCHED, [200, 100]),
    ],
    ids=["captures", "exits", "fails", "returns", "descriptors", "patched"],
)
def test_one_process_makes_the_video(project, code, levels):
    project.write("index.rst", "Page\n====\n\n" + directive(code) * 1)
    build = project.build()
    assert build.summary == (1, 0, 0), build.warnings
    (path,) = build.files("_images/*.mp4")
    assert [round(frame.mean()) for frame in decode(path).frames] == pytest.approx(levels, abs=1)
    for stolen in project.folder.rglob("stolen.txt"):
        assert stolen.read_text("utf-8") == "mine"


def test_a_generator_that_forks(project):
    project.write("frames.py", GENERATOR)
    project.write("index.rst", "Page\n====\n\n.. animvideo:: frames.py frames\n")
    build = project.build()
    assert build.summary == (1, 0, 0), build.warnings
    (path,) = build.files("_images/*.mp4")
    assert [round(frame.mean() / 50) for frame in decode(path).frames] == [0, 1, 2, 3]


def test_capturing_in_a_fork_tells_what_to_do(project):
    project.page(
        "import os, sys\n"
        "import numpy as np\n"
        "capture(np.zeros((4, 4)))\n"
        "if os.fork():\n"
        "    os.wait()\n"
        "else:\n"
        "    capture(np.zeros((4, 4)))\n"
    )
    build = project.build()
    assert (
        "frames can be captured only in the main process, not in a forked child process."
        in build.status
    )


def test_all_descriptors_closed(project):
    page = project.page("import os\ncapture([[1]])\nos.closerange(3, 5000)\ncapture([[0]])\n")
    (warning,) = project.build().warnings
    assert warning.startswith(f"{page}:")
    assert "os.closerange(), so its result was lost." in warning


@pytest.mark.parametrize("to", ["os.getppid()", "os.getpid()"], ids=["worker", "child"])
def test_a_stopped_process_does_not_stop_the_build(project, to):
    code = f"import os, signal\ncapture([[1]])\nos.kill({to}, signal.SIGSTOP)\ncapture([[0]])\n"
    project.page(code, ":timeout: 2")
    started = time.monotonic()
    build = project.build()
    assert time.monotonic() - started < 30
    assert build.summary in {(1, 0, 0), (0, 0, 1)}


def test_a_signal_from_elsewhere_is_told(project):
    code = "import os, signal\ncapture([[1]])\nos.kill(os.getpid(), signal.SIGTERM)\nx = 1\n"
    project.page(code)
    (warning,) = project.build().warnings
    assert "the code was stopped by a SIGTERM signal from another process." in warning


# -- kills from outside ----------------------------------------------------------------------------

STARTED = "import os, re, subprocess, sys, time\nimport numpy as np\ncapture(np.zeros((64, 64)))\n"
STARTED += "open(f'started-{os.getpid()}', 'w').close()\n"
DAEMON = "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], "
DAEMON += "start_new_session=True)\n"
BUSY = {
    "holds the GIL": STARTED + "re.match(r'(a+)+$', 'a' * 60 + 'b')\n",
    "forks": STARTED + "os.fork()\ntime.sleep(600)\n",
    "has a daemon": STARTED + DAEMON + "time.sleep(600)\n",
}


class Attack:
    """A build in its own process, all descendants of which can be found."""

    def __init__(self, project, codes):
        self.mark = uuid.uuid4().hex
        directives = "".join(directive(code, ":timeout: 1000") for code in codes)
        project.write("index.rst", "Page\n====\n\n" + directives)
        command = [sys.executable, "-m", "sphinx", "-b", "html", str(project.folder)]
        command += [str(project.folder / "_build" / "html"), f"-Danimvideo_jobs={len(codes)}"]
        self.build = subprocess.Popen(
            command,
            env={**os.environ, "ANIMVIDEO_TEST": self.mark},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.wait_for(project.folder, len(codes))

    def wait_for(self, folder, count):
        """Wait until so many codes have started."""
        deadline = time.monotonic() + 60
        while len(list(folder.rglob("started-*"))) < count:
            assert time.monotonic() < deadline
            assert self.build.poll() is None
            time.sleep(0.02)
        time.sleep(0.2)

    def victim(self, name):
        (worker,) = psutil.Process(self.build.pid).children()
        child = min(worker.children(), key=lambda process: process.create_time())
        return {"worker": worker, "child": child}[name]

    def alive(self):
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.environ().get("ANIMVIDEO_TEST") == self.mark:
                    found += [process] * (process.status() != psutil.STATUS_ZOMBIE)
        return found

    def left_after(self, seconds):
        """Return what still runs after some seconds, and kill it."""
        deadline = time.monotonic() + seconds
        while (alive := self.alive()) and time.monotonic() < deadline:
            time.sleep(0.05)
            self.build.poll()
        for process in alive:
            with suppress(psutil.Error):
                process.kill()
        self.build.wait(30)
        return alive


@on_linux
@attack
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_nothing_is_left_of_a_build_that_is_killed(project, number):
    attack = Attack(project, BUSY.values())
    attack.build.send_signal(number)
    assert attack.left_after(3) == []


@on_linux
@attack
@pytest.mark.parametrize("name", ["holds the GIL", "forks"])
@pytest.mark.parametrize("victim", ["worker", "child"])
def test_a_killed_process_takes_all_below_it(project, name, victim):
    attack = Attack(project, [BUSY[name]])
    attack.victim(victim).kill()
    attack.build.wait(30)
    assert attack.left_after(3) == []
    assert not list(project.folder.glob("_build/html/_images/*.mp4"))


@on_linux
@attack
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_daemons_of_the_code_end_with_it(project, monkeypatch, method):
    attack = Attack.__new__(Attack)
    attack.mark = uuid.uuid4().hex
    monkeypatch.setenv("ANIMVIDEO_TEST", attack.mark)
    project.page("import subprocess, sys\nimport numpy as np\ncapture(np.zeros((9, 9)))\n" + DAEMON)
    assert project.build(animvideo_start_method=method).summary == (1, 0, 0)
    assert [process for process in attack.alive() if "time.sleep" in process.cmdline()[-1]] == []


# -- multiprocessing -------------------------------------------------------------------------------

POOL = """
import multiprocessing as mp
from concurrent.futures import ProcessPoolExecutor
import numpy as np

def half(x):
    return x // 2

if __name__ == "__main__":
    {use}
    for level in levels:
        capture(np.full((64, 64), level, np.uint8))
"""
USES = {
    f"{method} {name}": use.format(f"mp.get_context({method!r})")
    for method in ("spawn", "forkserver", "fork")
    for name, use in {
        "pool": "with {}.Pool(2) as pool: levels = pool.map(half, [200, 100])",
        "executor": "with ProcessPoolExecutor(2, mp_context={}) as pool: "
        # One task: if the first of several fails, some versions of Python wait for ever at the end
        # of the block for those that map() has cancelled.
        "levels = [pool.submit(half, 200).result()]",
        "process": "process = {}.Process(target=half, args=(200,)); process.start(); "
        "process.join(); levels = [100, 50]",
    }.items()
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_processes_of_inline_code_work_or_are_one_clear_error(project, use):
    page = project.page(POOL.format(use=use))
    build = project.build()
    if "'fork'" in use:
        assert build.summary == (1, 0, 0), build.warnings
    else:
        (warning,) = build.warnings
        assert warning.startswith(f"{page}:")
        assert (
            "cannot pickle half: it is defined in a document, so processes started with" in warning
        ), warning
        assert len(warning.splitlines()) < 60
        assert len(build.status) < 5000


ENDED_FORKS = """
import os, signal, sys
import numpy as np

for number in range(200):
    process = os.fork()
    if process == 0:
        while True:  # as a library does that goes on after any error
            try:
                while True:
                    pass
            except BaseException:
                pass
    os.kill(process, signal.SIGTERM)
    _, status = os.waitpid(process, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGTERM
capture(np.zeros((64, 64)))
"""


@on_posix
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_signals_end_forks_as_they_do_elsewhere(project, method):
    project.page(ENDED_FORKS, ":timeout: 20")
    build = project.build(animvideo_start_method=method)
    assert build.summary == (1, 0, 0), build.warnings


@pytest.mark.parametrize("use", ["spawn pool", "forkserver executor"])
def test_functions_of_modules_work_in_all_processes(project, use):
    project.write("halves.py", "def half(x):\n    return x // 2\n")
    code = POOL.replace("def half(x):\n    return x // 2", "from halves import half")
    project.page(code.format(use=USES[use]), ":timeout: 20")
    assert project.build().summary == (1, 0, 0)


@pytest.mark.parametrize("use", ["forkserver pool", "spawn executor"])
def test_functions_of_scripts_work_in_all_processes(project, use):
    code = "from sphinxcontrib_animvideo import capture\n" + POOL.format(use=USES[use])
    project.write("script.py", code)
    project.write("index.rst", "Page\n====\n\n.. animvideo:: script.py\n   :timeout: 20\n")
    assert project.build().summary == (1, 0, 0)


# -- printed output --------------------------------------------------------------------------------

START = "import numpy as np\ncapture(np.zeros((9, 9)))\n"


def test_what_code_prints_is_limited(project):
    project.page(START + "print('the start')\nprint(3_000_000 * 'x')\nprint('the end')\n")
    build = project.build()
    assert build.summary == (1, 0, 0)
    assert "the start" in build.status
    assert "the end" in build.status
    assert "[… 2000" in build.status
    assert "bytes left out]" in build.status
    assert len(build.status) < 1_100_000


def test_what_code_prints_for_ever_fills_no_disk(project):
    page = project.page(START + "while True:\n    print(100_000 * 'x')\n", ":timeout: 2")
    largest = 0
    ended = threading.Event()

    def watch():
        nonlocal largest
        while not ended.is_set():
            for path in project.folder.rglob("output.txt"):
                with suppress(OSError):
                    largest = max(largest, path.stat().st_size)
            time.sleep(0.01)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        build = project.build(animvideo_max_output=20_000)
    finally:
        ended.set()
        thread.join()
    (warning,) = build.warnings
    assert warning.startswith(f"{page}:")
    assert "no new frame for 2 seconds" in warning
    assert len(build.status) < 30_000
    assert largest < 2_000_000_000


def test_a_huge_error_is_shortened_on_the_page(project):
    project.page("raise ValueError(3_000_000 * 'x' + ' the end')\n")
    build = project.build()
    (warning,) = build.warnings
    assert "characters left out" in warning
    assert "the end" in warning
    assert len(build.page()) < 100_000
    assert len((build.outdir / "searchindex.js").read_text("utf-8")) < 100_000


# -- scratch folders -------------------------------------------------------------------------------


@attack
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP])
@pytest.mark.parametrize("command", ["render", "verify"])
def test_the_command_line_takes_its_children_and_folders_with_it(
    project, monkeypatch, command, number
):
    monkeypatch.setenv("TMPDIR", str(project.folder / "tmp"))
    (project.folder / "tmp").mkdir()
    code = STARTED + "time.sleep(600)\n"
    project.page(code, ":timeout: 1000")
    project.write("script.py", "from sphinxcontrib_animvideo import capture\n" + code)
    arguments = {
        "render": ["render", "script.py", "-o", "video.mp4", "--timeout=1000"],
        "verify": ["verify", "."],
    }[command]
    attack = Attack.__new__(Attack)
    attack.mark = uuid.uuid4().hex
    attack.build = subprocess.Popen(
        [sys.executable, "-m", "sphinxcontrib_animvideo", *arguments],
        cwd=project.folder,
        env={**os.environ, "ANIMVIDEO_TEST": attack.mark},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    attack.wait_for(project.folder, 1)
    attack.build.send_signal(number)
    if sys.platform == "linux":
        assert attack.left_after(3) == []
    attack.build.wait(30)
    if number == signal.SIGKILL:  # the next process removes what it could not
        remove_abandoned(project.folder / "tmp")
    assert list((project.folder / "tmp").glob("animvideo-*")) == []


def test_a_folder_in_use_is_not_removed(tmp_path):
    with scratch_folder(tmp_path, "own-") as first, scratch_folder(tmp_path, "own-") as second:
        assert first.is_dir()
        assert second.is_dir()
        remove_abandoned(tmp_path, "own-")
        assert first.is_dir()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["thesis", "thesis.lock", "report", "unfinished-x"])
def test_folders_of_others_are_not_removed(tmp_path, monkeypatch, name):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    mine = tmp_path / f"animvideo-{name}"
    mine.mkdir()
    (mine / "data.txt").write_text("mine")
    for path, content in [("animvideo-other", None), ("animvideo-other.lock", '{"videos": {}}')]:
        (tmp_path / path).mkdir() if content is None else (tmp_path / path).write_text(content)
    for path in tmp_path.iterdir():
        os.utime(path, (1, 1))
    before = sorted(tmp_path.rglob("*"))
    with scratch_folder():
        pass
    assert sorted(tmp_path.rglob("*")) == before


def test_where_files_cannot_be_locked_folders_are_removed_after_a_day(tmp_path, monkeypatch):
    monkeypatch.setattr(scratch, "lock_file", lambda file: False)
    with scratch_folder(tmp_path, "own-") as folder:
        remove_abandoned(tmp_path, "own-")
        assert folder.is_dir()
        for path in tmp_path.iterdir():
            os.utime(path, (1, 1))
        remove_abandoned(tmp_path, "own-")
        assert list(tmp_path.iterdir()) == []


def test_what_a_process_has_sent_before_it_ended_is_not_lost(monkeypatch):
    monkeypatch.setattr(worker_process, "_CHECK_INTERVAL", 0.01)
    worker = WorkerProcess("spawn", {})
    worker._process = subprocess.Popen([sys.executable, "-c", ""], stdin=subprocess.PIPE)
    worker._process.wait()
    sent = messages.Encoding()
    # The thread that reads the pipe may come to it late.
    Timer(0.2, worker._messages.put, [sent]).start()
    Timer(0.3, worker._messages.put, [None]).start()
    assert worker._next(10) is sent
    assert worker._next(10) == messages.Exited(0)
