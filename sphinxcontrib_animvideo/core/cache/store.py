"""The content-addressed store of assets: JSON and media, safe when builds share it.

Layout: ``<key>/<hash of the dependencies>/`` holds ``asset.json`` and the media. Several such
folders under one key are the same code with other contents of the files that it reads.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path

from ...errors import CacheError, EncoderError
from ..model.asset import ASSET_FILE, Asset
from ..model.decode import convert
from ..model.job import Job
from ..model.settings import Arithmetic
from ..model.stored import digest_of, hash_file, read_signed
from .dependencies import Dependency
from .environment import Environment, examine
from .intact import first_wrong, is_intact, note_verified
from .scratch import remove_abandoned, scratch_folder
from .segment_folders import SegmentFolders

_STAGING = "staging-"
_SEGMENTS = "segments"
_FORGOTTEN_AFTER = 7 * 24 * 3600
"""Seconds after which segments are removed that no build has used."""
_TRIES = 100


@dataclass(frozen=True)
class Entry:
    """One asset in a cache."""

    folder: Path
    size: int
    """Bytes."""
    used: float
    """When it was made or found the last time, in seconds since the epoch."""


class Cache:
    """Assets by the key of their job.

    Parameters
    ----------
    folder
        Created when the first asset is written.
    arithmetic
        How numbers are calculated, which is part of every key.
    """

    def __init__(self, folder: Path, arithmetic: Arithmetic | None = None) -> None:
        self.folder = folder
        self.arithmetic = arithmetic or Arithmetic()
        self._segments = SegmentFolders(folder / _SEGMENTS)
        self.damaged: list[Path] = []
        """Entries that were found damaged, and are made again when they are needed."""

    @cached_property
    def environment(self) -> Environment:
        """The environment, which is part of every key."""
        return examine(self.folder / "environment.json", self.arithmetic)

    def find(self, job: Job) -> Asset | None:
        """Return the asset of *job* if it is intact and nothing that it read has changed."""
        for record in sorted(_files(self._folder(job), f"*/{ASSET_FILE}")):
            try:
                asset, dependencies = read_record(record)
            except (OSError, ValueError):
                self._note_damage(record)
                continue  # as good as absent
            if not all(d.is_current(job.folder, job.source_dir) for d in dependencies):
                continue
            if _fits(asset, job) and is_intact(asset):
                with suppress(OSError):  # a cache that can only be read
                    os.utime(record)  # when it was used
                return _as_wanted(asset, job)
            self._note_damage(record)
        return None

    def _note_damage(self, record: Path) -> None:
        if record.exists():  # not removed by another process in this moment
            self.damaged.append(record.parent)

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """Yield an empty folder inside the cache, which is removed afterwards."""
        with ExitStack() as stack:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                folder = stack.enter_context(scratch_folder(self.folder, _STAGING))
            except OSError as error:
                raise self.not_writable(error) from error
            yield folder

    def not_writable(self, error: OSError) -> CacheError:
        """Return the error for a folder in which nothing can be created."""
        return CacheError(
            f"cannot write to the cache directory {self.folder} ({error.strerror}). Make it "
            "writable.",
            option="cache-dir",
            hint="Or set {option} to another directory.",
        )

    def commit(
        self, job: Job, staged: Path, asset: Asset, dependencies: Sequence[Dependency]
    ) -> Asset:
        """Move the files in *staged* into the cache as the asset of *job*, atomically.

        The last step is one rename: a build that is killed, or another one that shares the
        cache, sees the whole asset or none.

        Raises
        ------
        EncoderError
            The files are not those that the worker has described.
        CacheError
            They cannot be moved.
        """
        listed = sorted({(d.base, d.path): d for d in dependencies}.items())
        record = {"dependencies": [asdict(d) for _, d in listed], "asset": asset.to_json()}
        final = self._folder(job) / digest_of(record["dependencies"])[:16]
        if wrong := first_wrong(asset, asset.files):
            raise EncoderError(
                f"{wrong.name} has changed after it was written. Does the code change the files "
                "of its video, or capture in several processes?"
            )
        note_verified(asset)
        try:
            text = json.dumps({**record, "sha256": digest_of(record)}, indent=1)
            (staged / ASSET_FILE).write_text(text, "utf-8")
            final.parent.mkdir(parents=True, exist_ok=True)
            if final.exists() and (found := self.find(job)):
                return found  # another build was faster
            if final.exists():  # damaged
                with scratch_folder(self.folder, _STAGING) as discarded:
                    final.replace(discarded / "old")
            staged.replace(final)
        except OSError as error:
            if final.exists() and (found := self.find(job)):
                return found  # another build was faster
            raise CacheError(
                f"cannot move the video into the cache directory {self.folder} "
                f"({error.strerror}). Free some space.",
                option="cache-dir",
                hint="Or set {option} to another directory.",
            ) from error
        return _as_wanted(replace(asset, folder=str(final)), job)

    def remove(self, asset: Asset) -> None:
        """Remove an asset of this cache, which has turned out to be damaged."""
        if Path(asset.folder).is_relative_to(self.folder):
            shutil.rmtree(asset.folder, ignore_errors=True)

    def clean(self) -> None:
        """Remove the staging folders of builds that were killed, and segments nobody has used."""
        remove_abandoned(self.folder, _STAGING)
        self._prune_segments(_FORGOTTEN_AFTER)

    def segments(self, job: Job) -> Path:
        """Return the folder for the segments of *job*, until its videos are complete."""
        return self._segments.use(self._folder(job).name)

    def leave_segments(self, job: Job) -> None:
        """Leave the segments of *job* to another build, as this one was interrupted."""
        self._segments.leave(self._folder(job).name)

    def discard_segments(self, job: Job) -> None:
        """Remove the segments of *job*."""
        self._segments.discard(self._folder(job).name)

    def unfinished(self) -> list[Entry]:
        """Return the segments of videos that are not complete: those that were interrupted."""
        found = []
        for folder in self._segments.unused():
            with suppress(OSError):  # removed in this moment
                found.append(_entry(folder, folder))
        return found

    def _prune_segments(self, seconds: float) -> list[Entry]:
        old = [each for each in self.unfinished() if time.time() - each.used >= seconds]
        for entry in old:
            shutil.rmtree(entry.folder, ignore_errors=True)
        return old

    def entries(self) -> list[Entry]:
        """Return all entries; other files in the folder are ignored."""
        records = [
            record
            for record in _files(self.folder, f"*/*/{ASSET_FILE}")
            if re.fullmatch("[0-9a-f]{32}", record.parents[1].name)
        ]
        found = []
        for record in records:
            with suppress(OSError):  # removed in this moment
                found.append(_entry(record.parent, record))
        return found

    def file(self, sha256: str) -> Path | None:
        """Return a stored video with that content, whatever it was made of."""
        for entry in self.entries():
            with suppress(OSError, ValueError):  # as good as absent
                asset, _ = read_record(entry.folder / ASSET_FILE)
                for file in asset.files:
                    if file.sha256 == sha256 == hash_file(asset.path(file)):
                        return asset.path(file)
        return None

    def prune(self, seconds: float) -> list[Entry]:
        """Remove what was not used for *seconds*, and return it."""
        self.clean()
        segments = self._prune_segments(seconds)
        old = [entry for entry in self.entries() if time.time() - entry.used >= seconds]
        for entry in old:
            shutil.rmtree(entry.folder, ignore_errors=True)
            with suppress(OSError):  # another entry of the same key is there
                entry.folder.parent.rmdir()
        return old + segments

    def _folder(self, job: Job) -> Path:
        return self.folder / job.key(self.environment.description)[:32]


def _entry(folder: Path, used: Path) -> Entry:
    """Return a folder as an entry that was used when *used* was changed."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    size = sum(file.stat().st_size for file in files)
    return Entry(folder, size, used.stat().st_mtime)


def read_record(record: Path) -> tuple[Asset, list[Dependency]]:
    """Return what a record describes; OSError or ValueError if it is damaged."""
    data = read_signed(record)
    dependencies = convert(data.get("dependencies"), list[Dependency])
    return Asset.from_json(record.parent, data.get("asset")), dependencies


def _fits(asset: Asset, job: Job) -> bool:
    """Whether an asset has what the options of its job ask for."""
    if job.nofigs or not job.settings.formats:
        return True
    return bool(asset.clips) and all(
        clip.files and clip.poster and clip.fingerprint and clip.description for clip in asset.clips
    )


def _as_wanted(asset: Asset, job: Job) -> Asset:
    """Return an asset without the result of a check that its job does not want.

    Every stored video is checked, so that nothing is rendered again for another job that does.
    """
    if job.settings.check_flashes:
        return asset
    return replace(asset, notes=tuple(note for note in asset.notes if note.kind != "flash"))


def _files(folder: Path, pattern: str) -> list[Path]:
    """Return what matches a pattern, also while another process removes files."""
    for _ in range(_TRIES):
        with suppress(FileNotFoundError):
            return list(folder.glob(pattern))
    return []
