"""A pytest inside of pytest."""

from __future__ import annotations

from collections.abc import Callable

import matplotlib as mpl
import pytest

OURS = "sphinxcontrib_animvideo.pytest_plugin"
XDIST = "xdist.plugin"


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Name the plugins that an inner pytest loads beside ours."""
    return lambda *names: monkeypatch.setenv("PYTEST_PLUGINS", ",".join([OURS, *names]))


@pytest.fixture(autouse=True)
def _inner_pytest(monkeypatch: pytest.MonkeyPatch, load: Callable[..., None]) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # half of the time of a short run
    load()
    # It has a home of its own, where Matplotlib would look at all fonts again.
    monkeypatch.setenv("MPLCONFIGDIR", mpl.get_cachedir())


@pytest.fixture(params=[[], ["-n", "2"]], ids=["alone", "xdist"])
def workers(request: pytest.FixtureRequest, load: Callable[..., None]) -> list[str]:
    """Arguments for an inner pytest, without and with workers."""
    load(XDIST)
    return request.param
