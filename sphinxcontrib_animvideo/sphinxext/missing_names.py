"""Names that code uses and another directive of the page defines: ``:context:`` is missing."""

from __future__ import annotations

import re
import symtable
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

from ..core.model.asset import Asset
from ..core.model.job import Job
from ..errors import AnimvideoError, ExecutionError
from .collection import Source

_UNDEFINED = re.compile(r"the code raised NameError: name '(\w+)' is not defined")


def name_definitions(
    sources: Mapping[str, Iterable[Source]], outcomes: Mapping[Source, Asset | AnimvideoError]
) -> None:
    """Add the directive that defines a name to the errors of code that does not see it.

    Parameters
    ----------
    sources
        By document, in the order of the page.
    """
    for page in sources.values():
        jobs = [s for s in page if isinstance(s, Job) and not s.script and not s.file]
        for number, job in enumerate(jobs):
            error = outcomes[job]
            if isinstance(error, ExecutionError) and not error.option:
                _name_definition(error, job, jobs[:number])


def _name_definition(error: ExecutionError, job: Job, earlier: Sequence[Job]) -> None:
    found = _UNDEFINED.match(error.message)
    if not found:
        return
    other = next((o for o in reversed(earlier) if found[1] in _defined_by(o.code)), None)
    if other and other not in job.chain and other.location != job.location:
        error.message += "."
        error.option = "context"
        error.hint = (
            f"The directive on line {other.location.line} defines it, but each directive runs in "
            "its own namespace. To share one namespace, add {option} to both directives."
        )


def _defined_by(code: str) -> Iterator[str]:
    with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        for symbol in symtable.symtable(code, "", "exec").get_symbols():
            if symbol.is_assigned() or symbol.is_imported():
                yield symbol.get_name()
