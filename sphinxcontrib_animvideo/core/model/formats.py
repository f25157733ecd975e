"""The named output formats: container, codec, and ffmpeg arguments.

This file is long because it holds one table, in which a format is easy to compare with others.

The arguments are chosen for three things: colors that decode in a browser as they were
drawn, bytes that are the same on every run and machine, and small files for plots.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from ...errors import OptionError
from .codecs import av1_codec, avc_codec, hevc_codec

QUALITIES = ("draft", "good", "best", "lossless")

# Matplotlib's pixels are sRGB. Without tags a browser guesses the matrix and misses flat colors
# by up to 70 levels; setparams tags the frames (the output options of the same names are ignored
# for raw input).
EXACT_SCALING = "bicubic+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact"
"""The flags with which swscale makes the same pixels on every CPU."""
_TO_YUV = (
    f"scale=out_color_matrix=bt709:out_range=tv:flags={EXACT_SCALING},"
    "format=yuv420p,"
    "setparams=colorspace=bt709:color_primaries=bt709:color_trc=iec61966-2-1:range=tv"
)
# AVI has no room for tags, and players take the matrix of standard television for granted.
_TO_UNTAGGED_YUV = _TO_YUV.replace("matrix=bt709", "matrix=smpte170m")
_TO_RGB = "format={},setparams=colorspace=gbr:color_primaries=bt709:color_trc=iec61966-2-1:range=pc"
# WebP makes its own YUV. The frames' alpha is dropped first.
_TO_OPAQUE_BGRA = "format=rgb24," + _TO_RGB.format("bgra")
VIDEO_SUFFIXES = (
    *(".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".mpg", ".mpeg", ".ogv", ".ogg"),
    *(".wmv", ".flv", ".ts", ".3gp"),
)
"""Extensions of video files that can be sources."""
IMAGE_SUFFIXES = (".gif", ".png", ".apng", ".webp", ".tif", ".tiff", ".avif")
"""Extensions of image files that may hold several pictures."""
BIT_EXACT = ["-an", "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact"]
# A key frame, which can be decoded by itself, every 125 frames. In a plot that stands still but for
# a line it weighs as much as thirty others. With 50, 125 and 250, Chromium finds a frame in 17, 30
# and 46 ms; with 50 and 125, the gallery weighs 1.13 and 0.98 of Matplotlib's MP4 at equal SSIM.
_KEY_FRAMES = ["-g", "125"]
FLUSHED = ["-flush_packets", "1"]
"""Muxer arguments with which nothing waits in a buffer: it would be lost with the process."""
FRAGMENTED = [
    *["-movflags", "+frag_keyframe+delay_moov+default_base_moof"],
    *["-frag_duration", "1000000", *FLUSHED],
]
"""Muxer arguments for an MP4 file that can be played as far as it was written, but for a second."""


@dataclass(frozen=True)
class Format:
    """A named output profile."""

    name: str
    suffix: str
    media_type: str
    muxer: str
    """What ffmpeg calls the container."""
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
    muxing: list[str] = field(default_factory=list)
    """Arguments of the muxer for a file that is complete."""
    max_fps: Fraction | None = None
    """Browsers slow down what is faster; frames are dropped instead."""
    other_suffixes: tuple[str, ...] = ()
    smallest: int = 1
    """Minimum width and height in pixels."""
    needs_even: bool = True
    """Whether width and height must be even."""
    survives: bool = True
    """Whether what is written of a file can be played if ffmpeg is killed; if it is an MP4 file,
    when it is written in fragments."""
    rounds_times: bool = False
    """Whether the container rounds the times of frames to milliseconds."""
    second_passes: tuple[list[str], ...] = ()
    """ffmpeg arguments that make the file out of ``{first}``, which is written from the frames.
    A step towards it ends with ``{palette}``. ``{dropping}`` is the filter of :meth:`dropping`."""

    @property
    def encoders(self) -> set[str]:
        """The encoders of all qualities, as ffmpeg names them."""
        pairs = (pair for arguments in self.qualities.values() for pair in pairwise(arguments))
        return {name for option, name in pairs if option == "-c:v"}

    def arguments(self, quality: str | int, fps: Fraction, padding: str = "") -> list[str]:
        """Return the output arguments for ffmpeg, without those of the muxer and the file name.

        *padding* is the filter that makes an odd size even, where that is wanted.
        """
        filters = [padding] if padding else []
        last = self.lossless_filters if quality == "lossless" else self.filters
        filters.append(self.dropping(fps) + last)
        if isinstance(quality, int):
            encoder = [part.replace("{}", str(quality)) for part in self.by_number]
        else:
            encoder = self.qualities[quality]
        return ["-vf", ",".join(filters), *encoder, *self.common, *BIT_EXACT]

    def dropping(self, fps: Fraction) -> str:
        """Return the filter, before others, that drops frames which are too many; or nothing."""
        if self.rate(fps) == fps:
            return ""
        # Rounded up, the first frame is always kept: the one that is shown at each moment.
        return f"fps={self.max_fps}:round=up,"

    def rate(self, fps: Fraction) -> Fraction:
        """Return the frames per second of the file of a clip with *fps*."""
        return min(fps, self.max_fps or fps)

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
    """Return why *format* cannot be written with *quality*, or an empty string.

    ``{option}`` in it stands for the name of the option.
    """
    words = ", ".join(format.qualities)
    if isinstance(quality, int):
        if quality <= format.max_number:
            return ""
        if format.max_number:
            return (
                f"{{option}} of {format.name} must be from 0 to {format.max_number}, not {quality}."
            )
        return f"{{option}} of {format.name} must be one of {words}, not a number."
    if quality in format.qualities:
        return ""
    able = [f.name for f in FORMATS.values() if quality in f.qualities]
    return (
        f"{{option}} of {format.name} must be one of {words}, not {quality}, which is available "
        f"for {', '.join(able)}."
    )


def format_of(path: Path) -> Format:
    """Return the format that the extension of a file name selects, in upper or lower case.

    Raises
    ------
    OptionError
        No format has this extension.
    """
    suffix = path.suffix.lower()
    meant: dict[str, Format] = {}
    for format in FORMATS.values():  # the first one that has a suffix is the one meant by it
        for known in (format.suffix, *format.other_suffixes):
            meant.setdefault(known, format)
    if suffix in meant:
        return meant[suffix]
    problem = f"unsupported file extension {suffix!r}" if suffix else "the name has no extension"
    raise OptionError(f"{path.name}: {problem}. Use one of {', '.join(meant)}.")


# Two threads give the same bytes as one; other counts do not, and the default depends on the
# machine. cpu-independent does the same for vector units, and the filter removes the SEI text
# in which x264 writes its settings.
_X264 = [
    *["-threads", "2", "-x264-params", "cpu-independent=1"],
    *["-bsf:v", "filter_units=remove_types=6", *_KEY_FRAMES],
]
_VP9 = ["-b:v", "0", "-row-mt", "0", "-threads", "2", *_KEY_FRAMES]
_FASTSTART = ["-movflags", "+faststart"]
# x265 writes other bytes with other counts of threads; info=0 leaves out the text of its settings.
# Safari plays the tag hvc1 only.
_X265 = [
    *["-x265-params", "pools=2:frame-threads=1:lookahead-slices=0:info=0:log-level=error"],
    *["-tag:v", "hvc1", *_KEY_FRAMES],
]
# Slices follow the threads; the vector units' transforms are others than those in C.
_MPEG4 = ["-vtag", "xvid", "-threads", "1", "-dct", "int", "-idct", "simple", *_KEY_FRAMES]
# The same bytes for every count of threads, since that of the slices is given.
_FFV1 = ["-c:v", "ffv1", "-level", "3", "-coder", "1", "-context", "1", "-slices", "4"]


def _x264(preset: str, crf: str) -> list[str]:
    return ["-c:v", "libx264", "-preset", preset, "-crf", crf]


def _vp9(cpu_used: str, crf: str) -> list[str]:
    return ["-c:v", "libvpx-vp9", "-deadline", "good", "-cpu-used", cpu_used, "-crf", crf]


def _x265(preset: str, crf: str) -> list[str]:
    return ["-c:v", "libx265", "-preset", preset, "-crf", crf]


def _mpeg4(scale: str) -> list[str]:
    fine = ["-mbd", "rd", "-trellis", "2"]
    return ["-c:v", "mpeg4", "-qmin", "1", "-q:v", scale, *fine]


def _webp(*settings: str) -> list[str]:
    return ["-c:v", "libwebp_anim", *settings]


def _svt(preset: str, crf: str) -> list[str]:
    return ["-c:v", "libsvtav1", "-preset", preset, "-crf", crf]


_WEBP_LOSSLESS = _webp("-lossless", "1", "-quality", "75", "-compression_level", "3")

KEPT = Format(
    name="kept",
    suffix=".mp4",
    media_type="video/mp4",
    muxer="mp4",
    qualities={"lossless": ["-c:v", "libx264rgb", "-preset", "ultrafast", "-qp", "0"]},
    by_number=[],
    lossless_filters=_TO_RGB.format("rgb24"),
    common=_KEY_FRAMES,
    muxing=FRAGMENTED,
)
"""Frames that are kept, quickly and exactly, until the file can be made of them. In memory they
have no room."""

FORMATS = {
    format.name: format
    for format in [
        Format(
            name="mp4",
            suffix=".mp4",
            other_suffixes=(".m4v",),
            media_type="video/mp4",
            muxer="mp4",
            qualities={
                "draft": _x264("veryfast", "18"),
                "good": _x264("medium", "20"),
                "best": _x264("slow", "14"),
                "lossless": ["-c:v", "libx264rgb", "-preset", "medium", "-qp", "0"],
            },
            by_number=_x264("medium", "{}"),
            max_number=51,
            lossless_filters=_TO_RGB.format("rgb24"),
            codec_string=avc_codec,
            common=_X264,
            muxing=_FASTSTART,
        ),
        Format(
            name="webm",
            suffix=".webm",
            media_type="video/webm",
            muxer="webm",
            rounds_times=True,
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
            muxer="mp4",
            qualities={"draft": _svt("10", "34"), "good": _svt("8", "30"), "best": _svt("6", "22")},
            # For -crf 0, ffmpeg lets SVT-AV1 choose.
            by_number=[*_svt("8", "{}"), "-svtav1-params", "crf={}"],
            max_number=63,
            codec_string=av1_codec,
            common=_KEY_FRAMES,
            muxing=_FASTSTART,
            smallest=16,  # SVT-AV1 crashes with smaller pictures
        ),
        # Lossless HEVC is left out: no browser shows its RGB, and mp4 and mkv do the same.
        Format(
            name="hevc",
            suffix=".mp4",
            media_type="video/mp4",
            muxer="mp4",
            qualities={
                "draft": _x265("veryfast", "22"),
                "good": _x265("medium", "22"),
                "best": _x265("slow", "16"),
            },
            by_number=_x265("medium", "{}"),
            max_number=51,
            codec_string=hevc_codec,
            common=_X265,
            muxing=_FASTSTART,
            smallest=16,
        ),
        Format(
            name="avi",
            suffix=".avi",
            media_type="video/x-msvideo",
            muxer="avi",
            qualities={"draft": _mpeg4("4"), "good": _mpeg4("3"), "best": _mpeg4("1")},
            by_number=_mpeg4("{}"),
            max_number=31,
            filters=_TO_UNTAGGED_YUV,
            common=_MPEG4,
        ),
        Format(
            name="mkv",
            suffix=".mkv",
            media_type="video/x-matroska",
            muxer="matroska",
            rounds_times=True,
            qualities=dict.fromkeys(QUALITIES, _FFV1),
            by_number=[],
            filters=_TO_RGB.format("bgr0"),
            lossless_filters=_TO_RGB.format("bgr0"),
            codec_string=lambda head: "ffv1",
            common=["-slicecrc", "1", *_KEY_FRAMES],
            smallest=2,  # for four slices
            needs_even=False,
        ),
        Format(
            name="gif",
            suffix=".gif",
            media_type="image/gif",
            muxer="gif",
            # One palette of the whole animation is known at its end only; the frames are kept.
            qualities={word: [] for word in QUALITIES if word != "lossless"},
            by_number=[],
            second_passes=(
                [
                    *["-i", "{first}", "-vf"],
                    "{dropping}palettegen=stats_mode=full:reserve_transparent=0",
                    *["-update", "1", "{palette}"],
                ],
                # No dithering, which would make flat areas flicker.
                [
                    *["-i", "{first}", "-f", "png_pipe", "-i", "{palette}", "-filter_complex"],
                    "[0:v]{dropping}null[frames];"
                    "[frames][1:v]paletteuse=dither=none:diff_mode=rectangle",
                    *["-loop", "0", *BIT_EXACT],
                ],
            ),
            needs_even=False,
            survives=False,
            # Times in a GIF are whole hundredths; browsers slow a frame of one hundredth to ten.
            max_fps=Fraction(50),
        ),
        Format(
            name="webp",
            suffix=".webp",
            media_type="image/webp",
            muxer="webp",
            qualities={
                "draft": _webp("-quality", "75", "-compression_level", "2"),
                "good": _webp("-quality", "90"),
                # Plots are hardly larger without any loss.
                "best": _WEBP_LOSSLESS,
                "lossless": _WEBP_LOSSLESS,
            },
            by_number=[],
            filters=_TO_OPAQUE_BGRA,
            lossless_filters=_TO_OPAQUE_BGRA,
            common=_KEY_FRAMES,
            muxing=["-loop", "0"],
            # Browsers slow a frame of ten milliseconds to a hundred.
            max_fps=Fraction(90),
            needs_even=False,
            survives=False,
        ),
        Format(
            name="apng",
            suffix=".apng",
            media_type="image/apng",
            muxer="apng",
            # Predicting a pixel from its neighbors makes plots larger.
            qualities={word: ["-c:v", "apng", "-pred", "none"] for word in QUALITIES},
            by_number=[],
            filters=_TO_RGB.format("rgb24"),
            lossless_filters=_TO_RGB.format("rgb24"),
            muxing=["-plays", "0"],
            max_fps=Fraction(90),
            needs_even=False,
            survives=False,
        ),
    ]
}
