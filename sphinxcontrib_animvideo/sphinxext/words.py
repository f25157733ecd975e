"""The words that a build writes on pages, from the message catalog, in the documents' language."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from babel import Locale, UnknownLocaleError
from sphinx.locale import get_translation

if TYPE_CHECKING:
    from sphinx.application import Sphinx

CATALOG = "sphinxcontrib_animvideo"
"""Name of the message catalog."""
_FOLDER = Path(__file__).parents[1] / "locale"

_ = get_translation(CATALOG)
"""Translates a message to ``language`` in ``conf.py``; one without a translation is in English."""


def register(app: Sphinx) -> None:
    """Register the message catalog with Sphinx."""
    app.add_message_catalog(CATALOG, str(_FOLDER))


def language_name(language: str) -> str:
    """Return the name of a language in that language, as in a menu: ``Deutsch`` for ``de``.

    Parameters
    ----------
    language
        As in ``conf.py``, such as ``pt_BR``. One that is not in the Unicode Common Locale Data
        Repository (CLDR) is returned as it is.
    """
    try:
        name = Locale.parse(language.replace("-", "_")).display_name or language
    except (ValueError, UnknownLocaleError):
        return language
    return name[0].title() + name[1:]  # CLDR has them as within a sentence: français
