"""Short videos, of which most documentation consists, against Matplotlib's ``Animation.save``.

    python benchmarks/short.py [--frames 20 60 120] [--rounds N] [--directives N] [--out FILE]

Both have loaded Matplotlib. Ours is everything that a directive takes in a worker that has rendered
another one: the process, the code, drawing, encoding, the poster, the checks, and the cache. With
--directives, also prints how well so many directives use two processes.
"""

from __future__ import annotations

import argparse
import csv
import os
import time
from math import prod
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from sphinxcontrib_animvideo.core.cache.store import Cache
from sphinxcontrib_animvideo.core.model.job import Job, SourceLocation
from sphinxcontrib_animvideo.core.model.options import OPTIONS
from sphinxcontrib_animvideo.core.model.settings import make_limits, make_settings
from sphinxcontrib_animvideo.core.rendering.executors import Workers
from sphinxcontrib_animvideo.core.rendering.render import Renderer, render
from sphinxcontrib_animvideo.errors import AnimvideoError

START = """
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.animation import FuncAnimation

x = np.linspace(0, 10, 300)
"""
SCENES = {
    "two axes, a title, and a legend": """
fig, (left, right) = plt.subplots(1, 2)
lines = [left.plot(x, np.sin(x), label="sine")[0], right.plot(x, np.cos(x), label="cosine")[0]]
left.legend(loc="upper right")
def update(i):
    lines[0].set_ydata(np.sin(x + i / 10))
    lines[1].set_ydata(np.cos(x - i / 10))
    left.set_title(f"frame {i}")
""",
    "an image with a colorbar": """
fig, ax = plt.subplots()
y, z = np.mgrid[:100, :100] / 10
image = ax.imshow(np.sin(y * z), vmin=-1, vmax=1)
fig.colorbar(image)
def update(i):
    image.set_data(np.sin(y * z + i / 10))
""",
    "six axes with lines": """
fig, axs = plt.subplots(2, 3)
lines = [ax.plot(x, np.sin(x))[0] for ax in axs.flat]
def update(i):
    for number, line in enumerate(lines):
        line.set_ydata(np.sin(x * (number + 1) / 3 + i / 10))
""",
}
ANIMATION = "animation = FuncAnimation(fig, update, frames={frames}, interval=40)\n"


class Silent:
    def start(self, total: object) -> None: ...

    tick = note = finish = start


def default(name: str) -> object:
    return OPTIONS[name].default


def job_of(code: str, folder: str) -> Job:
    place = SourceLocation(str(Path(folder, "page.rst")), 1)
    return Job(place, code, place, folder, folder, make_settings({}, default), timeout=600)


def code_of(scene: str, frames: int) -> str:
    """Return code that was never rendered before."""
    unique = f"unique = {time.time_ns()}\n"
    return START + SCENES[scene] + ANIMATION.format(frames=frames) + unique


def ours(renderer: Renderer, code: str, folder: str) -> float:
    begun = time.perf_counter()
    outcome = renderer.render(job_of(code, folder)).outcome
    if isinstance(outcome, AnimvideoError):
        raise outcome
    return time.perf_counter() - begun


def theirs(code: str, folder: str) -> float:
    from matplotlib import pyplot as plt

    begun = time.perf_counter()
    namespace: dict[str, object] = {}
    exec(code, namespace)
    animation = namespace["animation"]
    extra = ["-preset", "medium", "-crf", "20", "-pix_fmt", "yuv420p"]
    animation.save(f"{folder}/save.mp4", writer="ffmpeg", fps=25, extra_args=extra)  # type: ignore[attr-defined]
    plt.close("all")
    return time.perf_counter() - begun


def efficiency(count: int, folder: str) -> float:
    """Return the time of one process for *count* directives, over that of two for twice of them."""

    def seconds(processes: int, number: int) -> float:
        scene = next(iter(SCENES))
        jobs = [job_of(code_of(scene, 60) + f"number = {n}\n", folder) for n in range(number)]
        with TemporaryDirectory() as name:
            cache, limits = Cache(Path(name)), make_limits(default)
            begun = time.perf_counter()
            render(jobs, cache, limits, Silent(), Workers(processes))
            return time.perf_counter() - begun

    return seconds(1, count) / (2 * seconds(2, count))


def main() -> None:
    import matplotlib as mpl
    from imageio_ffmpeg import get_ffmpeg_exe

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frames", type=int, nargs="+", default=[20, 60, 120])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--directives", type=int, default=0)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    mpl.use("agg")
    mpl.rcParams["animation.ffmpeg_path"] = get_ffmpeg_exe()
    rows = []
    with TemporaryDirectory() as folder:
        renderer = Renderer(Cache(Path(folder, "cache")), make_limits(default))
        for frames in given.frames:
            ratios = []
            for scene in SCENES:
                ours(renderer, code_of(scene, 2), folder)
                rounds = [
                    (
                        ours(renderer, code_of(scene, frames), folder),
                        theirs(code_of(scene, frames), folder),
                    )
                    for _ in range(given.rounds)
                ]
                one, other = (median(each[side] for each in rounds) for side in (0, 1))
                ratios.append(other / one)
                rows.append([scene, frames, f"{one:.2f}", f"{other:.2f}", f"{other / one:.1f}"])
                print(*rows[-1], sep="  ", flush=True)
            print(f"{frames} frames: {prod(ratios) ** (1 / len(ratios)):.1f} x", flush=True)
        renderer.close()
        if given.directives:
            print(f"{given.directives} directives: {efficiency(given.directives, folder):.2f}")
    if given.out:
        with given.out.open("w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            head = ["scene", "frames", "animvideo (s)", "Animation.save (s)", "times faster"]
            writer.writerows([head, *rows])


if __name__ == "__main__":
    main()
