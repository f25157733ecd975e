"""How heavy the videos of the gallery are, beside Matplotlib's own MP4 and ``to_jshtml``.

    python benchmarks/weight.py [--clips 30]

Renders the gallery of the documentation without loss, and encodes the frames again: as
``FFMpegWriter`` does by default, and in our formats. At equal SSIM (of luma, decoded from both) the
size of ours is interpolated between qualities. ``to_jshtml`` embeds each frame as a PNG.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from sphinxcontrib_animvideo.core.encoding.clip_writer import ClipWriter
from sphinxcontrib_animvideo.core.encoding.decoder import read_frames
from sphinxcontrib_animvideo.core.encoding.ffmpeg import find_ffmpeg
from sphinxcontrib_animvideo.core.encoding.probe import read_info

ROOT = Path(__file__).parents[1]
QUALITIES = {"mp4": (16, 19, 22, 25, 28), "av1": (18, 26, 34, 42, 50)}
"""Around the one with the quality of Matplotlib's."""
JSHTML = 14_000
"""Bytes of its player."""

Frames = list[np.ndarray]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=100)
    options = parser.parse_args()
    ratios: dict[str, list[float]] = {}
    print(f"{'':34}{'mpl kB':>8}{'jshtml':>8}" + "".join(f"{h:>13}" for h in HEADS))
    with tempfile.TemporaryDirectory() as folder:
        for name, frames, fps in list(gallery(Path(folder)))[: options.clips]:
            row = measure(frames, fps, Path(folder))
            for head, value in zip(HEADS, row[2:], strict=True):
                ratios.setdefault(head, []).append(value)
            shown = "".join(f"{value:13.3f}" for value in row[2:])
            print(f"{name:34}{row[0] / 1e3:8.0f}{row[1] / 1e3:8.0f}{shown}", flush=True)
    means = "".join(f"{statistics.mean(ratios[head]):13.3f}" for head in HEADS)
    print(f"{'mean of the ratios':50}{means}")


HEADS = ["mp4 / mpl", "av1 / mpl", "mp4 / jshtml", "av1 / jshtml"]
"""The first two at equal SSIM, the others at the default quality."""


def gallery(folder: Path) -> Iterator[tuple[str, Frames, Fraction]]:
    """Yield name, frames and rate of each video of the gallery."""
    cache = folder / "cache"
    settings = {
        "include_patterns": "index.rst,gallery/**",
        "suppress_warnings": "toc.not_readable,toc.excluded,ref.doc,ref.ref",
        "animvideo_cache_dir": str(cache),
        "animvideo_formats": "mkv",
        "animvideo_quality": "lossless",
    }
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "animvideo", "-d", str(folder / "d")]
    command += [f"-D{name}={value}" for name, value in settings.items()]
    subprocess.run([*command, str(ROOT / "docs"), str(folder / "out")], check=True)
    for path in sorted(cache.glob("*/*/*.mkv")):
        info = read_info(path)
        frames = list(read_frames(path, (info.width, info.height), info.fps))
        name = f"{info.width}x{info.height}, {len(frames)} frames, {float(info.fps):g} fps"
        yield name, frames, info.fps


def measure(frames: Frames, fps: Fraction, folder: Path) -> list[float]:
    """Return the sizes of Matplotlib's files, and the ratios of ours to them."""
    theirs = folder / "mpl.mp4"
    matplotlib_default(frames, fps, theirs)
    size, quality = theirs.stat().st_size, ssim(frames, theirs, fps)
    jshtml = JSHTML + sum(png_size(frame) * 4 / 3 for frame in frames)
    equal, default = [], []
    for format, numbers in QUALITIES.items():
        points = []
        for number in numbers:
            path = write(frames, fps, folder, format, number)
            points.append((ssim(frames, path, fps), np.log(path.stat().st_size)))
        points.sort()
        reached, sizes = zip(*points, strict=True)
        equal.append(float(np.exp(np.interp(quality, reached, sizes))) / size)
        path = write(frames, fps, folder, format, "good")
        default.append(path.stat().st_size / jshtml)
    return [size, jshtml, *equal, *default]


def write(frames: Frames, fps: Fraction, folder: Path, format: str, quality: int | str) -> Path:
    writer = ClipWriter(folder, "ours", fps, formats=(format,), quality=quality)
    for frame in frames:
        writer.capture(frame)
    (file,) = writer.close()
    return folder / file.name


def matplotlib_default(frames: Frames, fps: Fraction, path: Path) -> None:
    """Write a file with the arguments of Matplotlib's FFMpegWriter."""
    height, width = frames[0].shape[:2]
    command = [find_ffmpeg(), "-y", "-loglevel", "error", "-f", "rawvideo", "-vcodec", "rawvideo"]
    command += ["-s", f"{width}x{height}", "-pix_fmt", "rgba", "-framerate", str(fps), "-i", "-"]
    command += ["-vcodec", "h264", "-pix_fmt", "yuv420p", str(path)]
    opaque = np.full((height, width, 4), 255, np.uint8)
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.stdin
        for frame in frames:
            opaque[:, :, :3] = frame
            process.stdin.write(opaque)
    assert process.returncode == 0


def png_size(frame: np.ndarray) -> int:
    """Return the bytes of a frame as Matplotlib saves it."""
    file = BytesIO()
    Image.fromarray(frame).convert("RGBA").save(file, "png")
    return file.tell()


def ssim(frames: Frames, path: Path, fps: Fraction) -> float:
    """Return the mean structural similarity of the luma, in blocks of 8 x 8 pixels."""
    height, width = frames[0].shape[:2]
    pairs = zip(frames, read_frames(path, (width, height), fps), strict=True)
    return statistics.mean(_ssim(luma(old), luma(new)) for old, new in pairs)


def luma(frame: np.ndarray) -> np.ndarray:
    return frame @ np.array([0.2126, 0.7152, 0.0722])


def _ssim(one: np.ndarray, other: np.ndarray) -> float:
    def mean(values: np.ndarray) -> np.ndarray:
        height, width = (length // 8 * 8 for length in values.shape)
        return values[:height, :width].reshape(height // 8, 8, width // 8, 8).mean(axis=(1, 3))

    a, b = mean(one), mean(other)
    variances = mean(one**2) - a**2, mean(other**2) - b**2
    covariance = mean(one * other) - a * b
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    likeness = (2 * a * b + c1) * (2 * covariance + c2)
    return float((likeness / ((a**2 + b**2 + c1) * (sum(variances) + c2))).mean())


if __name__ == "__main__":
    main()
