"""How much of the time of making a video the check for flashes takes.

Usage: python benchmarks/flashes.py [--rounds 5] [--count 150]

The calls of the check are timed inside each run, so that both times of a ratio come from the same
run: the wall clock, and the CPU time of all threads and of ffmpeg. The medians of the rounds are
printed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from arrays import moving
from scenes import SCENES

from sphinxcontrib_animvideo import VideoWriter
from sphinxcontrib_animvideo.core.encoding.flash_check import ColorSampler, FlashCheck


class Stopwatch:
    """Adds up the time that methods of classes take, those that they call among each other once."""

    def __init__(self, methods: dict[type, tuple[str, ...]]) -> None:
        self.wall, self.cpu = 0.0, 0.0
        self._is_running = False
        for cls, names in methods.items():
            for name in names:
                setattr(cls, name, self._timed(getattr(cls, name)))

    def _timed(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:
            if self._is_running:
                return method(*args, **kwargs)
            self._is_running = True
            wall, cpu = time.perf_counter(), time.thread_time()
            try:
                return method(*args, **kwargs)
            finally:
                self._is_running = False
                self.wall += time.perf_counter() - wall
                self.cpu += time.thread_time() - cpu

        return timed


def drawn(name: str, count: int) -> Iterator[Any]:
    scene = SCENES[name]()
    for number in range(count):
        scene.step(number)
        yield scene.figure
    mpl.pyplot.close(scene.figure)


def held(count: int) -> Iterator[Any]:
    """Yield a figure that changes in one of ten frames."""
    scene = SCENES["line"]()
    for number in range(count):
        if number % 10 == 0:
            scene.step(number)
        yield scene.figure
    mpl.pyplot.close(scene.figure)


def arrays(height: int, width: int, count: int) -> Iterator[Any]:
    for frame in moving(count):
        yield np.tile(frame, (3, 3, 1))[:height, :width]


def noise(count: int) -> Iterator[Any]:
    rng = np.random.default_rng(1)
    for _ in range(count):
        yield rng.integers(0, 256, (480, 640, 3), np.uint8)


def strobe(count: int) -> Iterator[Any]:
    for number in range(count):
        yield np.full((480, 640), number // 3 % 2 * 255, np.uint8)


CLIPS: dict[str, tuple[str, Callable[[int], Iterator[Any]]]] = {
    "line that is held": ("incremental", held),
    "growing line": ("incremental", lambda count: drawn("growing line", count)),
    "line": ("incremental", lambda count: drawn("line", count)),
    "line, full redraws": ("full", lambda count: drawn("line", count)),
    "line at 1280 x 960": ("incremental", lambda count: drawn("line at 1280 x 960", count)),
    "2000 points": ("incremental", lambda count: drawn("2000 points", count)),
    "image and colorbar": ("incremental", lambda count: drawn("image and colorbar", count)),
    "arrays, 640 x 480": ("full", lambda count: arrays(480, 640, count)),
    "arrays, 1920 x 1080": ("full", lambda count: arrays(1080, 1920, count)),
    "noise, 640 x 480": ("full", noise),
    "flashes, 640 x 480": ("full", strobe),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=150)
    options = parser.parse_args()
    mpl.use("agg")
    watch = Stopwatch(
        {ColorSampler: ("__init__", "see"), FlashCheck: ("__init__", "add", "finish")}
    )
    heads = f"{'ms a frame':>12}{'of them check':>15}{'share':>9}{'of the CPU':>12}{'flashes':>9}"
    print(f"{'':24}{heads}")
    for name, (redraw, sources) in CLIPS.items():
        rounds, warned = [], ""
        for _ in range(options.rounds):
            watch.wall = watch.cpu = 0
            wall, cpu = time.perf_counter(), sum(os.times()[:4])
            with tempfile.TemporaryDirectory() as folder:
                writer = VideoWriter(Path(folder, "a.mp4"), redraw=redraw, progress=False)
                for source in sources(options.count):
                    writer.capture(source)
                warned = _close(writer)
            wall, cpu = time.perf_counter() - wall, sum(os.times()[:4]) - cpu
            milliseconds = (each / options.count * 1e3 for each in (wall, watch.wall))
            rounds.append((*milliseconds, watch.wall / wall, watch.cpu / cpu))
        whole, check, share, of_cpu = map(statistics.median, zip(*rounds, strict=True))
        times = f"{whole:12.2f}{check:15.3f}{share:9.2%}{of_cpu:12.2%}"
        print(f"{name:24}{times}{warned:>9}", flush=True)


def _close(writer: VideoWriter) -> str:
    """Complete a video, and return whether there was a warning."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        writer.close()
    return "yes" if caught else "no"


if __name__ == "__main__":
    main()
