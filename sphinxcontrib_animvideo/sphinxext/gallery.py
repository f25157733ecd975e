"""The image scraper for sphinx-gallery: renders the animations and captures of examples."""

from __future__ import annotations

import os
import pkgutil
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from ..core.cache.prebuilt import PrebuiltAsset, store_asset
from ..core.model.job import SourceLocation
from ..core.model.options import config_value
from ..core.model.settings import Limits, Settings
from ..errors import OptionError
from .collection import VideoRequest
from .config import limits_of, settings_of
from .directive import AnimvideoDirective
from .log import logger

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

_CAPTURE = "sphinxcontrib_animvideo.core.capture"
_NAMES = ("sphinxcontrib_animvideo.gallery", "sphinxcontrib_animvideo")


def gallery(block: Any, block_vars: dict[str, Any], gallery_conf: dict[str, Any]) -> str:
    """Return a directive that shows what a block of code has animated, or nothing."""
    if not isinstance(gallery_conf["reset_argv"], _ResetHook):
        _report_missing_extension()
        return ""
    from ..core.capture.in_process import current_in_process_recorder, end_recording
    from ..core.frames.sources import animations_of

    if not block_vars["execute_script"]:  # the block has failed, and no other one is run
        end_recording()
        return ""
    recorder = current_in_process_recorder()
    asset = recorder.take(animations_of(block_vars["example_globals"]))
    if asset is None:
        return ""
    for remark in recorder.reported:
        logger.info("animvideo: %s:%s: %s", block_vars["src_file"], block[2], remark)
    # sphinx-gallery makes thumbnails from the pictures that it has numbered.
    pictures = [
        Path(path) for _, path in zip(asset.clips, block_vars["image_path_iterator"], strict=False)
    ]
    asset = store_asset(asset, pictures[0].with_suffix(".animvideo"))
    for clip, picture in zip(asset.clips, pictures, strict=True):
        assert clip.poster, "clips of examples have a poster"
        shutil.copyfile(asset.path(clip.poster), picture)
    folder, example = (
        Path(os.path.relpath(path, gallery_conf["src_dir"])).as_posix()
        for path in (asset.folder, block_vars["src_file"])
    )
    return f"\n.. animvideo-prebuilt:: /{folder}\n   :location: {example}:{block[2]}\n"


def _report_missing_extension() -> None:
    logger.error(
        "the image scraper sphinxcontrib_animvideo.gallery needs the Sphinx extension. Add "
        '"sphinxcontrib_animvideo" to extensions in conf.py.',
        type="animvideo",
        subtype="option",
        once=True,
    )


def configure(app: Sphinx, config: Config) -> None:
    """If our scraper is configured, record the examples, and let it see the figures first."""
    conf = getattr(config, "sphinx_gallery_conf", {})
    scrapers = conf.get("image_scrapers", ())
    scrapers = scrapers if isinstance(scrapers, (tuple, list)) else (scrapers,)
    ours = [scraper for scraper in scrapers if scraper in (*_NAMES, gallery)]
    others = [scraper for scraper in scrapers if scraper not in ours]
    if not ours:
        return
    try:
        settings = settings_of(config, {})
    except OptionError:  # reported by the check of the configuration
        conf["image_scrapers"] = tuple(others)
        return
    # The figures that become videos are closed, so that they are not still pictures as well.
    conf["image_scrapers"] = (*ours, *others)
    conf["reset_argv"] = _ResetHook(settings, limits_of(config), conf["reset_argv"])


def end(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """End the recording of the last example, which sphinx-gallery ran before this event."""
    if module := sys.modules.get(f"{_CAPTURE}.in_process"):
        module.end_recording()


class PrebuiltDirective(AnimvideoDirective):
    """``.. animvideo-prebuilt:: folder``, which our scraper for sphinx-gallery writes."""

    has_content = False
    required_arguments, optional_arguments = 1, 0
    option_spec: ClassVar[Any] = {"location": directives.unchanged}

    def _nodes(self) -> list[nodes.Node]:
        title = next(iter(self.state.document.findall(nodes.title)), None)
        self._written = {"alt": title.astext() if title else ""}
        folder = self._files.folder(self.arguments[0])
        request = VideoRequest(
            variants=((PrebuiltAsset(self._code_location(), folder),),),
            player=self._player_options(),
            poster=self._poster_file(),
            captions="",
            with_source=False,
            source_name="",
            transcript=self._option("transcript"),
            latex=self._option("latex"),
        )
        return [self._figure(request)]

    def _code_location(self) -> SourceLocation:
        file, _, line = self.options.get("location", "").rpartition(":")
        if not re.fullmatch("[0-9]{1,9}", line):
            return self._location
        return SourceLocation(os.path.normpath(self.env.srcdir / file), int(line))


@dataclass(frozen=True)
class _ResetHook:
    """Wraps ``reset_argv``, the only hook that sphinx-gallery calls at the start of an example.

    It is called in the process that runs the example.
    """

    settings: Settings
    limits: Limits
    reset_argv: Any

    def __call__(self, gallery_conf: dict[str, Any], script_vars: dict[str, Any]) -> list[str]:
        from ..core.capture.in_process import begin_recording

        begin_recording(self.settings, self.limits, config_value)
        reset = self.reset_argv
        if isinstance(reset, str):
            reset = pkgutil.resolve_name(reset)
        arguments: list[str] = reset(gallery_conf, script_vars)
        return arguments
