"""The videos of a test run: which are kept, and where they are reported."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ..core.model.humanize import count
from ..errors import AnimvideoError
from .marker import marker_options, misuse, plain_failures
from .output_folder import INDEX, VIDEO, OutputFolder, folder_name
from .recording import Recording
from .run import RecordedRun
from .summary import KeptVideo, clip_data, page, parameters_of, player

if TYPE_CHECKING:
    from ..core.lockfile.frame_diff import Comparison
    from ..core.model.asset import Asset, Clip

_RUN = pytest.StashKey[RecordedRun]()
_KEPT = pytest.StashKey[list[dict[str, Any]]]()


class Results:
    """The videos of a run. Under xdist each worker has one, and so has the controller.

    Parameters
    ----------
    config
        Of pytest.
    mode
        ``off``, ``on``, or ``retain-on-failure``.
    lossless
        Whether to write all videos losslessly, so that every pixel can be compared.
    compare
        Compares the video of a test with the accepted one, and fails if it differs.
    """

    NAME = "animvideo-results"

    def __init__(
        self,
        config: pytest.Config,
        mode: str,
        lossless: bool,
        compare: Callable[[pytest.Item, Recording], None],
    ) -> None:
        self._config = config
        self._mode = mode
        self._lossless = lossless
        self._compare = compare
        self._here = config.invocation_params.dir
        self._output = OutputFolder(config)
        self._in_worker = hasattr(config, "workerinput")
        self._running: dict[pytest.Item, RecordedRun] = {}
        self._kept: dict[str, list[KeptVideo]] = {}
        """By test, as far as they were reported."""

    # -- in the process that runs the tests --------------------------------------------------

    def _path(self, item: pytest.Item, suffix: str) -> Path:
        """Return where the video of this run of a test goes."""
        retry = _retry_of(item)
        folder = self._output.path / folder_name(item.nodeid)
        return (folder / f"retry-{retry}" if retry else folder) / f"{VIDEO}{suffix}"

    def record(self, item: pytest.Item) -> Recording:
        """Return the recording of a test that begins."""
        options = marker_options(item)
        if self._lossless:
            options = options.without_loss()
        recording = Recording(
            self._path(item, options.suffix),
            options,
            active=self._mode != "off",
            compare=partial(self._compare, item),
        )
        item.stash[_RUN] = self._running[item] = RecordedRun(recording)
        return recording

    def end(self, item: pytest.Item) -> None:
        """Complete the video of a test, unless it is certain that it will not be kept."""
        run = item.stash[_RUN]
        # If a fixture fails after this one, the video is completed at that time.
        if self._mode == "on" or run.outcome != "passed":
            run.recording.finish()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Reject a wrong marker, even if no video is recorded."""
        marker_options(item)

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
            paths = [self._output.path / video["path"] for video in kept]
            if report.when == "teardown":
                self._add_to_report(report, kept, paths)
            elif report.when == "call" and not run:  # the copies
                self._add_players(report, paths)
        return report

    def _decide(self, item: pytest.Item, run: RecordedRun) -> None:
        """Keep the video of a run that has ended, or remove it."""
        del item.stash[_RUN], self._running[item]
        wanted = self._mode == "on" or run.outcome in ("failed", "interrupted")
        try:
            videos = run.recording.finish() if wanted else ()
        except AnimvideoError:
            videos = ()  # reported already, when it was closed the first time
        for video in videos:
            words = (run.message,) if run.message else ()
            self._keep(item, video.path, video.clip, run.outcome, words)
        if not videos:
            run.recording.abort()
            self._output.remove_empty(run.recording.path.parent)

    def keep_copies(self, item: pytest.Item, asset: Asset) -> None:
        """Keep copies of the videos of a test that has passed, if they are to be kept."""
        if self._mode != "on":
            return
        for clip in asset.clips:
            made = asset.path(clip.files[0])
            number = len(item.stash.get(_KEPT, [])) + 1
            path = self._path(item, f"{f'-{number}' if number > 1 else ''}{made.suffix}")
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(made, path)
            self._keep(item, path, clip, "passed")

    def keep_comparison(
        self, item: pytest.Item, path: Path, comparison: Comparison, words: Sequence[str]
    ) -> None:
        """Keep a video that shows why a test fails, next to its own video."""
        clip = comparison.side_by_side
        self._keep(item, path, clip, "failed", tuple(words), comparison.width)

    def _keep(
        self,
        item: pytest.Item,
        path: Path,
        clip: Clip,
        outcome: str,
        words: tuple[str, ...] = (),
        part: int = 0,
    ) -> None:
        """Note a kept video, for the last report of its test."""
        name = path.relative_to(self._output.path).as_posix()
        data = clip_data(clip, path)
        retry, parameters = _retry_of(item), parameters_of(item)
        shown = KeptVideo(item.nodeid, name, outcome, retry, words, data, part, parameters)
        item.stash.setdefault(_KEPT, []).append(asdict(shown))

    def _add_to_report(
        self, report: pytest.TestReport, kept: list[dict[str, Any]], paths: list[Path]
    ) -> None:
        """Add the kept videos to the last report of a test, for the controller and JUnit."""
        vars(report)["animvideo"] = kept  # travels as the other attributes do
        # Not all versions of pytest-rerunfailures pass on the last report of each run of a test.
        known = len(self._kept.get(report.nodeid, []))
        report.user_properties += [
            ("animvideo", self.relative_path(path)) for path in paths[known:]
        ]

    def _embed(self, report: pytest.TestReport, run: RecordedRun) -> None:
        """Add the video of a run to the report that makes certain that it is kept."""
        certain = report.failed or (self._mode == "on" and report.when == "call")
        if certain and run.recording.has_frames and not run.embedded:
            run.embedded = True
            self._add_players(report, run.recording.paths)

    def _add_players(self, report: pytest.TestReport, paths: list[Path]) -> None:
        """Add players to a report of pytest-html."""
        if html := self._config.getoption("htmlpath", None):
            page = self._here / Path(os.path.expandvars(html)).expanduser()
            extras = [
                {**_HTML, "content": player(path, _link(path, page.parent))} for path in paths
            ]
            vars(report)["extras"] = [*getattr(report, "extras", []), *extras]

    # -- in the process that the user has started --------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Remove the videos of an earlier run, once it is certain that tests will run."""
        if not (self._in_worker or self._mode == "off" or session.config.option.collectonly):
            self._output.clean()

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the videos of a test that has ended, in whatever process it ran."""
        if kept := getattr(report, "animvideo", None):
            self._kept[report.nodeid] = [KeptVideo(**video) for video in kept]

    @pytest.hookimpl(trylast=True)  # fixtures of interrupted tests have ended
    def pytest_sessionfinish(self) -> None:
        """Complete videos of tests that were interrupted, and write the summary."""
        for item, run in list(self._running.items()):
            self._decide(item, run)
            self._kept[item.nodeid] = [KeptVideo(**video) for video in item.stash.get(_KEPT, [])]
        if not self._in_worker and (videos := self._all()):
            (self._output.path / INDEX).write_text(page(videos), "utf-8")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Report where the videos are."""
        if not (videos := self._all()):
            return
        terminalreporter.section(f"animvideo: {count(len(videos), 'video')}")
        for video in videos:
            if video.outcome != "passed":
                terminalreporter.line(
                    f"{video.title}: {self.relative_path(self._output.path / video.path)}"
                )
        terminalreporter.line(
            f"All videos on one page: {self.relative_path(self._output.path / INDEX)}"
        )

    def _all(self) -> list[KeptVideo]:
        """Return the videos that were kept, those of failures first."""
        videos = [video for kept in self._kept.values() for video in kept]
        return sorted(videos, key=lambda video: video.outcome == "passed")

    def relative_path(self, path: Path) -> str:
        """Return a path relative to the directory in which pytest was started, if it is inside."""
        inside = path.is_relative_to(self._here)
        return path.relative_to(self._here).as_posix() if inside else str(path)


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
    with ExitStack() as stack:
        with plain_failures():
            stack.enter_context(recording.recording())
        stack.enter_context(_style(marker_options(item).style))
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


def _link(path: Path, folder: Path) -> str:
    """Return a link from a page in *folder*."""
    from urllib.parse import quote

    try:
        return quote(Path(os.path.relpath(path, folder)).as_posix())
    except ValueError:  # another drive
        return path.as_uri()
