"""How long it takes to write a stack of arrays, beside other ways with the same encoder settings.

    python benchmarks/arrays.py [--rounds 7] [--count 300]

Needs the extra ``benchmark``. The ways take turns, and the median of the rounds counts. OpenCV
has no setting for the quality of H.264; where its build lacks that codec, it writes MPEG-4.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np

from sphinxcontrib_animvideo import write_video
from sphinxcontrib_animvideo.core.encoding.ffmpeg import find_ffmpeg
from sphinxcontrib_animvideo.core.model.formats import FORMATS

FPS = 25
MP4 = FORMATS["mp4"].arguments("good", Fraction(FPS))
WAYS: dict[str, Callable[[np.ndarray, Path], None]] = {}


def way(name: str) -> Callable[..., Callable[[np.ndarray, Path], None]]:
    def note(function: Callable[[np.ndarray, Path], None]) -> Callable[[np.ndarray, Path], None]:
        WAYS[name] = function
        return function

    return note


@way("write_video")
def ours(stack: np.ndarray, path: Path) -> None:
    write_video(path, stack, fps=FPS)


@way("a pipe by hand")
def pipe(stack: np.ndarray, path: Path) -> None:
    height, width = stack.shape[1:3]
    command = [find_ffmpeg(), "-y", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24"]
    command += ["-video_size", f"{width}x{height}", "-framerate", str(FPS), "-i", "-", *MP4]
    with subprocess.Popen([*command, str(path)], stdin=subprocess.PIPE) as process:
        assert process.stdin
        for frame in stack:
            process.stdin.write(frame)
        process.stdin.close()
    assert process.returncode == 0


@way("imageio")
def imageio(stack: np.ndarray, path: Path, settings: list[str] = MP4) -> None:
    import imageio.v2

    with imageio.v2.get_writer(
        path, fps=FPS, codec="libx264", quality=None, macro_block_size=2, output_params=settings
    ) as writer:
        for frame in stack:
            writer.append_data(frame)


@way("mediapy")
def mediapy(stack: np.ndarray, path: Path) -> None:
    import mediapy

    mediapy.set_ffmpeg(find_ffmpeg())
    mediapy.write_video(path, stack, fps=FPS, ffmpeg_args=MP4)


@way("imageio (crf 20, else its own settings)")
def imageio_alone(stack: np.ndarray, path: Path) -> None:
    imageio(stack, path, ["-crf", "20", "-preset", "medium", "-threads", "2"])


@way("OpenCV (its own settings)")
def opencv(stack: np.ndarray, path: Path) -> None:
    import cv2

    size = stack.shape[2], stack.shape[1]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), FPS, size)
    assert writer.isOpened()
    for frame in stack:
        writer.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    writer.release()


def moving(count: int) -> np.ndarray:
    """Return frames of a plasma that flows, of 640 x 480 pixels."""
    x, y = np.meshgrid(np.linspace(0, 6, 640), np.linspace(0, 4, 480))
    stack = np.empty((count, 480, 640, 3), np.uint8)
    for number, frame in enumerate(stack):
        for channel in range(3):
            wave = np.sin(x * (channel + 1) + number / 10) + np.cos(y * 2 - number / 15)
            frame[..., channel] = 127.5 + 63.7 * wave
    return stack


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--count", type=int, default=300)
    options = parser.parse_args()
    stack = moving(options.count)
    seconds: dict[str, list[float]] = {name: [] for name in WAYS}
    sizes = {}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(options.rounds):
            for number, (name, write) in enumerate(WAYS.items()):
                path = Path(folder, f"{number}.mp4")
                start = time.perf_counter()
                write(stack, path)
                seconds[name].append(time.perf_counter() - start)
                sizes[name] = path.stat().st_size
    reference = statistics.median(seconds["a pipe by hand"])
    print(f"{'':40}{'ms a frame':>12}{'of a pipe':>12}{'kB':>10}")
    for name, found in seconds.items():
        median = statistics.median(found)
        kilobytes = sizes[name] / 1e3
        line = f"{median / options.count * 1e3:12.2f}{median / reference:12.2f}{kilobytes:10.0f}"
        print(f"{name:40}{line}")


if __name__ == "__main__":
    main()
