"""The pictures of sources that hold several: iterables, animated images, stacks, and videos."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import nullcontext
from fractions import Fraction
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

from ...errors import FrameError, VideoFileError
from ..frames.sources import (
    FRAME_KINDS,
    files_like,
    is_frame_source,
    is_path,
    is_pil_image,
    is_refused,
    refuse,
)
from ..model.formats import VIDEO_SUFFIXES
from .decoder import read_frames
from .probe import Info, read_info

_SEVERAL = {"GIF", "PNG", "WEBP", "TIFF", "AVIF"}
"""Image formats whose files may hold several pictures. A photo in MPO holds previews."""
_UNTIMED = Fraction(1, 10)
"""Seconds for which browsers show the pictures of a file that says 0."""


def pictures_in(source: Any) -> Iterator[tuple[Any, float | None]]:
    """Return what to capture of a source, and for how many seconds; ``None`` is one frame.

    Parameters
    ----------
    source
        An iterable, a stack of arrays, the name of a file or a pattern of names, a PIL image that
        has several pictures, or one picture.

    Raises
    ------
    FrameError
        *source* is none of them, or no file has such a name; from the iterator: a picture is
        ``None``.
    """
    if is_path(source):
        return iter([(name, None) for name in files_like(source)])
    if is_pil_image(source):
        return pictures_of(source)
    if is_refused(source):
        refuse(source)
    if is_frame_source(source):
        return iter([(source, None)])
    try:
        pictures = iter(source)
    except TypeError:
        raise FrameError(
            f"an object of type {type(source).__name__} cannot become frames. Use a Matplotlib "
            f"Animation, or a list, an array, or a generator of pictures. Each picture may be "
            f"{FRAME_KINDS}."
        ) from None
    return ((_not_none(picture, number), None) for number, picture in enumerate(pictures))


def _not_none(picture: Any, number: int) -> Any:
    if picture is None:
        raise FrameError(
            f"picture {number} of the iterable is None. Does the function that makes the pictures "
            "return them?"
        )
    return picture


def pictures_of(source: Any) -> Iterator[tuple[Any, float | None]]:
    """Yield the pictures of *source*, and how long each is shown in seconds.

    ``None`` is one frame. All pictures are yielded of a file, given by its path or its bytes, and
    of a PIL image that has several; anything else is one picture.

    Raises
    ------
    FrameError
        A video cannot be read.
    """
    if isinstance(source, io.BytesIO):
        source = source.getvalue()
    if is_video_file(source):
        info = video_info(source)
        constant = float(1 / info.fps) if info.fps else None
        frames = read_frames(Path(source), (info.width, info.height), info.fps)
        for frame, seconds in zip_longest(frames, info.durations):
            if frame is not None:
                yield frame, seconds or constant
    elif durations := _durations(source):
        with _opened(source) as image:
            for number, seconds in durations.items():
                image.seek(number)
                yield image, seconds
    else:
        yield source, None


def step_of(source: Any) -> Fraction | None:
    """Return the seconds from each picture of a file to the next, if they are constant."""
    if is_video_file(source):
        info = video_info(source)
        return 1 / info.fps if info.fps and not info.durations else None
    found = set(_durations(source).values())
    return Fraction(str(found.pop())) if len(found) == 1 and None not in found else None


def is_video_file(source: Any) -> bool:
    """Whether *source* is the path of an existing file with the extension of a video."""
    return is_path(source) and Path(source).suffix.lower() in VIDEO_SUFFIXES and _exists(source)


def _exists(path: Any) -> bool:
    try:
        return Path(path).is_file()
    except (OSError, ValueError):  # not a possible name
        return False


def video_info(path: Any) -> Info:
    """Return the properties of a video file; FrameError if it cannot be read."""
    try:
        state = Path(path).stat()
        return _read_info(Path(path), state.st_mtime_ns, state.st_size)
    except VideoFileError as error:
        raise FrameError(error.message, detail=error.detail) from None


@lru_cache(maxsize=1)  # asked for the rate of a file first, and then for its frames
def _read_info(path: Path, mtime_ns: int, size: int) -> Info:
    return read_info(path)


def _durations(source: Any) -> dict[int, float | None]:
    """Return how long each picture of an image is shown; nothing if there are not several."""
    if not (is_path(source) or isinstance(source, (bytes, bytearray)) or is_pil_image(source)):
        return {}
    try:
        with _opened(source) as image:
            if image.format not in _SEVERAL or getattr(image, "n_frames", 1) < 2:
                return {}
            first = int(bool(getattr(image, "default_image", False)))  # of an APNG
            current = image.tell()
            found = {number: _seconds(image, number) for number in range(first, image.n_frames)}
            image.seek(current)
            return found
    except (OSError, ValueError, SyntaxError):
        return {}  # the frame grabber reports what is wrong


def _opened(source: Any) -> Any:
    from PIL import Image

    if is_pil_image(source):
        return nullcontext(source)
    return Image.open(io.BytesIO(source) if isinstance(source, (bytes, bytearray)) else source)


def _seconds(image: Any, number: int) -> float | None:
    image.seek(number)
    if image.format in ("WEBP", "AVIF"):  # whose durations are known only when they are decoded
        image.load()
    milliseconds = image.info.get("duration")
    if image.format == "TIFF" or milliseconds is None:
        return None
    return milliseconds / 1000 or float(_UNTIMED)
