"""Hides from this package, in this and all further processes, what only POSIX systems have.

Modules of the package see no ``fcntl`` and no ``resource``, no ``os.fork`` and no
``os.killpg``, and no signals but those of Windows. What other packages see is unchanged.

    PYTHONPATH=tests/portable python -m pytest -n auto
"""

from __future__ import annotations

import builtins
import errno
import fcntl
import os
import signal
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

PACKAGE = "sphinxcontrib_animvideo"
MODULES = {"fcntl", "resource", "pwd", "grp", "termios"}
NAMES = {
    "os": {
        *("fork", "forkpty", "register_at_fork", "killpg", "getpgid", "setpgid", "setsid"),
        *("wait", "waitid", "P_PID", "WEXITED", "WNOHANG", "WNOWAIT", "sched_getaffinity"),
        *("geteuid", "getuid", "mkfifo", "chown", "pwrite", "pread", "posix_fallocate"),
    },
    "signal": {
        name
        for name in dir(signal)
        if name.startswith("SIG")
        and name not in {"SIGINT", "SIGTERM", "SIGABRT", "SIGFPE", "SIGILL", "SIGSEGV"}
        and name not in {"SIG_DFL", "SIG_IGN"}
    }
    | {"setitimer", "alarm", "pthread_sigmask", "pthread_kill", "sigwait", "siginterrupt"},
}


class Masked(ModuleType):
    """A module without some of its names."""

    def __init__(self, module: ModuleType) -> None:
        super().__init__(module.__name__)
        self.__dict__["_module"] = module

    def __getattr__(self, name: str) -> Any:
        if name in NAMES[self.__name__]:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r} on Windows")
        return getattr(self._module, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._module, name, value)


def locking(descriptor: int, mode: int, count: int) -> None:
    """Lock a file as ``msvcrt.locking`` does."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise PermissionError(errno.EACCES, "Permission denied") from None


MSVCRT = ModuleType("msvcrt")
MSVCRT.locking = locking  # type: ignore[attr-defined]
MSVCRT.LK_NBLCK = 2  # type: ignore[attr-defined]
MASKED = {"os": Masked(os), "signal": Masked(signal), "msvcrt": MSVCRT}


def masked_import(name: str, *rest: Any, **more: Any) -> Any:
    if name in MODULES:
        raise ModuleNotFoundError(f"No module named {name!r} on Windows", name=name)
    return MASKED.get(name) or builtins.__import__(name, *rest, **more)


class Finder(MetaPathFinder):
    """Finds the modules of the package, and lets them import what is masked."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name.partition(".")[0] != PACKAGE:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            module.__dict__["__builtins__"] = {**vars(builtins), "__import__": masked_import}
            execute(module)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


if hasattr(os, "fork"):
    sys.meta_path.insert(0, Finder())
