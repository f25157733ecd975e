"""One run of a test whose video is recorded."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from .recording import Recording


@dataclass
class RecordedRun:
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
        """How it ended so far; ``interrupted`` if no phase has ended."""
        found = self.outcomes.values()
        if "failed" in found:
            return "failed"
        return self.outcomes.get("call") or ("skipped" if "skipped" in found else "interrupted")
