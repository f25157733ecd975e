"""What can go wrong, one class each.

Every message says what happened, what is allowed and what to do; the place in the
user's own file travels beside it. All of these survive pickling.
"""

from __future__ import annotations

from typing import ClassVar


class AnimvideoError(Exception):
    """Base of all errors that this project raises on purpose.

    Parameters
    ----------
    message
        One or two sentences for the user.
    file, line
        Where in the user's files it happened; ``None`` is the place of the directive.
    detail
        More lines worth showing: the traceback of the user's code, the end of ffmpeg's output.
    """

    kind: ClassVar[str] = "error"
    """The subtype of the Sphinx warning, as in ``suppress_warnings = ["animvideo.execution"]``."""

    def __init__(
        self, message: str, file: str | None = None, line: int | None = None, detail: str = ""
    ) -> None:
        super().__init__(message, file, line, detail)
        self.message = message
        self.file = file
        self.line = line
        self.detail = detail

    def __str__(self) -> str:
        return self.message


class OptionError(AnimvideoError):
    """An option or a configuration value that is unknown or out of range."""

    kind = "option"


class ScriptError(AnimvideoError):
    """A script, or a callable in it, that cannot be used."""

    kind = "script"


class CodeSyntaxError(AnimvideoError):
    """The user's code is not valid Python."""

    kind = "syntax"


class ExecutionError(AnimvideoError):
    """The user's code raised an exception."""

    kind = "execution"


class NoFrameError(AnimvideoError):
    """The code ran, and nothing became a frame."""

    kind = "no_frame"


class FrameError(AnimvideoError):
    """A source that cannot become a frame, or a frame of another size."""

    kind = "frame"


class RedrawError(AnimvideoError):
    """A frame that was drawn incrementally is not what a full redraw gives."""

    kind = "redraw"


class LimitError(AnimvideoError):
    """More frames, pixels or bytes than the limits allow."""

    kind = "limit"


class NoProgressError(AnimvideoError):
    """No frame came for longer than the timeout."""

    kind = "timeout"


class CrashError(AnimvideoError):
    """The process that ran the code died."""

    kind = "crash"


class OutOfMemoryError(AnimvideoError):
    """The code asked for more memory than the limit allows."""

    kind = "memory"


class EncoderError(AnimvideoError):
    """ffmpeg failed, or wrote something other than what it was given."""

    kind = "encoder"


class AssetError(AnimvideoError):
    """The files of a video that a gallery's example has made are missing or damaged."""

    kind = "asset"


class CacheError(AnimvideoError):
    """The cache cannot be written."""

    kind = "cache"


class LockError(AnimvideoError):
    """The lock file cannot be read or written."""

    kind = "lock"


class OutputError(AnimvideoError):
    """A video cannot be written under that name."""

    kind = "output"


class VideoFileError(AnimvideoError):
    """A file that should be read is no video."""

    kind = "file"


class WriterError(AnimvideoError):
    """A writer was used when or where it cannot be."""

    kind = "writer"
