"""Explains why other processes cannot find the functions that code in a document defines."""

from __future__ import annotations

from multiprocessing import reduction, spawn
from pickle import PicklingError
from types import FunctionType
from typing import Any


def refuse_to_send(is_inline: bool) -> None:
    """Let code fail at once that sends its own functions to processes that cannot find them.

    Processes that are spawned, or started by a fork server, import the main script to find them,
    and would end with an error again and again.

    Parameters
    ----------
    is_inline
        Whether the code that runs next is in a document, and not in a script.
    """
    global _is_inline
    _is_inline = is_inline
    spawn.get_preparation_data = _get_preparation_data
    reduction.ForkingPickler.reducer_override = _reducer_override  # type: ignore[method-assign]


_is_inline = False
_has_spawned = False
_prepare = spawn.get_preparation_data


def _get_preparation_data(name: str) -> dict[str, Any]:
    global _has_spawned
    _has_spawned = True
    return _prepare(name)


def _reducer_override(pickler: Any, value: Any) -> Any:
    is_own = isinstance(value, (FunctionType, type)) and value.__module__ == "__main__"
    if _is_inline and _has_spawned and is_own:
        raise PicklingError(
            f"cannot pickle {value.__name__}: it is defined in a document, so processes started "
            'with the "spawn" or "forkserver" method cannot import it. Define it in a module, move '
            'the code to a script, or use multiprocessing.get_context("fork").'
        )
    return NotImplemented
