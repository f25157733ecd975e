"""What the machine adds to a video: the versions that decide the pixels and the bytes."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ... import __version__
from ...errors import EncoderError

KEY_PACKAGES = ("matplotlib", "numpy", "pillow", "contourpy")
"""Packages whose versions are in every key."""
_HASH = 12
"""Digits of a hash that people may have to compare."""


def find_ffmpeg() -> str:
    """Return the path of the ffmpeg that imageio-ffmpeg ships (or ``IMAGEIO_FFMPEG_EXE``).

    Raises
    ------
    EncoderError
        There is none.
    """
    from imageio_ffmpeg import get_ffmpeg_exe

    try:
        named = str(get_ffmpeg_exe())
    except RuntimeError:
        named = ""
    if path := shutil.which(named):
        return path
    raise EncoderError(
        f"there is no ffmpeg{f' at {named}' if named else ''}. Install imageio-ffmpeg from a "
        "wheel, which brings one, or set the variable IMAGEIO_FFMPEG_EXE to the path of yours."
    )


@dataclass(frozen=True)
class Environment:
    """The machine's part in a video."""

    description: str
    """A text that changes when anything outside a job can change its video."""
    ffmpeg: str
    """Path of the ffmpeg to use."""
    numpy_features: str
    """What NumPy can use of some processors and not of others, as it is told not to."""

    @property
    def parts(self) -> dict[str, str]:
        """Versions by name; of what has none at hand, the beginning of a hash."""
        parts: dict[str, Any] = json.loads(self.description)
        hashed = hashlib.sha256("".join(parts["freetype"]).encode()).hexdigest()
        return {**parts, "freetype": hashed[:_HASH], "ffmpeg": parts["ffmpeg"][:_HASH]}


def examine(memo: Path) -> Environment:
    """Return the environment of this process.

    Imports neither Matplotlib nor NumPy, so that a build with nothing to render stays quick:
    FreeType is part of Matplotlib's compiled modules, whose bytes are hashed instead.

    Parameters
    ----------
    memo
        A JSON file that remembers the hashes of files too large to read on every build.
    """
    with Memo(memo) as remembered:
        ffmpeg = remembered.value(_ffmpeg_identity(), find_ffmpeg)
        parts = {
            "animvideo": __version__,
            "python": platform.python_version(),
            "machine": f"{sys.platform} {platform.machine()}",
            "libc": " ".join(platform.libc_ver()),  # its sine may have another last digit
            **{name: version(name) for name in KEY_PACKAGES},
            "freetype": [remembered.hash(path) for path in _freetype_modules()],
            "ffmpeg": remembered.hash(Path(ffmpeg)),
        }
        numpy = find_spec("numpy")
        features = remembered.text(f"{parts['numpy']} {numpy and numpy.origin}", _numpy_features)
    return Environment(json.dumps(parts, sort_keys=True), ffmpeg, features)


def _ffmpeg_identity() -> str:
    return f"{version('imageio-ffmpeg')} {sys.prefix} {os.environ.get('IMAGEIO_FFMPEG_EXE', '')}"


@cache  # for a process that builds several documentations
def _numpy_features() -> str:
    # In another process: to import NumPy takes longer than a build with nothing to render.
    program = (
        "try: from numpy._core._multiarray_umath import __cpu_dispatch__ as names\n"
        "except ImportError: from numpy.core._multiarray_umath import __cpu_dispatch__ as names\n"
        "print(*names)"
    )
    asked = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    return asked.stdout.strip()


def _freetype_modules() -> list[Path]:
    spec = find_spec("matplotlib")  # does not import it
    folders = spec.submodule_search_locations if spec else None
    found = [path for folder in folders or [] for path in Path(folder).glob("ft2font.*")]
    return sorted(path for path in found if path.suffix in {".so", ".pyd"})


class Memo:
    """Remembers in a JSON file what takes long to find out. A lost memo costs only time."""

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
            pass  # the next build finds it out again

    def value(self, name: str, find: Callable[[], str]) -> str:
        """Return a path found earlier under *name*, if it still exists, else what *find* says."""
        path = self._known.get(name)
        if not isinstance(path, str) or not Path(path).exists():
            path = self._known[name] = find()
            self._changed = True
        return path

    def text(self, name: str, find: Callable[[], str]) -> str:
        """Return what *find* said, now or earlier, under *name*."""
        if not isinstance(self._known.get(name), str):
            self._known[name] = find()
            self._changed = True
        return str(self._known[name])

    def hash(self, path: Path) -> str:
        """Return the SHA-256 of a file, read anew when its size or time has changed."""
        state = path.stat()
        name = f"{path} {state.st_size} {state.st_mtime_ns}"
        if name not in self._known:
            self._known[name] = hash_file(path)
            self._changed = True
        return str(self._known[name])


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
