"""Converts plain data to typed data, in any thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
_prepared: set[Any] = set()
_lock = threading.Lock()


def prepared(kind: type[T]) -> type[T]:
    """Return a type that msgspec can decode in several threads at once.

    It inspects the fields of a class when the class is used for the first time, and crashes with a
    segmentation fault if another thread uses the same class in the meantime (msgspec 0.22).
    """
    if kind not in _prepared:
        with _lock:
            msgspec.json.Decoder(kind)
            _prepared.add(kind)
    return kind


def convert(data: Any, kind: type[T], dec_hook: Callable[[type, Any], Any] | None = None) -> T:
    """Return *data* as an object of a type; ValueError if it does not describe one."""
    return msgspec.convert(data, prepared(kind), dec_hook=dec_hook)


def decode_json(data: bytes, kind: type[T]) -> T:
    """Return what is in JSON as an object of a type; ValueError if it does not describe one."""
    return msgspec.json.decode(data, type=prepared(kind))


def decode_msgpack(data: bytes, kind: type[T]) -> T:
    """Return what is in MessagePack as an object of a type; ValueError as above."""
    return msgspec.msgpack.decode(data, type=prepared(kind))
