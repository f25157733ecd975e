"""The ``animvideo_*`` configuration values, registered from their declarations."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.cache.store import Cache
from ..core.model.job import Settings, is_file_name, make_settings
from ..core.model.options import CONFIG, OPTIONS, check_formats
from ..core.rendering.render import Limits
from ..errors import OptionError
from .log import warn

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

_READ_ON_EVERY_BUILD = {"cache-dir", "jobs", "start-method", "lock-mode", "report-dir"}


def register(app: Sphinx) -> None:
    """Tell Sphinx of every configuration value."""
    for name, option in CONFIG.items():
        baked_in = option.group != "limits" and option.name not in _READ_ON_EVERY_BUILD
        app.add_config_value(
            name,
            plain(option.default),
            "env" if baked_in else "",
            types=option.kind.types,
            description=option.help,
        )


def plain(default: Any) -> Any:
    """Return a default as one would write it in ``conf.py``."""
    if isinstance(default, Fraction):
        return int(default)
    return list(default) if isinstance(default, tuple) and default else default


def check(app: Sphinx, config: Config) -> None:
    """Warn of values that are out of range, and put the default in their place."""
    for name in CONFIG:
        try:
            value_of(config, name)
        except OptionError as error:
            warn(error.kind, error.message, _place(app, name))
            config[name] = plain(CONFIG[name].default)
    try:
        check_formats(value_of(config, "animvideo_formats"), value_of(config, "animvideo_quality"))
    except OptionError as error:
        warn(error.kind, error.message, _place(app, "animvideo_quality"))


def _place(app: Sphinx, name: str) -> str:
    """Return where in ``conf.py`` a value is set; its first line if that cannot be seen."""
    path = Path(app.confdir, "conf.py")
    lines = path.read_text("utf-8", errors="replace").splitlines() if path.is_file() else []
    found = (number for number, line in enumerate(lines, 1) if line.startswith(name))
    return f"{path}:{next(found, 1)}"


def value_of(config: Config, name: str) -> Any:
    """Return a configuration value, checked and converted; OptionError if it is out of range."""
    value, option = config[name], CONFIG[name]
    if value == plain(option.default):
        return option.default
    return option.read(value, name)


def option_of(config: Config, written: dict[str, Any], name: str) -> Any:
    """Return the value of an option: as written in the directive, else configured, else default."""
    if name in written:
        return written[name]
    option = OPTIONS[name]
    return option.default if option.where == "directive" else value_of(config, option.config_name)


def settings_of(config: Config, written: dict[str, Any]) -> Settings:
    """Return what decides the pixels and the files."""
    if is_file_name(option_of(config, written, "poster")):
        written = written | {"poster": "first"}
    return make_settings(written, lambda name: option_of(config, {}, name))


def cache_of(app: Sphinx) -> Cache:
    """Return the configured cache."""
    folder = value_of(app.config, "animvideo_cache_dir")
    if folder:
        return Cache(Path(app.confdir, folder).resolve())
    return Cache(Path(app.doctreedir, "animvideo"))


def limits_of(config: Config) -> Limits:
    """Return the configured limits."""
    return Limits.of(lambda name: option_of(config, {}, name))
