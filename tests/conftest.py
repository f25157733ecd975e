"""Real Sphinx projects, built for real, and what came out of them."""

from __future__ import annotations

import io
import logging
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from jinja2 import Environment
from sphinx import theming
from sphinx.application import Sphinx
from sphinx.locale import translators
from sphinx.util.console import strip_colors
from sphinx.util.docutils import docutils_namespace, patch_docutils

from sphinxcontrib_animvideo.core.cache.environment import examine
from sphinxcontrib_animvideo.core.model.settings import Arithmetic
from sphinxcontrib_animvideo.core.rendering.worker_process import WorkerProcess

pytest_plugins = ["pytester"]

FIGURE = """\
import matplotlib.pyplot as plt
fig, ax = plt.subplots(figsize=(1, 1))
line, = ax.plot([0, 1])
"""
"""The start of most test scripts: a figure of 100 x 100 pixels, quickly drawn."""


@dataclass
class Build:
    """What one run of Sphinx said and wrote."""

    outdir: Path
    status: str
    warnings: list[str]
    """Each warning whole, with its further lines."""

    def page(self, name: str = "index.html") -> str:
        return (self.outdir / name).read_text("utf-8")

    def files(self, pattern: str) -> list[Path]:
        return sorted(self.outdir.glob(pattern))

    @property
    def summary(self) -> tuple[int, int, int]:
        """Numbers of videos rendered, cached and failed."""
        found = re.search(r"animvideo: (\d+) rendered, (\d+) cached, (\d+) failed", self.status)
        assert found, self.status
        return int(found[1]), int(found[2]), int(found[3])


@cache
def memo() -> str:
    """What the first build of each project finds out of the machine, found out once."""
    with TemporaryDirectory() as folder:
        examine(path := Path(folder, "environment.json"), Arithmetic())
        return path.read_text("utf-8")


@contextmanager
def sphinx_state() -> Iterator[None]:
    """Keep what a build changes in its process from the next one."""
    translators.clear()  # Sphinx keeps those of the build before, in another language maybe
    path = list(sys.path)
    try:
        yield
    finally:
        sys.path[:] = path


class Project:
    """A Sphinx project in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config: dict[str, Any] = {}
        """Values of the configuration for every build."""
        self.write("conf.py", 'extensions = ["sphinxcontrib_animvideo"]\n')

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), "utf-8")
        return path

    def page(
        self, code: str, options: str = "", name: str = "index.rst", argument: str = ""
    ) -> Path:
        """Write a page with one directive; its line is 4."""
        return self.write(name, "Page\n====\n\n" + directive(code, options, argument))

    def build(self, builder: str = "html", parallel: int = 0, **config: Any) -> Build:
        status, warning = io.StringIO(), io.StringIO()
        outdir = self.folder / "_build" / builder
        config = {"exclude_patterns": ["_build"], **self.config, **config}
        with sphinx_state(), patch_docutils(self.folder), docutils_namespace():
            app = Sphinx(
                self.folder,
                self.folder,
                outdir,
                self.folder / "_build" / "doctrees",
                builder,
                confoverrides=config,
                status=status,
                warning=warning,
                parallel=parallel,
            )
            app.build()
        said = strip_colors(warning.getvalue())
        starts = re.split(r"(?m)^(?=[^\n]*(?:WARNING|ERROR|CRITICAL): )", said)
        warnings = [text.rstrip() for text in starts if text.strip()]
        return Build(outdir, strip_colors(status.getvalue()), warnings)


def directive(code: str, options: str = "", argument: str = "") -> str:
    """Return a directive with *code*, one option a line."""
    lines = [f".. animvideo:: {argument}".rstrip()]
    lines += [f"   {line}" for line in options.splitlines()]
    lines += ["", *(f"   {line}".rstrip() for line in dedent(code).splitlines()), ""]
    return "\n".join(lines) + "\n"


def program(name: str) -> str:
    """Return the path of a program that a test needs; without it the test is skipped."""
    path = shutil.which(name)
    if not path:
        if os.environ.get("CI"):
            pytest.fail(f"the tests need {name}, and it is not installed")
        pytest.skip(f"{name} is not installed")
    return path


@pytest.fixture
def project(tmp_path: Path, request: pytest.FixtureRequest) -> Project:
    project = Project(tmp_path / "docs")
    if request.path.name != "test_cache.py":  # where it is tested that builds keep it
        project.write("_build/doctrees/animvideo/environment.json", memo())
    return project


class SharedWorkers:
    """Keeps worker processes for the next build, as each takes most of a second to start.

    Only those that are forked are kept: their jobs run in processes of their own, and what they
    were started with is part of the key.
    """

    def __init__(self) -> None:
        self._kept: list[tuple[Any, Any, Any]] = []
        """Keys, processes, and their messages; those that were used last come last."""
        self._keys: WeakKeyDictionary[WorkerProcess, Any] = WeakKeyDictionary()
        """Of the time when a process was started: a test may have changed the environment since."""
        self._lock = threading.Lock()
        self._start = WorkerProcess._start
        self._close = WorkerProcess.close

    def start(self, worker: WorkerProcess) -> None:
        while not worker._process and not worker._closed:
            self._keys[worker] = self._key(worker)
            kept = self._take(self._keys[worker])
            if not kept:
                break
            if kept[1].poll() is None:
                _, worker._process, worker._messages = kept
                worker._is_ready = True
        self._start(worker)

    def close(self, worker: WorkerProcess) -> None:
        oldest = None
        with worker._lock, self._lock:
            process = worker._process
            is_idle = process and worker._is_ready and process.poll() is None
            is_idle = is_idle and worker._child is None
            if is_idle and worker._method == "fork" and worker._messages.empty():
                self._kept.append((self._keys[worker], process, worker._messages))
                worker._process = None
                oldest = self._kept.pop(0)[1] if len(self._kept) > 4 else None
        self._close(worker)
        if oldest:
            worker._process = oldest
            self._close(worker)

    def _take(self, key: Any) -> tuple[Any, Any, Any] | None:
        with self._lock:
            index = next((i for i, each in enumerate(self._kept) if each[0] == key), None)
            return None if index is None else self._kept.pop(index)

    def _key(self, worker: WorkerProcess) -> Any:
        variables = {**os.environ, **worker._variables}
        for name in ("PYTEST_CURRENT_TEST", "DOCUTILSCONFIG"):  # another one in each test
            variables.pop(name, None)
        return worker._method, tuple(sys.path), tuple(sorted(variables.items()))


@pytest.fixture(scope="session", autouse=True)
def _shared_workers() -> Iterator[None]:
    shared = SharedWorkers()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WorkerProcess, "_start", lambda worker: shared.start(worker))
        patch.setattr(WorkerProcess, "close", lambda worker: shared.close(worker))
        yield


def compiled_once(compile: Callable[..., Any]) -> Callable[..., Any]:
    """Let Jinja compile each template once in a process: two thirds of the time of a small build."""
    known: dict[Any, Any] = {}

    def compile_once(environment: Environment, source: Any, *names: Any, **options: Any) -> Any:
        settings = (
            *(type(environment), environment.autoescape, tuple(sorted(environment.extensions))),
            getattr(environment, "newstyle_gettext", None),
        )
        key = (settings, source, names, tuple(sorted(options.items())))
        if not isinstance(source, str):
            return compile(environment, source, *names, **options)
        if key not in known:
            known[key] = compile(environment, source, *names, **options)
        return known[key]

    return compile_once


@pytest.fixture(scope="session", autouse=True)
def _quick_builds() -> Iterator[None]:
    """Do once in a process what each build does again."""
    logging.disable(logging.DEBUG)  # hundreds of messages in each build, which nobody reads
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Environment, "compile", compiled_once(Environment.compile))
        patch.setattr(theming, "entry_points", cache(entry_points))
        yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with room for next to nothing."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=32k", "none", str(folder)]
    if sys.platform != "linux" or subprocess.run(mount, check=False).returncode:
        pytest.skip("file systems cannot be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def make_project(tmp_path: Path) -> Callable[[str], Project]:
    return lambda name: Project(tmp_path / name)


@pytest.fixture(autouse=True)
def _leave_nothing_behind() -> Iterator[None]:
    folder = Path.cwd()
    yield
    os.chdir(folder)
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")
        sys.modules["matplotlib"].rcdefaults()


def pytest_xdist_auto_num_workers() -> int:
    """Return more processes than there are cores: the tests wait for what they start."""
    return (os.cpu_count() or 1) + 2


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Let processes that have nothing left take over tests from others."""
    if getattr(config.option, "numprocesses", None) and config.option.dist == "no":
        config.option.dist = "worksteal"
