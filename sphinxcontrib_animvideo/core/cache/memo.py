"""A file that stores what is expensive to determine."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..model.hashing import hash_file


class Memo:
    """Stores values in a JSON file. If the file is lost, they are determined again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, Any] = {}
        self._changed = False

    def __enter__(self) -> Memo:
        try:
            known = json.loads(self._path.read_text("utf-8"))
            self._known = known if isinstance(known, dict) else {}
        except (OSError, ValueError):
            pass
        return self

    def __exit__(self, *exc_info: object) -> None:
        if not self._changed:
            return
        temporary = self._path.with_suffix(f".{os.getpid()}.tmp")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps(self._known, indent=1, sort_keys=True), "utf-8")
            temporary.replace(self._path)
        except OSError:
            pass  # the next build determines it again

    def value(self, name: str, find: Callable[[], str]) -> str:
        """Return the path stored under *name*, if it still exists, else the result of *find*."""
        path = self._known.get(name)
        if not isinstance(path, str) or not Path(path).exists():
            path = self._known[name] = find()
            self._changed = True
        return path

    def text(self, name: str, find: Callable[[], str]) -> str:
        """Return the text stored under *name*, else the result of *find*."""
        if not isinstance(self._known.get(name), str):
            self._known[name] = find()
            self._changed = True
        return str(self._known[name])

    def hash(self, path: Path) -> str:
        """Return the SHA-256 of a file, computed again if its size or time has changed."""
        state = path.stat()
        name = f"{path} {state.st_size} {state.st_mtime_ns}"
        if name not in self._known:
            self._known[name] = hash_file(path)
            self._changed = True
        return str(self._known[name])
