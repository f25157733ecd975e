"""Checks that code uses the parameters of a sweep, and does not set them itself."""

from __future__ import annotations

import ast
from dataclasses import replace

from ...errors import OptionError
from .job import Job, SourceLocation
from .sweep import Sweep
from .text import ExplainedError, suggestion

_INDIRECT = {"globals", "locals", "vars", "exec", "eval"}
"""Functions by which code can use a name that does not stand in it."""


def swept_jobs(job: Job, sweep: Sweep, most: int) -> tuple[Job, ...]:
    """Return one job for each combination.

    Parameters
    ----------
    most
        How many there may be.

    Raises
    ------
    OptionError
        There are too many, or the code sets a parameter itself or does not use it.
    """
    check_size(sweep, most)
    # A callable gets its parameters as arguments, which is checked when it is called.
    if not job.function:
        # What an earlier directive of the context defines may use them.
        check_code(job.code, job.code_location, sweep, is_alone=not job.previous)
    return tuple(replace(job, parameters=chosen) for chosen in sweep.combinations)


def check_size(sweep: Sweep, most: int) -> None:
    """Raise :class:`OptionError` if there are too many combinations."""
    if sweep.size > most:
        raise OptionError(
            f"the sweep has {sweep.size} combinations, but at most {most} are allowed. Use fewer "
            "values.",
            option="max-sweep",
            hint="Or increase {option}.",
        )


def default_of(sweep: Sweep, chosen: Sweep | None) -> int:
    """Return the number of the combination that is shown first.

    Raises
    ------
    OptionError
        What is *chosen* is no combination of the sweep.
    """
    try:
        return sweep.index(sweep.middle(chosen))
    except ExplainedError as error:
        raise OptionError(
            f"{{option}} must be a combination of the sweep: {error}.", option="sweep-default"
        ) from None


def check_code(code: str, location: SourceLocation, sweep: Sweep, is_alone: bool) -> None:
    """Raise :class:`OptionError` if code does not use the parameters, or sets them itself.

    Parameters
    ----------
    location
        Of the first line of the code.
    is_alone
        Whether nothing that was defined before it runs can use them.
    """
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # reported when the code runs
    names = _Names()
    names.visit(tree)
    for parameter in sweep.parameters:
        name = parameter.name
        if line := names.assigned.get(name):
            raise OptionError(
                f"the code sets {name} itself, so all values of the sweep would give the same "
                f"video. Remove this line, or remove {name} from {{option}}.",
                option="sweep",
                file=location.file,
                line=location.line + line - 1,
            )
        if is_alone and name not in names.read and not names.read & _INDIRECT:
            hint = suggestion(name, names.read - names.assigned.keys())
            raise OptionError(f"the code does not use {name} of {{option}}.{hint}", option="sweep")


_SCOPES = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)
"""What has names of its own."""


class _Names:
    """The names that code reads anywhere, and those that it sets at its top level."""

    def __init__(self) -> None:
        self.read: set[str] = set()
        self.assigned: dict[str, int] = {}
        """With the line, from 1."""

    def visit(self, node: ast.AST, depth: int = 0) -> None:
        """Note the names in a node, which is in so many scopes of its own."""
        assigned: list[str] = []
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                self.read.add(name)
            case ast.Name(id=name):
                assigned = [name]
            case ast.AugAssign(target=ast.Name(id=name)):
                self.read.add(name)  # it goes on from the value that was set
                self.visit(node.value, depth)
                return
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                assigned = [alias.asname or alias.name.partition(".")[0] for alias in aliases]
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                assigned = [node.name]
        if not depth:
            for name in assigned:
                self.assigned.setdefault(name, getattr(node, "lineno", 1))
        for child in ast.iter_child_nodes(node):
            self.visit(child, depth + isinstance(node, _SCOPES))
