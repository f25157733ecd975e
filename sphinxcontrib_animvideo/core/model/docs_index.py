"""What a documentation project contains, for tools that render it without building its pages."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import AnimvideoError
from .job import Job
from .settings import Arithmetic, Limits


@dataclass(frozen=True)
class DocsIndex:
    """The result of reading a documentation project; nothing is rendered yet."""

    jobs: dict[str, tuple[Job, ...]]
    """By the absolute path of the document."""
    errors: dict[str, tuple[AnimvideoError, ...]]
    """What is wrong in directives and in ``conf.py``, by the path of the document or of
    ``conf.py``."""
    cache_dir: str
    """Absolute path of the configured cache, or empty."""
    limits: Limits
    arithmetic: Arithmetic
    start_method: str
    suppressed: tuple[str, ...]
    """Kinds of notes that ``suppress_warnings`` suppresses."""
    import_path: tuple[str, ...]
    """``sys.path``, with what ``conf.py`` has added."""
    variables: dict[str, str]
    """What ``conf.py`` has changed in ``os.environ``."""
