"""Compiles user code, and places its errors at the user's own file and line."""

from __future__ import annotations

import doctest
import itertools
import linecache
import os
import re
import tokenize
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType, TracebackType

from ...errors import (
    AnimvideoError,
    CodeSyntaxError,
    ExecutionError,
    OutOfMemoryError,
    ScriptError,
)
from ..cache.dependencies import installed_folders
from ..model.job import SourceLocation
from .forks import handle_except_in_forks

_USUAL_IMPORTS = {
    "plt": "import matplotlib.pyplot as plt",
    "np": "import numpy as np",
    "capture": "from sphinxcontrib_animvideo import capture",
}
"""By the names that Matplotlib's plot directive defines, and our own."""


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


PRE_CODE = "animvideo_pre_code"
"""The name of the code that runs before that of each directive, in tracebacks."""


def looks_like_option(line: str) -> bool:
    """Whether a line of code would be an option of a directive elsewhere in it."""
    return re.match(r":[\w-]+:", line) is not None


def split_script(words: Sequence[str]) -> tuple[str, str]:
    """Return the script and the callable named by ``SCRIPT [CALLABLE]`` or ``SCRIPT:CALLABLE``.

    Raises
    ------
    ScriptError
        More than one callable is named.
    """
    script, *functions = words
    if not script.endswith(".py") and ".py:" in script:
        script, _, function = script.rpartition(":")
        functions.insert(0, function)
    if len(functions) > 1:
        raise ScriptError(f"name only one callable in the script, not {', '.join(functions)}.")
    return script, "".join(functions)


def find_script(words: Sequence[str]) -> tuple[str, str]:
    """Return what :func:`split_script` does, with the absolute path of the script.

    Raises
    ------
    ScriptError
        There is no such file, or more than one callable is named.
    """
    name, function = split_script(words)
    if not Path(name).is_file():
        raise ScriptError(f"script not found: {name}")
    return os.path.abspath(name), function  # noqa: PTH100  (without resolving links)


def read_script(path: str) -> str:
    """Return the code in a file; ScriptError if it cannot be read."""
    if path.endswith(".ipynb"):
        raise ScriptError(
            f"cannot run the notebook {Path(path).name}. Convert it to a script first, with "
            f"`jupyter nbconvert --to script {Path(path).name}`."
        )
    try:
        with tokenize.open(path) as file:  # honors an encoding declaration, as Python does
            return file.read()
    except (OSError, SyntaxError, UnicodeDecodeError) as error:
        raise ScriptError(f"cannot read the script {path}: {error}.") from None


def plain_code(text: str) -> str:
    """Return *text* as a plain script: doctest-style code loses its prompts and its output.

    It is doctest-style if it begins with a prompt. Each statement keeps its line. Examples that
    doctest skips, and those that are expected to raise an exception, are removed.
    """
    if not text.lstrip().startswith(">>> "):
        return text
    lines = [""] * (len(text.splitlines()) + 1)
    try:
        examples = doctest.DocTestParser().get_examples(text)
    except ValueError:
        return text  # broken prompts: Python will report where
    for example in examples:
        if example.options.get(doctest.SKIP) or example.exc_msg:
            continue  # it is not meant to run, or to raise an exception
        source = example.source.splitlines()
        lines[example.lineno : example.lineno + len(source)] = source
    return "\n".join(lines) + "\n"


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
            if error.code not in (None, 0):
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
