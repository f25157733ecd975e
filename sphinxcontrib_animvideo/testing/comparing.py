"""Whether the video of a test is the one that was accepted."""

from __future__ import annotations

import inspect
import os
import shutil
import sys
import tempfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, cast

import pytest

from ..errors import AnimvideoError
from .marker import settings_of

# What else there is to import is imported when there is something to compare: this module is
# loaded at every start of pytest.
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ..core.lockfile.frame_diff import Comparison
    from ..core.lockfile.lock import Lock, Locked, Rendered
    from ..core.lockfile.status import Grade
    from ..video import Video
    from .recording import Recording
    from .results import Results

_ACCEPTED = pytest.StashKey[list[dict[str, Any]]]()
_SOURCE = 16
"""Digits of the hash of a test's code."""


class Comparisons:
    """Compares videos of tests with the lock files beside them, and updates those.

    Parameters
    ----------
    config
        Of pytest.
    results
        Where the videos are.
    update
        What is accepted: ``missing``, ``failed``, ``all``, or nothing.
    """

    NAME = "animvideo-comparisons"

    def __init__(self, config: pytest.Config, results: Results, update: str) -> None:
        self._config = config
        self._results = results
        self._update = update
        named = config.getoption("animvideo_baseline") or config.getini("animvideo_baseline")
        self._baselines = Path(os.path.abspath(config.rootpath / named)) if named else None  # noqa: PTH100
        self._locks: dict[Path, Lock] = {}
        self._environment: dict[str, str] = {}
        self._accepted: list[dict[str, Any]] = []

    @property
    def needs_every_pixel(self) -> bool:
        """Whether videos have to be written without loss: they are compared, or compared with."""
        return self._baselines is not None

    # -- in the process that runs the tests --------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Run a test that has the marker; what it returns is recorded and compared."""
        if not pyfuncitem.get_closest_marker("animvideo"):
            return None
        if inspect.iscoroutinefunction(pyfuncitem.obj):
            return None
        given = pyfuncitem.funcargs
        with _recording(pyfuncitem) as recording:
            value = pyfuncitem.obj(
                **{name: given[name] for name in pyfuncitem._fixtureinfo.argnames}
            )
            if value is not None:
                with _told_plainly():
                    recording.record(value)
                recording.compare()
        return True

    def compare(self, item: pytest.Item, recording: Recording) -> None:
        """Fail if the video of a test is not the one that was accepted."""
        __tracebackhide__ = True
        from ..core.lockfile.lock import FILE_NAME
        from ..core.lockfile.status import Verdict, grade

        path = item.path.with_name(FILE_NAME)
        name = f"{item.path.name}#{item.name}"
        with _told_plainly():
            video = recording.finish()
            if video is None:
                pytest.fail("nothing was captured, so there is nothing to compare.", pytrace=False)
            locked = self._lock(path).videos.get(name)
            rendered = self._rendered(item, name, video)
            found = grade(rendered, locked, self._lock(path).environments)
            if self._is_accepted(found):
                self._accept(item, path, name, rendered, locked)
            elif found.verdict is Verdict.NEW:
                self._fail_missing(path, video)
            elif found.verdict is Verdict.CHANGED:
                self._compare_pixels(item, path, found, video)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Let the controller know what was accepted."""
        report = yield
        if report.when == "call" and (accepted := item.stash.get(_ACCEPTED, None)):
            vars(report)["animvideo_accepted"] = accepted
            del item.stash[_ACCEPTED]
        return report

    def _lock(self, path: Path) -> Lock:
        from ..core.lockfile.lock import Lock

        if path not in self._locks:
            self._locks[path] = Lock.read(path)
        return self._locks[path]

    def _is_accepted(self, found: Grade) -> bool:
        from ..core.lockfile.status import Verdict

        if self._update == "all":
            return True
        if found.verdict is Verdict.NEW:
            return self._update in {"missing", "failed"}
        return found.verdict is Verdict.CHANGED and self._update == "failed"

    def _accept(
        self, item: pytest.Item, path: Path, name: str, video: Rendered, locked: Locked | None
    ) -> None:
        from ..core.lockfile.lock import Lock

        before = Lock(dict(self._lock(path).environments), {name: locked} if locked else {})
        new = before.updated([video], set())
        environments = {key: dict(value) for key, value in new.environments.items()}
        item.stash.setdefault(_ACCEPTED, []).append(
            {
                "lock": str(path),
                "name": name,
                "locked": asdict(new.videos[name]),
                "environments": environments,
            }
        )
        if self._baselines:
            baseline = self._baseline(item, video.path.suffix)
            baseline.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(video.path, baseline)

    def _rendered(self, item: pytest.Item, name: str, video: Video) -> Rendered:
        from ..core.cache.environment import hash_file
        from ..core.lockfile.lock import Rendered
        from ..core.model.asset import Asset, VideoFile
        from ..core.model.job import Place, code_digest
        from ..video import clip_of

        nobody_looks = VideoFile("png", "", "image/png", 0, "")
        clip = clip_of(video, nobody_looks, hash_file(video.path))
        text = ""
        if "matplotlib" in sys.modules:
            from ..core.capture.backend import text_rendering

            text = text_rendering()
        code = inspect.getsource(item.obj) if isinstance(item, pytest.Function) else ""
        return Rendered(
            name,
            code_digest(inspect.cleandoc(code))[:_SOURCE],
            Place(str(item.path), (item.location[1] or 0) + 1),
            Asset(str(video.path.parent), (clip,), text=text),
            clip,
            {**self._environment_parts(), "text": text},
        )

    def _environment_parts(self) -> dict[str, str]:
        # No cached property: pytest 8 looks at every attribute of a plugin, in search of fixtures.
        if not self._environment:
            from ..core.cache.environment import examine

            cache = getattr(self._config, "cache", None)
            with tempfile.TemporaryDirectory(prefix="animvideo-") as scratch:
                folder = cache.mkdir("animvideo") if cache else Path(scratch)
                self._environment = examine(folder / "environment.json").parts
        return self._environment

    # -- failures ------------------------------------------------------------------------------

    def _fail_missing(self, path: Path, video: Video) -> NoReturn:
        pytest.fail(
            f"{self._results.shown(path)} has no entry for this test.\n"
            f"candidate: {self._results.shown(video.path)}\n"
            "To accept it: pytest --animvideo-update=missing",
            pytrace=False,
        )

    def _compare_pixels(self, item: pytest.Item, path: Path, found: Grade, video: Video) -> None:
        """Fail, unless there is a baseline from which the video is not too far."""
        tolerance = settings_of(item).tolerance
        shown = self._results.shown
        lines = [f"the video is not the one that {shown(path)} has: {found.reason}."]
        baseline = self._baseline(item, video.path.suffix) if self._baselines else None
        if baseline and baseline.is_file():
            comparison = _side_by_side(baseline, video, tolerance)
            if comparison is None:
                return
            lines += _numbers(comparison, tolerance)
            lines += [f"expected:     {shown(baseline)}", f"actual:       {shown(video.path)}"]
            folder = video.path.parent
            file = folder / comparison.side_by_side.files[0].name
            self._results.keep_beside(item, file)
            lines.append(f"side by side: {shown(file)}")
            for pictures in comparison.worst:
                lines += [
                    f"frame {pictures.frame}: {shown(pictures.expected)}",
                    *(f"    {shown(path)}" for path in (pictures.actual, pictures.difference)),
                ]
        else:
            lines.append(f"actual: {shown(video.path)}")
            if baseline:
                lines.append(f"expected: there is no {shown(baseline)}")
            else:
                lines.append("To see what differs, keep the videos: --animvideo-baseline=DIR")
        lines.append("To accept it: pytest --animvideo-update=failed")
        pytest.fail("\n".join(lines), pytrace=False)

    def _baseline(self, item: pytest.Item, suffix: str) -> Path:
        assert self._baselines
        from .results import folder_name

        return self._baselines / f"{folder_name(item.nodeid)}{suffix}"

    # -- in the process that the user has started ----------------------------------------------

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take note of what was accepted, wherever the test ran."""
        self._accepted += getattr(report, "animvideo_accepted", [])

    def pytest_sessionfinish(self) -> None:
        """Write the lock files."""
        if hasattr(self._config, "workerinput"):
            return
        for path, accepted in _by_lock(self._accepted).items():
            from ..core.lockfile.lock import Lock, Locked

            lock = Lock.read(path)
            for entry in accepted:
                lock.environments |= entry["environments"]
                lock.videos[entry["name"]] = Locked.from_json(entry["locked"])
            lock.write(path)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say which lock files were written."""
        for path, accepted in _by_lock(self._accepted).items():
            names = ", ".join(sorted(entry["name"].partition("#")[2] for entry in accepted))
            terminalreporter.section(f"animvideo: {self._results.shown(path)}")
            terminalreporter.line(f"accepted: {names}")


def _by_lock(accepted: list[dict[str, Any]]) -> Mapping[Path, list[dict[str, Any]]]:
    locks: dict[Path, list[dict[str, Any]]] = {}
    for entry in accepted:
        locks.setdefault(Path(entry["lock"]), []).append(entry)
    return locks


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Let a test fail with the message of an error of ours, and without a traceback of ours."""
    __tracebackhide__ = True
    said = ""
    try:
        yield
    except AnimvideoError as error:
        said = "\n".join(filter(None, [error.message, error.detail]))
    if said:
        pytest.fail(said, pytrace=False)


@contextmanager
def _recording(item: pytest.Function) -> Iterator[Recording]:
    """Yield the recording of the test's fixture, or one of its own."""
    from .results import recorded

    if "animvideo" in item.funcargs:
        yield cast("Recording", item.funcargs["animvideo"])
    else:
        with recorded(item) as own:
            yield own


def _side_by_side(baseline: Path, video: Video, tolerance: float) -> Comparison | None:
    """Return how far a video is from the baseline; ``None`` if no frame is too far."""
    from itertools import zip_longest

    import numpy as np

    from ..core.encoding.decoder import read_frames
    from ..core.encoding.probe import read_info
    from ..core.lockfile.frame_diff import compare

    known = read_info(baseline)

    def expected() -> Iterator[NDArray[np.uint8]]:
        return read_frames(baseline, (known.width, known.height), known.fps)

    def actual() -> Iterator[NDArray[np.uint8]]:
        return read_frames(video.path, (video.width, video.height), video.fps)

    def differs(number: int, old: NDArray[np.uint8], new: NDArray[np.uint8]) -> bool:
        apart = old.astype(np.float32) - new
        return bool(np.sqrt(np.mean(apart**2)) > tolerance)

    same_shape = (known.width, known.height) == (video.width, video.height)
    if same_shape and known.fps == video.fps:
        pairs = enumerate(zip_longest(expected(), actual()))
        if not any(
            old is None or new is None or differs(number, old, new) for number, (old, new) in pairs
        ):
            return None
    return compare(expected(), actual(), video.path.parent, Fraction(video.fps), differs)


def _numbers(comparison: Comparison, tolerance: float) -> list[str]:
    if not comparison.frames:
        return []
    differing, total = len(comparison.frames), comparison.frame_count
    return [
        f"{differing} of {total} frames {'differs' if differing == 1 else 'differ'} by more than "
        f"the tolerance ({tolerance:g}), the first is frame {comparison.frames[0]}; levels differ "
        f"by {comparison.largest} of 255 at most, by {comparison.mean:.3g} in the mean."
    ]
