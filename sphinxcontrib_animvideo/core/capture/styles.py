"""Matplotlib styles that options name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from matplotlib import style as styles

from ...errors import OptionError


def installed_style(name: str) -> Path | None:
    """Return the file of a style that the user has installed; none if Matplotlib includes it."""
    # Older versions of Matplotlib have the name in a module.
    own = styles if hasattr(styles, "USER_LIBRARY_PATHS") else styles.core
    files = [Path(folder, f"{name}.mplstyle") for folder in own.USER_LIBRARY_PATHS]
    return next((file for file in files if file.is_file()), None)


def _exists(name: str) -> bool:
    """Whether Matplotlib knows a style, or it may be in a package, such as ``package.name``."""
    is_dotted = re.fullmatch(r"\w+(\.\w+)+", name) is not None
    return name in styles.library or name == "default" or is_dotted


def use_style(style: str, folders: Sequence[str], option: str) -> None:
    """Use a style, which may be a file in one of the folders.

    Raises
    ------
    OptionError
        There is no such style, or it cannot be read; *option* is what names it.
    """
    files = [Path(folder, style) for folder in folders]
    found = [str(file) for file in files if style.endswith(".mplstyle") and file.is_file()]
    if not found and style.endswith(".mplstyle"):
        searched = " or ".join(dict.fromkeys(folders))
        raise OptionError(
            f"{{option}} names a file that does not exist: there is no {style} in {searched}.",
            option=option,
        )
    if not found and not _exists(style):
        raise OptionError(
            f"unknown Matplotlib style {style!r} in {{option}}. Use a .mplstyle file, or one of "
            f"default, {', '.join(styles.available)}.",
            option=option,
        )
    try:
        styles.use(found[0] if found else style)
    except (OSError, ValueError) as error:
        raise OptionError(
            f"cannot read the Matplotlib style {style!r} in {{option}}: {error}.", option=option
        ) from None
