"""Decisions of a reviewer, applied to lock files."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from sphinxcontrib_animvideo.core.lockfile.lock import Lock
from sphinxcontrib_animvideo.core.lockfile.review import Review, apply, review_of
from sphinxcontrib_animvideo.core.lockfile.status import compare_all
from sphinxcontrib_animvideo.errors import LockError, OptionError
from tests.core.test_lock import picture, rendered

LOCK = "docs/animvideo.lock"
PATH = Path(LOCK)


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    """Return a video with a name, whose source and pictures depend on a letter."""
    made = {}

    def make(name, letter, source=None):
        if letter not in made:
            level = 10 * ord(letter) % 256
            folder = tmp_path_factory.mktemp("videos")
            made[letter] = rendered(folder, [picture(0), picture(level)], source=letter)
        return replace(made[letter], name=name, source=source or letter)

    return make


@pytest.fixture
def docs(tmp_path, monkeypatch, make):
    """A folder with a lock file of three videos."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    before = [make("w#1", "a"), make("w#2", "b"), make("w#3", "c")]
    lock = Lock().updated(before, set())
    lock.write(tmp_path / LOCK)
    return tmp_path


def review(videos):
    lock = Lock.read(PATH)
    return review_of(lock, LOCK, compare_all(lock, videos, set()))


def sources():
    """Return the sources in the lock file by name."""
    return {name: entry.source for name, entry in Lock.read(PATH).videos.items()}


def is_accepted(videos):
    """Whether the lock file is what accepting all of these videos makes of it."""
    before = PATH.read_bytes()
    lock = Lock.read(PATH)
    lock.updated(videos, set()).write(PATH)
    return PATH.read_bytes() == before


def test_one_of_two_changes(docs, make):
    now = [make("w#1", "x"), make("w#2", "y"), make("w#3", "c")]
    found = review(now)
    assert [(video.name, video.status, video.decision) for video in found.videos] == [
        ("w#1", "changed", ""),
        ("w#2", "changed", ""),
    ]
    (docs / "decisions.json").write_text(found.accepting(["w#2"]).text, "utf-8")
    assert [path.as_posix() for path in apply(Review.read(docs / "decisions.json"))] == [LOCK]
    assert sources() == {"w#1": "a", "w#2": "y", "w#3": "c"}
    apply(found.accepting(["w#1"]))  # of the same report
    assert is_accepted(now)


def test_nothing_decided_changes_nothing(docs, make):
    before = PATH.stat().st_mtime_ns
    found = review([make("w#1", "x"), make("w#2", "b"), make("w#3", "c")])
    assert apply(found) == []
    (changed,) = found.videos
    assert apply(replace(found, videos=(replace(changed, decision="reject"),))) == []
    assert PATH.stat().st_mtime_ns == before


def test_a_new_video_in_front_of_others(docs, make):
    now = [make("w#1", "n"), make("w#2", "a"), make("w#3", "b"), make("w#4", "c")]
    found = review(now)
    assert [video.name for video in found.open] == ["w#1"]
    apply(found.accepting(["w#1"]))
    assert sources() == {"w#1": "n", "w#2": "a", "w#3": "b", "w#4": "c"}
    assert is_accepted(now)


def test_a_video_that_is_gone_from_the_front(docs, make):
    now = [make("w#1", "b"), make("w#2", "c")]
    found = review(now)
    assert [(video.name, video.status) for video in found.open] == [("w#1", "gone")]
    apply(found.accepting(["w#1"]))
    assert sources() == {"w#1": "b", "w#2": "c"}
    assert is_accepted(now)


def test_an_entry_whose_name_is_needed_is_kept(docs, make):
    # The first video is gone, which is not accepted, and the last one has changed, which is.
    found = review([make("w#1", "b"), make("w#2", "x", source="c")])
    assert {video.name: video.status for video in found.open} == {"w#1": "gone", "w#2": "changed"}
    apply(found.accepting(["w#2"]))
    assert sorted(sources().values()) == ["a", "b", "c"]
    apply(found.accepting(["w#1"]))
    assert sources() == {"w#1": "b", "w#2": "c"}


def test_a_lock_file_that_has_changed_since(docs, make):
    found = review([make("w#1", "x"), make("w#2", "y"), make("w#3", "c")])
    Lock().updated([make("w#1", "z"), make("w#2", "b")], set()).write(PATH)
    before = PATH.read_bytes()
    with pytest.raises(LockError, match=r"entry w#1 in docs/animvideo.lock has changed since the"):
        apply(found.accepting(["w#1", "w#2"]))
    assert PATH.read_bytes() == before
    apply(found.accepting(["w#2"]))
    assert sources() == {"w#1": "z", "w#2": "y"}


def test_the_first_lock_file(tmp_path, monkeypatch, make):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    now = [make("w#1", "a"), make("w#2", "b")]
    found = review(now)
    apply(found.accepting(["w#1", "w#2"]))
    assert is_accepted(now)


def test_entries_of_other_environments_are_kept(docs, make):
    other = {"animvideo": "1", "ffmpeg": "f", "freetype": "2.6", "matplotlib": "3.11"}
    now = [
        replace(make("w#1", "x", source="a"), environment=other),
        make("w#2", "b"),
        make("w#3", "c"),
    ]
    apply(review(now).accepting(["w#1"]))
    lock = Lock.read(PATH)
    assert len(lock.videos["w#1"].snapshots) == 2
    assert len(lock.environments) == 2


def test_names_that_are_unknown(docs, make):
    found = review([make("w#1", "x"), make("w#2", "b"), make("w#3", "c")])
    with pytest.raises(
        OptionError, match=r"no video named w#4 is to be reviewed. Did you mean w#1"
    ):
        found.accepting(["w#4"])
    with pytest.raises(OptionError, match=r"named w#2 is to be reviewed. Did you mean w#1"):
        found.accepting(["w#2"])  # it is identical


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": 9}, "its format version is 9, not 1"),
        ({"videos": 1}, "Expected `array`, got `int`"),
        ({"environments": []}, "Expected `object`, got `array`"),
        ({"videos": [{"name": "x"}]}, "missing required field"),
    ],
)
def test_files_that_hold_no_decisions(docs, make, change, message):
    data = json.loads(review([make("w#1", "x")]).text)
    path = docs / "decisions.json"
    path.write_text(json.dumps(data | change), "utf-8")
    with pytest.raises(LockError) as error:
        Review.read(path)
    assert message in str(error.value)
    assert "Save the file again" in str(error.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lock": "docs/conf.py"}, "is no lock file"),
        ({"lock": "elsewhere/animvideo.lock"}, "elsewhere/animvideo.lock does not exist"),
        ({"entry": {"source": "x", "records": []}}, "it has no records"),
        ({"entry": {"source": 1}}, "the entry w#1 in docs/animvideo.lock is damaged"),
        ({"name": "w"}, "its name has no number"),
    ],
)
def test_decisions_that_cannot_be_applied(docs, make, change, message):
    before = PATH.read_bytes()
    found = review([make("w#1", "x"), make("w#2", "b"), make("w#3", "c")])
    (video,) = found.videos
    wrong = replace(found, videos=(replace(video, decision="accept", **change),))
    with pytest.raises(LockError) as error:
        apply(wrong)
    assert message in str(error.value)
    assert PATH.read_bytes() == before


def test_a_status_that_there_is_not(docs, make):
    videos = [make("w#1", "d", source="a"), make("w#2", "b"), make("w#3", "c")]
    text = review(videos).text
    assert '"status": "changed"' in text
    (path := docs / "decisions.json").write_text(text.replace('"changed"', '"strange"'))
    with pytest.raises(LockError, match="does not hold the decisions of a review"):
        Review.read(path)
