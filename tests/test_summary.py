"""What ``animvideo verify`` prints for services that host code."""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import pytest

from sphinxcontrib_animvideo.cli.summary import (
    FORMATS,
    ReportAddress,
    Summary,
    address_of_report,
)
from sphinxcontrib_animvideo.core.lockfile.review import Review, ReviewedVideo

HOSTILE = "the title is '50 % | <b>*bold*</b>\n@someone #12 `x` $y$ [a](b)' instead of 'one'"
CHANGED = ReviewedVideo(
    "guide/waves#1",
    "changed",
    ("4 of 4 frames differ, the first is frame 1", HOSTILE),
    "docs/guide/a,b.rst",
    4,
    "docs/animvideo.lock",
    "guide/waves#1",
    "0" * 64,
    None,
    "video-1/strip.png",
)
NEW = ReviewedVideo("new#1", "new", (), "docs/new.rst", 9, "docs/animvideo.lock", "", "", None)
GONE = ReviewedVideo(
    "old#1", "gone", (), "docs/animvideo.lock", 1, "docs/animvideo.lock", "old#1", "", None
)
MOVED = ReviewedVideo(
    "new#2", "identical", (), "docs/new.rst", 20, "docs/animvideo.lock", "new#1", "", None
)
FAILED = {"location": "docs/bad.rst:12", "kind": "execution", "message": "the code\nraised 100 %"}


@pytest.fixture(autouse=True)
def _no_ci(monkeypatch):
    for name in ("GITHUB_ACTIONS", "GITHUB_RUN_ID", "GITHUB_STEP_SUMMARY", "CI_JOB_URL"):
        monkeypatch.delenv(name, raising=False)


def summary(*videos, failed=()):
    statuses = [{"status": video.status} for video in videos] + [{"status": "identical"}]
    review = Review({}, videos)
    return Summary(statuses, list(failed), review, Path("docs/animvideo.lock"))


EVERYTHING = summary(CHANGED, NEW, GONE, MOVED, failed=[FAILED])


def given(report="animvideo-report", url=None):
    return argparse.Namespace(report=Path(report), report_url=url)


NOWHERE = ReportAddress()


def printed(format, tmp_path, address=NOWHERE):
    return EVERYTHING.write(format, tmp_path, address, "text")


def test_markdown(tmp_path):
    address = address_of_report(given(url="https://x.org/r"))
    out = printed("markdown", tmp_path, address)
    assert (tmp_path / "summary.md").read_text("utf-8") == out + "\n"
    lines = out.splitlines()
    assert lines[0] == "### Videos of the docs: 2 identical, 1 changed, 1 new, 1 gone, 1 failed"
    rows = [line for line in lines if line.startswith("| ")]
    assert rows[2:] == [
        "| `guide/waves#1`<br>`docs/guide/a,b.rst:4` | changed | "
        "4 of 4 frames differ, the first is frame 1<br>"
        "the title is '50 % \\| &lt;b&gt;\\*bold\\*&lt;/b&gt; @\u200bsomeone #\u200b12 \\`x\\` \\$y\\$ "
        "\\[a\\](b)' instead of 'one' |",
        "| `new#1`<br>`docs/new.rst:9` | new |  |",
        "| `old#1`<br>`docs/animvideo.lock:1` | gone |  |",
        "| `docs/bad.rst:12` | failed | the code raised 100 % |",
    ]
    assert "![Frames before and now](https://x.org/r/video-1/strip.png)" in lines
    assert "[report](https://x.org/r/index.html)" in out


def test_github(tmp_path, monkeypatch):
    step = tmp_path / "step.md"
    step.write_text("Earlier text\n", "utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(step))
    assert printed("github", tmp_path).splitlines() == [
        "::warning file=docs/guide/a%2Cb.rst,line=4,title=video changed%3A guide/waves#1::"
        "guide/waves#1 has changed: 4 of 4 frames differ, the first is frame 1; the title is "
        "'50 %25 | <b>*bold*</b>%0A@someone #12 `x` $y$ [a](b)' instead of 'one'.",
        "::warning file=docs/new.rst,line=9,title=video new%3A new#1::"
        "new#1 is not in the lock file.",
        "::warning file=docs/animvideo.lock,line=1,title=video gone%3A old#1::"
        "old#1 no longer exists, but has an entry in the lock file.",
        "::error file=docs/bad.rst,line=12,title=video failed::the code%0Araised 100 %25",
        "text",
    ]
    assert step.read_text("utf-8").startswith("Earlier text\n### Videos of the docs: ")


def test_gitlab(tmp_path):
    issues = json.loads(printed("gitlab", tmp_path))
    assert [(one["severity"], one["location"]) for one in issues] == [
        ("major", {"path": "docs/guide/a,b.rst", "lines": {"begin": 4}}),
        ("minor", {"path": "docs/new.rst", "lines": {"begin": 9}}),
        ("minor", {"path": "docs/animvideo.lock", "lines": {"begin": 1}}),
        ("critical", {"path": "docs/bad.rst", "lines": {"begin": 12}}),
    ]
    assert {one["check_name"] for one in issues} == {"animvideo"}
    assert len({one["fingerprint"] for one in issues}) == 4
    assert HOSTILE in issues[0]["description"]
    assert json.loads(printed("gitlab", tmp_path)) == issues  # the same issues, the next time


def test_addresses(monkeypatch):
    assert address_of_report(given()) == ReportAddress()
    monkeypatch.setenv("CI_JOB_URL", "https://gitlab.com/me/project/-/jobs/5")
    artifacts = "https://gitlab.com/me/project/-/jobs/5/artifacts"
    assert address_of_report(given("out/a b")) == ReportAddress(
        f"{artifacts}/file/out/a%20b/index.html", f"{artifacts}/raw/out/a%20b/"
    )
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_RUN_ID", "17")
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.com")
    monkeypatch.setenv("GITHUB_REPOSITORY", "me/project")
    page = "https://github.com/me/project/actions/runs/17#artifacts"
    assert address_of_report(given()) == ReportAddress(page)  # files in it have no address
    assert address_of_report(given(url="https://x.org/")).folder == "https://x.org/"


def test_pictures_have_no_address(tmp_path):
    out = printed("markdown", tmp_path, ReportAddress("https://github.com/me/runs/1"))
    assert "![" not in out
    assert "[report](https://github.com/me/runs/1)" in out


def test_many_changes_fit_into_a_comment():
    words = ("x" * 70 + " ",) * 50
    videos = [replace(CHANGED, name=f"a#{n}", words=words) for n in range(300)]
    out = summary(*videos).markdown(ReportAddress("p", "https://x.org/"))
    assert "There are 290 more." in out
    assert 30_000 < len(out) < 65_536


def test_nothing_to_review(tmp_path):
    assert set(FORMATS) == {"markdown", "github", "gitlab"}
    fits = summary()
    assert fits.write("markdown", tmp_path, ReportAddress(), "text") == (
        "### Videos of the docs: 1 identical"
    )
    assert fits.write("github", tmp_path, ReportAddress(), "text") == "text"
    assert json.loads(fits.write("gitlab", tmp_path, ReportAddress(), "text")) == []
