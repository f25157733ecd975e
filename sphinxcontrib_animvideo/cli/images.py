"""Image and video files as the source of ``animvideo render``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..core.model.asset import Asset, Note
from ..core.model.settings import Settings
from ..errors import FrameError, OptionError
from ..progress import FrameBar

_FOR_IMAGES = {"fps", "quality", "check-flashes"}
"""The options that they can have."""


def check_options(written: Mapping[str, Any], cache: Path | None) -> None:
    """Raise :class:`OptionError` if an option is given that only scripts have."""
    refused = [name for name in written if name not in _FOR_IMAGES] + ["cache-dir"] * bool(cache)
    if refused:
        raise OptionError(
            "{option} is only available for scripts. For image and video files, use "
            f"{', '.join(f'--{name}' for name in sorted(_FOR_IMAGES))}, and --format.",
            option=refused[0],
        )


def render_images(
    names: Sequence[str], settings: Settings, folder: Path, progress: bool | None
) -> Asset:
    """Return a video of image and video files, one after the other."""
    from ..core.encoding.clip_writer import ClipWriter  # imports NumPy
    from ..core.encoding.picture_files import step_of
    from ..core.encoding.timeline import frame_rate
    from ..core.frames.arrays import ColorMapping
    from ..core.frames.grabber import FrameGrabber

    pictures = [picture for name in names for picture in _pictures(name)]
    bar = FrameBar(names[0], len(pictures), progress)
    rate = frame_rate(option=settings.fps, step=step_of(pictures[0]), default=settings.default_fps)
    notes: list[Note] = []
    colors = ColorMapping(warn=lambda message: notes.append(Note("array", message)))
    writer = ClipWriter(
        folder,
        "images",
        rate,
        frames=FrameGrabber(colors=colors),
        formats=settings.formats,
        quality=settings.quality,
        check_flashes=settings.check_flashes,
        on_frame=bar.show,
    )
    try:
        with bar:
            for picture in pictures:
                writer.capture(picture)
            clip = writer.finish()
    except BaseException:
        writer.abort()
        raise
    assert clip, "a pattern matches at least one file"
    return Asset(str(folder), (clip,), (*notes, *writer.notes))


def _pictures(name: str) -> list[str]:
    from ..core.frames.sources import files_like

    try:
        return files_like(name)
    except FrameError as error:
        raise OptionError(
            f"{error} Pass a script that ends with .py, or image or video files."
        ) from None
