"""Compares the videos of tests with lock files and baselines."""

from __future__ import annotations

import inspect
import shlex
import shutil
import sys
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from .marker import marker_options, plain_failures
from .output_folder import VIDEO, folder_name
from .results import Results

# Other imports wait until there is something to compare: this module is loaded at every start of
# pytest.
if TYPE_CHECKING:
    from ..core.lockfile.lock import Lock, LockEntry
    from ..core.lockfile.snapshot import RenderedVideo
    from ..core.lockfile.status import VideoStatus
    from ..video import Video
    from .recording import Recording

_ACCEPTED = pytest.StashKey[list[dict[str, Any]]]()


class Comparisons:
    """Compares the videos of tests with the lock files next to the tests, and updates those.

    Parameters
    ----------
    config
        Of pytest.
    results
        Of the run.
    baselines
        Directory of the baselines, if there is one.
    update
        Which videos to accept: ``missing``, ``failed``, ``all``, or none.
    """

    NAME = "animvideo-comparisons"

    def __init__(
        self, config: pytest.Config, results: Results, baselines: Path | None, update: str
    ) -> None:
        self._config = config
        self._results = results
        self._update = update
        self._baselines = baselines
        self._locks: dict[Path, Lock] = {}
        self._environment: dict[str, str] = {}
        self._accepted: list[dict[str, Any]] = []

    # -- in the process that runs the tests --------------------------------------------------

    def compare(self, item: pytest.Item, recording: Recording) -> None:
        """Fail if the videos of a test differ from the accepted ones."""
        __tracebackhide__ = True
        with plain_failures():
            videos = recording.finish()
            if not videos:
                pytest.fail("no frames were captured, so nothing can be compared.", pytrace=False)
            for number, video in enumerate(videos, 1):
                self._compare_video(item, number, video)

    def _compare_video(self, item: pytest.Item, number: int, video: Video) -> None:
        """Fail if a video differs from the accepted one; *number* is which one of the test."""
        __tracebackhide__ = True
        from ..core.lockfile import FILE_NAME
        from ..core.lockfile.status import Status, compare

        path = item.path.with_name(FILE_NAME)
        name = entry_name(item) + (f".{number}" if number > 1 else "")
        locked = self._lock(path).videos.get(name)
        rendered = self._rendered(item, name, video)
        found = compare(rendered, locked, self._lock(path).environments)
        if self._is_accepted(found):
            self._accept(item, path, name, rendered, locked)
            self._write_baseline(item, video)
        elif found.status is Status.NEW:
            self._fail_missing(path, video)
        elif found.status is Status.CHANGED:
            assert locked
            self._compare_pixels(item, path, found, locked, video)
        elif self._update and locked:
            self._write_baseline(item, video, locked)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Tell the controller what was accepted."""
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

    def _is_accepted(self, found: VideoStatus) -> bool:
        from ..core.lockfile.status import Status

        if self._update == "all":
            return True
        if found.status is Status.NEW:
            return self._update in {"missing", "failed"}
        return found.status is Status.CHANGED and self._update == "failed"

    def _accept(
        self,
        item: pytest.Item,
        path: Path,
        name: str,
        video: RenderedVideo,
        locked: LockEntry | None,
    ) -> None:
        from ..core.lockfile.lock import accepted_entry
        from ..core.lockfile.snapshot import name_of

        item.stash.setdefault(_ACCEPTED, []).append(
            {
                "lock": str(path),
                "name": name,
                "locked": accepted_entry(video, locked).to_json(),
                "environments": {name_of(video.environment): dict(video.environment)},
            }
        )

    def _write_baseline(
        self, item: pytest.Item, video: Video, known: LockEntry | None = None
    ) -> None:
        """Keep an accepted video, if there is a directory for baselines.

        One of the videos that are *known* is not replaced.
        """
        if not self._baselines:
            return
        from .baseline import why_unusable

        baseline = self._baseline(item, video.path)
        if known and not why_unusable(baseline, known.snapshots):
            return
        baseline.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(video.path, baseline)

    def _rendered(self, item: pytest.Item, name: str, video: Video) -> RenderedVideo:
        from ..core.lockfile.lock import SOURCE_DIGITS
        from ..core.lockfile.snapshot import RenderedVideo
        from ..core.model.asset import Asset
        from ..core.model.job import SourceLocation, code_digest

        text = ""
        if "matplotlib" in sys.modules:
            from ..core.capture.backend import text_rendering

            text = text_rendering()
        code = inspect.getsource(item.obj) if isinstance(item, pytest.Function) else ""
        return RenderedVideo(
            name,
            code_digest(inspect.cleandoc(code))[:SOURCE_DIGITS],
            SourceLocation(str(item.path), (item.location[1] or 0) + 1),
            Asset(str(video.path.parent), (video.clip,), text_rendering=text),
            video.clip,
            {**self._environment_parts(), "text": text},
        )

    def _environment_parts(self) -> dict[str, str]:
        # Not a cached property: pytest 8 reads every attribute of a plugin to find fixtures.
        if not self._environment:
            from ..core.cache.environment import examine
            from ..core.cache.scratch import scratch_folder
            from ..core.model.settings import Arithmetic

            cache = getattr(self._config, "cache", None)
            with scratch_folder() as scratch:
                folder = cache.mkdir("animvideo") if cache else scratch
                parts = examine(folder / "environment.json", Arithmetic()).parts
            # Tests calculate in this process, which decides itself how.
            self._environment = {
                name: text for name, text in parts.items() if name not in ("cpu", "threads")
            }
        return self._environment

    # -- failures ------------------------------------------------------------------------------

    def _fail_missing(self, path: Path, video: Video) -> NoReturn:
        pytest.fail(
            f"{self._results.relative_path(path)} has no entry for this test.\n"
            f"actual: {self._results.relative_path(video.path)}\n"
            f"To accept it, run: {update_command(self._config, 'missing')}",
            pytrace=False,
        )

    def _compare_pixels(
        self, item: pytest.Item, path: Path, found: VideoStatus, locked: LockEntry, video: Video
    ) -> None:
        """Fail, unless there is a baseline and the video is within the tolerance."""
        tolerance = marker_options(item).tolerance
        shown = self._results.relative_path
        lines = [f"the video differs from the one in {shown(path)}: {found.reason}."]
        baseline = self._baseline(item, video.path) if self._baselines else None
        from .baseline import compare_with_baseline, describe, why_unusable

        unusable = why_unusable(baseline, locked.snapshots) if baseline else ""
        if baseline and not unusable:
            comparison = compare_with_baseline(baseline, video, tolerance)
            if comparison is None:
                return
            described = describe(comparison, tolerance)
            lines += described
            lines += [f"expected:     {shown(baseline)}", f"actual:       {shown(video.path)}"]
            folder = video.path.parent
            file = folder / comparison.side_by_side.files[0].name
            told = [*found.reasons, *described]
            self._results.keep_comparison(item, file, comparison, told)
            lines.append(f"side by side: {shown(file)}")
            for pictures in comparison.worst:
                lines += [
                    f"frame {pictures.frame + 1}: {shown(pictures.expected)}",
                    *(f"    {shown(path)}" for path in (pictures.actual, pictures.difference)),
                ]
        else:
            lines.append(f"actual: {shown(video.path)}")
            if baseline:
                lines.append(f"expected: {shown(baseline)} {unusable}")
                command = update_command(self._config, "missing")
                lines.append(f"To create it, run before the change: {command}")
            else:
                lines.append("To see the differences, keep baselines with --animvideo-baseline=DIR")
                if tolerance:
                    lines.append(f"tolerance={tolerance:g} has no effect without a baseline")
        lines.append(f"To accept it, run: {update_command(self._config, 'failed')}")
        pytest.fail("\n".join(lines), pytrace=False)

    def _baseline(self, item: pytest.Item, path: Path) -> Path:
        """Return the path of the baseline for the video at *path*."""
        assert self._baselines
        number = path.stem.removeprefix(VIDEO)
        return self._baselines / f"{folder_name(item.nodeid)}{number}{path.suffix}"

    # -- in the process that the user has started ----------------------------------------------

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what was accepted, in whatever process the test ran."""
        self._accepted += getattr(report, "animvideo_accepted", [])

    def pytest_sessionfinish(self) -> None:
        """Write the lock files."""
        if hasattr(self._config, "workerinput"):
            return
        for path, accepted in _by_lock(self._accepted).items():
            from ..core.lockfile.lock import Lock, LockEntry

            lock = Lock.read(path)
            for entry in accepted:
                lock.environments |= entry["environments"]
                lock.videos[entry["name"]] = LockEntry.from_json(entry["locked"])
            lock.write(path)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Report which lock files were written."""
        for path, accepted in _by_lock(self._accepted).items():
            names = ", ".join(sorted(entry["name"].partition("#")[2] for entry in accepted))
            terminalreporter.section(f"animvideo: {self._results.relative_path(path)}")
            terminalreporter.line(f"accepted: {names}")


def entry_name(item: pytest.Item) -> str:
    """Return the name of the entry of a test in the lock file: ``test_wave.py#TestWave::test``."""
    return f"{item.path.name}#{item.nodeid.partition('::')[2]}"


def update_command(config: pytest.Config, update: str) -> str:
    """Return the command that updates lock files, with what this run was given for baselines."""
    given = config.getoption("animvideo_baseline")
    option = f" --animvideo-baseline={shlex.quote(str(given))}" if given else ""
    return f"pytest --animvideo-update={update}{option}"


def _by_lock(accepted: list[dict[str, Any]]) -> Mapping[Path, list[dict[str, Any]]]:
    locks: dict[Path, list[dict[str, Any]]] = {}
    for entry in accepted:
        locks.setdefault(Path(entry["lock"]), []).append(entry)
    return locks
