"""Run plotting code at documentation build time and embed the animation as a video.

Importing this package imports neither Matplotlib nor Sphinx; the public names load on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._version import __version__ as __version__

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

    from .core.capture.api import capture as capture
    from .core.frames.grabber import frame as frame
    from .sphinxext.gallery import gallery as gallery
    from .video import Video as Video
    from .video_sweep import VideoSweep as VideoSweep
    from .video_sweep import sweep as sweep
    from .writer import VideoWriter as VideoWriter
    from .writing import write_video as write_video

_MODULES = {
    "Video": ".video",
    "VideoSweep": ".video_sweep",
    "VideoWriter": ".writer",
    "capture": ".core.capture.api",
    "frame": ".core.frames.grabber",
    "gallery": ".sphinxext.gallery",
    "sweep": ".video_sweep",
    "write_video": ".writing",
}
"""Where the public names are."""
__all__ = [*_MODULES, "setup"]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(_MODULES[name], __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Set up the Sphinx extension: ``extensions = ["sphinxcontrib_animvideo"]``."""
    from .sphinxext.setup import setup

    return setup(app)


def load_ipython_extension(ipython: Any) -> None:
    """Load the IPython extension: ``%load_ext sphinxcontrib_animvideo``."""
    from . import moviewriter  # noqa: F401  (registers the writer with Matplotlib)
    from .magic import AnimvideoMagics

    ipython.register_magics(AnimvideoMagics)


def _get_sg_image_scraper() -> Any:
    """Return the scraper for sphinx-gallery: ``"image_scrapers": ("sphinxcontrib_animvideo",)``."""
    from .sphinxext.gallery import gallery

    return gallery
