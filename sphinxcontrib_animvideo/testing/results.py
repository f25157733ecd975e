"""The videos of a test run: where they are, which are kept, and where they are told of."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ..core.model.humanize import count
from ..errors import AnimvideoError
from .comparing import Comparisons
from .marker import misuse, settings_of
from .recording import Recording
from .summary import Shown, is_summary, page, player

if TYPE_CHECKING:
    from ..core.model.asset import Asset

_DEFAULT_FOLDER = "animvideo-results"
_INDEX = "index.html"
_VIDEO = "video"
"""The name of each video, without its suffix."""
_OUR_FOLDER = re.compile(r".*-[0-9a-f]{8}|retry-\d+")
_OUR_FILE = re.compile(
    rf"{_VIDEO}(-\d+)?\.\w+(\.unfinished)?|side-by-side-\w+\.\w+|frame-\d+-\w+\.png"
)


@dataclass
class _Run:
    """One run of a test that uses the fixture."""

    recording: Recording
    outcomes: dict[str, str] = field(default_factory=dict)
    """By phase: setup, call, teardown."""
    message: str = ""
    """Of its first failure."""
    embedded: bool = False
    """Whether a report has a player of it."""

    def note(self, report: pytest.TestReport) -> None:
        """Remember how a phase ended."""
        expected = hasattr(report, "wasxfail") and report.skipped
        self.outcomes[report.when] = "xfailed" if expected else report.outcome
        if report.failed and not self.message:
            crash = getattr(report.longrepr, "reprcrash", None)
            self.message = str(getattr(crash, "message", "")).partition("\n")[0]

    @property
    def outcome(self) -> str:
        """How it ended so far; ``interrupted`` before there is anything to tell."""
        found = self.outcomes.values()
        if "failed" in found:
            return "failed"
        return self.outcomes.get("call") or ("skipped" if "skipped" in found else "interrupted")


_RUN = pytest.StashKey[_Run]()
_KEPT = pytest.StashKey[list[dict[str, Any]]]()


class Results:
    """The videos of a run. Under xdist each worker has one, and so has the controller.

    Parameters
    ----------
    config
        Of pytest.
    mode
        ``off``, ``on`` or ``retain-on-failure``.
    """

    NAME = "animvideo-results"

    def __init__(self, config: pytest.Config, mode: str) -> None:
        self._config = config
        self._mode = mode
        self._here = config.invocation_params.dir
        self.folder = self._output_folder()
        self._in_worker = hasattr(config, "workerinput")
        self._running: dict[pytest.Item, _Run] = {}
        self.comparisons = Comparisons(config, self, config.getoption("animvideo_update") or "")
        self._kept: dict[str, list[Shown]] = {}
        """By test, as far as they were told."""

    def _output_folder(self) -> Path:
        if named := self._config.getoption("animvideo_output"):
            return Path(os.path.abspath(self._here / named))  # noqa: PTH100  (links stay)
        return self._config.rootpath / (self._config.getini("animvideo_output") or _DEFAULT_FOLDER)

    # -- in the process that runs the tests --------------------------------------------------

    def _path(self, item: pytest.Item, suffix: str) -> Path:
        """Return where the video of this run of a test goes."""
        retry = _retry_of(item)
        folder = self.folder / folder_name(item.nodeid)
        return (folder / f"retry-{retry}" if retry else folder) / f"{_VIDEO}{suffix}"

    def record(self, item: pytest.Item) -> Recording:
        """Return the recording of a test that begins."""
        settings = settings_of(item)
        path = self._path(item, settings.suffix)
        comparisons = self.comparisons
        if comparisons.needs_every_pixel:
            settings = replace(settings, quality="lossless")
        recording = Recording(
            path,
            settings,
            active=self._mode != "off",
            compare=lambda recording: comparisons.compare(item, recording),
        )
        item.stash[_RUN] = self._running[item] = _Run(recording)
        return recording

    def end(self, item: pytest.Item) -> None:
        """Complete the video of a test, unless it is sure by now that nobody wants it."""
        run = item.stash[_RUN]
        # If a fixture fails after this one, the video is completed then.
        if self._mode == "on" or run.outcome != "passed":
            run.recording.close()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Refuse a wrong marker, also where no video is made."""
        settings_of(item)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Keep or remove the video when its test has ended."""
        report = yield
        run = item.stash.get(_RUN, None)
        if run:
            run.note(report)
            self._embed(report, run)
            if report.when == "teardown":
                self._decide(item, run)
        if kept := item.stash.get(_KEPT, None):
            paths = [self.folder / video["path"] for video in kept]
            if report.when == "teardown":
                self._tell(report, kept, paths)
            elif report.when == "call" and not run:  # the copies
                self._add_players(report, paths)
        return report

    def _decide(self, item: pytest.Item, run: _Run) -> None:
        """Keep the video of a run that has ended, or remove it."""
        del item.stash[_RUN], self._running[item]
        wanted = self._mode == "on" or run.outcome in ("failed", "interrupted")
        try:
            kept = wanted and run.recording.close()
        except AnimvideoError:
            kept = False  # told already, where it was closed the first time
        if kept:
            self._keep(item, run.recording.path, run.outcome, run.message)
        else:
            run.recording.abort()
            self._remove_empty(run.recording.path.parent)

    def keep_copies(self, item: pytest.Item, asset: Asset) -> None:
        """Keep copies of the videos of a test that has passed, if those are kept."""
        if self._mode != "on":
            return
        for clip in asset.clips:
            made = asset.path(clip.files[0])
            number = len(item.stash.get(_KEPT, [])) + 1
            path = self._path(item, f"{f'-{number}' if number > 1 else ''}{made.suffix}")
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(made, path)
            self._keep(item, path, "passed")

    def keep_beside(self, item: pytest.Item, path: Path) -> None:
        """Keep a video that shows why a test fails, beside its own."""
        self._keep(item, path, "failed")

    def _keep(self, item: pytest.Item, path: Path, outcome: str, message: str = "") -> None:
        """Note a video that is kept, for the report of the end of its test."""
        name = path.relative_to(self.folder).as_posix()
        shown = Shown(item.nodeid, name, outcome, _retry_of(item), message)
        item.stash.setdefault(_KEPT, []).append(asdict(shown))

    def _tell(
        self, report: pytest.TestReport, kept: list[dict[str, Any]], paths: list[Path]
    ) -> None:
        """Add to the last report of a test what the controller and JUnit want to know."""
        vars(report)["animvideo"] = kept  # travels as the other attributes do
        # Not all versions of pytest-rerunfailures pass on the last report of each run of a test.
        told = len(self._kept.get(report.nodeid, []))
        report.user_properties += [("animvideo", self.shown(path)) for path in paths[told:]]

    def _embed(self, report: pytest.TestReport, run: _Run) -> None:
        """Add the video of a run to the report that makes it sure that it will be kept."""
        sure = report.failed or (self._mode == "on" and report.when == "call")
        if sure and run.recording.has_frames and not run.embedded:
            run.embedded = True
            self._add_players(report, [run.recording.path])

    def _add_players(self, report: pytest.TestReport, paths: list[Path]) -> None:
        """Add players to a report of pytest-html, which shows those of failures and calls."""
        if html := self._config.getoption("htmlpath", None):
            page = self._here / Path(os.path.expandvars(html)).expanduser()
            extras = [
                {**_HTML, "content": player(path, _link(path, page.parent))} for path in paths
            ]
            vars(report)["extras"] = [*getattr(report, "extras", []), *extras]

    def _remove_empty(self, folder: Path) -> None:
        """Remove *folder* and those above it, up to that of the results, as far as empty."""
        with suppress(OSError):
            while folder.is_relative_to(self.folder):
                folder.rmdir()
                folder = folder.parent

    # -- in the process that the user has started --------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Remove what an earlier run has left, when it is sure that tests will run."""
        if not (self._in_worker or self._mode == "off" or session.config.option.collectonly):
            self._clean()

    def _clean(self) -> None:
        index = self.folder / _INDEX
        if is_summary(index):
            index.unlink()
        for folder in _subfolders(self.folder):
            for deeper in (*_subfolders(folder), folder):
                for path in deeper.iterdir():
                    if _OUR_FILE.fullmatch(path.name):
                        shutil.rmtree(path) if path.is_dir() else path.unlink()
                self._remove_empty(deeper)
        self._remove_empty(self.folder)

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take note of the videos of a test that has ended, wherever it ran."""
        if kept := getattr(report, "animvideo", None):
            self._kept[report.nodeid] = [Shown(**video) for video in kept]

    @pytest.hookimpl(trylast=True)  # fixtures of interrupted tests have ended
    def pytest_sessionfinish(self) -> None:
        """Complete videos of tests that were interrupted, and write the summary."""
        for item, run in list(self._running.items()):
            self._decide(item, run)
            self._kept[item.nodeid] = [Shown(**video) for video in item.stash.get(_KEPT, [])]
        if not self._in_worker and (videos := self._all()):
            (self.folder / _INDEX).write_text(page(videos), "utf-8")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say where the videos are."""
        if not (videos := self._all()):
            return
        terminalreporter.section(f"animvideo: {count(len(videos), 'video')}")
        for video in videos:
            if video.outcome != "passed":
                terminalreporter.line(f"{video.title}: {self.shown(self.folder / video.path)}")
        terminalreporter.line(f"On one page: {self.shown(self.folder / _INDEX)}")

    def _all(self) -> list[Shown]:
        """Return the videos that were kept, those of failures first."""
        videos = [video for kept in self._kept.values() for video in kept]
        return sorted(videos, key=lambda video: video.outcome == "passed")

    def shown(self, path: Path) -> str:
        """Return a path as one would write it where pytest was started."""
        return (
            path.relative_to(self._here).as_posix()
            if path.is_relative_to(self._here)
            else str(path)
        )


_HTML = {"name": None, "format_type": "html", "mime_type": None, "extension": None}
"""An extra of pytest-html's."""


def videos_of(config: pytest.Config) -> Results:
    """Return the videos of the run of pytest that has this configuration."""
    results = config.pluginmanager.get_plugin(Results.NAME)
    assert isinstance(results, Results)
    return results


@contextmanager
def recorded(item: pytest.Item) -> Iterator[Recording]:
    """Record a test, in the Matplotlib style that its marker names."""
    results = videos_of(item.config)
    recording = results.record(item)
    with _style(settings_of(item).style):
        try:
            yield recording
        finally:
            results.end(item)


@contextmanager
def _style(names: tuple[str, ...]) -> Iterator[None]:
    if not names:
        yield
        return
    from matplotlib import style

    with ExitStack() as stack:
        try:
            stack.enter_context(style.context(list(names)))
        except OSError as error:
            raise misuse(str(error)) from None
        yield


def _retry_of(item: pytest.Item) -> int:
    """Return which retry of a test this is, as pytest-rerunfailures counts them; 0 is none."""
    return int(getattr(item, "execution_count", 1)) - 1


def folder_name(nodeid: str) -> str:
    """Return a name that every file system takes, and no two tests share."""
    readable = re.sub(r"[^A-Za-z0-9_.]+", "-", nodeid).strip("-.")[:60]
    return f"{readable}-{hashlib.sha256(nodeid.encode()).hexdigest()[:8]}"


def _subfolders(folder: Path) -> list[Path]:
    """Return the folders in *folder* whose names are ours."""
    if not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if path.is_dir() and _OUR_FOLDER.fullmatch(path.name)]


def _link(path: Path, folder: Path) -> str:
    """Return a link from a page in *folder*."""
    from urllib.parse import quote

    try:
        return quote(Path(os.path.relpath(path, folder)).as_posix())
    except ValueError:  # another drive
        return path.as_uri()
