"""Videos in notebooks: a player in the output of a cell, with the file in it."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from ..core.encoding.filmstrip import picture_of_frame
from ..core.model.asset import Asset, VideoFile
from .player import SCRIPT, STYLESHEET, PlayerOptions, player_html, static_file

if TYPE_CHECKING:
    from ..video import Video

EMBEDDED = 20_000_000
"""Bytes up to which a video becomes part of the notebook; larger ones are linked."""


def html_of(video: Video, options: PlayerOptions | None = None) -> str:
    """Return a player for a video file; up to ``EMBEDDED`` bytes, the file is in it.

    A larger file is linked from the notebook's folder, and has to stay there.
    """
    from ..video import clip_of  # which imports this module for its players

    picture = picture_of_frame(video.path, (video.width, video.height), video.fps)
    clip = clip_of(video, VideoFile("png", "", "image/png", len(picture), ""))
    (file,) = clip.files

    def locate(wanted: VideoFile) -> str:
        if wanted is not file:
            return _data(wanted, picture)
        if file.size <= EMBEDDED:
            return _data(file, video.path.read_bytes())
        return quote(Path(os.path.relpath(video.path)).as_posix())

    return _page([player_html(clip, options or PlayerOptions(), locate)])


def _page(players: list[str]) -> str:
    style, script = (static_file(name).read_text("utf-8") for name in (STYLESHEET, SCRIPT))
    return "\n".join([f"<style>{style}</style>", *players, f"<script>{script}</script>"])


def _data(file: VideoFile, content: bytes) -> str:
    media_type = file.type.partition(";")[0]
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def html_of_asset(asset: Asset, options: PlayerOptions) -> str:
    """Return a player for each video of an asset, all of them part of the page."""

    def locate(file: VideoFile) -> str:
        return _data(file, asset.path(file).read_bytes())

    return _page([player_html(clip, options, locate) for clip in asset.clips])
