"""The exceptions that this package raises, one class for each thing that can go wrong.

An error is plain data as well: it travels from the worker process to the page as JSON, and
survives pickling. It names the option concerned, if any; each front end spells that name as its
users do.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

_LONGEST_MESSAGE = 2000
_LONGEST_DETAIL = 20_000
"""Characters. Errors are shown on pages, which readers search."""

Spelling = Callable[[str], str]
"""From the name of an option, such as ``max-frames``, to how a front end writes it; empty if the
front end has no such option."""


def keyword(name: str) -> str:
    """Return the keyword argument of Python that sets an option."""
    return f"{name.replace('-', '_')}="


class AnimvideoError(Exception):
    """Base class of all errors raised by this package.

    Parameters
    ----------
    message
        What happened, and what to do. ``{option}`` is replaced by the name of *option*.
    option
        Name of the option concerned, as in a directive.
    hint
        A sentence on how to use *option*, shown only by front ends that have it.
    file, line
        Where in the user's files it happened; ``None`` if that is where the job is defined.
    detail
        More lines: the traceback of the user's code, or the end of ffmpeg's output.
    combination
        The values of a sweep with which it happened, such as ``damping=0.1, drive=0.5``.
    """

    kind: ClassVar[str] = "error"
    """The subtype of the Sphinx warning, as in ``suppress_warnings = ["animvideo.execution"]``."""

    def __init__(
        self,
        message: str,
        *,
        option: str = "",
        hint: str = "",
        file: str | None = None,
        line: int | None = None,
        detail: str = "",
        combination: str = "",
    ) -> None:
        message = _shortened(message, _LONGEST_MESSAGE)
        super().__init__(message)
        self.message = message
        self.option = option
        self.hint = hint
        self.file = file
        self.line = line
        self.detail = _shortened(detail, _LONGEST_DETAIL)
        self.combination = combination

    def explain(self, spell: Spelling = keyword) -> str:
        """Return the message, with the option named by *spell*."""
        text = self.explain_alone(spell)
        return f"with {self.combination}: {text}" if self.combination else text

    def explain_alone(self, spell: Spelling = keyword) -> str:
        """Return the message without the combination of a sweep with which it happened."""
        name = self.option and spell(self.option)
        text = f"{self.message} {self.hint}" if name and self.hint else self.message
        return text.replace("{option}", name or self.option)

    def at(self, file: str, line: int) -> Self:
        """Set the place of the error, unless it has one; return the error."""
        if not (self.file and self.line):
            self.file, self.line = file, line
        return self

    def to_json(self) -> dict[str, Any]:
        """Return the error as JSON data, for :meth:`from_json`."""
        return {"kind": self.kind, **vars(self)}

    @staticmethod
    def from_json(data: Any) -> AnimvideoError:
        """Return the error that *data* describes.

        Raises
        ------
        ValueError
            *data* does not describe an error.
        """
        if not isinstance(data, Mapping):
            raise ValueError("not an error of this package")
        texts = [data.get(name) for name in ("message", "option", "hint", "detail", "combination")]
        file, line = data.get("file"), data.get("line")
        valid = all(isinstance(text, str) for text in texts)
        placed = isinstance(file, str | None) and isinstance(line, int | None)
        if not (valid and placed and data.get("kind") in _CLASSES):
            raise ValueError("not an error of this package")
        message, option, hint, detail, combination = map(str, texts)
        return _CLASSES[data["kind"]](
            message,
            option=option,
            hint=hint,
            file=file,
            line=line,
            detail=detail,
            combination=combination,
        )

    def __reduce__(self) -> tuple[Callable[..., AnimvideoError], tuple[dict[str, Any]]]:
        return AnimvideoError.from_json, (self.to_json(),)

    def __str__(self) -> str:
        return self.explain()


def _shortened(text: str, limit: int) -> str:
    """Return *text* without its middle if it is longer than *limit*."""
    half = limit // 2
    left_out = len(text) - 2 * half
    if left_out <= half:
        return text
    return f"{text[:half]}\n[… {left_out} characters left out]\n{text[-half:]}"


class OptionError(AnimvideoError, ValueError):
    """An option or a configuration value is unknown or out of range."""

    kind = "option"


class SweepError(AnimvideoError):
    """The videos of a sweep differ in size or in the number of frames."""

    kind = "sweep"


class AltTextError(AnimvideoError):
    """A video has no ``alt`` text, and ``animvideo_require_alt`` requires one."""

    kind = "alt"


class ScriptError(AnimvideoError):
    """A script, or the callable in it, cannot be used."""

    kind = "script"


class CodeSyntaxError(AnimvideoError):
    """The code is not valid Python."""

    kind = "syntax"


class ExecutionError(AnimvideoError):
    """The code raised an exception."""

    kind = "execution"


class NoFrameError(AnimvideoError):
    """The code ran, but no frames were captured."""

    kind = "no_frame"


class FrameError(AnimvideoError, ValueError):
    """A source cannot become a frame, or the frame differs in size from the first one."""

    kind = "frame"


class RedrawError(AnimvideoError):
    """A frame that was drawn incrementally differs from a full redraw."""

    kind = "redraw"


class LimitError(AnimvideoError):
    """There are more frames, pixels, or bytes than the limits allow."""

    kind = "limit"


class RenderTimeoutError(AnimvideoError, TimeoutError):
    """No new frame was captured before the timeout."""

    kind = "timeout"


class CrashError(AnimvideoError):
    """The process that ran the code crashed."""

    kind = "crash"


class OutOfMemoryError(AnimvideoError, MemoryError):
    """The code needed more memory than the limit allows."""

    kind = "memory"


class EncoderError(AnimvideoError):
    """ffmpeg is missing or failed, or its output is not what it was given."""

    kind = "encoder"


class GalleryError(AnimvideoError):
    """The files of a video made by a sphinx-gallery example are missing or damaged."""

    kind = "gallery"


class CacheError(AnimvideoError, OSError):
    """The cache cannot be written."""

    kind = "cache"


class LockError(AnimvideoError):
    """The lock file cannot be read or written, or a video is not in it."""

    kind = "lock"


class ChangedError(AnimvideoError):
    """A video differs from the one in ``animvideo.lock``, and ``animvideo_lock_mode`` checks it."""

    kind = "changed"


class NondeterministicError(AnimvideoError):
    """A video came out differently when ``animvideo verify --twice`` rendered it again."""

    kind = "nondeterministic"


class OutputError(AnimvideoError, OSError):
    """A video cannot be written to the given path."""

    kind = "output"


class VideoFileError(AnimvideoError, ValueError):
    """A file cannot be read as a video."""

    kind = "file"


class WriterError(AnimvideoError):
    """A writer was used after it was closed or from another thread or process, or for a file that
    another one is writing."""

    kind = "writer"


def known_error(error: Exception) -> AnimvideoError:
    """Return an error of this package for what was raised outside of the code of the user."""
    if isinstance(error, AnimvideoError):
        return error
    if isinstance(error, OSError) and error.strerror:
        return CacheError(
            f"the files of the video cannot be written or read ({error.strerror}). Is there enough "
            "space in the cache directory?",
            option="cache-dir",
            hint="{option} sets another directory.",
        )
    return internal_error(error)


def internal_error(error: Exception) -> AnimvideoError:
    """Return the error for a bug in this package."""
    return AnimvideoError(
        f"internal error of animvideo ({type(error).__name__}: {error}). Please report it.",
        detail="".join(traceback.format_exception(error)).rstrip(),
    )


_CLASSES: dict[str, type[AnimvideoError]] = {
    "error": AnimvideoError,
    **{cls.kind: cls for cls in AnimvideoError.__subclasses__()},
}
