"""How much longer a video takes with the check for flashes.

Usage: python benchmarks/flashes.py [--rounds 9] [--count 150]

Each video is made with and without the check in turn, and the medians of the rounds are compared.
The part of the check in the CPU time of all threads and of ffmpeg is measured inside each run: on
an idle machine it takes time that would have been spent on waiting for ffmpeg.
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
    """Adds up the CPU time that methods of classes take, those that call each other once."""

    def __init__(self, methods: dict[type, tuple[str, ...]]) -> None:
        self.cpu = 0.0
        self._is_running = False
        for cls, names in methods.items():
            for name in names:
                setattr(cls, name, self._timed(getattr(cls, name)))

    def _timed(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:
            if self._is_running:
                return method(*args, **kwargs)
            self._is_running = True
            start = time.thread_time()
            try:
                return method(*args, **kwargs)
            finally:
                self._is_running = False
                self.cpu += time.thread_time() - start

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
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--count", type=int, default=150)
    options = parser.parse_args()
    mpl.use("agg")
    watch = Stopwatch(
        {ColorSampler: ("__init__", "see"), FlashCheck: ("__init__", "add", "finish")}
    )
    print(
        f"{'':24}{'ms a frame':>12}{'with check':>12}{'longer':>9}{'of the CPU':>12}{'flashes':>9}"
    )
    for name, (redraw, sources) in CLIPS.items():
        walls: dict[bool, list[float]] = {False: [], True: []}
        parts, flashes = [], False
        for number in range(2 * options.rounds):
            check = number % 4 in (1, 2)  # without, with, with, without
            watch.cpu = 0
            wall, cpu = time.perf_counter(), sum(os.times()[:4])
            flashes |= _make(sources(options.count), redraw, check)
            wall, cpu = time.perf_counter() - wall, sum(os.times()[:4]) - cpu
            walls[check].append(wall / options.count * 1e3)
            if check:
                parts.append(watch.cpu / cpu)
        without, with_check = (statistics.median(walls[check]) for check in (False, True))
        times = f"{without:12.2f}{with_check:12.2f}{with_check / without - 1:9.1%}"
        print(
            f"{name:24}{times}{statistics.median(parts):12.2%}{'yes' if flashes else 'no':>9}",
            flush=True,
        )


def _make(sources: Iterator[Any], redraw: str, check: bool) -> bool:
    """Make a video, and return whether there was a warning."""
    with (
        tempfile.TemporaryDirectory() as folder,
        warnings.catch_warnings(record=True) as caught,
    ):
        warnings.simplefilter("always")
        path = Path(folder, "a.mp4")
        with VideoWriter(path, redraw=redraw, check_flashes=check, progress=False) as writer:
            for source in sources:
                writer.capture(source)
    return bool(caught)


if __name__ == "__main__":
    main()
