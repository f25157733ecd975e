"""The processor instructions that numbers are calculated with.

The last digit of a sine depends on the instructions that compute it. Libraries choose them by what
the processor has; worker processes use those of one level, so that other machines calculate the
same numbers.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_V3 = {"AVX2", "FMA3"}
"""What tells x86-64-v3 from the levels below, in the words of NumPy."""
_UP_TO_V3 = {
    *("SSE", "SSE2", "SSE3", "SSSE3", "SSE41", "POPCNT", "SSE42", "X86_V2", "LAHF", "CX16"),
    *("AVX", "F16C", "FMA3", "AVX2", "MOVBE", "BMI", "BMI2", "LZCNT", "X86_V3"),
}


@dataclass(frozen=True)
class Processor:
    """What NumPy says about the processor of this machine."""

    features: tuple[str, ...]
    """What it has."""
    dispatched: tuple[str, ...]
    """Features for which NumPy has special code, on this machine or not."""

    @classmethod
    def from_json(cls, text: str) -> Processor | None:
        """Return what :func:`ask_numpy` has found; ``None`` if the text is damaged."""
        with suppress(ValueError, TypeError, KeyError):
            found = json.loads(text)
            return cls(tuple(map(str, found["features"])), tuple(map(str, found["dispatched"])))
        return None

    def level(self, wanted: str) -> str:
        """Return the level to use where *wanted* is ``x86-64-v3``, ``baseline``, or ``native``."""
        if wanted == "native":
            digest = hashlib.sha256(" ".join(self.features).encode()).hexdigest()
            return f"native {digest[:8]}"
        if wanted == "x86-64-v3" and not _V3.issubset(self.features):
            return "baseline"
        return wanted

    def variables(self, level: str) -> dict[str, str]:
        """Return the environment variables with which libraries use the instructions of a level.

        Sources: NumPy's "CPU build options", OpenBLAS' README, and glibc's "Hardware Capability
        Tunables".
        """
        if level.startswith("native"):
            return {}
        kept = _UP_TO_V3 if level == "x86-64-v3" else set()
        disabled = [name for name in self.dispatched if name not in kept]
        variables = {"NPY_DISABLE_CPU_FEATURES": " ".join(disabled)}
        machine = platform.machine().lower()
        if level == "x86-64-v3":
            # The kernels for Zen have the same bytes. FMA4 is a feature of some old processors.
            variables |= {
                "OPENBLAS_CORETYPE": "Haswell",
                "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-FMA4",
            }
        elif machine in {"x86_64", "amd64"}:
            variables |= {
                "OPENBLAS_CORETYPE": "Prescott",
                "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-FMA,-FMA4",
            }
        elif machine in {"aarch64", "arm64"}:
            variables["OPENBLAS_CORETYPE"] = "ARMV8"
        return variables


def identity() -> str:
    """Return a text that is another one on a machine with another processor."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text("utf-8", errors="replace").splitlines():
            if line.startswith(("flags", "Features")):
                return hashlib.sha256(line.encode()).hexdigest()
    return f"{platform.node()} {platform.processor()}"


@cache  # for a process that builds several documentations
def ask_numpy() -> str:
    """Return what NumPy says about the processor, as JSON.

    It is asked in another process: to import NumPy takes longer than a build with nothing to
    render.
    """
    program = (
        "import json\n"
        "try: from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__\n"
        "except ImportError:\n"
        "    from numpy.core._multiarray_umath import __cpu_dispatch__, __cpu_features__\n"
        "has = sorted(name for name, there in __cpu_features__.items() if there)\n"
        "print(json.dumps({'features': has, 'dispatched': list(__cpu_dispatch__)}))"
    )
    asked = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},  # to start threads takes as long again
        capture_output=True,
        text=True,
        check=False,
    )
    return asked.stdout.strip()
