"""What the extension costs a build that has nothing to render, and memory as frames grow.

    python benchmarks/build.py [--pages 30] [--rounds 7] [--json FILE]

The same documentation is built with `.. animvideo::` (all cached) and with plain `.. figure::`, in
alternation; the ratio of the medians is what counts, as machines differ and are noisy.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROSE = (
    "Some *words* about ``things`` that a reader may want to know, with a :ref:`genindex`.\n\n" * 12
)
CODE = """
   import matplotlib.pyplot as plt
   fig, ax = plt.subplots(figsize=(2, 2))
   for i in range(3):
       ax.plot([0, {number}, i])
       capture()
"""
LONG = """
   import matplotlib.pyplot as plt
   fig, ax = plt.subplots()
   ax.plot([0, 1, 0])
   for i in range({frames}):
       capture()
   import resource
   peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
   open({out!r}, "w").write(str(peak))
"""


def write_project(folder: Path, pages: int, directive: bool) -> None:
    folder.mkdir()
    (folder / "conf.py").write_text(
        'extensions = ["sphinxcontrib_animvideo"]\n' if directive else ""
    )
    toctree = "".join(f"   page{number}\n" for number in range(pages))
    (folder / "index.rst").write_text(f"Index\n=====\n\n.. toctree::\n\n{toctree}")
    (folder / "still.png").write_bytes(PIXEL)
    for number in range(pages):
        figures = ""
        for index in range(2):
            if directive:
                caption = "   :caption: A caption\n   :alt: text\n"
                figures += f".. animvideo::\n{caption}{CODE.format(number=2 * number + index)}\n"
            else:
                figures += ".. figure:: still.png\n   :alt: text\n\n   A caption\n\n"
            figures += PROSE
        (folder / f"page{number}.rst").write_text(f"Page {number}\n=======\n\n{PROSE}{figures}")


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)


def build(folder: Path) -> tuple[float, float]:
    """Build everything again; return wall and CPU seconds."""
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-q",
        "-E",
        "-a",
        str(folder),
        str(folder / "_build"),
    ]
    before, start = os.times(), time.perf_counter()
    subprocess.run(command, check=True)
    wall, after = time.perf_counter() - start, os.times()
    cpu = (
        after.children_user + after.children_system - before.children_user - before.children_system
    )
    return wall, cpu


def cached_build(pages: int, rounds: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as temporary:
        ours, plain = Path(temporary, "animvideo"), Path(temporary, "figure")
        write_project(ours, pages, directive=True)
        write_project(plain, pages, directive=False)
        build(ours), build(plain)  # renders, and warms up what the system caches
        times: dict[Path, list[tuple[float, float]]] = {ours: [], plain: []}
        for round_ in range(rounds):
            for folder in (ours, plain) if round_ % 2 else (plain, ours):
                times[folder].append(build(folder))
    wall, cpu = (
        [statistics.median(pair[which] for pair in times[folder]) for folder in (ours, plain)]
        for which in (0, 1)
    )
    return {
        "animvideo_wall": wall[0],
        "figure_wall": wall[1],
        "wall_ratio": wall[0] / wall[1],
        "cpu_ratio": cpu[0] / cpu[1],
    }


def memory(frames: int) -> float:
    """Return the peak memory of the worker, in MB, for a video of so many frames of 640 x 480."""
    with tempfile.TemporaryDirectory() as temporary:
        folder, out = Path(temporary, "docs"), Path(temporary, "peak")
        folder.mkdir()
        (folder / "conf.py").write_text('extensions = ["sphinxcontrib_animvideo"]\n')
        code = LONG.format(frames=frames, out=str(out))
        options = f"   :max-frames: {frames}\n   :quality: draft\n"
        (folder / "index.rst").write_text(f"Page\n====\n\n.. animvideo::\n{options}{code}\n")
        command = [sys.executable, "-m", "sphinx", "-q", "-W", str(folder), str(folder / "_build")]
        subprocess.run(command, check=True)
        return int(out.read_text()) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--frames", type=int, default=20_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    machine = f"{platform.machine()}, {os.cpu_count()} CPUs, Python {platform.python_version()}"
    result: dict[str, object] = {"machine": machine}
    result |= cached_build(options.pages, options.rounds)
    few, many = memory(200), memory(options.frames)
    result |= {"peak_mb_200_frames": few, f"peak_mb_{options.frames}_frames": many}
    for name, value in result.items():
        print(f"{name:24} {value:.3f}" if isinstance(value, float) else f"{name:24} {value}")
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
