"""The files of videos among the built pages, of this build or of those that are on the web."""

from __future__ import annotations

import hashlib
import http.client
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.cache.environment import hash_file

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_LARGEST = 200_000_000
"""Bytes of a file on the web that are read."""
_PATIENCE = 10
"""Seconds."""


def published_name(sha256: str, suffix: str) -> str:
    """Return the name of a published file: by its content, so that no cache shows an old one."""
    return f"animvideo-{sha256[:16]}{suffix}"


def find_published(app: Sphinx, sha256: str, suffix: str) -> Path | None:
    """Return a file with that content from the output of an earlier build, or from the web.

    The web is asked where ``html_baseurl`` says that the pages are there.
    """
    name = published_name(sha256, suffix)
    built = Path(app.outdir, app.builder.imagedir, name)
    if built.is_file() and hash_file(built) == sha256:
        return built
    base = app.config.html_baseurl
    if not base.startswith(("http://", "https://")):
        return None
    try:
        with urllib.request.urlopen(f"{base.rstrip('/')}/_images/{name}", timeout=_PATIENCE) as it:
            content = it.read(_LARGEST)
        if hashlib.sha256(content).hexdigest() != sha256:
            return None
        copy = Path(app.doctreedir, "animvideo-published", name)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(content)
    except (OSError, http.client.HTTPException):  # no network, or another version is published
        return None
    return copy
