"""Copies complete files to the paths that a user asked for."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from ...errors import OutputError
from .unfinished import temporary_path


def check_writable(path: Path) -> None:
    """Raise OutputError if no file can be written to *path*."""
    if path.is_dir():
        raise OutputError(f"{path} is a directory. Pass the path of a file.")
    if not path.parent.is_dir():
        missing = f"the directory {path.parent} does not exist"
        reason = f"{path.parent} is not a directory" if path.parent.exists() else missing
        raise OutputError(f"cannot write {path}: {reason}.")
    if not os.access(path.parent, os.W_OK):
        raise OutputError(f"cannot write {path}: the directory {path.parent} is not writable.")


def numbered(path: Path, number: int, total: int) -> Path:
    """Return the path of one of several videos: ``a-2.mp4`` for the second one, from 1."""
    return path if total == 1 else path.with_stem(f"{path.stem}-{number}")


def with_combination(path: Path, combination: str) -> Path:
    """Return the path of a video of a sweep: ``a-damping=0.1-drive=2.mp4``.

    Parameters
    ----------
    combination
        As text, such as ``damping=0.1, drive=2``; if it is empty, the path stays as it is.
    """
    if not combination:
        return path
    name = re.sub(r'[<>:"/\\|?*%\s]+', "_", combination.replace(", ", "-"))
    return path.with_stem(f"{path.stem}-{name}")


def with_combinations(path: Path, combinations: Sequence[str]) -> list[Path]:
    """Return the paths of all videos of a sweep, as :func:`with_combination` names them.

    Where names differ in nothing that all file systems tell apart, the later ones are numbered.
    """
    found: dict[str, Path] = {}
    for combination in combinations:
        candidate = named = with_combination(path, combination)
        number = 1
        while candidate.name.casefold() in found:
            number += 1
            candidate = named.with_stem(f"{named.stem}-{number}")
        found[candidate.name.casefold()] = candidate
    return list(found.values())


def copy_files(sources: Mapping[Path, Path]) -> None:
    """Copy files.

    No target is replaced before all copies are complete.

    Parameters
    ----------
    sources
        The file to copy, by target.

    Raises
    ------
    OutputError
        A copy cannot be written.
    """
    copies = {path: temporary_path(path, f".{os.getpid()}") for path in sources}
    target = Path()
    try:
        for target, source in sources.items():
            shutil.copyfile(source, copies[target])
        for target, copy in copies.items():
            copy.replace(target)
    except OSError as error:
        raise OutputError(f"cannot write {target} ({error.strerror}).") from None
    finally:
        for copy in copies.values():
            copy.unlink(missing_ok=True)
