"""The files that a document names: scripts, videos, posters, captions, styles, and data."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.capture.scripts import split_script
from ..core.encoding.captions import read_webvtt
from ..core.model.text import ExplainedError, clean, shortened, shown
from ..errors import AnimvideoError, OptionError, ScriptError
from .config import value_of

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

BLANK_LINE = "If it is code, add a blank line before it."
_LARGEST_CAPTIONS = 1_000_000
"""Bytes."""


class NamedFiles:
    """The files that the document that is being read may name.

    All of them are regular files in the source directory or in a directory of
    ``animvideo_allowed_dirs``, after symbolic links are resolved. The document depends on each
    file that it names from then on.

    Parameters
    ----------
    insertion
        Whether docutils allows the document to name files at all.
    """

    def __init__(self, env: BuildEnvironment, insertion: bool) -> None:
        self._env = env
        self._insertion = insertion
        self._folder = Path(env.doc2path(env.docname)).parent

    def script(self, argument: str) -> tuple[str, str]:
        """Return the absolute path of a script or a video, and the name of a callable.

        Raises
        ------
        ScriptError
            There is no such file that the document may name.
        """
        self._check_insertion("")
        try:
            name, function = self._split(clean(argument))
        except ExplainedError as error:
            raise ScriptError(f"{shown(argument)} is not a valid file name: {error}.") from None
        path = self._path(name)
        full = self.confined(path, name)
        if not is_file(full):
            code = f" {BLANK_LINE}" if _looks_like_code(argument) else ""
            raise ScriptError(
                f"file not found: {shortened(name)}. Looked for {shortened(full)}; the path is "
                "relative to the document, or to the source directory if it starts with a "
                f"slash.{code}"
            )
        self._depend_on(path, full, name)
        return full, function

    def of_option(self, option: str, name: str, written: bool = True) -> str:
        """Return the absolute path of the file that an option names.

        Parameters
        ----------
        written
            Whether the document names it, and not ``conf.py``.

        Raises
        ------
        OptionError
            There is no such file that the document may name.
        """
        if written:
            self._check_insertion(option)
        path = self._path(name)
        full = self.confined(path, name, option)
        if not is_file(full):
            raise OptionError(f"{{option}} names a file that does not exist: {full}", option=option)
        self._depend_on(path, full, name, option)
        return full

    def poster(self, name: str, written: bool = True) -> str:
        """Return the absolute path of a poster, as :meth:`of_option` does for any file.

        Raises
        ------
        OptionError
            There is no such file, or it is no image.
        """
        full = self.of_option("poster", name, written)
        if not _is_image(full):
            raise OptionError(
                f"{{option}} must be an image, but {full} is not an image file.", option="poster"
            )
        return full

    def folder(self, name: str) -> str:
        """Return the absolute path of a folder; ScriptError if it or a file in it is outside."""
        self._check_insertion("")
        full = self.confined(self._path(name), name)
        for path in Path(full).glob("*"):
            self.confined(str(path), f"{name}/{path.name}")
        return full

    def captions(self, name: str) -> str:
        """Return the absolute path of a WebVTT file; OptionError if it cannot be used."""
        full = self.of_option("captions", name)
        if problem := _problem_of_webvtt(Path(full)):
            raise OptionError(
                f"{{option}} must name a WebVTT file, but {name} {problem}.", option="captions"
            )
        return full

    def dependency(self, name: str) -> str:
        """Return a file named by ``:depends:``, relative to the document."""
        self.of_option("depends", name)
        # Not what a symbolic link points to: it may be another file on the next build.
        return Path(os.path.relpath(self._path(name), self._folder)).as_posix()

    def styles(self, option: str, names: Iterable[str], written: bool) -> tuple[str, ...]:
        """Check the files among Matplotlib styles; return those that must be watched as well.

        Other files that the code opens are noticed if they are in the source directory.
        """
        outside = []
        for name in names:
            if not name.endswith(".mplstyle"):
                continue
            if written:
                self._check_insertion(option)
            paths = (str(folder / name) for folder in (self._folder, Path(self._env.srcdir)))
            # That it does not exist is told when it is used.
            if path := next(filter(is_file, paths), None):
                full = self.confined(path, name, option)
                self._depend_on(path, full, name, option)
                if not Path(full).is_relative_to(os.path.realpath(self._env.srcdir)):
                    outside.append(Path(os.path.relpath(path, self._folder)).as_posix())
        return tuple(outside)

    def confined(self, path: str, name: str, option: str = "") -> str:
        """Return *path* with symbolic links resolved, if the document may name it.

        Raises
        ------
        ScriptError, OptionError
            It is outside the allowed directories.
        """
        full = os.path.realpath(path)
        allowed = ("", *value_of(self._env.config, "allowed-dirs"))
        roots = [os.path.realpath(Path(self._env.srcdir, folder)) for folder in allowed]
        if any(Path(full).is_relative_to(root) for root in roots):
            return full
        where = " in {option}" if option else ""
        raise _error(
            option,
            f"the file {shortened(name)}{where} is outside the source directory. Move it there, "
            "or add its directory to animvideo_allowed_dirs. Symbolic links are resolved before "
            "this is checked.",
        )

    def _path(self, name: str) -> str:
        return str(self._env.relfn2path(name)[1])

    def _check_insertion(self, option: str) -> None:
        if not self._insertion:
            what = "files in {option} cannot" if option else "files cannot"
            raise _error(
                option,
                f"{what} be used because file insertion is disabled (file_insertion_enabled).",
            )

    def _depend_on(self, path: str, full: str, name: str, option: str = "") -> None:
        """Let the document depend on a link and on its target, which can be read."""
        for dependency in (path, full):
            self._env.note_dependency(dependency)
        try:
            Path(full).open("rb").close()
        except OSError as error:
            where = " in {option}" if option else ""
            raise _error(option, f"cannot read {name}{where} ({error.strerror}).") from None

    def _split(self, argument: str) -> tuple[str, str]:
        """Return the name of a file, which may have blanks in it, and of a callable."""
        if is_file(self._path(argument)):
            return argument, ""
        if _looks_like_code(argument):
            return argument.splitlines()[0], ""
        script = re.match(r"(.+?\.py)(?:\s+|:)(.+)", argument)
        return split_script([script[1], *script[2].split()] if script else argument.split())


def is_file(path: str) -> bool:
    """Whether a regular file has that name, which may be too long for any."""
    try:
        return Path(path).is_file()
    except OSError:
        return False


def _error(option: str, message: str) -> AnimvideoError:
    return OptionError(message, option=option) if option else ScriptError(message)


def _looks_like_code(text: str) -> bool:
    return "\n" in text or re.search(r"[=(]|^(import|from|for|def|with) |^>>>", text) is not None


def _problem_of_webvtt(path: Path) -> str:
    with path.open("rb") as file:
        data = file.read(_LARGEST_CAPTIONS + 1)
    if len(data) > _LARGEST_CAPTIONS:
        return "is larger than 1 MB"
    try:
        read_webvtt(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return "is not in UTF-8"
    except ExplainedError as error:
        return str(error)
    return ""


def _is_image(path: str) -> bool:
    if path.lower().endswith(".svg"):
        return True
    from PIL import Image  # most projects have no posters of their own

    try:
        with Image.open(path) as image:
            image.verify()
    except (OSError, SyntaxError, ValueError):
        return False
    return True
