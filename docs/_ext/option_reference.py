"""Directives that write the reference from the declarations in the package.

``animvideo-options:: <group>``
    The directive's options of a group; each is also a target ``option-<name>``.
``animvideo-config:: <group>``
    The configuration values of a group; each is also a target ``config-<name>``.
``animvideo-formats::``
    A table of the output formats.
``animvideo-warnings::``
    The subtypes of warnings, from the classes of errors; each is a target ``warning-<subtype>``.
``animvideo-help:: [<command>]``
    The help text of the command line, or of one command.
``animvideo-pytest:: options`` (or ``ini``, or ``marker``)
    The options of the pytest plugin.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

from sphinxcontrib_animvideo.cli import parser
from sphinxcontrib_animvideo.core.model import values
from sphinxcontrib_animvideo.core.model.formats import FORMATS
from sphinxcontrib_animvideo.core.model.options import (
    CONFIG,
    DIRECTIVE,
    MARKER,
    Option,
    options_of,
)
from sphinxcontrib_animvideo.errors import AnimvideoError
from sphinxcontrib_animvideo.pytest_plugin import pytest_addoption

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

# Warnings about videos that are rendered nevertheless.
_NOTES = {
    "array": "The values of an array are so small that the picture is nearly black.",
    "dropped": "Captures are not in the video because they are shorter than a frame.",
    "flash": "The video flashes more than three times in a second, which can cause seizures.",
    "max_frames": "An animation of unknown length was truncated at ``max-frames``.",
}


class _Reference(SphinxDirective):
    """What the directives of this module share."""

    def entry(self, label: str, title: str, text: str) -> nodes.definition_list_item:
        """Return a term that can be linked as *label*, and a sentence or two."""
        node_id = nodes.make_id(label)
        self.add_label(label, node_id, title)
        link = nodes.reference("", "¶", internal=True, refid=node_id, classes=["headerlink"])
        term = nodes.term("", "", nodes.literal(title, title), link, ids=[node_id])
        definition = nodes.definition("", nodes.paragraph("", "", *prose(text)))
        return nodes.definition_list_item("", term, definition)

    def add_label(self, label: str, node_id: str, title: str) -> None:
        """Let ``:ref:`label``` link to a node of this page."""
        std = self.env.domains.standard_domain
        std.anonlabels[label] = self.env.docname, node_id
        std.labels[label] = self.env.docname, node_id, title


class _Objects(_Reference):
    """Writes objects of a Sphinx domain, which the index, the search, and other projects find."""

    required_arguments = 1

    def parsed(self, entries: Iterable[Sequence[str]], labels: dict[str, str]) -> list[nodes.Node]:
        """Return the *entries*, which are lines of text, as nodes.

        *labels* are the labels by the names of the objects.
        """
        found = self.parse_text_to_nodes("\n".join(line for entry in entries for line in entry))
        for node in found:
            for signature in node.findall(addnodes.desc_signature):
                title = signature.next_node(addnodes.desc_name).astext()
                self.add_label(labels[signature["fullname"]], signature["ids"][0], title)
        return found


class Options(_Objects):
    def run(self) -> list[nodes.Node]:
        found = options_of(DIRECTIVE).values()
        options = [option for option in found if option.group == self.arguments[0]]
        labels = {option.name: f"option-{option.name}" for option in options}
        self.env.ref_context["rst:directives"] = ["animvideo"]
        try:
            return self.parsed(map(self._lines, options), labels)
        finally:
            del self.env.ref_context["rst:directives"]

    def _lines(self, option: Option) -> list[str]:
        facts = []
        if option.kind is not values.TEXT:
            facts.append(f":Value: {rst(option.kind.allowed)}")
        if CONFIG in option.front_ends:
            config = f":ref:`config-{option.config_name}`"
            facts.append(f":Default: {shown(option.default)}, or {config}")
        elif option.default:
            facts.append(f":Default: {shown(option.default)}")
        if option.is_flag:
            facts.append(f":Turned off by: ``:no-{option.name}:``")
        return described(f"rst:directive:option:: {option.name}", [], option.help, facts)


class Config(_Objects):
    def run(self) -> list[nodes.Node]:
        found = options_of(CONFIG).values()
        options = [option for option in found if option.group == self.arguments[0]]
        labels = {option.config_name: f"config-{option.config_name}" for option in options}
        return self.parsed(map(self._lines, options), labels)

    def _lines(self, option: Option) -> list[str]:
        types = either([f"``{kind.__name__}``" for kind in option.kind.types] or ["any object"])
        facts = [f":Value: {rst(option.kind.allowed)}"]
        if DIRECTIVE in option.front_ends:
            facts.append(f":In a directive: :ref:`option-{option.name}`")
        head = [f":type: {types}", f":default: {shown(option.default, python=True)}"]
        return described(f"confval:: {option.config_name}", head, option.help, facts)


class Formats(_Reference):
    def run(self) -> list[nodes.Node]:
        head = ["Name", "File", "Media type", "Qualities", "Quality as a number"]
        rows = [
            [
                f"``{name}``",
                f"``{made.suffix}``",
                f"``{made.media_type}``",
                ", ".join(f"``{word}``" for word in made.qualities),
                f"0 to {made.max_number}" if made.max_number else "no",
            ]
            for name, made in FORMATS.items()
        ]
        return [table(head, rows)]


class Warnings(_Reference):
    def run(self) -> list[nodes.Node]:
        found = {kind.kind: kind.__doc__ or "" for kind in AnimvideoError.__subclasses__()}
        entries = [
            self.entry(f"warning-{subtype}", f"animvideo.{subtype}", text)
            for subtype, text in (found | _NOTES).items()
        ]
        return [nodes.definition_list("", *entries)]


class Help(SphinxDirective):
    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        top = parser(width=88)
        commands = next(dict(a.choices) for a in top._actions if isinstance(a.choices, dict))
        shown = commands[self.arguments[0]] if self.arguments else top
        text = shown.format_help().rstrip()
        return [nodes.literal_block(text, text, language="none")]


class _Parser:
    """Takes note of what the plugin tells pytest's parser."""

    def __init__(self) -> None:
        self.options: list[tuple[str, str]] = []
        self.ini: list[tuple[str, str]] = []

    def getgroup(self, name: str, description: str) -> _Parser:
        return self

    def addoption(
        self, name: str, help: str, metavar: str = "", choices: Sequence[str] = (), **rest: Any
    ) -> None:
        value = "|".join(choices) or metavar
        self.options.append((f"{name}={value}" if value else name, help))

    def addini(self, name: str, help: str) -> None:
        self.ini.append((name, help))


class Pytest(_Reference):
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        parser = _Parser()
        pytest_addoption(parser)  # type: ignore[arg-type]
        arguments = [
            (f"{option.name.replace('-', '_')}=", option.help)
            for option in options_of(MARKER).values()
        ]
        found = {"options": parser.options, "ini": parser.ini, "marker": arguments}
        group = self.arguments[0]
        entries = [
            self.entry(f"pytest-{group}-{name.strip('-=')}", name, text)
            for name, text in found[group]
        ]
        return [nodes.definition_list("", *entries)]


def described(head: str, options: list[str], text: str, facts: list[str]) -> list[str]:
    """Return the lines of an object: its options, a sentence or two, and a field list."""
    indented = [*options, "", rst(text), "", *facts]
    return [f".. {head}", *[f"   {line}" for line in indented], ""]


def rst(text: str) -> str:
    """Return a help text as reStructuredText."""
    text = re.sub(r"(?<= )'([\w-]+)'", r"``\1``", text)
    return re.sub(r"(?<!`)`([^`]+)`(?!`)", r"``\1``", text)


def prose(text: str) -> list[nodes.Node]:
    """Return *text* as nodes; what stands in backticks, or is one quoted word, is literal."""
    parts = re.split(r"(``?[^`]+``?|(?<= )'[\w-]+')", text)
    return [
        nodes.literal(part, part.strip("`'")) if part[0] in "`'" else nodes.Text(part)
        for part in parts
        if part
    ]


def shown(default: Any, python: bool = False) -> str:
    """Return a default in the words of a directive, or as Python for ``conf.py``."""
    if default in (None, "", ()):
        return "none"
    if isinstance(default, bool) and not python:
        return "on" if default else "off"
    if isinstance(default, Fraction):
        default = int(default)
    if isinstance(default, float) and default.is_integer():
        default = int(default)
    if isinstance(default, tuple):
        default = list(default) if python else " ".join(default)
    return f"``{default!r}``" if python else f"``{default}``"


def either(words: Sequence[str]) -> str:
    """Join *words* as a choice."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> nodes.table:
    """Return a table of texts with one header row."""

    def row(cells: Sequence[str]) -> nodes.row:
        return nodes.row(
            "", *[nodes.entry("", nodes.paragraph("", "", *prose(cell))) for cell in cells]
        )

    group = nodes.tgroup(
        "",
        *[nodes.colspec(colwidth=1) for _ in head],
        nodes.thead("", row(head)),
        nodes.tbody("", *[row(cells) for cells in rows]),
        cols=len(head),
    )
    return nodes.table("", group)


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_directive("animvideo-options", Options)
    app.add_directive("animvideo-config", Config)
    app.add_directive("animvideo-formats", Formats)
    app.add_directive("animvideo-warnings", Warnings)
    app.add_directive("animvideo-help", Help)
    app.add_directive("animvideo-pytest", Pytest)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
