"""Still pictures, filmstrips, and animations: videos in LaTeX and Texinfo."""

from __future__ import annotations

import hashlib
import posixpath
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from docutils import nodes
from sphinx.util.fileutil import copy_asset

from ..core.encoding.animation_frames import animation_frames
from ..core.encoding.filmstrip import filmstrip
from ..core.model.asset import Asset, Clip
from ..core.model.paper import PaperForm, paper_form
from ..core.model.stored import hash_file
from ..errors import AnimvideoError
from .log import warn
from .published import published_name
from .words import _

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.latex import LaTeXTranslator

    from .collection import VideoRequest
    from .nodes import animvideo

_TEXINPUTS = Path(__file__).parent / "texinputs"
_SCREEN_UNITS = ("rem", "ch", "vw", "vh")
_NAMES = {"filmstrip": "filmstrip", "animate": "animation"}
_FILL = r"\hspace*{\fill}"


class paper_picture(nodes.image):  # noqa: N801  (named as docutils does)
    """A picture in LaTeX.

    Its attribute ``latex`` is the call of a macro of our LaTeX packages, which adds something to
    the next picture in the same group.
    """


def visit_latex(self: LaTeXTranslator, node: paper_picture) -> None:
    """Write the start of a group, and the picture."""
    # The blank line ends a paragraph in the text above, as Sphinx does for a picture.
    self.body.append("\n\n{" + node["latex"] + "%\n")
    self.visit_image(node)


def depart_latex(self: LaTeXTranslator, node: paper_picture) -> None:
    """Write the end of the group."""
    self.depart_image(node)
    self.body.append("\\unskip}\n")  # the space of the line break after the picture


def put_pictures(
    app: Sphinx,
    node: animvideo,
    request: VideoRequest,
    asset: Asset,
    poster: str,
    table: nodes.Element | None = None,
) -> None:
    """Replace the placeholder with pictures, and link to the video online.

    In LaTeX, a video without a caption and a name stays where it is in the text; others are
    figures, which LaTeX may move.

    Parameters
    ----------
    poster
        Path of an image of the author's, or empty.
    table
        What to show instead of one video: the stills of a sweep.
    """
    figure, online = node.parent, _link(app, node)
    pictures: list[nodes.Element] = [table] if table else []
    pictures = pictures or [_picture(app, clip, request, asset, poster) for clip in asset.clips]
    for picture in pictures:
        picture["alt"] = node["alt"]
    align = figure.get("align", "center")
    if _on_screen(figure.get("width", "")):
        del figure["width"]
    if "width" not in figure and pictures[0].get("width") != request.player.width:
        figure.attributes.pop("align", None)  # nothing says that there is room beside it
    if app.builder.format == "latex" and _is_plain(figure):
        for picture in pictures:
            picture["align"] = align
        figure.replace_self([*pictures, *_aligned(online, align)])
        return
    node.replace_self(pictures)
    if online:
        figure.append(nodes.legend("", nodes.paragraph("", "", online)))


def _is_plain(figure: nodes.Element) -> bool:
    """Whether a figure has no caption, nothing refers to it, and no text flows around it."""
    captioned = any(isinstance(child, nodes.caption) for child in figure.children)
    return not (captioned or figure["ids"] or figure.get("align") in ("left", "right"))


def _link(app: Sphinx, node: animvideo) -> nodes.reference | None:
    """Return a link to the page with the video, if the address of the pages is known."""
    config = app.config
    if not config.html_baseurl:
        return None
    suffix = config.html_link_suffix or config.html_file_suffix or ".html"
    address = posixpath.join(config.html_baseurl, quote(node["docname"]) + suffix)
    if ids := node.parent["ids"]:
        address = f"{address}#{ids[0]}"
    return nodes.reference("", _("Watch it online"), refuri=address)


def _aligned(link: nodes.reference | None, align: str) -> list[nodes.Node]:
    """Return a paragraph with a link below a picture, aligned as Sphinx aligns pictures."""
    if not link:
        return []
    before, after = (
        [] if align == side else [nodes.raw("", _FILL, format="latex")]
        for side in ("left", "right")
    )
    together = nodes.raw("", "\n\n\\nopagebreak\n", format="latex")
    return [together, nodes.paragraph("", "", *before, link, *after)]


def _picture(
    app: Sphinx, clip: Clip, request: VideoRequest, asset: Asset, poster: str
) -> nodes.image:
    form = paper_form(request.latex)
    if app.builder.format == "latex" and form.kind != "poster" and clip.frame_count > 1:
        try:
            if form.kind == "filmstrip":
                return _filmstrip(app, clip, request, asset, form)
            return _animation(app, clip, request, asset, poster, form)
        except AnimvideoError as error:
            error.message = f"no {_NAMES[form.kind]}, showing the poster instead: {error.message}"
            warn(error, str(request.first.location))
    return _still(app, clip, request, asset, poster)


def _filmstrip(
    app: Sphinx, clip: Clip, request: VideoRequest, asset: Asset, form: PaperForm
) -> nodes.image:
    strip = filmstrip(asset, clip, form.count)
    natural = clip.display_size[0] * request.player.scale / 100
    picture = still_picture(app, strip.path, width=f"{natural * strip.breadth:.0f}px")
    if form.label == "none":
        return picture
    _use_package(app, "animvideo-filmstrip")
    labels = (
        [f"{number + 1}/{clip.frame_count}" for number in strip.frames]
        if form.label == "frame"
        else _times([number / clip.rate for number in strip.frames])
    )
    written = "".join(f"{{{label}}}" for label in labels)
    macro = rf"\animvideolabels{{{strip.breadth * 1000:.0f}}}{{{written}}}"
    return paper_picture(latex=macro, **picture.attributes)


def _times(seconds: list[Fraction]) -> list[str]:
    """Return times for LaTeX, rounded to a tenth of their distance or less.

    As usual for a rounded number, it keeps the zeros at its end.
    """
    step, decimals = seconds[1] - seconds[0], 0
    while step * 10**decimals < 10:
        decimals += 1
    if all(time.denominator == 1 for time in seconds):
        decimals = 0
    return [rf"{float(time):.{decimals}f}\,s" for time in seconds]


def _animation(
    app: Sphinx, clip: Clip, request: VideoRequest, asset: Asset, poster: str, form: PaperForm
) -> nodes.image:
    """Return the still picture, with the animation that is laid over it."""
    frames = animation_frames(asset, clip, form.count)
    digest = hashlib.sha256("".join(map(hash_file, frames.paths)).encode()).hexdigest()
    base = published_name(digest, "-")
    for index, path in enumerate(frames.paths):
        app.builder.images[str(path)] = f"{base}{index}.jpg"
    _use_package(app, "animvideo-animate")
    player = request.player
    options = ",".join(name for name in ("autoplay", "loop") if getattr(player, name))
    rate = f"{float(frames.fps):.6f}".rstrip("0").rstrip(".")
    macro = rf"\animvideoanimation{{{options}}}{{{rate}}}{{{base}}}{{{len(frames.paths) - 1}}}"
    return paper_picture(latex=macro, **_still(app, clip, request, asset, poster).attributes)


def _still(
    app: Sphinx, clip: Clip, request: VideoRequest, asset: Asset, poster: str
) -> nodes.image:
    assert clip.poster, "clips of jobs have a poster"
    player = request.player
    path = Path(poster) if poster else asset.path(clip.poster)
    if player.width and not _on_screen(player.width):
        return still_picture(app, path, width=player.width)
    if player.height and not _on_screen(player.height):
        return still_picture(app, path, height=player.height)
    return still_picture(app, path, width=f"{clip.display_size[0] * player.scale / 100:.0f}px")


def still_picture(app: Sphinx, path: Path, **size: str) -> nodes.image:
    """Return a picture from the cache, which the builder copies to its output."""
    app.builder.images[str(path)] = published_name(hash_file(path), path.suffix.lower())
    return nodes.image(uri=str(path), candidates={"*": str(path)}, **size)


def _use_package(app: Sphinx, name: str) -> None:
    """Load one of our LaTeX packages in the documents that use it."""
    copy_asset(str(_TEXINPUTS / f"{name}.sty"), app.builder.outdir, force=True)
    if not app.registry.has_latex_package(name):
        app.add_latex_package(name, after_hyperref=True)


def _on_screen(length: str) -> bool:
    """Whether a length has a unit that means nothing on paper."""
    return length.endswith(_SCREEN_UNITS)
