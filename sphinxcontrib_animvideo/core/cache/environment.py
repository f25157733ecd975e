"""The environment of a video: the versions that decide its pixels and bytes."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..._version import __version__
from ..encoding.ffmpeg import find_ffmpeg
from .memo import Memo

KEY_PACKAGES = {
    "matplotlib": ("matplotlib", "mpl_toolkits", "pylab"),
    "numpy": ("numpy",),
    "pillow": ("PIL",),
    "contourpy": ("contourpy",),
}
"""Packages whose versions are part of every key, and the modules that they install."""
_HASH = 12
"""Digits of a hash that is shown to people."""


@dataclass(frozen=True)
class Environment:
    """What a video depends on besides its job."""

    description: str
    """A text that changes when anything outside a job can change its video."""
    ffmpeg: str
    """Path of the ffmpeg to use."""
    numpy_features: str
    """CPU features for which NumPy has special code, as a value for NPY_DISABLE_CPU_FEATURES."""

    @property
    def parts(self) -> dict[str, str]:
        """Versions by name, or the start of a hash of what has no version."""
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
        A JSON file that stores the hashes of files that are too large to read on every build.
    """
    with Memo(memo) as remembered:
        ffmpeg = remembered.path(_ffmpeg_identity(), _possible_ffmpegs(), find_ffmpeg)
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


def _possible_ffmpegs() -> set[str]:
    """Return where imageio-ffmpeg looks for ffmpeg: no other path in a memo is believed."""
    spec = find_spec("imageio_ffmpeg")
    package = Path(spec.origin).parent if spec and spec.origin else Path()
    prefix = Path(sys.prefix)
    own = [*package.glob("binaries/ffmpeg*"), prefix / "Library/bin/ffmpeg.exe"]
    named = os.environ.get("IMAGEIO_FFMPEG_EXE")
    if named:
        return {str(shutil.which(named))}
    return {*map(str, own), str(prefix / "bin/ffmpeg"), str(shutil.which("ffmpeg"))}


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
