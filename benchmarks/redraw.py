"""The same videos, made in all the usual ways and by this project, side by side.

    python benchmarks/redraw.py [--rounds 5] [--scenes line,scatter] [--out docs/explanation]

Needs the extra ``benchmark``. In each round every way makes the video of a scene once, one after
the other in one process; the median of the rounds counts, per frame. The slow ways make shorter
videos. ``--out`` writes ``benchmark.json`` and the tables
``benchmark.csv`` (times) and ``ratios.csv``.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("agg")

import celluloid
import imageio
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.animation import FFMpegWriter, FuncAnimation, PillowWriter
from scenes import SCENES, Scene

from sphinxcontrib_animvideo.core.encoding.clip_writer import ClipWriter
from sphinxcontrib_animvideo.core.encoding.encoder import Encoder
from sphinxcontrib_animvideo.core.encoding.ffmpeg import find_ffmpeg
from sphinxcontrib_animvideo.core.encoding.output import Output
from sphinxcontrib_animvideo.core.frames.redraw import Redrawer
from sphinxcontrib_animvideo.core.model.formats import FORMATS

FPS = 25
FEW, MANY = 60, 500
"""Frames of a video: of the slow ways, and of those that are about as fast as the encoder."""
MP4 = FORMATS["mp4"].arguments("good", Fraction(FPS))
del MP4[MP4.index("-c:v") : MP4.index("-c:v") + 2]  # x264, which all of them take by themselves
"""The encoder's settings for all; without them, each way has its own."""

Way = Callable[[Scene, int, Path, list[str]], None]
WAYS: dict[str, Way] = {}


def way(name: str) -> Callable[[Way], Way]:
    def register(function: Way) -> Way:
        WAYS[name] = function
        return function

    return register


def ffmpeg_writer(settings: list[str]) -> FFMpegWriter:
    if not settings:
        return FFMpegWriter(fps=FPS)
    return FFMpegWriter(fps=FPS, codec="libx264", extra_args=settings)


@way("FuncAnimation.save")
def func_animation(scene: Scene, count: int, path: Path, settings: list[str]) -> None:
    animation = FuncAnimation(scene.figure, scene.step, frames=count)
    animation.save(path, writer=ffmpeg_writer(settings), dpi=100)


@way("FFMpegWriter.grab_frame")
def grab_frame(scene: Scene, count: int, path: Path, settings: list[str]) -> None:
    writer = ffmpeg_writer(settings)
    with writer.saving(scene.figure, str(path), dpi=100):
        for number in range(count):
            scene.step(number)
            writer.grab_frame()


@way("PillowWriter (GIF)")
def pillow_writer(scene: Scene, count: int, path: Path, settings: list[str]) -> None:
    writer = PillowWriter(fps=FPS)
    with writer.saving(scene.figure, str(path.with_suffix(".gif")), dpi=100):
        for number in range(count):
            scene.step(number)
            writer.grab_frame()


@way("celluloid")
def camera(scene: Scene, count: int, path: Path, settings: list[str]) -> None:
    assert scene.plot
    for artist in scene.moving:
        artist.remove()
    camera = celluloid.Camera(scene.figure)
    for number in range(count):
        scene.plot(number)
        camera.snap()
    camera.animate().save(path, writer=ffmpeg_writer(settings), dpi=100)


@way("imageio")
def imageio_writer(scene: Scene, count: int, path: Path, settings: list[str]) -> None:
    options: dict[str, Any] = {}
    if settings:
        options = {"macro_block_size": 1, "quality": None, "output_params": settings}
    with imageio.get_writer(path, fps=FPS, **options) as writer:
        for number in range(count):
            scene.step(number)
            scene.figure.canvas.draw()
            writer.append_data(np.asarray(scene.figure.canvas.buffer_rgba()))


@way("a pipe by hand")
def pipe(scene: Scene, count: int, path: Path, settings: list[str]) -> None:
    canvas = scene.figure.canvas
    width, height = canvas.get_width_height()
    command = [find_ffmpeg(), "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "argb"]
    command += ["-s", f"{width}x{height}", "-r", str(FPS), "-i", "-", *settings, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.stdin
        for number in range(count):
            scene.step(number)
            canvas.draw()
            process.stdin.write(canvas.tostring_argb())


@way("animvideo")
def animvideo(scene: Scene, count: int, path: Path, settings: list[str]) -> None:
    writer = ClipWriter(path.parent, path.stem, Fraction(FPS))
    for number in range(count):
        scene.step(number)
        writer.capture(scene.figure)
    writer.finish()


def encoder_for(figure: Any, path: Path) -> Encoder:
    width, height = figure.canvas.get_width_height()
    return Encoder(width, height, Fraction(FPS), [Output(FORMATS["mp4"], path)])


@way("limit: blitting")
def blitting(scene: Scene, count: int, path: Path, settings: list[str]) -> None:
    canvas = scene.figure.canvas
    for artist in scene.moving:
        artist.set_animated(True)
    canvas.draw()
    background = canvas.copy_from_bbox(scene.figure.bbox)
    encoder = encoder_for(scene.figure, path)
    for number in range(count):
        scene.step(number)
        canvas.restore_region(background)
        for artist in scene.moving:
            scene.figure.draw_artist(artist)
        encoder.write(canvas.buffer_rgba())
    encoder.close()


FRAMES: list[np.ndarray] = []
"""What the encoder alone is given."""


@way("limit: encoder")
def encoder_alone(scene: Scene, count: int, path: Path, settings: list[str]) -> None:
    encoder = encoder_for(scene.figure, path)
    for frame in FRAMES[:count]:
        encoder.write(frame)
    encoder.close()


FAST = {"animvideo", "limit: blitting", "limit: encoder"}


def ways_of(scene: Scene) -> Iterator[str]:
    for name in WAYS:
        if (name == "celluloid" and not scene.plot) or ("blitting" in name and not scene.moving):
            continue
        yield name


def make(name: str, scene: str, count: int, settings: list[str]) -> float:
    """Make a video; return the seconds for each frame."""
    ready = SCENES[scene]()
    ready.step(0)
    ready.figure.canvas.draw()  # fonts are found once
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        WAYS[name](ready, count, Path(folder, "video.mp4"), settings)
        seconds = time.perf_counter() - start
    plt.close("all")
    return seconds / count


def cpu_of_drawing(scene: str, count: int, incremental: bool) -> float:
    """Return the processor's seconds for drawing a frame; ours with all that is compared."""
    ready = SCENES[scene]()
    redrawer = Redrawer(ready.figure, incremental=incremental)
    ready.step(0)
    ready.figure.canvas.draw()
    start = time.process_time()
    for number in range(count):
        ready.step(number)
        redrawer.frame()
    redrawer.finish()
    seconds = time.process_time() - start
    plt.close("all")
    return seconds / count


def keep_frames(scene: str, count: int) -> None:
    FRAMES.clear()
    ready = SCENES[scene]()
    redrawer = Redrawer(ready.figure)
    for number in range(count):
        ready.step(number)
        FRAMES.append(redrawer.frame().copy())
    plt.close("all")


def measure(scene: str, rounds: int, few: int, many: int) -> dict[str, dict[str, float]]:
    """Return the medians for a scene, in milliseconds for each frame."""
    ways = list(ways_of(SCENES[scene]()))
    plt.close("all")
    many = many if "1280" not in scene else many // 3  # the frames have to fit into the memory
    counts = {name: many if name in FAST else few for name in ways}
    keep_frames(scene, many)
    walls: dict[str, list[float]] = {name: [] for name in ways}
    cpus: dict[str, list[float]] = {"full redraw": [], "animvideo": []}
    for _ in range(rounds):
        for name in ways:
            walls[name].append(make(name, scene, counts[name], MP4))
        cpus["full redraw"].append(cpu_of_drawing(scene, few, incremental=False))
        cpus["animvideo"].append(cpu_of_drawing(scene, many, incremental=True))
    defaults = {name: [make(name, scene, few, [])] for name in ways if name not in FAST}
    return {
        kind: {name: round(statistics.median(times) * 1000, 3) for name, times in found.items()}
        for kind, found in (("wall", walls), ("cpu", cpus), ("wall_with_defaults", defaults))
    }


def ratios(found: dict[str, dict[str, float]]) -> dict[str, float]:
    wall, cpu = found["wall"], found["cpu"]
    ours = wall["animvideo"]
    blitting = wall.get("limit: blitting")
    found_ratios = {"blitting": ours / blitting} if blitting else {}
    return found_ratios | {
        "drawing": cpu["full redraw"] / cpu["animvideo"],
        "save": wall["FuncAnimation.save"] / ours,
        "grab_frame": wall["FFMpegWriter.grab_frame"] / ours,
        "encoder": ours / wall["limit: encoder"],
    }


def machine() -> str:
    packages = {name: __import__(name).__version__ for name in ("matplotlib", "numpy")}
    versions = ", ".join(f"{name} {version}" for name, version in packages.items())
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs, "
        f"Python {platform.python_version()}, {versions}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scenes", default=",".join(SCENES))
    parser.add_argument("--few", type=int, default=FEW)
    parser.add_argument("--many", type=int, default=MANY)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    mpl.rcParams["animation.ffmpeg_path"] = find_ffmpeg()
    os.environ["IMAGEIO_FFMPEG_EXE"] = find_ffmpeg()
    result: dict[str, Any] = {
        "machine": machine(),
        "rounds": options.rounds,
        "frames": {"few": options.few, "many": options.many},
        "scenes": {},
    }
    if options.out and (options.out / "benchmark.json").exists():
        before = json.loads((options.out / "benchmark.json").read_text("utf-8"))
        if {**before, "scenes": {}} == result:  # other scenes that were measured in the same way
            result = before
    print(f"{'':22}{'drawing':>10}{'save':>10}{'grab_frame':>12}{'of encoder':>12}")
    for scene in options.scenes.split(","):
        found = measure(scene, options.rounds, options.few, options.many)
        found["ratios"] = {name: round(value, 2) for name, value in ratios(found).items()}
        result["scenes"][scene] = found
        numbers = found["ratios"]
        print(
            f"{scene:22}{numbers['drawing']:10.1f}{numbers['save']:10.1f}"
            f"{numbers['grab_frame']:12.1f}{numbers['encoder']:12.2f}",
            flush=True,
        )
        if options.out:  # after each scene: it takes long
            write(result, options.out)


def write(result: dict[str, Any], folder: Path) -> None:
    scenes = result["scenes"]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "benchmark.json").write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    names = ["animvideo", *(name for name in WAYS if name != "animvideo")]
    times = [[scene, *map(scenes[scene]["wall"].get, names)] for scene in scenes]
    head = [name.rpartition("limit: ")[2].rpartition(".")[2] for name in names]
    write_table(folder / "benchmark.csv", ["", *head], times, ".1f")
    names = ["drawing", "save", "grab_frame", "blitting", "encoder"]
    factors = [[scene, *map(scenes[scene]["ratios"].get, names)] for scene in scenes]
    write_table(folder / "ratios.csv", ["", *names], factors, ".2f")


def write_table(path: Path, head: list[str], rows: list[list[Any]], form: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(head)
        for name, *numbers in rows:
            table.writerow([name, *("" if n is None else format(n, form) for n in numbers)])


if __name__ == "__main__":
    sys.exit(main())
