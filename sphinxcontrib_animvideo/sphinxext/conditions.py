"""The conditions under which a video is on its page: ``only`` and ``ifconfig`` around it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from docutils import nodes
from sphinx.addnodes import only

from .nodes import animvideo

if TYPE_CHECKING:
    from sphinx.application import Sphinx


class Condition(NamedTuple):
    """What must hold for the content of a directive to be part of the page."""

    directive: str
    """``only`` or ``ifconfig``."""
    expression: str


def conditions_in(doctree: nodes.document) -> dict[int, tuple[Condition, ...]]:
    """Return the conditions of the videos in a document, by the index of their request."""
    return {node["index"]: _conditions_of(node) for node in doctree.findall(animvideo)}


def _conditions_of(node: nodes.Node | None) -> tuple[Condition, ...]:
    found = []
    while node is not None:
        # The class of ifconfig exists only if its extension is loaded.
        if isinstance(node, only) or type(node).__name__ == "ifconfig":
            found.append(Condition(type(node).__name__, node["expr"]))  # type: ignore[index]
        node = node.parent
    return tuple(found)


def evaluator(app: Sphinx) -> Callable[[Condition], bool]:
    """Return whether a condition holds in this build, as Sphinx evaluates it.

    A wrong expression holds: Sphinx warns about it when it removes what does not.
    """

    def holds(condition: Condition) -> bool:
        try:
            if condition.directive == "only":
                return bool(app.builder.tags.eval_condition(condition.expression))
            names = {value.name: value.value for value in app.config}
            names |= {**vars(app.config), "builder": app.builder.name}
            return bool(eval(condition.expression, names))
        except Exception:
            return True

    return holds
