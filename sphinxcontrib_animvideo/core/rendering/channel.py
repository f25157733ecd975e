"""The pipe by which a worker process sends messages to the build.

Code of users runs in the same process, and may close file descriptors that are not its own, fork,
or replace functions of the standard library.
"""

from __future__ import annotations

import os
from os import fstat as _fstat
from os import getpid as _getpid
from os import write as _write

from ..encoding.descriptors import high_duplicate
from .messages import Message, encode

CHANNEL_LOST = 87
"""Exit status of a process whose channel was closed or replaced."""


class Channel:
    """Sends messages through a pipe, from one process.

    Parameters
    ----------
    descriptor
        The end of the pipe to write to; it is duplicated.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = high_duplicate(descriptor)
        self._identity = self._identify()
        self._process = _getpid()

    def move_to_this_process(self) -> None:
        """Let this process send from now on, which was forked from the one that did."""
        self._process = _getpid()

    def send(self, message: Message) -> None:
        """Send a message. In a fork of the process, do nothing.

        The process ends if the descriptor is not that of the pipe any more.
        """
        if _getpid() != self._process:
            return
        try:
            if self._identify() == self._identity:
                _write_all(self._descriptor, encode(message))
                return
        except OSError:
            pass
        os._exit(CHANNEL_LOST)

    def _identify(self) -> tuple[int, int]:
        state = _fstat(self._descriptor)
        return state.st_dev, state.st_ino


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[_write(descriptor, data) :]
