"""The directives of a documentation as tests."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from ..core.cache.store import Cache
from ..core.model.asset import Asset, Failure
from ..core.model.docs_index import Reading
from ..core.model.job import Job, Place
from ..core.rendering.render import Renderer
from .results import videos_of

if TYPE_CHECKING:
    from _pytest._code.code import TerminalRepr

_CONF = "conf.py"


class Docs:
    """The documentations that the arguments of pytest name.

    Parameters
    ----------
    config
        Of pytest.
    smoke
        Run the code and make its frames, and encode nothing.
    """

    def __init__(self, config: pytest.Config, smoke: bool) -> None:
        self.config = config
        self.smoke = smoke
        self.resources = ExitStack()
        self._projects = {folder: _Project(folder, self) for folder in self._named()}

    def _named(self) -> Iterator[Path]:
        """Yield the folder with the ``conf.py`` of each argument that lies in one."""
        top = self.config.rootpath
        for argument in self.config.args:
            path = Path(self.config.invocation_params.dir, argument.partition("::")[0])
            path = Path(os.path.abspath(path))  # noqa: PTH100  (links stay, as pytest has it)
            for folder in (path, *path.parents):
                if (folder / _CONF).is_file():
                    yield folder
                if folder == top or (folder / _CONF).is_file():
                    break

    def pytest_report_header(self) -> str:
        """Say which documentations are tested."""
        names = [os.path.relpath(folder) for folder in self._projects]
        if not names:
            return f"animvideo docs: no argument is a folder with a {_CONF}, or lies in one"
        return f"animvideo docs: {', '.join(names)}{' (smoke)' if self.smoke else ''}"

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Read the documentations once for all workers of xdist."""
        node.workerinput["animvideo_docs"] = {
            str(folder): project.pickled for folder, project in self._projects.items()
        }

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> Document | None:
        """Make a collector of each document with directives."""
        for folder, project in self._projects.items():
            if file_path.is_relative_to(folder) and project.has(file_path):
                return Document.of(parent, file_path, project)
        return None

    def pytest_unconfigure(self) -> None:
        """End the processes, and remove what is temporary."""
        self.resources.close()


class _Project:
    """One documentation: what is in it, and what renders it."""

    def __init__(self, folder: Path, docs: Docs) -> None:
        self.folder = folder
        self.docs = docs

    def has(self, document: Path) -> bool:
        """Whether there is something to test in a document."""
        reading = self.reading
        return bool(reading.jobs.get(str(document)) or reading.mistakes.get(str(document)))

    @cached_property
    def reading(self) -> Reading:
        """What is in it.

        Raises
        ------
        CollectError
            Sphinx cannot read it.
        """
        reading = pickle.loads(self.pickled)
        if not isinstance(reading, Reading):
            raise pytest.Collector.CollectError(reading)
        return reading

    @cached_property
    def pickled(self) -> bytes:
        """A :class:`.Reading`, or text that says why there is none; pickled."""
        from_controller = getattr(self.docs.config, "workerinput", {}).get("animvideo_docs", {})
        if found := from_controller.get(str(self.folder)):
            return bytes(found)
        with tempfile.TemporaryDirectory(prefix="animvideo-") as scratch:
            output = Path(scratch, "reading.pickle")
            path = [entry for entry in sys.path if entry]
            program = (
                f"import sys; sys.path[:] = {path!r}; "
                "from sphinxcontrib_animvideo.sphinxext.docs_index import main; "
                f"main({str(self.folder)!r}, {str(output)!r})"
            )
            done = subprocess.run(
                [sys.executable, "-c", program],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
                check=False,
            )
            if done.returncode:
                said = f"Sphinx cannot read {self.folder}:\n{done.stdout.strip()}"
                return pickle.dumps(said)
            return output.read_bytes()

    @cached_property
    def renderer(self) -> Renderer:
        """What renders its jobs."""
        reading = self.reading
        renderer = Renderer(Cache(self._cache_dir()), reading.limits, reading.start_method)
        self.docs.resources.callback(renderer.close)
        return renderer

    def _cache_dir(self) -> Path:
        # What is made without encoding anything is of no use to anybody else.
        if not self.docs.smoke and self.reading.cache_dir:
            return Path(self.reading.cache_dir)
        cache = getattr(self.docs.config, "cache", None)
        if not self.docs.smoke and cache:
            return Path(cache.mkdir("animvideo"))
        scratch = tempfile.TemporaryDirectory(prefix="animvideo-")
        return Path(self.docs.resources.enter_context(scratch))

    def where(self, file: str, line: int) -> str:
        """Return a place in the words of pytest: relative to where it was started."""
        path, start = Path(file), self.docs.config.invocation_params.dir
        shown = path.relative_to(start).as_posix() if path.is_relative_to(start) else file
        return f"{shown}:{line}"


class Document(pytest.File):
    """A document with directives."""

    project: _Project

    @classmethod
    def of(cls, parent: pytest.Collector, path: Path, project: _Project) -> Document:
        """Make the collector of the document at *path*."""
        document: Document = cls.from_parent(parent, path=path)
        document.project = project
        return document

    def collect(self) -> Iterator[Directive]:
        """Yield the directives by their lines; those of included files come last."""
        reading, file = self.project.reading, str(self.path)
        jobs: dict[Place, list[Job]] = {}
        mistakes: dict[Place, list[Failure]] = {}
        for job in reading.jobs.get(file, ()):
            jobs.setdefault(job.place, []).append(job)
        for mistake in reading.mistakes.get(file, ()):
            mistakes.setdefault(Place(mistake.file, mistake.line), []).append(mistake)
        places = {*jobs, *mistakes}
        for place in sorted(places, key=lambda place: (place.file != file, place.file, place.line)):
            directive: Directive = Directive.from_parent(self, name=self._name(place))
            directive.place = place
            directive.jobs = tuple(jobs.get(place, ()))
            directive.mistakes = tuple(mistakes.get(place, ()))
            yield directive

    def _name(self, place: Place) -> str:
        _, docstring, documented = place.file.partition(":docstring of ")
        if docstring:
            return f"{documented}-line-{place.line}"
        if place.file == str(self.path):
            return f"line-{place.line}"
        included = os.path.relpath(place.file, self.path.parent).replace(os.sep, "/")
        return f"{included}-line-{place.line}"


class Directive(pytest.Item):
    """One directive; it passes if its video can be made."""

    parent: Document
    place: Place
    jobs: tuple[Job, ...]
    """One, or that for light and that for dark pages."""
    mistakes: tuple[Failure, ...]
    """What reading it has found."""

    def runtest(self) -> None:
        """Fail with what is wrong, at the author's own file and line."""
        for mistake in self.mistakes:
            self._fail(mistake)
        for job in self.jobs:
            self._render(job)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Say where it is."""
        return self.path, self.place.line - 1, f"{self.path.name} {self.name}"

    def _render(self, job: Job) -> None:
        project = self.parent.project
        if project.docs.smoke:
            job = replace(job, settings=replace(job.settings, formats=()))
        with pytest.MonkeyPatch.context() as patch:
            # The process that runs the code starts as that of Sphinx would start it.
            patch.setattr(sys, "path", list(project.reading.import_path))
            for name, text in project.reading.variables.items():
                patch.setenv(name, text)
            result = project.renderer.render(job)
        if result.output.strip():
            self.add_report_section("call", "stdout", result.output)
        outcome = result.outcome
        if isinstance(outcome, Failure):
            self._fail(outcome)
        self._tell_notes(outcome)
        videos_of(self.config).keep_copies(self, outcome)

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None
    ) -> str | TerminalRepr:
        """Show what went wrong, and none of our own lines."""
        if isinstance(excinfo.value, Warning):  # as an error
            return str(excinfo.value)
        if isinstance(excinfo.value, pytest.fail.Exception):  # of pytest-timeout
            excinfo.value.pytrace = False
        return super().repr_failure(excinfo, style)

    def _fail(self, failure: Failure) -> NoReturn:
        where = self.parent.project.where(failure.file, failure.line)
        text = f"{where}: {failure.message} [animvideo.{failure.kind}]"
        pytest.fail(f"{text}\n{failure.detail}".rstrip(), pytrace=False)

    def _tell_notes(self, asset: Asset) -> None:
        for note in asset.notes:
            if note.kind not in self.parent.project.reading.quiet:
                where = self.parent.project.where(self.place.file, self.place.line)
                self.warn(pytest.PytestWarning(f"{where}: {note.message} [animvideo.{note.kind}]"))
