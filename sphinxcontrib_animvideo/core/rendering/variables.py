"""The environment variables of worker processes."""

from __future__ import annotations

import platform

from ..cache.environment import Environment


def fixed_variables(environment: Environment, hash_seed: int = 0) -> dict[str, str]:
    """Return the variables that could change what code draws, with one value for all machines."""
    variables = {
        "MPLBACKEND": "agg",
        "PYTHONHASHSEED": str(hash_seed),
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",  # no __pycache__ in the folders of the documentation
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
        # Sums depend on how they are split between threads; the parallelism is one job per CPU.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        # The last digit of a sine depends on the instructions that compute it: use only those
        # that every processor has.
        "NPY_DISABLE_CPU_FEATURES": environment.numpy_features,
        "IMAGEIO_FFMPEG_EXE": environment.ffmpeg,
    }
    if platform.machine().lower() in {"x86_64", "amd64"}:
        variables |= {
            "OPENBLAS_CORETYPE": "Prescott",
            "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-FMA,-FMA4",
        }
    return variables
