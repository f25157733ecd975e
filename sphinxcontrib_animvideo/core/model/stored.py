"""Reads files that an earlier run has stored: the cache, the lock file, and the like.

They may be damaged, changed by hand, or come from elsewhere, so nothing in them is believed.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec

from .decode import decode_json

T = TypeVar("T")

MAX_BYTES = 1 << 28
"""Of a JSON file; the hashes of millions of frames are less."""

FileName = Annotated[
    str, msgspec.Meta(pattern=r"^(?!\.{1,2}\Z)[^/\\:\x00-\x1f]+\Z", max_length=255)
]
"""A name without folders."""
Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
Count = Annotated[int, msgspec.Meta(ge=0)]
Positive = Annotated[int, msgspec.Meta(ge=1)]
Rate = Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]{0,17}(/[1-9][0-9]{0,17})?\Z")]
"""Frames per second, as ``25`` or ``30000/1001``."""


def read_stored(path: Path, kind: type[T]) -> T:
    """Return what a JSON file holds.

    Raises
    ------
    OSError
        It cannot be read, or is not a regular file.
    ValueError
        It is damaged: not JSON of this kind.
    """
    with open_regular(path) as file:
        if os.fstat(file.fileno()).st_size > MAX_BYTES:
            raise ValueError("the file is too large")
        data = file.read()
    with limited_depth():
        return decode_json(data, kind)


def digest_of(data: Any) -> str:
    """Return the SHA-256 of JSON data."""
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def read_signed(path: Path) -> dict[str, Any]:
    """Return a record that carries the digest of the rest as ``sha256``, without it.

    Raises
    ------
    OSError, ValueError
        As from :func:`read_stored`, and if the record has changed.
    """
    data = read_stored(path, dict[str, Any])
    with limited_depth():
        if data.pop("sha256", None) != digest_of(data):
            raise ValueError("the record has changed")
    return data


@contextmanager
def limited_depth() -> Iterator[None]:
    """Raise ValueError where data are nested too deeply for what this block does with them."""
    try:
        yield
    except RecursionError:
        raise ValueError("nested too deeply") from None


def file_state(path: Path) -> tuple[int, int, int, int]:
    """Return the size, times, and inode of a file: while they are the same, so is its content."""
    found = os.stat(path)  # noqa: PTH116  (called for every file of every build)
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def hash_file(path: Path) -> str:
    """Return the SHA-256 of the content of a regular file.

    Raises
    ------
    OSError
        It cannot be read, or is not a regular file.
    """
    with open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy_file(source: Path, target: Path) -> str:
    """Copy a regular file, and return the SHA-256 of what was copied.

    Raises
    ------
    OSError
        It cannot be read or written, or is not a regular file.
    """
    digest = hashlib.sha256()
    with open_regular(source) as file, target.open("wb") as copy:
        while part := file.read(1 << 20):
            digest.update(part)
            copy.write(part)
    return digest.hexdigest()


def open_regular(path: Path) -> BufferedReader:
    """Open a regular file for reading; OSError for a device or a pipe, which might never end."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except ValueError as error:  # a null byte
        raise OSError(str(error)) from None
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return open(descriptor, "rb")  # noqa: PTH123
    os.close(descriptor)
    raise OSError(f"{path} is not a regular file")
