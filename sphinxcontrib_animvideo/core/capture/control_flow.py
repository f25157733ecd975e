"""Exceptions that end the code without being errors."""

from __future__ import annotations


class ControlFlow(BaseException):
    """Raised through the user's code. Not an Exception, so that the code does not catch it."""


class StoppedBySignal(ControlFlow):
    """The code took too long."""


class EnoughFrames(ControlFlow):
    """Ends an endless animation."""


class Restart(ControlFlow):
    """The recording is unusable: the code has to run again, with other fields of its step."""

    def __init__(self, **changes: bool | str) -> None:
        super().__init__()
        self.changes = changes


def is_clean(error: SystemExit) -> bool:
    """Whether the code has ended itself without reporting a failure."""
    return error.code in (None, 0)
