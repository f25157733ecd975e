"""One long video: several processes, executors, and interruptions.

    python benchmarks/segments.py [--frames N] [--workers 1 2 ...] [--rounds N] [--save]
    python benchmarks/segments.py --simulate

Prints how long a rotation in 3D takes with so many workers, and with two independent processes that
draw half of the frames each; with --save, also with Matplotlib's own ``Animation.save``. --simulate
prints a model of a render on many workers; its assumptions are at its start.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

SCENE = """
import sys
import numpy as np
import matplotlib
from matplotlib import pyplot as plt
from matplotlib.animation import FuncAnimation

N = {frames}
u = np.linspace(0, 6 * np.pi, 400)
fig = plt.figure()
ax = fig.add_subplot(projection="3d")
ax.plot(np.cos(u), np.sin(u), u)
animation = FuncAnimation(fig, lambda i: ax.view_init(30, i * 360 / N), frames=N, interval=40)
"""
SAVE = """
import imageio_ffmpeg
matplotlib.use("agg")
matplotlib.rcParams["animation.ffmpeg_path"] = imageio_ffmpeg.get_ffmpeg_exe()
options = ["-preset", "medium", "-crf", "20", "-pix_fmt", "yuv420p"]
animation.save("save.mp4", writer="ffmpeg", fps=25, extra_args=options)
"""


def start(folder: Path, name: str, *options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "sphinxcontrib_animvideo", "render", name, "-q", *options]
    return subprocess.Popen([*command, "--max-frames", "1000000"], cwd=folder)


def timed(*processes: subprocess.Popen[bytes], started: float) -> float:
    for process in processes:
        if process.wait():
            raise SystemExit("a render has failed")
    return time.perf_counter() - started


def measure(folder: Path, given: argparse.Namespace) -> dict[str, float]:
    """Return the seconds of each way in one round."""
    found: dict[str, float] = {}
    for number in given.workers:
        options = ["-o", f"{number}.mp4", "--parallel", "--jobs", str(number)]
        way = f"{number} process{'es' * (number > 1)}"
        begun = time.perf_counter()
        found[way] = timed(start(folder, "scene.py", *options), started=begun)
    begun = time.perf_counter()
    halves = [start(folder, "half.py", "-o", f"half-{number}.mp4") for number in range(2)]
    found[f"2 videos of {given.frames // 2} frames"] = timed(*halves, started=begun)
    if given.save:
        begun = time.perf_counter()
        save = subprocess.Popen([sys.executable, "save.py"], cwd=folder)
        found["Animation.save"] = timed(save, started=begun)
    return found


def run(given: argparse.Namespace) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "scene.py").write_text(SCENE.format(frames=given.frames))
        (folder / "half.py").write_text(SCENE.format(frames=given.frames // 2))
        (folder / "save.py").write_text(SCENE.format(frames=given.frames) + SAVE)
        rounds = [measure(folder, given) for _ in range(given.rounds)]
        files = {(folder / f"{number}.mp4").read_bytes() for number in given.workers}
        assert len(files) == 1, "the bytes depend on the number of workers"
    times = {way: median(each[way] for each in rounds) for way in rounds[0]}
    slowest = times.get("Animation.save", times[next(iter(times))])
    rows = [[way, f"{seconds:.1f}", f"{slowest / seconds:.1f}"] for way, seconds in times.items()]
    for way, seconds, ratio in rows:
        print(f"{way:22} {seconds:>8} s {ratio:>6} x")
    if given.out:
        with given.out.open("w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerows([["", "seconds", "times faster"], *rows])


def simulate() -> None:
    """Model a render: tasks of a mean and a spread, one network, one process that joins."""
    frames, per_segment = 1_000_000, 500
    code, draw, startup = 0.0002, 0.025, 3.0  # seconds per frame, per frame, per task
    size, bandwidth = 0.9e6, 1.25e8  # bytes per segment, bytes per second at the builder
    spread, check, join = 0.15, 0.03, 4e8  # of a worker's speed, seconds per segment, bytes/s
    bundle = 20e6  # bytes
    segments = frames // per_segment
    print(f"{frames} frames, {segments} segments; seconds")
    print("workers     code     draw  network    check     join    total  efficiency")
    for workers in (1, 10, 100, 1000):
        rounds = -(-segments // workers)
        slowest = 1 + 2 * spread * (workers > 1)
        drawing = startup + frames * code + rounds * per_segment * draw * slowest
        network = (segments * size + bundle * min(workers, 100)) / bandwidth
        checking, joining = segments * check, segments * size / join
        # Checking goes on while others draw; the rest of it and the join come after.
        total = max(drawing, network, checking) + joining
        ideal = segments * per_segment * (draw + code) / workers
        print(
            f"{workers:7} {frames * code:8.0f} {rounds * per_segment * draw:8.0f} {network:8.0f}"
            f" {checking:8.0f} {joining:8.1f} {total:8.0f} {ideal / total:10.2f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frames", type=int, default=2000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--save", action="store_true")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--simulate", action="store_true")
    given = parser.parse_args()
    if given.simulate:
        simulate()
    else:
        run(given)


if __name__ == "__main__":
    main()
