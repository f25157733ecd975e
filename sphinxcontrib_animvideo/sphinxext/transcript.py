"""The transcript of a video: its captions as text, which search finds, and which can be printed."""

from __future__ import annotations

from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes

from ..core.encoding.captions import Cue
from ..core.model.asset import Asset
from ..core.model.job import Job
from ..errors import AnimvideoError
from .captions import Translations
from .collection import VideoRequest
from .config import cache_of
from .nodes import animvideo, animvideo_transcript
from .words import _

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def transcripts(
    request: VideoRequest, asset: Asset | None, translations: Translations, target: str = ""
) -> list[animvideo_transcript]:
    """Return the captions of a video as text, one list for each file of captions.

    Parameters
    ----------
    asset
        What the code has made, if it is known: captions from code are in it.
    target
        ID of the figure whose player the times lead to, or empty if they are only text.
    """
    if request.transcript == "off":
        return []
    clips = asset.clips if asset else ()
    made = [asset.path(clip.captions) for clip in clips if asset and clip.captions]
    paths = [Path(request.captions)] if request.captions else made
    found = ([cue for cue in translations.cues(path) if cue.text] for path in paths)
    is_open = request.transcript == "open"
    return [animvideo_transcript("", _list(cues, target), open=is_open) for cues in found if cues]


def cached_asset(app: Sphinx, request: VideoRequest) -> Asset | None:
    """Return what another build has left in the cache, for builders that render nothing."""
    source, cache = request.first, cache_of(app)
    if request.transcript == "off" or request.captions or not isinstance(source, Job):
        return None
    if "caption" not in source.code or not cache.folder.is_dir():
        return None
    try:
        return cache.find(source)
    except AnimvideoError:  # such as a missing ffmpeg, whose version is part of the key
        return None


def player_target(node: animvideo, asset: Asset, used: set[str]) -> str:
    """Return the ID of a figure if it has a single player, else an empty text.

    A figure without an ID gets one: ``animvideo-1`` is the first video of its document. On the
    page of ``singlehtml``, which has several documents, the others get a suffix.

    Parameters
    ----------
    used
        The IDs on the page; a new one is added.
    """
    figure = node.parent
    if not figure["ids"]:
        figure["ids"] = [_free_id(node, used)]
    (clip, *others) = asset.clips
    is_video = any(not file.type.startswith("image/") for file in clip.files)
    identifier: str = figure["ids"][0]
    return identifier if is_video and not others else ""


def unfolded(node: animvideo_transcript) -> nodes.Element:
    """Return a transcript for formats in which nothing can be folded.

    A figure may be printed on another page, so its caption is repeated.
    """
    before = node.parent[max(0, node.parent.index(node) - 1)]
    captions = before.children if isinstance(before, nodes.figure) else ()
    caption = next((part.astext() for part in captions if isinstance(part, nodes.caption)), "")
    title = _("Transcript: {caption}").format(caption=caption) if caption else _("Transcript")
    lead = nodes.paragraph("", "", nodes.strong("", title))
    return nodes.compound("", lead, *node.children, classes=["animvideo-transcript"])


def _list(cues: list[Cue], target: str) -> nodes.bullet_list:
    decimals = _decimals([cue.start for cue in cues])
    items = nodes.bullet_list("", bullet="-", classes=["animvideo-cues"])
    for cue in cues:
        time: nodes.Element
        clock = _clock(cue.start, decimals)
        if target:
            seconds = f"{cue.start:.3f}".rstrip("0").rstrip(".")
            time = nodes.reference("", clock, refuri=f"#{target}:t={seconds}", internal=True)
        else:
            time = nodes.inline("", clock, classes=["animvideo-cue-time"])
        items += nodes.list_item("", nodes.paragraph("", "", time, nodes.Text(f" {cue.text}")))
    return items


def _decimals(starts: list[float]) -> int:
    """Return with how many decimals of a second times are shown, so that they differ."""
    is_whole = all(abs(start - round(start)) < 0.05 for start in starts)
    enough = (n for n in (1, 2) if len({round(s, n) for s in starts}) == len(set(starts)))
    return 0 if is_whole else next(enough, 3)


def _clock(seconds: float, decimals: int) -> str:
    """Return a time as players show it: ``1:02``, ``1:02.5``, or ``1:00:02``."""
    whole, part = divmod(round(seconds * 10**decimals), 10**decimals)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    clock = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    return f"{clock}:{rest:02}" + (f".{part:0{decimals}}" if decimals else "")


def _free_id(node: animvideo, used: set[str]) -> str:
    wanted = f"animvideo-{node['index'] + 1}"
    tried = chain([wanted], (f"{wanted}-{number}" for number in count(2)))
    free = next(each for each in tried if each not in used)
    used.add(free)
    return free
