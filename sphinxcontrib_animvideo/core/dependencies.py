"""The files that a job's code read: found while it runs, checked before its video is reused."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .environment import hash_file


@dataclass(frozen=True)
class Dependency:
    """A file that decided the result."""

    base: str
    """What *path* is relative to: the ``document``'s folder or the ``source`` directory."""
    path: str
    """With forward slashes."""
    sha256: str
    """Hash of its content; empty where there was no such file."""

    def is_current(self, folder: str, source_dir: str) -> bool:
        """Whether the file, as seen from a document in *folder*, still has that content."""
        base = folder if self.base == "document" else source_dir
        return content_hash(Path(base, self.path)) == self.sha256


def content_hash(path: Path) -> str:
    """Return the hash of a file, or an empty string where there is none to read."""
    try:
        return hash_file(path)
    except OSError:
        return ""


def relative_dependency(path: str, folder: str, source_dir: str) -> Dependency:
    """Return *path* as it is now.

    A file under the document's folder is named relative to it, so that the same directive in
    another folder, which would open another file there, is not mistaken for this one.
    """
    full = os.path.normpath(os.path.join(folder, path))  # noqa: PTH118
    near = not os.path.isabs(path) or Path(full).is_relative_to(folder)  # noqa: PTH117
    base, start = ("document", folder) if near else ("source", source_dir)
    try:
        shown = Path(os.path.relpath(full, start)).as_posix()
    except ValueError:  # another drive on Windows
        shown = Path(full).as_posix()
    return Dependency(base, shown, content_hash(Path(full)))


class Tracker:
    """Notes the files under the source directory that Python opens, and local modules.

    Parameters
    ----------
    source_dir
        Files outside of it do not count, except for local modules.
    """

    def __init__(self, source_dir: str) -> None:
        self._source_dir = os.path.realpath(source_dir)
        self._installed = installed_folders()
        self._modules_before = set(sys.modules)
        self._read: dict[str, None] = {}
        self._written: set[str] = set()
        self._active = False
        sys.addaudithook(self._audit)

    @contextmanager
    def tracking(self) -> Iterator[None]:
        """Note what is opened inside this block."""
        self._active = True
        try:
            yield
        finally:
            self._active = False

    def found(self, folder: str) -> list[Dependency]:
        """Return what was read so far, as seen from the document in *folder*."""
        paths = [path for path in self._read if path not in self._written]
        paths += [path for path in self._local_modules() if path not in self._read]
        return [
            relative_dependency(path, folder, self._source_dir)
            for path in paths
            if not Path(path).is_dir()
        ]

    def _audit(self, event: str, args: tuple[Any, ...]) -> None:
        if event != "open" or not self._active:
            return
        path, mode, flags = args
        if isinstance(path, bytes):
            path = os.fsdecode(path)
        if not isinstance(path, str):
            return  # a file descriptor
        full = os.path.realpath(path)
        if not self._is_local(full) or not full.startswith(self._source_dir + os.sep):
            return
        writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if writes or (isinstance(mode, str) and set(mode) & set("wax+")):
            self._written.add(full)
        elif not full.endswith(".pyc"):
            self._read[full] = None

    def _local_modules(self) -> list[str]:
        found = []
        for name in set(sys.modules) - self._modules_before:
            file = getattr(sys.modules[name], "__file__", None)
            if isinstance(file, str) and file.endswith(".py"):
                full = os.path.realpath(file)
                if self._is_local(full):
                    found.append(full)
        return sorted(found)

    def _is_local(self, path: str) -> bool:
        return not path.startswith(self._installed)


def installed_folders() -> tuple[str, ...]:
    """Return the folders of Python and of installed packages, whose versions are in the key."""
    folders = {
        path
        for name, path in sysconfig.get_paths().items()
        if name in {"stdlib", "platstdlib", "purelib", "platlib"}
    }
    folders |= {path for path in sys.path if path.rstrip(os.sep).endswith("-packages")}
    folders.add(str(Path(__file__).parents[1]))
    return tuple(os.path.realpath(folder) + os.sep for folder in folders)
