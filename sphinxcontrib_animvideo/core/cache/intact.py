"""Whether the files of an asset have the recorded hashes.

They are read once. After that, a record of their size, times, and inode tells that nothing has
written to them.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import msgspec

from ..model.asset import Asset
from ..model.stored import hash_file, read_stored

VERIFIED_FILE = "verified.json"
"""Name of the record, in the folder of the asset."""

_State = tuple[int, int, int, int]


def is_intact(asset: Asset) -> bool:
    """Return whether all files are there and have the recorded content."""
    states = {file.name: _state(asset.path(file)) for file in asset.files}
    sizes = {file.name: file.size for file in asset.files}
    if any(state is None or state[0] != sizes[name] for name, state in states.items()):
        return False
    known = _known(Path(asset.folder))
    unknown = [file for file in asset.files if known.get(file.name) != states[file.name]]
    for file in unknown:
        try:
            if hash_file(asset.path(file)) != file.sha256:
                return False
        except OSError:
            return False
    if unknown:
        note_verified(asset)
    return True


def note_verified(asset: Asset) -> None:
    """Record the state of the files, whose hashes were computed."""
    states = {file.name: _state(asset.path(file)) for file in asset.files}
    with suppress(OSError):  # in a cache that can only be read; they are read again the next time
        Path(asset.folder, VERIFIED_FILE).write_bytes(msgspec.json.encode(states))


def _known(folder: Path) -> dict[str, _State]:
    try:
        return read_stored(folder / VERIFIED_FILE, dict[str, _State])
    except (OSError, ValueError):
        return {}


def _state(path: Path) -> _State | None:
    try:
        found = os.stat(path)  # noqa: PTH116  (called for every file of every build)
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino
