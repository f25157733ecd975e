"""Sweeps where nothing moves: a table of still pictures, with parameters as rows and columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from docutils import nodes

from ..core.model.asset import Asset
from ..core.model.options import docs_spelling
from ..core.model.sweep import Parameter, Sweep, in_words
from ..errors import AnimvideoError
from .collection import Source, VideoRequest
from .paper import still_picture

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_MOST_COLUMNS, _MOST_ROWS = 4, 6
"""More have no room on a page. Of more values, some are left out, but not the first and last."""
_HEAD, _PICTURE = 16, 30
"""Widths of columns, relative to each other."""


def table_of_stills(
    app: Sphinx, request: VideoRequest, outcomes: Mapping[Source, Asset | AnimvideoError]
) -> nodes.table:
    """Return the table.

    The first parameter has the rows and the second one the columns; a single parameter has the
    columns. The others are at their default.
    """
    sweep = request.sweep
    assert sweep
    choices = list(_choices(sweep, request.default))
    columns_of = 1 if len(sweep.parameters) > 1 else 0
    columns = _some(sweep.parameters[columns_of], _MOST_COLUMNS)
    rows = _some(sweep.parameters[0], _MOST_ROWS) if columns_of else [None]
    table = nodes.table(classes=["animvideo-grid", "colwidths-given"])
    widths = [*([_HEAD] if columns_of else []), *([_PICTURE] * len(columns))]
    group = nodes.tgroup(cols=len(widths))
    group += [
        nodes.colspec(colwidth=width, stub=1) if width == _HEAD else nodes.colspec(colwidth=width)
        for width in widths
    ]
    body = nodes.tbody()
    heads = [_text(_head(sweep.parameters[columns_of], column)) for column in columns]
    # Of parameters that have neither rows nor columns, the corner tells the values.
    corner = [_text(in_words(sweep.combinations[request.default][2:]))] if columns_of else []
    group += nodes.thead("", _row([*corner, *heads]))
    for row in rows:
        cells = [_text(_head(sweep.parameters[0], row))] if row is not None else []
        for column in columns:
            choices[columns_of] = column
            if row is not None:
                choices[0] = row
            source = request.variants[0][sweep.index(choices)]
            cells.append(nodes.entry("", *_cell(app, source, outcomes[source])))
        body += _row(cells)
    table += [group]
    group += body
    return table


def _cell(app: Sphinx, source: Source, outcome: Asset | AnimvideoError) -> list[nodes.Node]:
    if isinstance(outcome, AnimvideoError):
        message = outcome.explain_alone(docs_spelling)
        return [nodes.paragraph(message, message)]
    posters = [clip.poster for clip in outcome.clips if clip.poster]
    pictures = [still_picture(app, outcome.path(poster), width="100%") for poster in posters]
    for picture in pictures:
        picture["alt"] = getattr(source, "combination", "")
    return list(pictures)


def _choices(sweep: Sweep, number: int) -> Sequence[int]:
    combination = sweep.combinations[number]
    pairs = zip(sweep.parameters, combination, strict=True)
    return [parameter.literals.index(literal) for parameter, (_, literal) in pairs]


def _some(parameter: Parameter, most: int) -> list[int]:
    """Return the numbers of at most so many values, at even distances."""
    count = len(parameter.literals)
    if count <= most:
        return list(range(count))
    return [round(number * (count - 1) / (most - 1)) for number in range(most)]


def _head(parameter: Parameter, choice: int) -> str:
    return f"{parameter.name} = {parameter.labels[choice]}"


def _text(text: str) -> nodes.entry:
    return nodes.entry("", nodes.paragraph(text, text))


def _row(cells: list[nodes.entry]) -> nodes.row:
    return nodes.row("", *cells)
