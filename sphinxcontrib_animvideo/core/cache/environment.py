"""The environment of a video: the versions that decide its pixels and bytes."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..._version import __version__
from ..encoding.ffmpeg import find_ffmpeg
from ..model.settings import Arithmetic
from .memo import Memo
from .processor import Processor, ask_numpy, identity

KEY_PACKAGES = {
    "matplotlib": ("matplotlib", "mpl_toolkits", "pylab"),
    "numpy": ("numpy",),
    "pillow": ("PIL",),
    "contourpy": ("contourpy",),
}
"""Packages whose versions are part of every key, and the modules that they install."""
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Sums depend on how they are split between threads."""
_HASH = 12
"""Digits of a hash that is shown to people."""


@dataclass(frozen=True)
class Environment:
    """What a video depends on besides its job."""

    description: str
    """A text that changes when anything outside a job can change its video."""
    ffmpeg: str
    """Path of the ffmpeg to use."""
    variables: Mapping[str, str]
    """Environment variables that decide with which instructions, and in how many threads, the
    worker processes calculate."""

    @property
    def parts(self) -> dict[str, str]:
        """Versions by name, or the start of a hash of what has no version."""
        parts: dict[str, Any] = json.loads(self.description)
        hashed = hashlib.sha256("".join(parts["freetype"]).encode()).hexdigest()
        return {**parts, "freetype": hashed[:_HASH], "ffmpeg": parts["ffmpeg"][:_HASH]}


def examine(memo: Path, arithmetic: Arithmetic) -> Environment:
    """Return the environment of videos that are rendered on this machine.

    Imports neither Matplotlib nor NumPy, so that a build with nothing to render stays quick:
    FreeType is part of Matplotlib's compiled modules, whose bytes are hashed instead.

    Parameters
    ----------
    memo
        A JSON file that stores the hashes of files that are too large to read on every build.
    arithmetic
        How numbers are calculated.
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
        name = f"{parts['numpy']} {numpy and numpy.origin} {identity()}"
        found = Processor.from_json(remembered.text(name, ask_numpy))
        processor = found or Processor.from_json(ask_numpy()) or Processor((), ())
    level, threads = processor.level(arithmetic.cpu), str(arithmetic.threads)
    parts |= {"cpu": level, "threads": threads}
    variables = dict.fromkeys(_THREADS, threads) | processor.variables(level)
    return Environment(json.dumps(parts, sort_keys=True), ffmpeg, variables)


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


def _freetype_modules() -> list[Path]:
    spec = find_spec("matplotlib")  # does not import it
    folders = spec.submodule_search_locations if spec else None
    found = [path for folder in folders or [] for path in Path(folder).glob("ft2font.*")]
    return sorted(path for path in found if path.suffix in {".so", ".pyd"})
