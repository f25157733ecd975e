"""The HTML of a player, made from a clip. Shared by all faces that make HTML."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

from .core.asset import Clip, VideoFile

Locate = Callable[[VideoFile], str]
"""From a file of a clip to its URI on the page."""


@dataclass(frozen=True)
class PlayerOptions:
    """How a video is shown. See the options of the group ``player`` in :mod:`.core.options`."""

    controls: bool = True
    autoplay: bool = False
    loop: bool = False
    muted: bool = False
    playsinline: bool = True
    preload: str = "none"
    alt: str = ""
    """What the video shows, for readers who cannot see it."""
    classes: tuple[str, ...] = ()
    width: str = ""
    """A CSS length, or empty for the natural size."""
    height: str = ""
    scale: float = 100.0
    """Percent of the natural size."""


def player_html(
    clip: Clip,
    options: PlayerOptions,
    locate: Locate,
    poster: str = "",
    captions: str = "",
    variant: str = "",
) -> str:
    """Return a ``<video>`` element (or ``<img>``, where there is nothing but a GIF).

    Parameters
    ----------
    clip
        What to show.
    options
        How to show it.
    locate
        Gives the URI of each file.
    poster, captions
        URIs to use in place of the clip's own.
    variant
        ``light`` or ``dark``, where the page holds one of each.
    """
    classes = ["animvideo-player", *([f"animvideo-{variant}"] if variant else []), *options.classes]
    natural = [f"{round(length * options.scale / 100)}" for length in (clip.width, clip.height)]
    size: dict[str, str | bool] = {
        "class": " ".join(classes),
        "width": natural[0],
        "height": natural[1],
    }
    if style := _style(options):
        size["style"] = style
    pictures = [file for file in clip.files if file.type.startswith("image/")]
    videos = [file for file in clip.files if file not in pictures]
    if not videos:
        return _tag("img", {**size, "src": locate(pictures[0]), "alt": options.alt})
    quiet = options.muted or options.autoplay
    attributes: dict[str, str | bool] = {
        **size,
        "poster": poster or locate(clip.poster),
        "preload": options.preload,
        "controls": options.controls,
        "autoplay": options.autoplay,
        "loop": options.loop,
        # Browsers refuse to start by themselves what could make a sound or fill the screen.
        "muted": quiet,
        "playsinline": options.playsinline or options.autoplay,
    }
    if options.alt:
        attributes["aria-label"] = options.alt
    inner = [_tag("source", {"src": locate(file), "type": file.type}) for file in videos]
    track = captions or (locate(clip.captions) if clip.captions else "")
    if track:
        inner.append(_tag("track", {"kind": "captions", "src": track, "default": True}))
    if pictures:  # for readers whose browser plays none of the videos
        inner.append(_tag("img", {"src": locate(pictures[0]), "alt": options.alt}))
    else:
        download = _tag("a", {"href": locate(videos[0])})
        inner.append(f"{download}{escape(options.alt or 'Download the video')}</a>")
    return "\n".join([_tag("video", attributes), *inner, "</video>"])


def _style(options: PlayerOptions) -> str:
    parts = [f"width: {options.width}"] if options.width else []
    if options.height:
        parts.append(f"height: {options.height}")
    # The attributes give the shape; a length given for one side alone must keep it.
    if options.width and not options.height:
        parts.append("height: auto")
    if options.height and not options.width:
        parts.append("width: auto")
    return "; ".join(parts)


def _tag(name: str, attributes: Mapping[str, str | bool]) -> str:
    shown = [
        f" {key}" if value is True else f' {key}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not False
    ]
    return f"<{name}{''.join(shown)}>"
