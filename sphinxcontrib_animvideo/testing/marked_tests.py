"""Runs the tests that have the marker: what they record is compared."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

import pytest

from .marker import plain_failures, report_nothing, report_unseen
from .results import recorded

if TYPE_CHECKING:
    from .recording import Recording


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that has the marker; what it returns is recorded and compared."""
    if not pyfuncitem.get_closest_marker("animvideo"):
        return None
    if inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    given = pyfuncitem.funcargs
    has_fixture = "animvideo" in pyfuncitem.fixturenames
    with _recording(pyfuncitem) as recording:
        value = pyfuncitem.obj(**{name: given[name] for name in pyfuncitem._fixtureinfo.argnames})
        with plain_failures():
            if value is not None:
                recording.record(value)
            recording.record_animations()
        if value is not None or (not has_fixture and recording.has_frames):
            recording.compare()
        elif not has_fixture and recording.active:
            report_nothing(pyfuncitem)
    return True


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Fail a test that has the marker, but whose result is not seen; warn if its class has it."""
    if not isinstance(item, pytest.Function) or not item.get_closest_marker("animvideo"):
        return
    if "animvideo" in item.fixturenames:
        return
    import unittest  # most runs have no marker

    if inspect.iscoroutinefunction(item.obj):
        report_unseen(item, "an asynchronous test")
    elif item.cls and issubclass(item.cls, unittest.TestCase):
        report_unseen(item, "a method of unittest.TestCase")


@contextmanager
def _recording(item: pytest.Function) -> Iterator[Recording]:
    """Yield the recording of the test's fixture, or one of its own."""
    if "animvideo" in item.funcargs:
        yield cast("Recording", item.funcargs["animvideo"])
    else:
        with recorded(item) as own:
            yield own
