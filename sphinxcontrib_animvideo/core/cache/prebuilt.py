"""An asset that was made elsewhere and is stored among the sources, such as by sphinx-gallery."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ...errors import AnimvideoError, GalleryError
from ..model.asset import ASSET_FILE, Asset
from ..model.job import SourceLocation
from ..model.stored import read_stored
from .intact import is_intact


@dataclass(frozen=True)
class PrebuiltAsset:
    """The asset in a folder."""

    location: SourceLocation
    """The code that made it."""
    folder: str
    """Absolute path."""

    def outcome(self) -> Asset | AnimvideoError:
        """Return the asset, or the error if its files are missing or damaged."""
        folder = Path(self.folder)
        try:
            asset = Asset.from_json(folder, read_stored(folder / ASSET_FILE, dict[str, Any]))
        except (OSError, ValueError):
            asset = None
        if asset and is_intact(asset):
            return asset
        return GalleryError(
            f"files of this video are missing or damaged in {self.folder}. Delete the folder that "
            "sphinx-gallery generates, so that the examples are run again.",
            file=self.location.file,
            line=self.location.line,
        )


def store_asset(asset: Asset, folder: Path) -> Asset:
    """Move *asset* into *folder*, replacing what is there; return the asset in its new place."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file in asset.files:
        shutil.move(asset.path(file), folder)
    (folder / ASSET_FILE).write_text(json.dumps(asset.to_json(), indent=1), "utf-8")
    return replace(asset, folder=str(folder))
