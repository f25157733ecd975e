"""The directives of a documentation project as tests."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from ..core.cache.scratch import scratch_folder
from ..core.cache.store import Cache
from ..core.model.asset import Asset
from ..core.model.docs_index import DocsIndex
from ..core.model.job import Job, SourceLocation
from ..core.model.options import docs_spelling
from ..core.rendering.render import Renderer
from ..errors import AnimvideoError
from .results import videos_of

if TYPE_CHECKING:
    from _pytest._code.code import TerminalRepr

_CONF = "conf.py"


class Docs:
    """The documentation projects that the arguments of pytest name.

    Parameters
    ----------
    config
        Of pytest.
    smoke
        Run the code and draw its frames, without encoding them.
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
            path = Path(os.path.abspath(path))  # noqa: PTH100  (keeps links, as pytest does)
            for folder in (path, *path.parents):
                if (folder / _CONF).is_file():
                    yield folder
                if folder == top or (folder / _CONF).is_file():
                    break

    def pytest_report_header(self) -> str:
        """Report which documentation projects are tested."""
        names = [os.path.relpath(folder) for folder in self._projects]
        if not names:
            return f"animvideo docs: no argument is a directory with a {_CONF}, or inside one"
        return f"animvideo docs: {', '.join(names)}{' (smoke)' if self.smoke else ''}"

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Read the documentation projects once for all workers of xdist."""
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
        """End the processes, and remove temporary files."""
        self.resources.close()


class _Project:
    """One documentation project: its index and its renderer."""

    def __init__(self, folder: Path, docs: Docs) -> None:
        self.folder = folder
        self.docs = docs

    def has(self, document: Path) -> bool:
        """Whether there is something to test in a document."""
        index = self.index
        return bool(index.jobs.get(str(document)) or index.errors.get(str(document)))

    @cached_property
    def index(self) -> DocsIndex:
        """The index of the project.

        Raises
        ------
        CollectError
            Sphinx cannot read it.
        """
        index = pickle.loads(self.pickled)
        if not isinstance(index, DocsIndex):
            raise pytest.Collector.CollectError(index)
        return index

    @cached_property
    def pickled(self) -> bytes:
        """A :class:`.DocsIndex`, or a message why there is none; pickled."""
        from_controller = getattr(self.docs.config, "workerinput", {}).get("animvideo_docs", {})
        if found := from_controller.get(str(self.folder)):
            return bytes(found)
        with scratch_folder() as scratch:
            output = scratch / "index.pickle"
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
                return pickle.dumps(f"Sphinx cannot read {self.folder}:\n{done.stdout.strip()}")
            return output.read_bytes()

    @cached_property
    def renderer(self) -> Renderer:
        """The renderer of its jobs."""
        index = self.index
        cache = Cache(self._cache_dir(), index.arithmetic)
        renderer = Renderer(cache, index.limits, index.start_method)
        self.docs.resources.callback(renderer.close)
        return renderer

    def _cache_dir(self) -> Path:
        # Assets without videos must not be reused by builds.
        if not self.docs.smoke and self.index.cache_dir:
            return Path(self.index.cache_dir)
        cache = getattr(self.docs.config, "cache", None)
        if not self.docs.smoke and cache:
            return Path(cache.mkdir("animvideo"))
        return self.docs.resources.enter_context(scratch_folder())

    def where(self, file: str, line: int) -> str:
        """Return a place as pytest shows it: relative to where it was started."""
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
        index, file = self.project.index, str(self.path)
        jobs: dict[SourceLocation, list[Job]] = {}
        errors: dict[SourceLocation, list[AnimvideoError]] = {}
        for job in index.jobs.get(file, ()):
            jobs.setdefault(job.location, []).append(job)
        for error in index.errors.get(file, ()):
            errors.setdefault(SourceLocation(error.file or file, error.line or 1), []).append(error)
        places = {*jobs, *errors}
        for place in sorted(places, key=lambda place: (place.file != file, place.file, place.line)):
            directive: Directive = Directive.from_parent(self, name=self._name(place))
            directive.source_location = place
            directive.jobs = tuple(jobs.get(place, ()))
            directive.errors = tuple(errors.get(place, ()))
            yield directive

    def _name(self, place: SourceLocation) -> str:
        _, docstring, documented = place.file.partition(":docstring of ")
        if docstring:
            return f"{documented}-line-{place.line}"
        if place.file == str(self.path):
            return f"line-{place.line}"
        included = os.path.relpath(place.file, self.path.parent).replace(os.sep, "/")
        return f"{included}-line-{place.line}"


class Directive(pytest.Item):
    """One directive; the test passes if its video can be rendered."""

    parent: Document
    source_location: SourceLocation
    jobs: tuple[Job, ...]
    """One, or that for light and that for dark pages."""
    errors: tuple[AnimvideoError, ...]
    """What is wrong in the directive itself."""

    def runtest(self) -> None:
        """Fail at the author's own file and line if something is wrong."""
        for error in self.errors:
            self._fail(error)
        for job in self.jobs:
            self._render(job)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return its place."""
        return self.path, self.source_location.line - 1, f"{self.path.name} {self.name}"

    def _render(self, job: Job) -> None:
        project = self.parent.project
        if project.docs.smoke:
            job = replace(job, settings=replace(job.settings, formats=()))
        with pytest.MonkeyPatch.context() as patch:
            # The process that runs the code starts as that of Sphinx would start it.
            patch.setattr(sys, "path", list(project.index.import_path))
            for name, text in project.index.variables.items():
                patch.setenv(name, text)
            result = project.renderer.render(job)
        if result.output.strip():
            self.add_report_section("call", "stdout", result.output)
        outcome = result.outcome
        if isinstance(outcome, AnimvideoError):
            self._fail(outcome)
        self._warn_notes(outcome)
        videos_of(self.config).keep_copies(self, outcome)

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None
    ) -> str | TerminalRepr:
        """Show the error, without our own lines."""
        if isinstance(excinfo.value, Warning):  # as an error
            return str(excinfo.value)
        if isinstance(excinfo.value, pytest.fail.Exception):  # of pytest-timeout
            excinfo.value.pytrace = False
        return super().repr_failure(excinfo, style)

    def _fail(self, error: AnimvideoError) -> NoReturn:
        where = self.parent.project.where(error.file or "", error.line or 1)
        text = f"{where}: {error.explain(docs_spelling)} [animvideo.{error.kind}]"
        pytest.fail(f"{text}\n{error.detail}".rstrip(), pytrace=False)

    def _warn_notes(self, asset: Asset) -> None:
        for note in asset.notes:
            if note.kind not in self.parent.project.index.suppressed:
                where = self.parent.project.where(
                    self.source_location.file, self.source_location.line
                )
                self.warn(pytest.PytestWarning(f"{where}: {note.message} [animvideo.{note.kind}]"))
