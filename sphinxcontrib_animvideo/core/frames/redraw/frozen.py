"""Copies of the arguments with which the renderer is called."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.transforms import TransformNode


class _FrozenContext(GraphicsContextBase):
    """A copy of a graphics context, made when the renderer was called."""

    _cliprect: Any

    def __init__(self, context: GraphicsContextBase) -> None:
        self.__dict__.update(vars(context))
        if self._cliprect is not None:
            self._cliprect = np.array(self._cliprect.get_points())
        if self._clippath is not None:
            path, transform = context.get_clip_path()
            self._clip = path, None if transform is None else _frozen(transform)

    def get_clip_path(self) -> Any:
        return (None, None) if self._clippath is None else self._clip


def frozen(arguments: Iterable[Any]) -> tuple[Any, ...]:
    """Return the arguments of a call of the renderer, so that later changes do not affect them."""
    return tuple(map(_frozen, arguments))


def _frozen(argument: Any) -> Any:
    if isinstance(argument, TransformNode):
        return argument.get_matrix().copy()
    if isinstance(argument, GraphicsContextBase):
        return _FrozenContext(argument)
    return argument
