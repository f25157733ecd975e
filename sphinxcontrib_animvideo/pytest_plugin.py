"""The pytest plugin: its options, its fixture, its marker. PYTEST_DONT_REWRITE

Loaded at every start of pytest, so it imports nothing heavy; what works is in :mod:`.testing`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .testing.recording import Recording

VIDEO_MODES = {
    "off": "nothing is recorded",
    "on": "all are kept",
    "retain-on-failure": "those of failing tests are kept",
}
UPDATES = {
    "missing": "those that have no entry",
    "failed": "those that have none, or differ from it",
    "all": "every one",
}
DOCS_MODES = {
    "full": "the videos are made, and those that are made already are taken from the cache",
    "smoke": "the code runs and makes its frames, and nothing is encoded",
    "off": "documentation is no test",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options, and the values of the configuration file that stand for them."""
    group = parser.getgroup("animvideo", "videos of tests, and the documentation's (animvideo)")
    videos = _listed(VIDEO_MODES)
    group.addoption(
        "--animvideo",
        choices=list(VIDEO_MODES),
        help=f"Which videos of tests are kept: {videos}. Default: retain-on-failure.",
    )
    group.addoption(
        "--animvideo-output",
        metavar="DIR",
        help="Folder of the videos, one folder for each test. What an earlier run has left there "
        "is removed. Default: animvideo-results.",
    )
    group.addoption(
        "--animvideo-update",
        choices=list(UPDATES),
        help="Accept videos as they are, in animvideo.lock beside the tests, and in the folder of "
        f"--animvideo-baseline: {_listed(UPDATES)}.",
    )
    group.addoption(
        "--animvideo-baseline",
        metavar="DIR",
        help="Folder of the videos that were accepted, without loss: shown beside those that "
        "differ, and compared with the tolerance of the marker.",
    )
    # Names of their own, as an option with a value would take the path that follows it.
    group.addoption(
        "--animvideo-docs",
        action="store_const",
        const="full",
        help="Make a test of each animvideo directive in the documentation that the arguments "
        f"name: in a folder with a conf.py, or below it. The same as --animvideo-docs=full: "
        f"{DOCS_MODES['full']}.",
    )
    for mode, meaning in DOCS_MODES.items():
        group.addoption(
            f"--animvideo-docs={mode}",
            action="store_const",
            const=mode,
            dest="animvideo_docs",
            help=f"{meaning[0].upper()}{meaning[1:]}.",
        )
    parser.addini("animvideo", f"Which videos of tests are kept: {videos}.")
    parser.addini("animvideo_output", "Folder of the videos, relative to the root folder.")
    parser.addini("animvideo_baseline", "Folder of the videos that were accepted.")
    parser.addini("animvideo_docs", f"Directives as tests: {_listed(DOCS_MODES)}.")


def _listed(modes: dict[str, str]) -> str:
    return "; ".join(f"{mode}: {meaning}" for mode, meaning in modes.items())


def _mode(config: pytest.Config, name: str, modes: dict[str, str], default: str) -> str:
    """Return the mode on the command line, else that in the configuration file."""
    chosen = config.getoption(name) or config.getini(name) or default
    if chosen not in modes:
        raise pytest.UsageError(
            f"{name} = {chosen} in {config.inipath}: it takes {', '.join(modes)}."
        )
    return str(chosen)


def pytest_configure(config: pytest.Config) -> None:
    """Register what this run needs."""
    from .testing.marker import USAGE
    from .testing.results import Results

    config.addinivalue_line("markers", USAGE)
    mode = _mode(config, "animvideo", VIDEO_MODES, "retain-on-failure")
    results = Results(config, mode)
    config.pluginmanager.register(results, Results.NAME)
    config.pluginmanager.register(results.comparisons, results.comparisons.NAME)
    docs = _mode(config, "animvideo_docs", DOCS_MODES, "off")
    if docs != "off":
        from .testing.docs import Docs

        config.pluginmanager.register(Docs(config, smoke=docs == "smoke"), "animvideo-docs")


@pytest.fixture
def animvideo(request: pytest.FixtureRequest) -> Iterator[Recording]:
    """Record a video of this test: ``animvideo.capture(figure)``, ``animvideo.record(animation)``.

    It is kept if the test fails, below the folder of ``--animvideo-output``; see ``--animvideo``.
    """
    from .testing.results import recorded

    with recorded(request.node) as recording:
        yield recording
