"""The environment variables of worker processes."""

from __future__ import annotations

from ..cache.environment import Environment


def fixed_variables(environment: Environment, hash_seed: int = 0) -> dict[str, str]:
    """Return the variables that could change what code draws, with one value for all machines."""
    return {
        "MPLBACKEND": "agg",
        "PYTHONHASHSEED": str(hash_seed),
        "PYTHONUTF8": "1",
        "PYTHONIOENCODING": "utf-8",
        "PYTHONDONTWRITEBYTECODE": "1",  # no __pycache__ in the folders of the documentation
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
        "IMAGEIO_FFMPEG_EXE": environment.ffmpeg,
        **environment.variables,
    }
