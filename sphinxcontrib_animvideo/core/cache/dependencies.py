"""What a job depends on: found while its code runs, checked before its video is reused."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from ..model.own_files import opens_own_files, own_files
from ..model.stored import hash_file
from .environment import KEY_PACKAGES

_KEY_MODULES = {
    *(module for modules in KEY_PACKAGES.values() for module in modules),
    "sphinxcontrib_animvideo",
    "imageio_ffmpeg",  # the hash of ffmpeg is in the key
}
"""Modules that are no dependencies, as the key says which they are."""


@dataclass(frozen=True)
class Dependency:
    """A file or an installed package that the result depends on."""

    base: Literal["document", "source", "package"]
    """What *path* is relative to: the ``document``'s folder, or the ``source`` directory for
    modules that are found through ``sys.path``; ``package`` for an installed package."""
    path: Annotated[str, msgspec.Meta(pattern=r"^[^\x00]+\Z")]
    """With forward slashes; the name of a package."""
    state: str
    """Hash of the file's content, or the package's version; empty where there is none."""

    def is_current(self, folder: str, source_dir: str) -> bool:
        """Whether that is still so, as seen from a document in *folder*."""
        if self.base == "package":
            return installed_version(self.path) == self.state
        base = os.path.realpath(folder) if self.base == "document" else source_dir
        return content_hash(Path(base, self.path)) == self.state


def file_dependency(path: str, folder: str, state: str | None = None) -> Dependency:
    """Return a file as seen from the document in *folder*, with its hash at the time.

    Relative to the document, whatever the code wrote: the same directive in another folder may
    well read another file, and must not be mistaken for this one.
    """
    folder = os.path.realpath(folder)  # where the code runs, and ".." is meant from
    full = os.path.normpath(os.path.join(folder, path))  # noqa: PTH118
    state = content_hash(Path(full)) if state is None else state
    return Dependency("document", _relative(full, folder), state)


def _relative(path: str, start: str) -> str:
    try:
        return Path(os.path.relpath(path, start)).as_posix()
    except ValueError:  # another drive on Windows
        return Path(path).as_posix()


def content_hash(path: Path) -> str:
    """Return the hash of a file, or an empty string where there is none to read."""
    try:
        return hash_file(path)
    except OSError:
        return ""


@lru_cache(maxsize=1024)  # asked for every video of a build
def installed_version(name: str) -> str:
    """Return the version of an installed package, or an empty string."""
    try:
        return metadata.version(name)
    except (metadata.PackageNotFoundError, ValueError):
        return ""


class Tracker:
    """Notes the files under the source directory that Python opens, and local modules.

    Parameters
    ----------
    source_dir
        Files outside of it and of the folders that are added do not count, except for local
        modules.
    """

    def __init__(self, source_dir: str) -> None:
        self._source_dir = os.path.realpath(source_dir)
        self._folders: tuple[str, ...] = (self._source_dir + os.sep,)
        self._installed = installed_folders()
        self._modules_before = set(sys.modules)
        self._read: dict[str, str] = {}
        self._written: set[str] = set()
        self.rewritten: set[str] = set()
        """Absolute paths of files that the code has read after it had written them."""
        self._active = False
        sys.addaudithook(self._audit)

    def add(self, folder: str) -> None:
        """Let the files in a folder count, which a link in the source directory may lead to."""
        self._folders = tuple({*self._folders, os.path.realpath(folder) + os.sep})

    @contextmanager
    def tracking(self) -> Iterator[None]:
        """Note the files that are opened inside this block."""
        self._active = True
        try:
            yield
        finally:
            self._active = False

    def found(self, folder: str) -> list[Dependency]:
        """Return what was read so far, as seen from the document in *folder*."""
        folder = os.path.realpath(folder)
        found = [
            file_dependency(path, folder, state)
            for path, state in self._read.items()
            if path not in self._written
        ]
        modules = self._new_modules()
        for path in sorted(path for path in modules.values() if self._is_local(path)):
            if path in self._read:
                continue
            if Path(path).is_relative_to(folder):
                found.append(file_dependency(path, folder))
            else:
                relative = _relative(path, self._source_dir)
                found.append(Dependency("source", relative, content_hash(Path(path))))
        packaged = _package_folders()
        names = {n.partition(".")[0] for n, path in modules.items() if path.startswith(packaged)}
        names -= _KEY_MODULES
        # Reading the metadata of all packages takes longer than drawing some frames.
        installed = metadata.packages_distributions() if names else {}
        packages = {package for name in names for package in installed.get(name, ())}
        found += [Dependency("package", name, installed_version(name)) for name in sorted(packages)]
        return found

    def _audit(self, event: str, args: tuple[Any, ...]) -> None:
        if event != "open" or not self._active or opens_own_files():
            return
        path, mode, flags = args
        if isinstance(path, bytes):
            path = os.fsdecode(path)
        if not isinstance(path, str):
            return  # a file descriptor
        full = os.path.realpath(path)
        if not self._is_local(full):
            return
        writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if writes or (isinstance(mode, str) and set(mode) & set("wax+")):
            self._written.add(full)
            return
        if full in self._written:
            self.rewritten.add(full)
        if not full.startswith(self._folders):
            return
        if full not in self._read and not full.endswith(".pyc"):
            # Now, not at the end: who changes a file while the code runs shall get it rendered
            # again. Reading the file is an event of its own.
            with own_files():
                if not Path(full).is_dir():
                    self._read[full] = content_hash(Path(full))

    def _new_modules(self) -> dict[str, str]:
        """Return the files of the modules that the code has imported, by name."""
        files = {
            name: getattr(sys.modules[name], "__file__", None)
            for name in set(sys.modules) - self._modules_before
        }
        return {
            name: os.path.realpath(file) for name, file in files.items() if isinstance(file, str)
        }

    def _is_local(self, path: str) -> bool:
        return not path.startswith(self._installed)


def installed_folders() -> tuple[str, ...]:
    """Return the folders of Python, this package and others, all known by their versions."""
    paths = sysconfig.get_paths()
    own = [paths["stdlib"], paths["platstdlib"], str(Path(__file__).parents[2])]
    return (*_as_prefixes(own), *_package_folders())


def _package_folders() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    found = [path for path in sys.path if path.rstrip(os.sep).endswith("-packages")]
    return _as_prefixes([paths["purelib"], paths["platlib"], *found])


def _as_prefixes(folders: list[str]) -> tuple[str, ...]:
    return tuple(os.path.realpath(folder) + os.sep for folder in folders)
