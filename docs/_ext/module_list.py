"""The directive ``animvideo-modules::``, which lists the modules of the package.

Each module is listed with the first sentence of its docstring, below its package. Packages are
listed from the front ends down to what they all use, in the order of the layers in
``pyproject.toml``.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "sphinxcontrib_animvideo"


class Modules(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        lines = []
        for folder in folders():
            name = folder.relative_to(PACKAGE.parent).as_posix()
            lines += [f"``{name}/``", f"   {first_sentence(folder / '__init__.py')}", ""]
            for path in sorted(folder.glob("*.py")):
                self.env.note_dependency(str(path))
                if path.name != "__init__.py":
                    lines += [f"   ``{path.stem}``", f"      {first_sentence(path)}", ""]
        parent = nodes.Element()
        self.state.nested_parse(StringList(lines, str(ROOT)), self.content_offset, parent)
        return list(parent.children)


def folders() -> Iterator[Path]:
    """Yield the packages, upper layers first."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    layered = [c for c in contracts["tool"]["importlinter"]["contracts"] if c["type"] == "layers"]
    order: dict[str, list[str]] = {c["containers"][0]: layers(c) for c in layered}

    def visit(folder: Path) -> Iterator[Path]:
        yield folder
        name = ".".join(folder.relative_to(PACKAGE.parent).parts)
        inner = sorted(path.parent for path in folder.glob("*/__init__.py"))
        ranked = order.get(name, [])
        for path in sorted(inner, key=lambda path: ranked.index(path.name) if ranked else 0):
            yield from visit(path)

    return visit(PACKAGE)


def layers(contract: dict[str, list[str]]) -> list[str]:
    """Return the modules of a contract in order."""
    return [name.strip() for layer in contract["layers"] for name in layer.split("|")]


def first_sentence(path: Path) -> str:
    """Return the first sentence of the docstring of a module."""
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    words = docstring.partition("\n\n")[0].split()
    text = " ".join(word for word in words if word != "PYTEST_DONT_REWRITE")
    return re.sub(r":\w+:`\.?([^`]+)`", r"``\1``", text)


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_directive("animvideo-modules", Modules)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
