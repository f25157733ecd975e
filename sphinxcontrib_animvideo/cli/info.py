"""The commands ``info`` and ``formats``."""

from __future__ import annotations

import argparse
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

from .._version import __version__
from ..core.encoding.ffmpeg_build import read_build
from ..core.encoding.probe import Info, encoders, has_encoder, read_info
from ..core.model.formats import FORMATS, Format
from ..core.model.humanize import count, format_bytes
from ..errors import AnimvideoError
from .output import DONE, FAILED, CommandResult, error_data, print_error, table


def add_info_arguments(command: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``info``."""
    command.add_argument("files", metavar="FILE", nargs="*", type=Path, help="A video file.")


def info(given: argparse.Namespace) -> CommandResult:
    """Return the properties of video files; one that cannot be read does not stop the others.

    Without files, return those of the installation.
    """
    if not given.files:
        return _installation()
    found: list[dict[str, Any]] = []
    lines: list[str] = []
    for path in given.files:
        try:
            known = read_info(path)
        except AnimvideoError as error:
            print_error(error)
            found.append({"path": str(path), "error": error_data(error)})
        else:
            found.append(info_data(path, known))
            lines.append(f"{info_text(path, known)}, {known.codec}")
    status = FAILED if any("error" in item for item in found) else DONE
    return CommandResult({"files": found}, "\n".join(lines), status)


def _installation() -> CommandResult:
    """Return the versions that matter when a problem is reported, and what ffmpeg can do."""
    build, known = read_build(), encoders()
    packages = ("sphinx", "matplotlib", "numpy", "pillow", "imageio-ffmpeg")
    versions = {"animvideo": __version__, "python": platform.python_version()}
    versions |= {name: version(name) for name in packages}
    used = {encoder for format in FORMATS.values() for encoder in format.encoders}
    available, missing = sorted(used & known), sorted(used - known)
    data = {
        "versions": versions,
        "ffmpeg": {
            "path": build.path,
            "version": build.version,
            "license": build.license,
            "encoders": available,
            "missing_encoders": missing,
            "note": build.note,
        },
    }
    lines = [
        ", ".join(f"{name} {number}" for name, number in versions.items()),
        f"ffmpeg: {build.path}",
        f"  version:  {build.version or 'unknown'}",
        f"  license:  {build.license}",
        f"  encoders: {', '.join(available) or 'none that is used'}",
    ]
    if missing:
        lines.append(f"  missing:  {', '.join(missing)} (see animvideo formats)")
    if build.note:
        lines.append(build.note)
    return CommandResult(data, "\n".join(lines))


def info_data(path: Path, known: Info) -> dict[str, Any]:
    """Return the properties of a video file as JSON data."""
    return {
        "path": str(path),
        "width": known.width,
        "height": known.height,
        "frames": known.frame_count,
        "fps": float(known.fps),
        "seconds": round(known.seconds, 6),
        "codec": known.codec,
        "bytes": known.size,
    }


def info_text(path: Path, known: Info) -> str:
    """Return the properties of a video file as one line."""
    return (
        f"{path}: {known.width} x {known.height}, {count(known.frame_count, 'frame')}, "
        f"{float(known.fps):.6g} fps, {known.seconds:.4g} s, {format_bytes(known.size)}"
    )


def formats(given: argparse.Namespace) -> CommandResult:
    """List the formats."""
    known = encoders()
    data = [_format_data(format, has_encoder(format, known)) for format in FORMATS.values()]
    rows = [("name", "extension", "available", "quality as a number", "quality")]
    rows += [
        (
            item["name"],
            item["suffix"],
            "yes" if item["available"] else "no",
            f"0 to {item['max_number']}" if item["max_number"] else "none",
            ", ".join(item["qualities"]),
        )
        for item in data
    ]
    return CommandResult({"formats": data}, table(rows))


def _format_data(format: Format, available: bool) -> dict[str, Any]:
    return {
        "name": format.name,
        "suffix": format.suffix,
        "media_type": format.media_type,
        "qualities": list(format.qualities),
        "max_number": format.max_number or None,
        "available": available,
    }
