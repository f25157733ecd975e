"""Executors: what runs tasks on other processes or machines.

No scheduler is part of this project. Whatever has a method ``submit`` that returns a future with
a method ``result`` can be used: an executor of the standard library, loky, Dask, mpi4py, Parsl, or
ipyparallel.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from ...errors import OptionError


class Future(Protocol):
    """A result that will be there."""

    def result(self) -> Any: ...


class Executor(Protocol):
    """What runs functions elsewhere."""

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Future: ...


@dataclass(frozen=True)
class Workers:
    """Who renders."""

    count: int = 0
    """Processes at the same time, or tasks of an executor; 0 is as many as there are CPUs."""
    method: str = "auto"
    """How processes are started; see :func:`.process_tree.default_method`."""
    executor_option: Any = None
    """Where jobs are run; see :func:`open_executor`."""
    shared_filesystem: bool = False
    """Whether the executor's workers see the files of the code under the same paths."""

    @cached_property
    def executor(self) -> Executor | None:
        """Where jobs are run, opened when it is needed; ``None`` is this machine."""
        return open_executor(self.executor_option)

    @property
    def number(self) -> int:
        """How many processes or tasks there are at the same time."""
        return self.count or _size_of(self.executor) or os.cpu_count() or 1


def open_executor(value: Any) -> Executor | None:
    """Return the executor that an option names.

    Parameters
    ----------
    value
        An executor, a callable that returns one, ``processes``, ``mpi``, ``dask:ADDRESS``, or
        ``MODULE:FUNCTION``; ``None`` is none.

    Raises
    ------
    OptionError
        There is no such executor, or it has no method ``submit``.
    """
    if value is None:
        return None
    try:
        executor = _named(value) if isinstance(value, str) else value
        if not hasattr(executor, "submit") and callable(executor):
            executor = executor()
    except OptionError:
        raise
    except Exception as error:
        raise OptionError(
            f"the executor of {{option}} cannot be started ({type(error).__name__}: {error}).",
            option="executor",
        ) from error
    if not callable(getattr(executor, "submit", None)):
        raise OptionError(
            "{option} must be an object with a method submit(function, *args), which returns a "
            f"future, or a callable that returns one, not {type(executor).__name__}.",
            option="executor",
        )
    found: Executor = executor
    return found


def _named(name: str) -> Any:
    kind, _, rest = name.partition(":")
    if name == "processes":
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        return ProcessPoolExecutor(mp_context=get_context("spawn"))  # there are threads already
    if name == "mpi":
        return _imported("mpi4py.futures", "mpi").MPIPoolExecutor()
    if kind == "dask" and rest:
        return _imported("distributed", "dask").Client(rest).get_executor(pure=False)
    if kind and rest.isidentifier():
        return getattr(importlib.import_module(kind), rest)
    raise OptionError(
        f"{{option}} must be processes, mpi, dask:ADDRESS, or MODULE:FUNCTION, not {name!r}.",
        option="executor",
    )


def _imported(module: str, extra: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError:
        raise OptionError(
            f"{{option}} needs {module.partition('.')[0]}. Run: pip install "
            f'"sphinxcontrib-animvideo[{extra}]"',
            option="executor",
        ) from None


def _size_of(executor: Executor | None) -> int:
    """Return how many tasks an executor runs at the same time, or 0 if it does not tell."""
    with suppress(Exception):  # each library has its own ways
        if client := getattr(executor, "_client", None):  # of Dask
            return sum(client.ncores().values())
        return int(getattr(executor, "_max_workers", 0) or 0)
    return 0
