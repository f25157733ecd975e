"""An asset that needs no job: it was made elsewhere, and kept in a folder among the sources."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from ...errors import AssetError
from ..model.asset import Asset, Failure
from ..model.job import Place

_RECORD = "asset.json"


@dataclass(frozen=True)
class Made:
    """The asset in a folder."""

    place: Place
    """The code that made it."""
    folder: str
    """Absolute path."""

    def outcome(self) -> Asset | Failure:
        """Return the asset, or a failure if it is not all there."""
        folder = Path(self.folder)
        try:
            asset = Asset.from_json(folder, json.loads((folder / _RECORD).read_text("utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            asset = None
        if asset and asset.is_complete():
            return asset
        error = AssetError(
            f"files of this video are missing or damaged in {self.folder}. Delete the folder that "
            "the gallery was generated into, so that the examples run again."
        )
        return Failure.of(error, self.place.file, self.place.line)


def keep(asset: Asset, folder: Path) -> Asset:
    """Move *asset* into *folder*, in the place of what was there; return where it is now."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file in asset.files:
        shutil.move(asset.path(file), folder)
    (folder / _RECORD).write_text(json.dumps(asset.to_json(), indent=1), "utf-8")
    return replace(asset, folder=str(folder))
