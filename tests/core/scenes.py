"""Code of many kinds, whose frames must not depend on how many processes draw them.

Each one calls ``wait(i)`` for each frame, so that a test can interrupt it.
"""

from __future__ import annotations

import os

ALL = bool(os.environ.get("ANIMVIDEO_ALL_SCENES"))
"""Whether to try all scenes in all ways, which takes some minutes."""

START = """
import glob, os, time
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.animation import FuncAnimation, ArtistAnimation

def wait(i):
    while i == {stop} and not os.path.exists({flag!r}):
        time.sleep(0.01)

def gather():
    open({flag!r} + f"-{{os.getpid()}}", "w").close()
    while len(glob.glob(glob.escape({flag!r}) + "-*")) < 3:
        time.sleep(0.01)

N = {frames}
x = np.linspace(0, 6, 60)
plt.rcParams.update({{"figure.figsize": (1.8, 1.4), "figure.dpi": 50, "font.size": 6}})
"""
FLAT = "fig, ax = plt.subplots()\n"
LINE = FLAT + "line, = ax.plot(x, np.sin(x))\n"


def loop(body: str, before: str = LINE, after: str = "") -> str:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"{before}\nfor i in range(N):\n{lines}    capture(fig)\n    wait(i)\n{after}"


MOVE = "line.set_ydata(np.sin(x + i / 5))"
STEADY = {
    "line": loop(MOVE),
    "growing line": loop("line.set_data(x[:i + 2], np.sin(x[:i + 2]))"),
    "growing limits": loop("line.set_ydata(i * np.sin(x + i / 5))\nax.relim(); ax.autoscale_view()"),
    "scrolling": loop(MOVE + "\nax.set_xlim(i / 10, i / 10 + 3)"),
    "title": loop(MOVE + "\nax.set_title(f'frame {i}')"),
    "legend": loop(MOVE, LINE + "line.set_label('wave'); ax.legend()"),
    "legend that searches": loop(MOVE + "\nax.legend([f'{i}'], loc='best')"),
    "3d": loop(
        "ax.view_init(30, 6 * i)",
        "fig = plt.figure(); ax = fig.add_subplot(projection='3d')\n"
        "ax.plot(np.cos(x), np.sin(x), x)",
    ),
    "image": loop("im.set_data(np.sin(x[:20, None] * x[:20] + i / 5))", FLAT + "im = ax.imshow(np.eye(20))"),
    "image with colorbar": loop(
        "im.set_data(np.sin(x[:20, None] * x[:20] + i / 5)); im.set_clim(-1, 1 + i / 50)",
        FLAT + "im = ax.imshow(np.eye(20)); fig.colorbar(im)",
    ),
    "scatter": loop(
        "dots.set_offsets(np.c_[np.cos(x + i / 9), np.sin(x * i / 9)])",
        FLAT + "dots = ax.scatter(np.cos(x), np.sin(x), c=x)",
    ),
    "polar": loop(
        "line.set_ydata(1 + np.sin(x + i / 5))",
        "fig = plt.figure(); ax = fig.add_subplot(projection='polar')\nline, = ax.plot(x, 1 + np.sin(x))",
    ),
    "two axes": loop(MOVE + "\nother.set_ydata(np.cos(x * i / 9))", LINE + "other, = ax.twinx().plot(x, x)"),
    "cleared": loop("ax.clear(); ax.plot(x, np.sin(x + i / 5)); ax.set_title(str(i))"),
    "new figures": loop("plt.close('all'); fig, ax = plt.subplots(); ax.plot(x, np.sin(x + i / 5))"),
    "bars": loop(
        "for bar, h in zip(bars, np.abs(np.sin(x[:8] + i / 5))): bar.set_height(h)",
        FLAT + "bars = ax.bar(range(8), np.ones(8))",
    ),
    "dates": loop(
        MOVE + "\nax.set_xlim(start + np.timedelta64(i, 'h'), start + np.timedelta64(i + 60, 'h'))",
        FLAT + "start = np.datetime64('2026-01-01T00', 'h')\n"
        "line, = ax.plot(start + np.arange(60), np.sin(x))",
    ),
    "logarithm": loop("line.set_ydata(np.exp(x * i / 20))\nax.set_ylim(1, np.exp(6 * i / 20) + 1)", LINE + "ax.set_yscale('log')"),
    "filled": loop("area.remove(); area = ax.fill_between(x, np.sin(x + i / 5))", FLAT + "area = ax.fill_between(x, x)"),
    "contours": loop(
        "lines.remove(); lines = ax.contour(np.sin(x[:20, None] * x[:20] + i / 5))",
        FLAT + "lines = ax.contour(np.sin(x[:20, None] * x[:20]))",
    ),
    "arrows": loop(
        "arrows.set_UVC(np.cos(x[:16] + i / 5), np.sin(x[:16] + i / 5))",
        FLAT + "arrows = ax.quiver(np.arange(16), np.arange(16), np.ones(16), np.ones(16), scale=20)",
    ),
    "annotation": loop(
        "mark.xy = (i / 10, np.sin(i / 10))",
        LINE + "mark = ax.annotate('here', (0, 0), (3, 0.5), arrowprops={'arrowstyle': '->'})",
    ),
    "several axes": loop(
        "for k, l in enumerate(lines): l.set_ydata(np.sin(x * (k + 1) + i / 5))",
        "fig, axs = plt.subplots(2, 2); lines = [a.plot(x, np.sin(x))[0] for a in axs.flat]",
    ),
    "tight layout": loop(MOVE + "\nfig.tight_layout()"),
    "constrained layout": loop(
        MOVE, "fig, ax = plt.subplots(layout='constrained')\nline, = ax.plot(x, np.sin(x))\nax.set_xlabel('x')"
    ),
    "seeded random numbers": loop(
        "dots.set_offsets(rng.random((20, 2)))",
        FLAT + "rng = np.random.default_rng(1); dots = ax.scatter([0] * 20, [0] * 20); ax.axis((0, 1, 0, 1))",
    ),
    "global random numbers": loop("line.set_ydata(np.random.random(60))"),
    "walk": loop("y[1:] = y[:-1]; y[0] += rng.normal() / 5\nline.set_ydata(y)", LINE + "rng = np.random.default_rng(2); y = np.zeros(60)"),
    "drawing by itself": loop(MOVE + "\nfig.canvas.draw()"),
    "arrays": "for i in range(N):\n    capture((np.indices((40, 60)).sum(0) * (i + 1) % 256).astype('u1'))\n    wait(i)\n",
    "Pillow": "from PIL import Image\nfor i in range(N):\n    capture(Image.new('RGB', (60, 40), (3 * i, 255 - 3 * i, 99)))\n    wait(i)\n",
    "holds and captions": LINE + "for i in range(N // 3):\n    " + MOVE
    + "\n    capture(fig, hold=0.04 * (i % 5 + 1), caption=f'{i // 4}' if i % 4 == 0 else None)\n    wait(3 * i)\n",
    "pauses": LINE + "for i in range(N):\n    " + MOVE + "\n    plt.pause(0.05)\n    wait(i)\n",
    "events": LINE + "plt.ion()\nfor i in range(N):\n    " + MOVE + "\n    fig.canvas.draw(); fig.canvas.flush_events()\n    wait(i)\n",
    "animation": LINE + "def update(i):\n    " + MOVE + "\n    wait(i)\nani = FuncAnimation(fig, update, frames=N, interval=40)\n",
    "animation that blits": LINE + "def update(i):\n    " + MOVE
    + "\n    wait(i)\n    return line,\nani = FuncAnimation(fig, update, frames=N, interval=40, blit=True)\n",
    "artists": FLAT + "ani = ArtistAnimation(fig, [[ax.plot(x, np.sin(x + i / 5), 'b')[0]] for i in range(N)], interval=40)\nwait({stop})\n",
    "movie writer": LINE + "from matplotlib.animation import PillowWriter\nwriter = PillowWriter(fps=20)\n"
    "with writer.saving(fig, 'a.gif', 50):\n    for i in range(N):\n        " + MOVE + "\n        writer.grab_frame()\n        wait(i)\n",
    "two videos": LINE + "def update(i):\n    " + MOVE + "\n    wait(i)\nani = FuncAnimation(fig, update, frames=N, interval=40)\n"
    "for i in range(N):\n    capture(np.full((30, 40), i / N))\n",
}  # fmt: skip
DRAWN_AS_OTHERS = {
    *("growing line", "legend", "image", "scatter", "polar", "bars", "dates", "logarithm"),
    *("filled", "contours", "arrows", "several axes", "two axes", "Pillow", "annotation"),
}
"""Scenes that add a kind of artist, which is drawn as others are, and nothing that is divided."""
UNSTEADY = {
    "random numbers without a seed": (
        loop("line.set_ydata(rng.random(60))", LINE + "rng = np.random.default_rng()"),
        "draws random numbers without a seed",
    ),
    "clock": (loop("line.set_ydata(np.sin(x + time.time() * 1000))"), "reads the clock"),
    "artist that counts": (
        LINE
        + "class Counting(type(line)):\n    count = 0\n    def draw(self, renderer):\n"
        + "        Counting.count += 1\n        self.set_linewidth(1 + Counting.count / 50)\n"
        + "        super().draw(renderer)\n"
        + "line = ax.add_line(Counting(x, np.cos(x)))\n"
        + loop(MOVE, ""),
        "",
    ),
    "file that is read again": (
        LINE
        + "import pathlib\nstate = pathlib.Path('state.txt')\nstate.write_text('0')\n"
        + loop("n = int(state.read_text() or 0) + 1; state.write_text(str(n))\nline.set_ydata(np.sin(x + n / 5))", ""),
        "",
    ),
}  # fmt: skip
"""With what is told about the lines that may be the cause."""


def scene(code: str, flag: str, frames: int, stop: int) -> str:
    """Return a scene with so many frames, which waits at frame *stop* until the file *flag* is there."""
    return START.format(flag=flag, frames=frames, stop=stop) + code.replace("{stop}", str(stop))
