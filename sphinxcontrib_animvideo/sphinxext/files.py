"""The file that a directive names: a script to run, or a video to show."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.capture.user_code import split_script
from ..errors import ScriptError

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

BLANK_LINE = "If it is code, add a blank line before it."


def find_file(env: BuildEnvironment, argument: str) -> tuple[str, str]:
    """Return the absolute path of the file that *argument* names, and the name of a callable.

    The document that is being read depends on the file from now on.

    Raises
    ------
    ScriptError
        There is no such file inside the source directory.
    """
    name, function = _split(env, argument)
    _, path = env.relfn2path(name)
    full = os.path.realpath(path)
    if not Path(full).is_relative_to(os.path.realpath(env.srcdir)):
        raise ScriptError(
            f"the file {name} is outside the source directory {env.srcdir}. Move it there; "
            "symbolic links out of the source directory are not followed."
        )
    if not Path(full).is_file():
        code = f" {BLANK_LINE}" if _looks_like_code(argument) else ""
        raise ScriptError(
            f"file not found: {name}. Looked for {full}; the path is relative to the document, or "
            f"to the source directory if it starts with a slash.{code}"
        )
    env.note_dependency(full)
    return full, function


def _split(env: BuildEnvironment, argument: str) -> tuple[str, str]:
    """Return the name of a file, which may have blanks in it, and of a callable."""
    _, whole = env.relfn2path(argument)
    if Path(whole).is_file():
        return argument, ""
    if _looks_like_code(argument):
        return argument.splitlines()[0], ""
    script = re.match(r"(.+?\.py)\s+(.+)", argument)
    return split_script([script[1], *script[2].split()] if script else argument.split())


def _looks_like_code(text: str) -> bool:
    return "\n" in text or re.search(r"[=(]|^(import|from|for|def|with) |^>>>", text) is not None
