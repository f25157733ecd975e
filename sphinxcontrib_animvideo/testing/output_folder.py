"""The output directory of the videos of tests."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from contextlib import suppress
from pathlib import Path

import pytest

INDEX = "index.html"
"""Name of the page with all videos."""
VIDEO = "video"
"""Name of the first video of a test, without its extension; others are ``video-2`` and so on."""
_DEFAULT = "animvideo-results"
_OUR_FOLDER = re.compile(r".*-[0-9a-f]{8}|retry-\d+")
_OUR_FILE = re.compile(r"video(-\d+)?\.\w+(\.unfinished)?|side-by-side-\w+\.\w+|frame-\d+-\w+\.png")


class OutputFolder:
    """The directory of ``--animvideo-output``.

    Parameters
    ----------
    config
        Of pytest.
    """

    def __init__(self, config: pytest.Config) -> None:
        if named := config.getoption("animvideo_output"):
            start = config.invocation_params.dir
            self.path = Path(os.path.abspath(start / named))  # noqa: PTH100  (keeps links)
        else:
            self.path = config.rootpath / (config.getini("animvideo_output") or _DEFAULT)

    def clean(self) -> None:
        """Remove the videos and the page of an earlier run."""
        index = self.path / INDEX
        if index.is_file() and _is_report(index):
            index.unlink()
        for folder in _subfolders(self.path):
            for deeper in (*_subfolders(folder), folder):
                for path in deeper.iterdir():
                    if _OUR_FILE.fullmatch(path.name):
                        shutil.rmtree(path) if path.is_dir() else path.unlink()
                self.remove_empty(deeper)
        self.remove_empty(self.path)

    def remove_empty(self, folder: Path) -> None:
        """Remove *folder* and its parents, up to the output directory, as far as they are empty."""
        with suppress(OSError):
            while folder.is_relative_to(self.path):
                folder.rmdir()
                folder = folder.parent


def folder_name(nodeid: str) -> str:
    """Return a folder name that is valid on every file system and unique to a test."""
    readable = re.sub(r"[^A-Za-z0-9_.]+", "-", nodeid).strip("-.")[:60]
    return f"{readable}-{hashlib.sha256(nodeid.encode()).hexdigest()[:8]}"


def _subfolders(folder: Path) -> list[Path]:
    """Return the folders in *folder* whose names are ours."""
    if not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if path.is_dir() and _OUR_FOLDER.fullmatch(path.name)]


def _is_report(path: Path) -> bool:
    """Whether a file is a page written by :func:`.summary.page`."""
    from ..html.report_page import GENERATOR  # most runs find no page

    with suppress(OSError):
        return GENERATOR in path.read_text("utf-8", errors="replace")[:500]
    return False
