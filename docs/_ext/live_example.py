"""The directive ``live-example``: shows its content as source, then parses it.

What the reader copies is what ran. With ``:source-below:``, the source comes after the result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from pygments.lexer import Lexer
from pygments.lexers import PythonLexer, RstLexer
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


class LiveExample(SphinxDirective):
    has_content = True
    option_spec: ClassVar = {"source-below": directives.flag}

    def run(self) -> list[nodes.Node]:
        self.assert_has_content()
        text = "\n".join(self.content)
        shown = nodes.literal_block(text, text, language="animvideo")
        self.set_source_info(shown)
        result = self.parse_content_to_nodes()
        return [*result, shown] if "source-below" in self.options else [shown, *result]


class AnimvideoLexer(Lexer):
    """reStructuredText, with the content of an ``animvideo`` directive as Python."""

    name = "animvideo"
    _head = re.compile(r".*^ *\.\. animvideo::[^\n]*\n(?: +:[^\n]*\n)*", re.MULTILINE | re.DOTALL)

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, Any, str]]:
        head = self._head.match(text)
        end = head.end() if head else len(text)
        yield from RstLexer().get_tokens_unprocessed(text[:end])
        for index, token, value in PythonLexer().get_tokens_unprocessed(text[end:]):
            yield end + index, token, value


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_directive("live-example", LiveExample)
    app.add_lexer("animvideo", AnimvideoLexer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
