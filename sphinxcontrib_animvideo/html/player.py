"""The HTML of a player, made from a clip. Shared by all front ends that produce HTML.

The output is valid HTML and XHTML, and works without a script: the browser's own player,
a still picture, and links to the files. The script ``animvideo.js`` finds what it needs in
``data-`` attributes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from html import escape
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from ..core.model.asset import Clip, VideoFile
from ..core.model.humanize import format_bytes

STYLESHEET = "animvideo.css"
EPUB_STYLESHEET = "animvideo-epub.css"
SCRIPT = "animvideo.js"

Locate = Callable[[VideoFile], str]
"""From a file of a clip to its URI on the page."""


def static_file(name: str) -> Traversable:
    """Return the stylesheet or the script that a page with players needs."""
    return files(__package__) / "static" / name


@dataclass(frozen=True)
class PlayerOptions:
    """How a video is shown. Each field is an option in :mod:`.core.model.options`."""

    controls: bool = True
    autoplay: bool = False
    loop: bool = False
    muted: bool = False
    playsinline: bool = True
    preload: str = "metadata"
    alt: str = ""
    """What the video shows, for readers who cannot see it."""
    classes: tuple[str, ...] = ()
    width: str = ""
    """A CSS length, or empty for the natural size."""
    height: str = ""
    scale: float = 100.0
    """Percent of the natural size."""
    sync: str = ""
    """Videos of a page with the same name here play together."""


def player_options(written: Mapping[str, Any]) -> PlayerOptions:
    """Return how to show a video, for the options that are given, by name."""
    known = (field.name for field in fields(PlayerOptions))
    return PlayerOptions(**{name: written[name] for name in known if name in written})


@dataclass(frozen=True)
class PageContext:
    """Properties of the page that a player is on."""

    poster: str = ""
    """URI of a picture to use in place of the clip's own."""
    captions: str = ""
    """URI of a WebVTT file to use in place of the clip's own."""
    language: str = "en"
    """Of the captions, as in BCP 47."""
    language_name: str = "English"
    """In that language, as readers find it in the menu of captions."""
    variant: str = ""
    """``light`` or ``dark``, where the page holds one of each."""
    scripted: bool = True
    """Whether the page has our script and may link to the files; false in an EPUB."""
    sanitized: bool = False
    """Whether the page may lose scripts, styles, and addresses of ``<source>``, as notebooks do."""
    saved_as: str = ""
    """What embedded files are called when they are saved, without extension."""
    below: str = ""
    """HTML below the controls, such as those of a sweep."""


def player_html(
    clip: Clip, options: PlayerOptions, locate: Locate, page: PageContext | None = None
) -> str:
    """Return a player: a ``<video>`` (or a picture, where there are no videos) and links.

    Parameters
    ----------
    clip
        What to show.
    options
        How to show it.
    locate
        Gives the URI of each file.
    page
        Where it is shown.
    """
    page = page or PageContext()
    pictures = [file for file in clip.files if file.type.startswith("image/")]
    videos = [file for file in clip.files if file not in pictures]
    if videos:
        element = _video(clip, videos, pictures, options, locate, page)
    else:
        element = _picture(clip, pictures, options, locate, page)
    inner = [element]
    if options.controls and page.scripted:
        inner.append(_bar(clip, videos or pictures, locate, page))
    inner += filter(None, [page.below])
    classes = ["animvideo-player", *([f"animvideo-{page.variant}"] if page.variant else [])]
    outer: dict[str, str | bool] = {"class": " ".join(classes)}
    if options.width.endswith("%"):  # of the column, which a video inside of the player is not in
        outer["style"] = f"width: {options.width}"
    return "\n".join([_tag("div", outer), *inner, "</div>"])


def _video(
    clip: Clip,
    videos: list[VideoFile],
    pictures: list[VideoFile],
    options: PlayerOptions,
    locate: Locate,
    page: PageContext,
) -> str:
    poster = _poster(clip, locate, page)
    is_lazy = page.scripted and not page.sanitized
    attributes = _common(clip, options)
    if poster and not is_lazy:
        attributes["poster"] = poster
    attributes |= {
        "preload": "none",
        # To start by itself waits for the script, which asks whether the reader wants motion;
        # where there is none, nothing else can start the video.
        "controls": options.controls or options.autoplay or not page.scripted,
        "loop": options.loop,
        # Browsers refuse to start by themselves what could make a sound or fill the screen.
        "muted": options.muted or options.autoplay,
        "playsinline": options.playsinline or options.autoplay,
        "data-preload": options.preload,
        "data-autoplay": options.autoplay,
        "data-bare": options.autoplay and not options.controls,
        "data-fps": clip.fps,
        "data-frames": str(clip.frame_count),
        "data-sync": options.sync or False,
    }
    if options.alt:
        attributes["aria-label"] = options.alt
    sources = videos
    if page.sanitized and len(videos) == 1:
        attributes["src"], sources = locate(videos[0]), []
    inner = [_tag("source", {"src": locate(file), "type": file.type}, "/") for file in sources]
    if track := captions_of(clip, locate, page.captions):
        captions: dict[str, str | bool] = {"kind": "captions", "src": track}
        captions |= {"srclang": page.language, "label": page.language_name}
        # Shown by the script where it would be loaded for a hidden video as well.
        captions["default"] = not page.variant
        inner.append(_tag("track", captions, "/"))
    # For readers whose browser plays none of the videos. The others, which never show it, would
    # load it all the same if it were not lazy. An embedded poster is not embedded again.
    if still := locate(pictures[0]) if pictures else not page.sanitized and poster:
        inner.append(_tag("img", {"src": still, "alt": options.alt, "loading": "lazy"}, "/"))
    video = "\n".join([_tag("video", attributes), *inner, "</video>"])
    if poster and is_lazy:
        # Browsers load a poster at once. This image is loaded when it comes near, with and without
        # the script, and not at all in a tab or a variant that is hidden.
        image = {"src": poster, "alt": "", "loading": "lazy", "class": "animvideo-poster"}
        video = _tag("img", image, "/") + "\n" + video
    return "\n".join([_tag("div", {"class": "animvideo-screen"}), video, "</div>"])


def _picture(
    clip: Clip,
    files: list[VideoFile],
    options: PlayerOptions,
    locate: Locate,
    page: PageContext,
) -> str:
    """Return a moving picture, and a still one for those who want no motion."""
    poster = _poster(clip, locate, page)
    still = {"srcset": poster, "media": "(prefers-reduced-motion: reduce)"}
    # The browser takes the first type that it knows, and else the last file.
    others = [{"srcset": locate(file), "type": file.type} for file in files[:-1]]
    sources = [_tag("source", source, "/") for source in ([still] if poster else []) + others]
    moving = {"src": locate(files[-1]), "alt": options.alt, "loading": "lazy"}
    image = _tag("img", {**_common(clip, options), **moving}, "/")
    return "\n".join(["<picture>", *sources, image, "</picture>"])


def _poster(clip: Clip, locate: Locate, page: PageContext) -> str:
    """Return the URI of the still picture; empty if there is none, as for videos of tests."""
    if page.poster:
        return page.poster
    own = clip.page_poster or clip.poster
    return locate(own) if own else ""


def _bar(clip: Clip, shown: list[VideoFile], locate: Locate, page: PageContext) -> str:
    """Return the line below the video; the script adds its buttons in front of the links.

    The files in *shown* are those that the video itself has.
    """
    links = [
        file_link(file, locate, page.saved_as, is_shown=file in shown, css_class="animvideo-file")
        for file in clip.files
    ]
    bar, files = (_tag("div", {"class": name}) for name in ("animvideo-bar", "animvideo-files"))
    return "\n".join([bar + files, *links, "</div></div>"])


def file_link(
    file: VideoFile,
    locate: Locate,
    saved_as: str = "",
    is_shown: bool = False,
    css_class: str = "",
) -> str:
    """Return a link to a file of a clip, with its format and size.

    Parameters
    ----------
    saved_as
        As in :class:`PageContext`; by default the name of the file.
    is_shown
        Whether the video beside the link has the file. Where it is embedded, the script takes it
        from there, so that the page holds it only once.
    css_class
        Class of the link.
    """
    address = locate(file)
    attributes: dict[str, str | bool] = {"href": address, "class": css_class or False}
    if address.startswith("data:"):  # which the browser saves, as it would not open it
        attributes["href"] = not is_shown and address
        attributes["download"] = saved_as + Path(file.name).suffix if saved_as else file.name
    label = f"{escape(file.format)}, {format_bytes(file.size)}"
    return f"{_tag('a', attributes)}{label}</a>"


def captions_of(clip: Clip, locate: Locate, own: str) -> str:
    """Return the URI of the captions: the author's *own* ones, else those of the clip, if any."""
    return own or (locate(clip.captions) if clip.captions else "")


def _common(clip: Clip, options: PlayerOptions) -> dict[str, str | bool]:
    # The browser takes the shape from width and height before it has loaded anything.
    width, height = (round(length * options.scale / 100) for length in clip.display_size)
    attributes: dict[str, str | bool] = {"width": str(width), "height": str(height)}
    if options.classes:
        attributes["class"] = " ".join(options.classes)
    styles = [f"width: {_width(clip, options)}"]
    if options.width and options.height:
        styles.append(f"height: {options.height}")
    attributes["style"] = "; ".join(styles)
    return attributes


def _width(clip: Clip, options: PlayerOptions) -> str:
    if options.width:
        return "100%" if options.width.endswith("%") else options.width
    if options.height and not options.height.endswith("%"):
        return f"calc({options.height} * {clip.width} / {clip.height})"
    return f"{round(clip.display_size[0] * options.scale / 100)}px"


def _tag(name: str, attributes: Mapping[str, str | bool], end: str = "") -> str:
    shown = [
        f' {key}="{escape("" if value is True else str(value))}"'
        for key, value in attributes.items()
        if value is not False
    ]
    return f"<{name}{''.join(shown)}{end}>"
