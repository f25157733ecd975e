"""Scripts that users name, and the code in them and in directives."""

from __future__ import annotations

import doctest
import os
import re
import tokenize
from collections.abc import Sequence
from pathlib import Path

from ...errors import ScriptError


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
