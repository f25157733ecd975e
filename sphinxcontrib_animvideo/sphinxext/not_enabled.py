"""What Sphinx loads for a builder of this package if ``conf.py`` does not name the extension."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from sphinx.application import Sphinx

EXTENSION = "sphinxcontrib_animvideo"


def setup(app: Sphinx) -> NoReturn:
    """End Sphinx with a message: the docs could not show the videos that it would render.

    Sphinx would show an exception with a traceback, and ask for a report to its developers.
    """
    sys.exit(f'animvideo: add "{EXTENSION}" to extensions in {app.confdir / "conf.py"}.')
