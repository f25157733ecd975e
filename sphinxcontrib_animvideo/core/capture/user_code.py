"""Compiles user code, and places its errors at the user's own file and line."""

from __future__ import annotations

import itertools
import linecache
import os
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType, TracebackType

from ...errors import (
    AnimvideoError,
    CodeSyntaxError,
    ExecutionError,
    OutOfMemoryError,
)
from ..cache.dependencies import installed_folders
from ..model.job import SourceLocation
from .control_flow import ControlFlow, StoppedBySignal, is_clean
from .forks import handle_except_in_forks
from .scripts import looks_like_option

_USUAL_IMPORTS = {
    "plt": "import matplotlib.pyplot as plt",
    "np": "import numpy as np",
    "capture": "from sphinxcontrib_animvideo import capture",
}
"""By the names that Matplotlib's plot directive defines, and our own."""


PRE_CODE = "animvideo_pre_code"
"""The name of the code that runs before that of each directive, in tracebacks."""


def compile_code(code: str, location: SourceLocation) -> CodeType:
    """Compile *code* so that its lines are those of the user's file.

    Raises
    ------
    CodeSyntaxError
        At the line of the mistake.
    """
    shifted = "\n" * (location.line - 1) + code
    # So that tracebacks quote the code, also of docstrings, doctests, and changed files.
    lines = shifted.splitlines(keepends=True)
    linecache.cache[location.file] = (len(shifted), None, lines, location.file)
    try:
        return compile(shifted, location.file, "exec", dont_inherit=True)
    except SyntaxError as error:
        line = error.lineno or location.line
        shown = (error.text or "").strip()
        hint = (
            " Options must directly follow the first line of the directive, without a blank line."
            if looks_like_option(shown)
            else ""
        )
        raise CodeSyntaxError(
            f"the code is not valid Python: {error.msg}.{hint}",
            file=location.file,
            line=line,
            detail=shown,
        ) from None
    except ValueError as error:  # a null byte
        raise CodeSyntaxError(
            f"the code is not valid Python: {error}.", file=location.file, line=location.line
        ) from None


class UserCode:
    """Knows which files are the user's own code, and places errors there.

    Parameters
    ----------
    memory_limit
        In MiB; named in the error when memory runs out.
    """

    def __init__(self, memory_limit: int) -> None:
        self._files: set[str] = set()
        self._installed = installed_folders()
        self._memory_limit = memory_limit

    def add(self, file: str) -> None:
        """Note that *file* contains code of a job."""
        self._files.add(file)

    @contextmanager
    def errors_at_user_lines(self) -> Iterator[None]:
        """Convert what the code raises in this block to errors of ours, placed at its own line."""
        try:
            yield
        except (ControlFlow, AnimvideoError) as error:
            if isinstance(error, AnimvideoError) and error.file is None:
                error.file, error.line = self._line(error.__traceback__)
            raise
        except MemoryError as error:
            file, line = self._line(error.__traceback__)
            raise OutOfMemoryError(
                f"the code ran out of memory; the limit is {self._memory_limit} MiB.",
                option="max-memory",
                hint="If it needs more, increase {option}.",
                file=file,
                line=line,
                detail=self._traceback(error),
            ) from None
        except SystemExit as error:
            if not is_clean(error):
                raise self._execution_error(error, f"the code exited: {error.code}") from None
        except BaseException as error:
            what = _in_one_line(error)
            files = [
                frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__)
            ]
            if isinstance(error, SyntaxError) and error.filename:  # none of its lines has run
                files.append(error.filename)
            code = PRE_CODE if PRE_CODE in files and not self._files & {*files} else "the code"
            raised = self._execution_error(error, f"{code} raised {what}")
            if isinstance(error, NameError) and (needed := _USUAL_IMPORTS.get(error.name or "")):
                raised.message += f". Add `{needed}` to the code."
                raised.option = "pre-code"
                raised.hint = "To run it before the code of every directive, add it to {option}."
            raise raised from None

    def current_line(self, frame: FrameType | None) -> tuple[str, int] | None:
        """Return the innermost line of the user's code that *frame* is in."""
        while frame:
            if frame.f_code.co_filename in self._files:
                return frame.f_code.co_filename, frame.f_lineno
            frame = frame.f_back
        return None

    def _execution_error(self, error: BaseException, message: str) -> ExecutionError:
        file, line = self._line(error.__traceback__)
        return ExecutionError(message, file=file, line=line, detail=self._traceback(error))

    def _line(self, trace: TracebackType | None) -> tuple[str, int] | tuple[None, None]:
        found: tuple[str, int] | tuple[None, None] = (None, None)
        for frame, line in traceback.walk_tb(trace):
            if frame.f_code.co_filename in self._files:
                found = frame.f_code.co_filename, line
        return found

    def _traceback(self, error: BaseException) -> str:
        """Format a traceback that holds the user's own code only, with those of its causes."""
        formatted = traceback.TracebackException.from_exception(error)
        for each in _with_causes(formatted):
            frames = itertools.dropwhile(
                lambda frame: not self.contains(frame.filename), each.stack
            )
            own = [frame for frame in frames if self._is_own(frame.filename)]
            each.stack = traceback.StackSummary.from_list(own)
        return "".join(formatted.format()).rstrip()

    def _is_own(self, file: str) -> bool:
        installed = os.path.realpath(file).startswith(self._installed)
        return self.contains(file) or (os.path.isabs(file) and not installed)  # noqa: PTH117

    def contains(self, file: str) -> bool:
        """Whether *file* contains code of a job."""
        return file in self._files or file == PRE_CODE


def _with_causes(
    error: traceback.TracebackException,
) -> Iterator[traceback.TracebackException]:
    """Yield an exception, its causes, and the members of groups."""
    waiting = [error]
    while waiting:
        yield (found := waiting.pop())
        context = None if found.__suppress_context__ else found.__context__
        inner = (found.__cause__, context, *(found.exceptions or ()))
        waiting += [each for each in inner if each]


def _in_one_line(error: BaseException) -> str:
    """Return the type of an exception and the first line of its message, without its notes."""
    parts = traceback.format_exception_only(error)
    # The code that a SyntaxError quotes comes before, indented; notes come after.
    header = next(part for part in parts if not part.startswith(" "))
    return header.splitlines()[0]


def stop_at_signal(
    stop: int, user_code: UserCode, report: Callable[[tuple[str, int] | None], None]
) -> None:
    """Stop the code at the signal *stop*, after reporting the line that it is in."""
    import signal

    def handler(number: int, frame: FrameType | None) -> None:
        signal.signal(stop, signal.SIG_IGN)
        report(user_code.current_line(frame))
        raise StoppedBySignal

    handle_except_in_forks(stop, handler)
