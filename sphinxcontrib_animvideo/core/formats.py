"""The named output formats: container, codec and ffmpeg arguments.

The arguments are chosen for three things: colours that decode in a browser as they were
drawn, bytes that are the same on every run and machine, and small files for plots.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

QUALITIES = ("draft", "good", "best", "lossless")

# Matplotlib's pixels are sRGB. Without tags a browser guesses the matrix and misses flat colours
# by up to 70 levels; setparams tags the frames (the output options of the same names are ignored
# for raw input). The swscale flags make the conversion the same on every CPU.
_TO_YUV = (
    "scale=out_color_matrix=bt709:out_range=tv"
    ":flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact,"
    "format=yuv420p,"
    "setparams=colorspace=bt709:color_primaries=bt709:color_trc=iec61966-2-1:range=tv"
)
_TO_RGB = "format={},setparams=colorspace=gbr:color_primaries=bt709:color_trc=iec61966-2-1:range=pc"
_BIT_EXACT = ["-an", "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact"]
# A key frame every 50 frames: seeking in 40 ms in Chromium for 5 % more bytes.
_KEY_FRAMES = ["-g", "50"]


@dataclass(frozen=True)
class Format:
    """A named output profile."""

    name: str
    suffix: str
    media_type: str
    qualities: dict[str, list[str]]
    """Encoder arguments per quality word."""
    by_number: list[str]
    """Encoder arguments for a number; the number takes the place of ``{}``. Empty: none."""
    max_number: int = 0
    """The largest (worst) number; 0 where a number means nothing."""
    filters: str = _TO_YUV
    lossless_filters: str = ""
    codec_string: Callable[[bytes], str] | None = None
    """From the start of a written file to the value of ``codecs=`` in its media type."""
    common: list[str] = field(default_factory=list)
    max_fps: Fraction | None = None
    second_passes: tuple[list[str], ...] = ()
    """ffmpeg arguments that make the file out of ``{first}``, which is written from the frames.
    A step towards it ends with ``{palette}``."""

    def arguments(self, quality: str | int, fps: Fraction, padding: str) -> list[str]:
        """Return the output arguments for ffmpeg, without the file name."""
        # H.264 with 4:2:0 refuses odd sizes; one more row or column harms no pixel, scaling all.
        filters = [f"pad=ceil(iw/2)*2:ceil(ih/2)*2:0:0:{padding}"]
        if self.max_fps and fps > self.max_fps:
            filters.append(f"fps={self.max_fps}")
        filters.append(self.lossless_filters if quality == "lossless" else self.filters)
        if isinstance(quality, int):
            encoder = [part.replace("{}", str(quality)) for part in self.by_number]
        else:
            encoder = self.qualities[quality]
        return ["-vf", ",".join(filters), *encoder, *self.common, *_BIT_EXACT]

    def type_of(self, path: Path) -> str:
        """Return the media type of a written file, with its codecs, for ``<source type>``."""
        if self.codec_string is None:
            return self.media_type
        with path.open("rb") as file:
            head = file.read(65536)
        try:
            return f'{self.media_type}; codecs="{self.codec_string(head)}"'
        except ValueError:  # another codec, by encoder arguments of the author's
            return self.media_type


def check_quality(format: Format, quality: str | int) -> str:
    """Return why *format* cannot be written with *quality*, or an empty string."""
    if isinstance(quality, int):
        if quality <= format.max_number:
            return ""
        if format.max_number:
            return f"quality of {format.name} goes from 0 to {format.max_number}, not {quality}."
        return f"quality of {format.name} is one of {', '.join(format.qualities)}, not a number."
    if quality in format.qualities:
        return ""
    able = [f.name for f in FORMATS.values() if quality in f.qualities]
    return f"quality {quality} is not to be had in {format.name}, only in {', '.join(able)}."


def _avc_codec(head: bytes) -> str:
    # ISO/IEC 14496-15: avcC holds version, profile, compatibility and level, one byte each.
    at = head.index(b"avcC") + 5
    return "avc1." + head[at : at + 3].hex()


def _av1_codec(head: bytes) -> str:
    # AV1 in ISOBMFF, av1C: 3 bits profile and 5 bits level, then 1 bit tier and 2 bits of depth.
    at = head.index(b"av1C") + 5
    profile, level = head[at] >> 5, head[at] & 31
    tier = "H" if head[at + 1] & 128 else "M"
    depth = 10 if head[at + 1] & 64 else 8
    return f"av01.{profile}.{level:02}{tier}.{depth:02}"


# Two threads give the same bytes as one; other counts do not, and the default depends on the
# machine. cpu-independent does the same for vector units, and the filter removes the SEI text
# in which x264 writes its settings.
_X264 = [
    *["-threads", "2", "-x264-params", "cpu-independent=1"],
    *["-bsf:v", "filter_units=remove_types=6", "-movflags", "+faststart", *_KEY_FRAMES],
]
_VP9 = ["-b:v", "0", "-row-mt", "0", "-threads", "2", *_KEY_FRAMES]
_SVT = [*_KEY_FRAMES, "-movflags", "+faststart"]


def _x264(preset: str, crf: str) -> list[str]:
    return ["-c:v", "libx264", "-preset", preset, "-crf", crf]


def _vp9(cpu_used: str, crf: str) -> list[str]:
    return ["-c:v", "libvpx-vp9", "-deadline", "good", "-cpu-used", cpu_used, "-crf", crf]


def _svt(preset: str, crf: str) -> list[str]:
    return ["-c:v", "libsvtav1", "-preset", preset, "-crf", crf]


FORMATS = {
    format.name: format
    for format in [
        Format(
            name="mp4",
            suffix=".mp4",
            media_type="video/mp4",
            qualities={
                "draft": _x264("veryfast", "18"),
                "good": _x264("medium", "20"),
                "best": _x264("slow", "14"),
                "lossless": ["-c:v", "libx264rgb", "-preset", "medium", "-qp", "0"],
            },
            by_number=_x264("medium", "{}"),
            max_number=51,
            lossless_filters=_TO_RGB.format("rgb24"),
            codec_string=_avc_codec,
            common=_X264,
        ),
        Format(
            name="webm",
            suffix=".webm",
            media_type="video/webm",
            qualities={
                "draft": _vp9("6", "34"),
                "good": _vp9("4", "31"),
                "best": _vp9("2", "22"),
                "lossless": ["-c:v", "libvpx-vp9", "-deadline", "good", "-lossless", "1"],
            },
            by_number=_vp9("4", "{}"),
            max_number=63,
            lossless_filters=_TO_RGB.format("gbrp"),
            codec_string=lambda head: "vp9",
            common=_VP9,
        ),
        Format(
            name="av1",
            suffix=".mp4",
            media_type="video/mp4",
            qualities={"draft": _svt("10", "34"), "good": _svt("8", "30"), "best": _svt("6", "22")},
            by_number=_svt("8", "{}"),
            max_number=63,
            codec_string=_av1_codec,
            common=_SVT,
        ),
        Format(
            name="gif",
            suffix=".gif",
            media_type="image/gif",
            # One palette of the whole animation is known at its end only. Meanwhile the frames
            # are kept as a lossless video: in memory, as one filter graph would, they have no room.
            qualities={
                word: ["-c:v", "libx264rgb", "-preset", "ultrafast", "-qp", "0"]
                for word in QUALITIES
                if word != "lossless"
            },
            by_number=[],
            filters=_TO_RGB.format("rgb24"),
            second_passes=(
                [
                    *["-i", "{first}", "-vf", "palettegen=stats_mode=full:reserve_transparent=0"],
                    *["-update", "1", "{palette}"],
                ],
                # No dithering, which would make flat areas flicker.
                [
                    *["-i", "{first}", "-i", "{palette}", "-filter_complex"],
                    *["paletteuse=dither=none:diff_mode=rectangle", "-loop", "0", *_BIT_EXACT],
                ],
            ),
            # Times in a GIF are whole hundredths; browsers slow a frame of one hundredth to ten.
            max_fps=Fraction(50),
        ),
    ]
}
