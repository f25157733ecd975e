"""Properties of the ffmpeg program: version, license, and whether it is too old."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .ffmpeg import ask_ffmpeg, find_ffmpeg

OLDEST_TRIED = (5, 1)
"""All formats can be written with this version, which is that of Debian 12."""
SECURITY_PAGE = "https://ffmpeg.org/security.html"


@dataclass(frozen=True)
class FfmpegBuild:
    """An ffmpeg program, from what ``ffmpeg -version`` prints."""

    path: str
    version: str
    """As printed, such as ``7.0.2-static`` or ``5.1.9-0+deb12u1``; empty if it is not printed."""
    license: str

    @property
    def note(self) -> str:
        """What to tell users about this version; empty if there is nothing."""
        number = re.match(r"n?(\d+)\.(\d+)", self.version)
        if not number:  # built from a development version, which has a date or a commit
            return ""
        if (int(number[1]), int(number[2])) >= OLDEST_TRIED:
            return ""
        tried = ".".join(map(str, OLDEST_TRIED))
        return (
            f"ffmpeg {self.version} is older than {tried}, the oldest tested version, and "
            f"has known vulnerabilities; see {SECURITY_PAGE}. Install a newer one, or remove the "
            "environment variable IMAGEIO_FFMPEG_EXE to use the one from imageio-ffmpeg."
        )


def read_build() -> FfmpegBuild:
    """Return the properties of the ffmpeg that is used.

    Raises
    ------
    EncoderError
        There is none, or it cannot be started.
    """
    printed = ask_ffmpeg(["-version"], "print its version")[0].decode(errors="replace")
    version = re.search(r"^ffmpeg version (\S+)", printed, re.MULTILINE)
    flags = set(re.findall(r"--enable-(gpl|version3|nonfree)\b", printed))
    return FfmpegBuild(find_ffmpeg(), version[1] if version else "", _license(flags))


def _license(flags: set[str]) -> str:
    """Return the license that follows from how ffmpeg was configured.

    Source: https://ffmpeg.org/legal.html, and the end of FFmpeg's file ``configure``.
    """
    if "nonfree" in flags:
        return "not redistributable (built with --enable-nonfree)"
    if "gpl" in flags:
        return f"GPL, version {3 if 'version3' in flags else 2} or later"
    return f"LGPL, version {'3' if 'version3' in flags else '2.1'} or later"
