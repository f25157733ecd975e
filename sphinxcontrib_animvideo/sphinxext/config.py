"""The ``animvideo_*`` configuration values, registered from the declared options."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.cache.store import Cache
from ..core.model.options import CONFIG, OPTIONS, config_value, options_of
from ..core.model.settings import (
    Arithmetic,
    Limits,
    Settings,
    check_formats,
    is_file_name,
    make_arithmetic,
    make_limits,
    make_settings,
)
from ..core.model.text import suggestion
from ..core.rendering.executors import Workers
from ..errors import AnimvideoError, OptionError
from .log import warn

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

_PREFIX = "animvideo_"


def register(app: Sphinx) -> None:
    """Register every configuration value with Sphinx."""
    for option in options_of(CONFIG).values():
        app.add_config_value(
            option.config_name,
            plain(option.default),
            option.rebuild,
            types=option.kind.types,
            description=option.help,
        )


def plain(default: Any) -> Any:
    """Return a default as one would write it in ``conf.py``."""
    if isinstance(default, Fraction):
        return int(default)
    return list(default) if isinstance(default, tuple) and default else default


def check(app: Sphinx, config: Config) -> None:
    """Warn about values that are out of range, and replace them by their defaults."""
    errors = config_errors(app)
    known = [option.config_name.removeprefix(_PREFIX) for option in options_of(CONFIG).values()]
    for name in sorted(config._raw_config):  # what conf.py defines, known to Sphinx or not
        if name.startswith(_PREFIX) and name not in config:
            hint = suggestion(name.removeprefix(_PREFIX), known, lambda word: _PREFIX + word)
            error = OptionError(f"unknown configuration value {name}.{hint}")
            errors.append(_placed(error, app, name))
    for option in options_of(CONFIG).values():
        try:
            value_of(config, option.name)
        except OptionError as error:
            errors.append(_placed(error, app, option.config_name))
            config[option.config_name] = plain(option.default)
    try:
        check_formats(value_of(config, "formats"), value_of(config, "quality"))
    except OptionError as error:
        errors.append(_placed(error, app, OPTIONS["quality"].config_name))
    for found in errors:
        warn(found, spell=config_value)


def config_errors(app: Sphinx) -> list[AnimvideoError]:
    """Return what :func:`check` has found."""
    if not hasattr(app, "animvideo_config_errors"):
        app.animvideo_config_errors = []  # type: ignore[attr-defined]
    found: list[AnimvideoError] = app.animvideo_config_errors  # type: ignore[attr-defined]
    return found


def _placed(error: AnimvideoError, app: Sphinx, name: str) -> AnimvideoError:
    """Place an error where ``conf.py`` sets the value *name*; at line 1 if that is not found."""
    path = Path(app.confdir, "conf.py")
    lines = path.read_text("utf-8", errors="replace").splitlines() if path.is_file() else []
    found = (number for number, line in enumerate(lines, 1) if line.startswith(name))
    return error.at(str(path), next(found, 1))


def value_of(config: Config, name: str) -> Any:
    """Return the configured value of an option; OptionError if it is out of range."""
    option = OPTIONS[name]
    value, default = config[option.config_name], plain(option.default)
    # Of other types, such as arrays, not all can be compared.
    is_default = type(value) is type(default) and value == default
    return option.default if is_default else option.read(value)


def option_of(config: Config, written: Mapping[str, Any], name: str) -> Any:
    """Return the value of an option: as written in the directive, else configured, else default."""
    if name in written:
        return written[name]
    option = OPTIONS[name]
    return value_of(config, name) if CONFIG in option.front_ends else option.default


def settings_of(config: Config, written: Mapping[str, Any]) -> Settings:
    """Return the settings for the options written in a directive."""
    if is_file_name(option_of(config, written, "poster")):
        written = {**written, "poster": "first"}
    return make_settings(written, lambda name: option_of(config, {}, name))


def limits_of(config: Config) -> Limits:
    """Return the configured limits."""
    return make_limits(lambda name: value_of(config, name))


def arithmetic_of(config: Config) -> Arithmetic:
    """Return how worker processes calculate."""
    return make_arithmetic(lambda name: value_of(config, name))


def workers_of(app: Sphinx) -> Workers:
    """Return who renders: always the same, so that an executor is opened once for a build."""
    if not hasattr(app, "animvideo_workers"):
        names = "jobs", "start-method", "executor", "shared-filesystem"
        workers = Workers(*(value_of(app.config, name) for name in names))
        app.animvideo_workers = workers  # type: ignore[attr-defined]
    found: Workers = app.animvideo_workers  # type: ignore[attr-defined]
    return found


def cache_of(app: Sphinx) -> Cache:
    """Return the configured cache."""
    folder = value_of(app.config, "cache-dir")
    path = Path(app.confdir, folder).resolve() if folder else Path(app.doctreedir, "animvideo")
    return Cache(path, arithmetic_of(app.config))
