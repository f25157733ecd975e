"""A file that stores what is expensive to determine."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Container
from contextlib import suppress
from pathlib import Path

from ..model.stored import file_state, hash_file, read_stored


class Memo:
    """Stores values in a JSON file. If the file is lost, they are determined again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, str] = {}
        self._changed = False

    def __enter__(self) -> Memo:
        self.load()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.save()

    def load(self) -> None:
        """Read the file."""
        with suppress(OSError, ValueError):
            self._known = read_stored(self._path, dict[str, str])

    def save(self) -> None:
        """Write the file, if a value was added."""
        if not self._changed:
            return
        temporary = self._path.with_suffix(f".{os.getpid()}.tmp")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps(self._known, indent=1, sort_keys=True), "utf-8")
            temporary.replace(self._path)
            self._changed = False
        except OSError:
            pass  # the next build determines it again

    def path(self, name: str, allowed: Container[str], find: Callable[[], str]) -> str:
        """Return the path stored under *name*, if it exists and is *allowed*; else find it."""
        path = self._known.get(name)
        if path is None or path not in allowed or not os.path.isfile(path):  # noqa: PTH113
            path = self._known[name] = find()
            self._changed = True
        return path

    def text(self, name: str, find: Callable[[], str]) -> str:
        """Return the text stored under *name*, else the result of *find*."""
        if name not in self._known:
            self._known[name] = find()
            self._changed = True
        return self._known[name]

    def hash(self, path: Path) -> str:
        """Return the SHA-256 of a file, computed again if its state has changed."""
        name = " ".join(map(str, (path, *file_state(path))))
        return self.text(name, lambda: hash_file(path))
