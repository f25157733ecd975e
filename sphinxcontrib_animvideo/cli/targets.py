"""The files that ``animvideo render`` writes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..core.encoding.copies import check_writable, copy_files, numbered
from ..core.model.asset import Asset
from ..core.model.formats import FORMATS, format_of
from ..errors import OptionError


@dataclass(frozen=True)
class Target:
    """A file to write."""

    path: Path
    format: str


def targets_of(paths: Sequence[Path], format: str | None) -> list[Target]:
    """Return the files to write for the values of ``--output`` and ``--format``.

    Raises
    ------
    OptionError, OutputError
        A format is unknown or does not fit, or a file cannot be written.
    """
    wanted = [name for name in re.split(r"[,\s]+", format or "") if name]
    if unknown := [name for name in wanted if name not in FORMATS]:
        raise OptionError(f"--format must be one of {', '.join(FORMATS)}, not {unknown[0]!r}.")
    targets = []
    for path in paths:
        usual = format_of(path)
        same_suffix = (name for name in wanted if FORMATS[name].suffix == usual.suffix)
        targets.append(Target(path, next(same_suffix, usual.name)))
        check_writable(path)
    for name in wanted:
        if name not in {target.format for target in targets}:
            raise OptionError(
                f"--format {name} needs an output file with the extension {FORMATS[name].suffix}."
            )
    return targets


def write_targets(asset: Asset, targets: Sequence[Target]) -> list[Path]:
    """Copy the files of an asset to their targets, and return the paths of the videos."""
    total = len(asset.clips)
    videos = {
        numbered(target.path, number, total): asset.path(file)
        for number, clip in enumerate(asset.clips, 1)
        for target in targets
        for file in clip.files
        if file.format == target.format
    }
    captions = {
        numbered(target.path, number, total).with_suffix(".vtt"): asset.path(clip.captions)
        for number, clip in enumerate(asset.clips, 1)
        for target in targets
        if clip.captions
    }
    copy_files(videos | captions)
    return list(videos)
