"""The image scraper for sphinx-gallery: animations and captures of its examples become videos."""

from __future__ import annotations

import os
import pkgutil
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.cache.prebuilt import keep
from ..core.model.job import Settings
from ..core.rendering.messages import Limits
from ..errors import OptionError
from .config import limits_of, settings_of
from .log import logger

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

_NAMES = ("sphinxcontrib_animvideo.gallery", "sphinxcontrib_animvideo")


def gallery(block: Any, block_vars: dict[str, Any], gallery_conf: dict[str, Any]) -> str:
    """Return the directive that shows what a block of code has animated, or nothing."""
    if not isinstance(gallery_conf["reset_argv"], _Beginning):
        _tell_of_extension()
        return ""
    from ..core.capture.in_process import example_recorder

    recorder = example_recorder()
    if not block_vars["execute_script"]:  # the block has failed
        recorder.abort()
        return ""
    asset = recorder.take(block_vars["example_globals"])
    if asset is None:
        return ""
    # Thumbnails are made of the pictures that sphinx-gallery has numbered.
    pictures = [
        Path(path) for _, path in zip(asset.clips, block_vars["image_path_iterator"], strict=False)
    ]
    asset = keep(asset, pictures[0].with_suffix(".animvideo"))
    for clip, picture in zip(asset.clips, pictures, strict=True):
        shutil.copyfile(asset.path(clip.poster), picture)
    folder, example = (
        Path(os.path.relpath(path, gallery_conf["src_dir"])).as_posix()
        for path in (asset.folder, block_vars["src_file"])
    )
    return f"\n.. animvideo-made:: /{folder}\n   :place: {example}:{block[2]}\n"


def _tell_of_extension() -> None:
    logger.error(
        "the image scraper sphinxcontrib_animvideo.gallery makes no videos without the Sphinx "
        'extension. Add "sphinxcontrib_animvideo" to extensions in conf.py.',
        type="animvideo",
        subtype="option",
        once=True,
    )


def configure(app: Sphinx, config: Config) -> None:
    """Where our scraper is wanted, record the examples, and let it look at the figures first."""
    conf = getattr(config, "sphinx_gallery_conf", {})
    scrapers = conf.get("image_scrapers", ())
    scrapers = scrapers if isinstance(scrapers, (tuple, list)) else (scrapers,)
    ours = [scraper for scraper in scrapers if scraper in (*_NAMES, gallery)]
    others = [scraper for scraper in scrapers if scraper not in ours]
    if not ours:
        return
    try:
        settings = settings_of(config, {})
    except OptionError:  # told by the check of the configuration
        conf["image_scrapers"] = tuple(others)
        return
    # The figures that become videos are closed, so that they are not still pictures as well.
    conf["image_scrapers"] = (*ours, *others)
    conf["reset_argv"] = _Beginning(settings, limits_of(config), conf["reset_argv"])


@dataclass(frozen=True)
class _Beginning:
    """Stands before ``reset_argv``, which sphinx-gallery calls when an example begins.

    It alone is called before every example, in the process that runs it.
    """

    settings: Settings
    limits: Limits
    reset_argv: Any

    def __call__(self, gallery_conf: dict[str, Any], script_vars: dict[str, Any]) -> list[str]:
        from ..core.capture.in_process import begin_example

        begin_example(self.settings, self.limits)
        reset = self.reset_argv
        if isinstance(reset, str):
            reset = pkgutil.resolve_name(reset)
        arguments: list[str] = reset(gallery_conf, script_vars)
        return arguments
