"""Bytes of 5 x 5 x 5 states of an animated line plot: a sweep, ``to_jshtml``, and Panel.

Each state has 60 frames. Panel's ``embed`` stores what each state shows; it is given one frame of
each, as a video of each would be far larger. The packages that only this needs are in the
dependency group ``sweeps``.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from itertools import product
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import FuncAnimation

VALUES = [0.5, 1.0, 1.5, 2.0, 2.5]
FRAMES = 60
CODE = f"""\
import matplotlib.pyplot as plt
import numpy as np
x = np.linspace(0, 4, 400)
fig, ax = plt.subplots(figsize=(6.4, 4.8))
ax.set(xlim=(0, 4), ylim=(-3, 3))
(line,) = ax.plot([], [])
for i in range({FRAMES}):
    wave = np.cos(2 * np.pi * (frequency * x - i / {FRAMES}))
    line.set_data(x, amplitude * np.exp(-damping * x) * wave)
    capture(fig)
"""
NAMES = ("amplitude", "damping", "frequency")


def figure(amplitude: float, damping: float, frequency: float):
    """Return the plot, and a function that draws a frame of it."""
    x = np.linspace(0, 4, 400)
    fig, ax = plt.subplots(figsize=(6.4, 4.8))
    ax.set(xlim=(0, 4), ylim=(-3, 3))
    (line,) = ax.plot([], [])

    def draw(i: int):
        wave = np.cos(2 * np.pi * (frequency * x - i / FRAMES))
        line.set_data(x, amplitude * np.exp(-damping * x) * wave)

    return fig, draw


def build(folder: Path, directives: list[tuple[str, str]]) -> float:
    """Build a page of directives with options and code; return the seconds that it took."""
    folder.mkdir()
    text = "\n\n".join(
        f".. animvideo::\n{options}\n\n" + "\n".join(f"   {line}" for line in code.splitlines())
        for options, code in directives
    )
    (folder / "conf.py").write_text(
        'extensions = ["sphinxcontrib_animvideo"]\nanimvideo_max_sweep = 125\n'
    )
    (folder / "index.rst").write_text(f"Page\n====\n\n{text}\n")
    command = [sys.executable, "-m", "sphinx", "-q", str(folder), str(folder / "html")]
    began = time.perf_counter()
    subprocess.run(command, check=True)
    return time.perf_counter() - began


def option(values: list[float]) -> str:
    """Return the option for a sweep of all parameters over these values."""
    text = ", ".join(map(str, values))
    return "   :sweep: " + "\n           ".join(f"{name} = {text}" for name in NAMES)


def alone(values: tuple[float, ...]) -> tuple[str, str]:
    """Return a directive for one combination."""
    return "", f"{', '.join(NAMES)} = {values}\n{CODE}"


def sizes_of_sweep(folder: Path) -> dict[str, float]:
    """Return the bytes of all states, and those that a page loads at first."""
    seconds = build(folder / "sweep", [(option(VALUES), CODE)])
    build(folder / "one", [alone((1.5, 1.5, 1.5))])
    html = folder / "sweep" / "html"
    media = sum(path.stat().st_size for path in (html / "_images").glob("*.mp4"))
    own = sum((html / "_static" / f"animvideo-sweep.{s}").stat().st_size for s in ("js", "css"))
    page, single = (
        (folder / name / "html" / "index.html").stat().st_size for name in ("sweep", "one")
    )
    return {
        "all states": media + page + own,
        "more than one video at first": page - single + own,
        "seconds": round(seconds, 1),
    }


def efficiency(folder: Path) -> dict[str, float]:
    """Return the seconds of 64 combinations, and of 64 directives, without the cache."""
    values = VALUES[:4]
    return {
        "64 combinations": round(build(folder / "swept", [(option(values), CODE)]), 1),
        "64 directives": round(
            build(folder / "directives", [alone(each) for each in product(values, repeat=3)]), 1
        ),
    }


def jshtml(states: int) -> int:
    """Return the bytes of all states with ``to_jshtml``, from some of them."""
    total, combinations = 0, list(product(VALUES, repeat=3))
    for values in combinations[:: len(combinations) // states][:states]:
        fig, draw = figure(*values)
        total += len(FuncAnimation(fig, draw, FRAMES).to_jshtml(fps=25))
        plt.close(fig)
    return total * len(combinations) // states


def panel(folder: Path) -> int:
    """Return the bytes of a page of Panel's with one frame of each state."""
    import panel as pn

    pn.extension()
    sliders = {name: pn.widgets.DiscreteSlider(name=name, options=VALUES) for name in NAMES}

    def plot(**values: float):
        fig, draw = figure(**values)
        draw(30)
        plt.close(fig)
        return pn.pane.Matplotlib(fig, dpi=100)

    shown = pn.Column(*sliders.values(), pn.bind(plot, **sliders))
    path = folder / "panel.html"
    with contextlib.redirect_stdout(sys.stderr):
        shown.save(path, embed=True, max_states=1000, max_opts=10, resources="cdn")
    return path.stat().st_size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--states", type=int, default=5, help="that are made with to_jshtml")
    parser.add_argument("--time", action="store_true", help="measure how long rendering takes")
    parser.add_argument("--panel", action="store_true", help="compare with Panel as well")
    given = parser.parse_args()
    mpl.use("agg")
    mpl.rcParams["animation.embed_limit"] = 1000
    with tempfile.TemporaryDirectory() as name:
        found: dict[str, object] = {"sweep": sizes_of_sweep(Path(name))}
        found["to_jshtml"] = jshtml(given.states)
        if given.time:
            found["time"] = efficiency(Path(name))
        if given.panel:
            found["panel, one frame of each state"] = panel(Path(name))
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
