"""The message catalogs: extracts the messages of the source, and updates and compiles all catalogs.

``python -m tests.catalogs`` updates the catalogs in ``sphinxcontrib_animvideo/locale``, and lists
the messages that have no translation yet. ``python -m tests.catalogs it`` adds a language.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).parents[1] / "sphinxcontrib_animvideo"
FOLDER = PACKAGE / "locale"
NAME = "sphinxcontrib_animvideo"
TEMPLATE = FOLDER / f"{NAME}.pot"
_HEADER = (
    "# Messages of sphinxcontrib-animvideo, under the license of the project.\n"
    "# Updated with: python -m tests.catalogs"
)
_CHANGING = (
    *(b"Project-Id-Version", b"Report-Msgid-Bugs-To", b"POT-Creation-Date", b"PO-Revision-Date"),
    *(b"Last-Translator", b"Language-Team", b"Generated-By"),
)
"""Header fields that git knows, or that change without the messages."""


def extract() -> Catalog:
    """Return the messages of the source."""
    template = Catalog(project=NAME, header_comment=_HEADER, charset="utf-8", fuzzy=False)
    found = extract_from_dir(
        PACKAGE, [("**.py", "python")], keywords={"_": None}, comment_tags=("Translators:",)
    )
    for file, _, message, comments, context in found:
        template.add(message, None, [(file, 0)], auto_comments=comments, context=context)
    return template


def po_files() -> list[Path]:
    """Return the catalogs of all languages."""
    return sorted(FOLDER.glob(f"*/LC_MESSAGES/{NAME}.po"))


def read(path: Path) -> Catalog:
    """Read a catalog, compiled or not."""
    with path.open("rb") as file:
        return read_mo(file) if path.suffix == ".mo" else read_po(file)


def translations(catalog: Catalog) -> dict[str, str]:
    """Return the messages of a catalog, with their translations."""
    return {str(message.id): str(message.string or "") for message in catalog if message.id}


def write(path: Path, catalog: Catalog) -> None:
    """Write a catalog; the same messages always become the same file."""
    buffer = BytesIO()
    write_po(buffer, catalog, width=100, include_lineno=False, ignore_obsolete=True)
    lines = buffer.getvalue().splitlines(keepends=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(line for line in lines if not line[1:].startswith(_CHANGING)))


def compile_catalog(path: Path) -> None:
    """Compile a catalog, if it has changed."""
    catalog, compiled = read(path), path.with_suffix(".mo")
    if not compiled.exists() or translations(read(compiled)) != translations(catalog):
        with compiled.open("wb") as file:
            write_mo(file, catalog)


def update(languages: list[str]) -> dict[str, list[str]]:
    """Update and compile all catalogs, and add those of new *languages*.

    Returns the messages without a translation, by language.
    """
    template = extract()
    write(TEMPLATE, template)
    new = [FOLDER / language / "LC_MESSAGES" / f"{NAME}.po" for language in languages]
    missing = {}
    for path in sorted({*po_files(), *new}):
        language = path.parts[-3]
        catalog = read(path) if path.exists() else Catalog(header_comment=_HEADER, fuzzy=False)
        catalog.locale = language
        catalog.update(template, no_fuzzy_matching=True)
        write(path, catalog)
        compile_catalog(path)
        missing[language] = [id for id, text in translations(catalog).items() if not text]
    return missing


if __name__ == "__main__":
    for language, messages in update(sys.argv[1:]).items():
        print(f"{language}: {len(messages)} without a translation", *messages, sep="\n    ")
