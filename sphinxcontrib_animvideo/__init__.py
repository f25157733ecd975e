"""Run plotting code at documentation build time and embed the animation as a video.

Importing this package imports neither Matplotlib nor Sphinx; the public names load on first use.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

    from .core.capture.api import capture as capture
    from .core.frames.grabber import frame as frame
    from .sphinxext.gallery import gallery as gallery
    from .video import Video as Video
    from .video import VideoWriter as VideoWriter
    from .video import write_video as write_video

__version__ = "0.1.0"
__all__ = ["Video", "VideoWriter", "capture", "frame", "gallery", "setup", "write_video"]

_LAZY = {
    "Video": "sphinxcontrib_animvideo.video",
    "VideoWriter": "sphinxcontrib_animvideo.video",
    "capture": "sphinxcontrib_animvideo.core.capture.api",
    "frame": "sphinxcontrib_animvideo.core.frames.grabber",
    "gallery": "sphinxcontrib_animvideo.sphinxext.gallery",
    "write_video": "sphinxcontrib_animvideo.video",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Sphinx's entry point: ``extensions = ["sphinxcontrib_animvideo"]``."""
    from .sphinxext.setup import setup

    return setup(app)


def load_ipython_extension(ipython: Any) -> None:
    """IPython's entry point: ``%load_ext sphinxcontrib_animvideo``."""
    from . import moviewriter  # noqa: F401  (registers with Matplotlib, in whatever order)
    from .magic import AnimvideoMagics

    ipython.register_magics(AnimvideoMagics)


def _get_sg_image_scraper() -> Any:
    """Sphinx-gallery's entry point: ``"image_scrapers": ("sphinxcontrib_animvideo",)``."""
    from .sphinxext.gallery import gallery

    return gallery


if "matplotlib.animation" in sys.modules:  # else nobody can save an animation yet
    import_module("sphinxcontrib_animvideo.moviewriter")
