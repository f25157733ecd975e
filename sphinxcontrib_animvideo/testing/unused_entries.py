"""Finds the entries of lock files whose tests no longer exist."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ..core.lockfile import FILE_NAME
from ..errors import LockError
from .comparing import entry_name, update_command

_OUTPUT = "animvideo_collected"


class UnusedEntries:
    """Names the entries of tests that no longer exist, and removes them if all are updated.

    An entry is judged only if its file was collected as a whole, or no longer exists.

    Parameters
    ----------
    config
        Of pytest.
    remove
        Whether to remove the entries.
    shown
        Returns a path for people.
    """

    NAME = "animvideo-unused-entries"

    def __init__(self, config: pytest.Config, remove: bool, shown: Callable[[Path], str]) -> None:
        self._config = config
        self._remove = remove and not config.option.collectonly
        self._shown = shown
        self._files: set[Path] = set()
        """Test files that were collected as a whole, in folders with a lock file."""
        self._names: set[tuple[Path, str]] = set()
        """Folders, and the names of the entries that their tests may have."""
        self._locks: dict[Path, bool] = {}
        """Whether a folder has a lock file."""
        self._unused: dict[Path, list[str]] = {}

    # -- in the process that collects ----------------------------------------------------------

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Note a test that may have an entry."""
        folder = item.path.parent
        if not self._has_lock(folder):
            return
        if "animvideo" in getattr(item, "fixturenames", ()) or item.get_closest_marker("animvideo"):
            self._names.add((folder, entry_name(item)))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a file whose tests are all known."""
        path = self._config.rootpath / report.nodeid
        is_whole = report.passed and "::" not in report.nodeid
        if is_whole and self._has_lock(path.parent) and path.is_file():
            self._files.add(path)

    def _has_lock(self, folder: Path) -> bool:
        if folder not in self._locks:
            self._locks[folder] = (folder / FILE_NAME).is_file()
        return self._locks[folder]

    def _selected(self) -> set[Path]:
        """Return the files of which only some tests were asked for."""
        start = self._config.invocation_params.dir
        parts = (argument.partition("::") for argument in self._config.args)
        return {(start / file).resolve() for file, separator, _ in parts if separator}

    # -- in the process that the user has started ----------------------------------------------

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Note what a worker of pytest-xdist has collected; all collect the same."""
        files, names = getattr(node, "workeroutput", {}).get(_OUTPUT, ([], []))
        self._files |= {Path(file) for file in files}
        self._names |= {(Path(folder), name) for folder, name in names}

    def pytest_sessionfinish(self) -> None:
        """Find the entries, and remove them if asked to."""
        if hasattr(self._config, "workerinput"):
            names = [(str(folder), name) for folder, name in self._names]
            output = vars(self._config)["workeroutput"]  # of pytest-xdist
            output[_OUTPUT] = ([str(file) for file in self._files], names)
            return
        if self._config.getoption("lf", False):  # files are collected in part
            return
        files = self._files - self._selected()
        for folder in {file.parent for file in self._files}:
            self._find_unused(folder, {file.name for file in files if file.parent == folder})

    def _find_unused(self, folder: Path, files: set[str]) -> None:
        from ..core.lockfile.lock import Lock, is_of_docs, job_of

        path = folder / FILE_NAME
        try:
            lock = Lock.read(path)
        except LockError:
            return  # the tests that need it fail
        for name in sorted(name for name in lock.videos if not is_of_docs(name)):
            file = name.partition("#")[0]
            is_known = file in files or not (folder / file).exists()
            if is_known and not {(folder, name), (folder, job_of(name))} & self._names:
                self._unused.setdefault(path, []).append(name)
        if self._remove and path in self._unused:
            for name in self._unused[path]:
                del lock.videos[name]
            lock.write(path)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Report the entries."""
        for path, names in self._unused.items():
            terminalreporter.section(f"animvideo: {self._shown(path)}")
            if self._remove:
                terminalreporter.line(f"removed entries without a test: {', '.join(names)}")
            else:
                terminalreporter.line(f"entries without a test: {', '.join(names)}")
                command = update_command(self._config, "all")
                terminalreporter.line(f"To remove them, run: {command}")
