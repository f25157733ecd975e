"""The HTML of a sweep: the list of its videos, from which the script makes the controls."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from ..core.encoding.copies import with_combination
from ..core.model.asset import Clip
from ..core.model.sweep import Combination, Sweep, in_words, label
from .player import Locate, captions_of, file_link

SWEEP_STYLESHEET = "animvideo-sweep.css"
SWEEP_SCRIPT = "animvideo-sweep.js"


@dataclass(frozen=True)
class SweptVideo:
    """The video of one combination."""

    clip: Clip | None
    """``None`` if there is no video."""
    locate: Locate = lambda file: file.name
    """From a file of the clip to its URI on the page."""
    captions: str = ""
    """URI of a WebVTT file to use in place of the clip's own."""
    message: str = ""
    """Why there is no video."""


def sweep_html(
    sweep: Sweep,
    videos: Sequence[SweptVideo],
    shown: int,
    poster: str | int | float = "first",
    translate: Callable[[str], str] = str,
) -> str:
    """Return the list of all videos, for the inside of the player that shows one of them.

    Without the script it is what it looks like: links to the videos. The script exchanges the
    video of the player for one of the list, and tells what is different about it.

    Parameters
    ----------
    videos
        For each combination.
    shown
        The number of the one that the player shows.
    poster
        Which frame the posters show, as in :class:`.Settings`.
    translate
        Returns the translation of an English message.
    """
    _ = translate  # the name by which messages are extracted
    parameters = [[p.name, p.is_numeric, p.labels] for p in sweep.parameters]
    first = videos[shown]
    assert first.clip, "a video that exists is shown"
    # Translators: Title of a list of videos, for readers whose browser runs no scripts.
    title = escape(_("All videos"))
    names = ", ".join(p.name for p in sweep.parameters)
    data = escape(json.dumps(parameters, ensure_ascii=False, separators=(",", ":")))
    # Translators: A video of a group has fewer frames than the one that was shown before.
    shorter = escape(_("This video has {frames} frames."))
    items = "\n".join(
        _item(combination, video, first)
        for combination, video in zip(sweep.combinations, videos, strict=True)
    )
    frame = _poster_frame(poster, first.clip)
    rows = sum(len(p.literals) > 1 for p in sweep.parameters)
    return (
        f'<div class="animvideo-sweep" style="--rows: {rows}" data-shown="{shown}" '
        f'data-frame="{frame}" data-shorter="{shorter}" data-parameters="{data}">\n'
        f"<details><summary>{title}</summary>\n<p>{escape(names)}</p>\n<ul>\n{items}\n</ul>\n"
        "</details></div>"
    )


def _item(combination: Combination, video: SweptVideo, first: SweptVideo) -> str:
    values = escape(", ".join(label(literal) for _, literal in combination))
    if not video.clip:
        return f"<li>{values}: {escape(video.message)}</li>"
    name = with_combination(Path("video"), in_words(combination)).name
    links = " ".join(file_link(file, video.locate, name) for file in video.clip.files)
    own, known = _properties(video, video.clip), _properties(first, first.clip)
    # What is as in the video that is shown first need not be told.
    data = (f' data-{n}="{escape(text)}"' for n, text in own.items() if text != known.get(n))
    return f"<li{''.join(data)}>{values}: {links}</li>"


def _properties(video: SweptVideo, clip: Clip | None) -> dict[str, str]:
    """Return what the script has to know of a video, as text."""
    if not clip:
        return {}
    width, height = map(round, clip.display_size)
    found: dict[str, object] = {
        "frames": clip.frame_count,
        "fps": clip.fps,
        "width": width,
        "height": height,
    }
    if track := captions_of(clip, video.locate, video.captions):
        found["captions"] = track
    # A moving picture stands still as its poster.
    if clip.poster and all(file.type.startswith("image/") for file in clip.files):
        found["poster"] = video.locate(clip.page_poster or clip.poster)
    return {name: str(value) for name, value in found.items()}


def _poster_frame(poster: str | int | float, clip: Clip) -> int:
    """Return the number of the frame that a poster shows, from 0."""
    last = clip.frame_count - 1
    if isinstance(poster, str):
        return {"first": 0, "middle": clip.frame_count // 2}.get(poster, last)
    return min(int(poster * clip.rate) if isinstance(poster, float) else poster, last)
