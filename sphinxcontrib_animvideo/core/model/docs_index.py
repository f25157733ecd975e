"""What a documentation holds, for those who render it themselves. Plain data."""

from __future__ import annotations

from dataclasses import dataclass

from ..rendering.messages import Limits
from .asset import Failure
from .job import Job


@dataclass(frozen=True)
class Reading:
    """What came of reading a documentation; nothing is rendered yet."""

    jobs: dict[str, tuple[Job, ...]]
    """By the absolute path of the document."""
    mistakes: dict[str, tuple[Failure, ...]]
    """What directives and ``conf.py`` do wrong, by the path of the document or of ``conf.py``."""
    cache_dir: str
    """Absolute path of the configured cache, or empty."""
    limits: Limits
    start_method: str
    quiet: tuple[str, ...]
    """Kinds of notes that the author does not want to see."""
    import_path: tuple[str, ...]
    """``sys.path``, with what ``conf.py`` has added."""
    variables: dict[str, str]
    """What ``conf.py`` has changed in ``os.environ``."""
