"""The pytest plugin: its options, its fixture, and its marker. PYTEST_DONT_REWRITE

It is loaded at every start of pytest, so it imports nothing heavy; see :mod:`.testing`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .testing.recording import Recording

VIDEO_MODES = {
    "off": "none",
    "on": "all",
    "retain-on-failure": "those of failed tests",
}
UPDATES = {
    "missing": "those without an entry",
    "failed": "those without an entry, and those that differ from it",
    "all": "all",
}
DOCS_MODES = {
    "full": "render the videos; those that are cached are reused",
    "smoke": "run the code and draw its frames, without encoding them",
    "off": "do not collect the docs",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options, and the corresponding values of the configuration file."""
    group = parser.getgroup("animvideo", "videos of tests and of the docs (animvideo)")
    videos = _listed(VIDEO_MODES)
    group.addoption(
        "--animvideo",
        choices=list(VIDEO_MODES),
        help=f"Which videos of tests to keep: {videos}. Defaults to retain-on-failure.",
    )
    group.addoption(
        "--animvideo-output",
        metavar="DIR",
        help="Directory of the videos, with one folder for each test. The videos of an earlier "
        "run are removed. Defaults to animvideo-results.",
    )
    group.addoption(
        "--animvideo-update",
        choices=list(UPDATES),
        help="Accept videos as they are, in animvideo.lock next to the tests and in the directory "
        f"of --animvideo-baseline: {_listed(UPDATES)}.",
    )
    group.addoption(
        "--animvideo-baseline",
        metavar="DIR",
        help="Directory of accepted videos, stored losslessly. They are shown next to videos that "
        "differ, and compared with the tolerance of the marker.",
    )
    group.addoption(
        "--animvideo-docs",
        action="store_const",
        const="full",
        dest="animvideo_docs",
        help="Collect each animvideo directive of the docs as a test, if the arguments name a "
        "directory with a conf.py, or paths inside one. The same as --animvideo-docs-mode=full.",
    )
    group.addoption(
        "--animvideo-docs-mode",
        choices=list(DOCS_MODES),
        dest="animvideo_docs",
        help=f"How to test the directives of the docs: {_listed(DOCS_MODES)}.",
    )
    parser.addini("animvideo", f"Which videos of tests to keep: {videos}.")
    parser.addini("animvideo_output", "Directory of the videos, relative to the root directory.")
    parser.addini("animvideo_baseline", "Directory of accepted videos.")
    parser.addini("animvideo_docs", f"How to test directives of the docs: {_listed(DOCS_MODES)}.")


def _listed(modes: dict[str, str]) -> str:
    return "; ".join(f"{mode}: {meaning}" for mode, meaning in modes.items())


def _mode(config: pytest.Config, name: str, modes: dict[str, str], default: str) -> str:
    """Return the mode from the command line, else from the configuration file."""
    chosen = config.getoption(name) or config.getini(name) or default
    if chosen not in modes:
        place = f" in {config.inipath}" if config.inipath else ""
        raise pytest.UsageError(f"{name}{place} must be one of {', '.join(modes)}, not {chosen!r}.")
    return str(chosen)


def pytest_configure(config: pytest.Config) -> None:
    """Register what this run needs."""
    from .testing import marked_tests
    from .testing.comparing import Comparisons
    from .testing.marker import USAGE
    from .testing.results import Results
    from .testing.unused_entries import UnusedEntries

    config.addinivalue_line("markers", USAGE)
    named = config.getoption("animvideo_baseline") or config.getini("animvideo_baseline")
    baselines = Path(os.path.abspath(config.rootpath / named)) if named else None  # noqa: PTH100
    mode = _mode(config, "animvideo", VIDEO_MODES, "retain-on-failure")
    update = config.getoption("animvideo_update") or ""
    if update and mode == "off":
        raise pytest.UsageError(
            "--animvideo-update has no videos to accept if animvideo is off. Add --animvideo=on."
        )
    results = Results(
        config,
        mode,
        lossless=baselines is not None,
        compare=lambda item, recording: comparisons.compare(item, recording),
    )
    comparisons = Comparisons(config, results, baselines, update)
    config.pluginmanager.register(results, Results.NAME)
    config.pluginmanager.register(comparisons, Comparisons.NAME)
    config.pluginmanager.register(marked_tests, "animvideo-marked-tests")
    unused = UnusedEntries(config, update == "all", results.relative_path)
    config.pluginmanager.register(unused, UnusedEntries.NAME)
    docs = _mode(config, "animvideo_docs", DOCS_MODES, "off")
    if docs != "off":
        from .testing.docs import Docs

        config.pluginmanager.register(Docs(config, smoke=docs == "smoke"), "animvideo-docs")


@pytest.fixture
def animvideo(request: pytest.FixtureRequest) -> Iterator[Recording]:
    """Record a video of this test: ``animvideo.capture(figure)``, ``animvideo.record(animation)``.

    It is kept if the test fails, in the directory of ``--animvideo-output``; see ``--animvideo``.
    """
    from .testing.results import recorded

    with recorded(request.node) as recording:
        yield recording
