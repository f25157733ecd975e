"""Jobs rendered without a host."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import replace

import pytest

from sphinxcontrib_animvideo.core.cache.store import Cache
from sphinxcontrib_animvideo.core.model.asset import Asset
from sphinxcontrib_animvideo.core.model.job import Job, SourceLocation
from sphinxcontrib_animvideo.core.model.options import OPTIONS
from sphinxcontrib_animvideo.core.model.settings import make_limits, make_settings
from sphinxcontrib_animvideo.core.model.system import HAS_FORK
from sphinxcontrib_animvideo.core.rendering.render import Renderer
from sphinxcontrib_animvideo.errors import ExecutionError


def default(name):
    return OPTIONS[name].default


@pytest.fixture
def renderer(tmp_path):
    renderer = Renderer(Cache(tmp_path / "cache"), make_limits(default))
    yield renderer
    renderer.close()


@pytest.fixture
def job_of(tmp_path):
    def job(code, **changes):
        place = SourceLocation(str(tmp_path / "page.rst"), 1)
        settings = make_settings({}, default)
        folder = str(tmp_path)
        return replace(Job(place, code, place, folder, folder, settings, timeout=60), **changes)

    return job


BLANK = "import numpy as np\ncapture(np.zeros((4, 4)))\n"


def test_jobs_one_after_the_other(renderer, job_of):
    process = "import os\nprint(os.getppid())\n"
    first = renderer.render(job_of(process + BLANK))
    second = renderer.render(job_of(process + BLANK + BLANK))
    assert (first.outcome.frame_count, second.outcome.frame_count) == (1, 2)
    if os.name == "posix":
        assert first.output == second.output  # forked from the same process
    again = renderer.render(first.job)
    assert (again.cached, again.outcome) == (True, first.outcome)


@pytest.mark.skipif(not HAS_FORK, reason="there, each job has a process of its own")
def test_the_parser_of_mathtext_is_loaded_for_the_third_job(renderer, job_of, monkeypatch):
    monkeypatch.setenv("WORKERS", "of this test alone")
    code = "from matplotlib.mathtext import MathTextParser\nprint(MathTextParser._parser)\n"
    outputs = [renderer.render(job_of(code + BLANK * count)).output for count in (1, 2, 3)]
    assert ["None" in output for output in outputs] == [True, True, False]


@pytest.mark.skipif(not HAS_FORK, reason="there, nothing is loaded beside a job")
def test_a_matplotlib_without_mathtext_draws_what_has_none(renderer, job_of, monkeypatch, tmp_path):
    broken = "from matplotlib.mathtext import MathTextParser\nMathTextParser.parse = None\n"
    (tmp_path / "sitecustomize.py").write_text(broken)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    code = "import time\ntime.sleep(0.5)\n"  # the process would have ended by then
    outcomes = [renderer.render(job_of(code + BLANK * count)).outcome for count in (1, 2)]
    assert [outcome.frame_count for outcome in outcomes] == [1, 2]


def test_a_job_of_a_context_runs_those_before_it(renderer, job_of):
    before = job_of("import numpy as np\nblank = np.zeros((4, 4))\ncapture(blank)")
    after = job_of("capture(blank)", previous=before)
    assert isinstance(renderer.render(after).outcome, Asset)
    failing = job_of("capture(blank)", previous=replace(before, code="1 / 0"))
    outcome = renderer.render(failing).outcome
    assert isinstance(outcome, ExecutionError)
    assert outcome.message.startswith(
        "not run because an earlier directive of this context failed ("
    )


def test_without_formats_the_code_runs_and_nothing_is_encoded(renderer, job_of):
    settings = replace(make_settings({}, default), formats=())
    outcome = renderer.render(job_of(BLANK, settings=settings)).outcome
    assert outcome.clips == ()
    failed = renderer.render(job_of("pass", settings=settings)).outcome
    assert failed.kind == "no_frame"


@pytest.mark.skipif(os.name != "posix", reason="signals of a timer are POSIX")
def test_a_signal_that_raises_stops_the_code(renderer, job_of):
    class StopError(Exception):  # many functions expect an OSError, which a TimeoutError is
        pass

    def stop(number, frame):
        raise StopError

    before = signal.signal(signal.SIGUSR1, stop)
    timer = threading.Timer(2, os.kill, (os.getpid(), signal.SIGUSR1))
    timer.start()
    try:
        with pytest.raises(StopError):
            renderer.render(job_of("while True: pass"))
    finally:
        timer.cancel()
        signal.signal(signal.SIGUSR1, before)
    assert isinstance(renderer.render(job_of(BLANK)).outcome, Asset)
