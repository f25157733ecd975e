"""Whether the files of an asset have the recorded hashes.

They are read once. After that, a record of their size, times, and inode tells that nothing has
written to them.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import msgspec

from ..model.asset import Asset, VideoFile
from ..model.stored import file_state, hash_file, read_stored

VERIFIED_FILE = "verified.json"
"""Name of the record, in the folder of the asset."""

_State = tuple[int, int, int, int]


def is_intact(asset: Asset) -> bool:
    """Return whether all files are there and have the recorded content."""
    known, states = _known(Path(asset.folder)), _states(asset)
    sizes = {file.name: file.size for file in asset.files}
    if any(state is None or state[0] != sizes[name] for name, state in states.items()):
        return False
    unknown = [file for file in asset.files if known.get(file.name) != states[file.name]]
    if first_wrong(asset, unknown):
        return False
    if unknown:
        note_verified(asset)
    return True


def first_wrong(asset: Asset, files: Iterable[VideoFile]) -> VideoFile | None:
    """Return the first of *files* that cannot be read, or has other content than is recorded."""
    for file in files:
        try:
            if hash_file(asset.path(file)) != file.sha256:
                return file
        except OSError:
            return file
    return None


def note_verified(asset: Asset) -> None:
    """Record the state of the files, whose hashes were computed."""
    with suppress(OSError):  # in a cache that can only be read; they are read again the next time
        Path(asset.folder, VERIFIED_FILE).write_bytes(msgspec.json.encode(_states(asset)))


def _known(folder: Path) -> dict[str, _State]:
    try:
        return read_stored(folder / VERIFIED_FILE, dict[str, _State])
    except (OSError, ValueError):
        return {}


def _states(asset: Asset) -> dict[str, _State | None]:
    return {file.name: _state(asset.path(file)) for file in asset.files}


def _state(path: Path) -> _State | None:
    try:
        return file_state(path)
    except OSError:
        return None
