"""Players with their files embedded in the page, for notebooks."""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from ..core.encoding.copies import numbered
from ..core.encoding.filmstrip import picture_of_frame
from ..core.model.asset import Asset, Clip, VideoFile
from ..core.model.humanize import format_bytes
from ..core.model.sweep import Sweep
from ..errors import AnimvideoError
from .player import SCRIPT, STYLESHEET, PageContext, PlayerOptions, player_html, static_file
from .sweep import SWEEP_SCRIPT, SWEEP_STYLESHEET, SweptVideo, sweep_html

MAX_EMBEDDED = 20_000_000
"""Size in bytes up to which a video is embedded in the notebook; larger ones are linked."""

_PAGE = PageContext(sanitized=True)
_UNTRUSTED = (
    '<p class="animvideo-untrusted">This notebook is not trusted, so the video has only the '
    "browser's controls. For all controls, run the command <b>Trust Notebook</b>.</p>"
)
"""Shown where the styles are removed that hide it."""


def embedded_player(path: Path, clip: Clip, options: PlayerOptions | None = None) -> str:
    """Return a player for a video file, which is embedded if it has at most ``MAX_EMBEDDED`` bytes.

    A larger file is linked relative to the current directory, which is the notebook's, and must
    stay there.

    Parameters
    ----------
    path
        The video file.
    clip
        What it contains.
    """
    picture = picture_of_frame(path, (clip.width, clip.height), clip.rate)
    poster = VideoFile("png", "", "image/png", len(picture), "")
    (file,) = clip.files

    def locate(wanted: VideoFile) -> str:
        if wanted is not file:
            return _data_uri(wanted, picture)
        if file.size <= MAX_EMBEDDED:
            return _data_uri(file, path.read_bytes())
        return quote(Path(os.path.relpath(path)).as_posix())

    shown = replace(clip, poster=poster)
    return _page([player_html(shown, options or PlayerOptions(), locate, _PAGE)])


def embedded_players(asset: Asset, options: PlayerOptions, saved_as: str = "video") -> str:
    """Return a player for each video of an asset, with all files embedded.

    *saved_as* is what a file is called when it is saved, without extension.
    """

    def locate(file: VideoFile) -> str:
        return _data_uri(file, asset.path(file).read_bytes())

    total = len(asset.clips)
    players = []
    for number, clip in enumerate(asset.clips, 1):
        page = replace(_PAGE, saved_as=numbered(Path(saved_as), number, total).name)
        players.append(player_html(clip, options, locate, page))
    return _page(players)


def embedded_sweep(
    sweep: Sweep,
    outcomes: Sequence[Asset | AnimvideoError],
    shown: int,
    options: PlayerOptions,
    poster: str | int | float,
) -> str:
    """Return a player for each video of an asset, with those of all combinations embedded.

    If they have more than ``MAX_EMBEDDED`` bytes, only what is shown first is embedded.

    Parameters
    ----------
    outcomes
        What came of each combination.
    shown
        The number of the combination that is shown first; it has an asset.
    poster
        Which frame the posters show, as in :class:`.Settings`.
    """
    size = sum(outcome.bytes for outcome in outcomes if isinstance(outcome, Asset))
    too_large = (
        f"All videos of the sweep have {format_bytes(size)}; at most {format_bytes(MAX_EMBEDDED)} "
        "are embedded."
    )

    def video(place: int, number: int) -> SweptVideo:
        outcome = outcomes[number]
        if isinstance(outcome, AnimvideoError):
            return SweptVideo(None, message=outcome.explain_alone())
        if place >= len(outcome.clips):
            return SweptVideo(None)
        if size > MAX_EMBEDDED and number != shown:
            return SweptVideo(None, message=too_large)
        return SweptVideo(
            outcome.clips[place],
            lambda file: _data_uri(file, outcome.path(file).read_bytes()),
        )

    asset = outcomes[shown]
    assert isinstance(asset, Asset)
    players = []
    for place, clip in enumerate(asset.clips):
        videos = [video(place, number) for number in range(len(outcomes))]
        page = replace(_PAGE, below=sweep_html(sweep, videos, shown, poster))
        players.append(player_html(clip, options, videos[shown].locate, page))
    return _page(players, (STYLESHEET, SWEEP_STYLESHEET), (SCRIPT, SWEEP_SCRIPT))


def _page(
    players: list[str],
    styles: Sequence[str] = (STYLESHEET,),
    scripts: Sequence[str] = (SCRIPT,),
) -> str:
    style = "".join(static_file(name).read_text("utf-8") for name in styles)
    style += ".animvideo-untrusted { display: none; }"
    code = (static_file(name).read_text("utf-8") for name in scripts)
    elements = (f"<script>{text}</script>" for text in code)
    return "\n".join([f"<style>{style}</style>", *players, _UNTRUSTED, *elements])


def _data_uri(file: VideoFile, content: bytes) -> str:
    media_type = file.type.partition(";")[0]
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"
