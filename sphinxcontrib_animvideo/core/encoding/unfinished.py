"""Files and folders that are not complete yet, next to where they will be."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from ...errors import OutputError, WriterError
from ..model.file_lock import lock_file
from .descriptors import close_in_forks

_LONGEST = 128
"""Bytes of a name to which something can be added on every file system: some allow 143."""
_MARK = ".animvideo"
"""Name of a file by which a folder is known as ours. Who uses the folder has locked it."""
_ATTEMPTS = 20
_MOMENT = 0.01


class UnfinishedFolder:
    """A folder for the files of one writer, which :meth:`claim` creates.

    Parameters
    ----------
    target
        Where the complete video will be.

    Raises
    ------
    OutputError
        No file can have this name.
    """

    def __init__(self, target: Path) -> None:
        self._shown = target
        try:
            self.target = target.absolute()
            """The target, also if the code changes the current directory."""
            self.path = temporary_path(self.target, ".unfinished")
        except (OSError, ValueError) as error:
            raise _not_written(target, error) from None
        self._mark: IO[bytes] | None = None

    def claim(self) -> None:
        """Create the folder, in place of what a killed process has left.

        Raises
        ------
        WriterError
            Another writer uses it, of this process or of another one.
        OutputError
            It cannot be created, or something that is not ours has its name.
        """
        try:
            if self.target.is_dir():
                raise OutputError(f"{self._shown} is a directory. Pass the path of a file.")
            self._mark = self._locked()
            self._clear()
        except BaseException as error:
            self.leave()
            if isinstance(error, OSError | ValueError) and not isinstance(error, OutputError):
                raise _not_written(self._shown, error) from None
            raise

    def leave(self) -> None:
        """Keep the files, until somebody claims the folder again."""
        if self._mark:
            self._mark.close()
        self._mark = None

    def remove(self) -> None:
        """Remove the folder, if it was claimed and not left."""
        if self._mark and self._is_in_place(self._mark):
            with suppress(OSError):
                self._clear()
                if sys.platform == "win32":  # which removes no open file
                    self._mark.close()
                (self.path / _MARK).unlink()
                self.path.rmdir()
        self.leave()

    @property
    def captions(self) -> Path:
        """Where the captions of the complete video will be."""
        return self.target.with_suffix(".vtt")

    def check_captions(self) -> None:
        """Raise OutputError if the captions cannot be moved to their place in the end."""
        if self.captions.is_dir():
            raise OutputError(
                f"{self.captions} is a directory. Move it, or write the video without captions."
            )

    def target_from_here(self) -> Path:
        """Return the target as it was given, unless that is another path by now."""
        with suppress(OSError):
            if self._shown.absolute() == self.target:
                return self._shown
        return self.target

    def move(self, name: str, target: Path) -> None:
        """Move a complete file to its place.

        Raises
        ------
        OutputError
            It cannot be moved. It is kept.
        """
        try:
            (self.path / name).replace(target)
        except OSError as error:
            self.leave()
            raise OutputError(
                f"the video is complete, but cannot be moved to {target} ({error.strerror}). It is "
                f"kept in {self.path} until you write to {self._shown} again."
            ) from None

    def _clear(self) -> None:
        for path in self.path.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.name != _MARK:
                path.unlink()

    def _locked(self) -> IO[bytes]:
        for _ in range(_ATTEMPTS):
            mark = self._opened()
            if mark is None:
                time.sleep(_MOMENT)
                continue
            if not _lock(mark):
                mark.close()
                raise WriterError(
                    f"{self._shown} is being written by another VideoWriter. Close or abort that "
                    "one first, or write to another file."
                )
            if self._is_in_place(mark):
                return mark
            mark.close()  # the folder was removed in the meantime
        raise OutputError(
            f"cannot write {self._shown}: {self.path} already exists and was not created by a "
            "VideoWriter. Move or remove it, or write to another file."
        )

    def _opened(self) -> IO[bytes] | None:
        """Open the mark; ``None`` if there is none in the folder, or not yet, or not any more."""
        try:
            self.path.mkdir()
            mode = "xb"
        except FileExistsError:
            mode = "r+b"
        try:
            mark: IO[bytes] = (self.path / _MARK).open(mode, buffering=0)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError:
            if mode == "xb":
                self.path.rmdir()
            raise
        close_in_forks(mark)
        return mark

    def _is_in_place(self, mark: IO[bytes]) -> bool:
        """Whether the open file is still the one in the folder."""
        if sys.platform == "win32":  # where nobody can remove an open file
            return True
        try:
            return os.path.samestat(os.fstat(mark.fileno()), (self.path / _MARK).stat())
        except OSError:  # somebody has removed it
            return False


def temporary_path(path: Path, ending: str) -> Path:
    """Return a path next to *path*, with a short *ending*, for what is not complete yet."""
    name = os.fsencode(path.name)
    is_long = len(name) > _LONGEST
    stem = hashlib.sha256(name).hexdigest()[:32] if is_long else path.name
    return path.with_name(f"{stem}{ending}")


@contextmanager
def renamed_when_complete(path: Path) -> Iterator[Path]:
    """Yield a path for a file or a folder, which is renamed to *path* afterwards.

    If another process was faster, what it made is kept.

    Raises
    ------
    OSError
        It cannot be created or renamed.
    """
    with TemporaryDirectory(prefix="animvideo-unfinished-", dir=path.parent) as folder:
        unfinished = Path(folder, path.name)
        yield unfinished
        try:
            unfinished.replace(path)
        except OSError:
            if not path.is_dir():  # folders are not replaced
                raise


def _not_written(path: Path, error: OSError | ValueError) -> OutputError:
    reason = getattr(error, "strerror", None) or error
    return OutputError(
        f"cannot write {path} ({reason}). Pass a path in a directory that exists and is writable."
    )


def _lock(mark: IO[bytes]) -> bool:
    try:
        return lock_file(mark)
    except OSError:  # a file system without locks: no protection there, but videos
        return True
