"""The scenes that are drawn in all ways: a figure, and what changes in it from frame to frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

LONGEST = 1000
"""Frames after which a scene may begin anew."""


@dataclass
class Scene:
    figure: Figure
    step: Callable[[int], Any]
    """Makes the figure look as in a frame."""
    moving: Sequence[Any] = ()
    """The artists that change, where nothing else does: what can be drawn by blitting."""
    plot: Callable[[int], Any] | None = None
    """Adds the moving artists anew, for a package that wants them so."""


def line(title: bool = False, **figure: Any) -> Scene:
    x = np.linspace(0, 10, 500)
    fig, ax = plt.subplots(**figure)
    (line,) = ax.plot(x, np.sin(x))
    ax.set(xlabel="time [s]", ylabel="amplitude", title="A wave")

    def step(i: int) -> None:
        line.set_ydata(np.sin(x + i / 10))
        if title:
            ax.set_title(f"A wave after {i / 10:.1f} s")

    moving = [line, ax.title] if title else [line]
    plot = None if title else lambda i: ax.plot(x, np.sin(x + i / 10), "C0")
    return Scene(fig, step, moving, plot)


def line_and_title() -> Scene:
    return line(title=True)


def line_in_a_layout() -> Scene:
    return line(title=True, layout="constrained")


def large_line() -> Scene:
    return line(figsize=(12.8, 9.6))


def growing_line() -> Scene:
    x = np.linspace(0, 10, LONGEST)
    y = np.sin(3 * x) * np.exp(-x / 9)
    fig, ax = plt.subplots()
    ax.set(xlim=(0, 10), ylim=(-1, 1), xlabel="time [s]", title="A wave that fades")
    (line,) = ax.plot([], [])

    def step(i: int) -> None:
        line.set_data(x[:i], y[:i])

    return Scene(fig, step, [line], lambda i: ax.plot(x[:i], y[:i], "C0"))


def scatter() -> Scene:
    rng = np.random.default_rng(1)
    start, speed = rng.random((2, 2000, 2))
    fig, ax = plt.subplots()
    points = ax.scatter(*start.T, c=rng.random(2000), s=12)
    ax.set(xlim=(0, 1), ylim=(0, 1), title="2000 points")

    def step(i: int) -> None:
        points.set_offsets((start + (speed - 0.5) * i / 50) % 1)

    return Scene(fig, step, [points])


def image_and_colorbar() -> Scene:
    y, x = np.mgrid[-3:3:120j, -3:3:160j]
    fig, ax = plt.subplots()
    image = ax.imshow(np.sin(x) * y, vmin=-3, vmax=3)
    fig.colorbar(image, label="height")
    ax.set_title("Waves")

    def step(i: int) -> None:
        image.set_data(np.sin(2 * x + i / 10) * y)

    return Scene(
        fig, step, [image], lambda i: ax.imshow(np.sin(2 * x + i / 10) * y, vmin=-3, vmax=3)
    )


def grid_of_lines() -> Scene:
    x = np.linspace(0, 10, 200)
    fig, axs = plt.subplots(3, 3)
    lines = [ax.plot(x, np.sin(x * k))[0] for k, ax in enumerate(axs.flat, 1)]

    def step(i: int) -> None:
        for k, line in enumerate(lines, 1):
            line.set_ydata(np.sin(x * k + i / 10))

    def plot(i: int) -> None:
        for k, ax in enumerate(axs.flat, 1):
            ax.plot(x, np.sin(x * k + i / 10), "C0")

    return Scene(fig, step, lines, plot)


def bar_race() -> Scene:
    rng = np.random.default_rng(2)
    names = ["Ada", "Blaise", "Carl", "Emmy", "Grace", "Sofia"]
    amounts = 20 + np.cumsum(rng.random((LONGEST, 6)), axis=0) * 60 / LONGEST
    fig, ax = plt.subplots()
    bars = ax.barh(names, amounts[0], color=[f"C{k}" for k in range(6)])
    ax.set(xlim=(0, 100), xlabel="points", title="A race")
    texts = [ax.text(0, k, "", va="center") for k in range(6)]

    def step(i: int) -> None:
        for bar, text, amount in zip(bars, texts, amounts[i % LONGEST], strict=True):
            bar.set_width(amount)
            text.set_x(amount + 1)
            text.set_text(f"{amount:.1f}")

    return Scene(fig, step, [*bars, *texts])


def scrolling_window() -> Scene:
    x = np.linspace(0, 200, 8000)
    fig, ax = plt.subplots()
    ax.plot(x, np.sin(x) + np.sin(x * 1.3))
    ax.set(xlabel="time [s]", title="A window that scrolls")

    def step(i: int) -> None:
        ax.set_xlim(i / 10, i / 10 + 20)

    return Scene(fig, step)


def rotation() -> Scene:
    y, x = np.mgrid[-2:2:30j, -2:2:30j]
    fig, ax = plt.subplots(subplot_kw={"projection": "3d"})
    ax.plot_surface(x, y, np.exp(-(x**2) - y**2), cmap="viridis")
    ax.set_title("A hill")

    def step(i: int) -> None:
        ax.view_init(30, i)

    return Scene(fig, step)


SCENES: dict[str, Callable[[], Scene]] = {
    "line": line,
    "growing line": growing_line,
    "line and title": line_and_title,
    "line in a layout": line_in_a_layout,
    "3 x 3 lines": grid_of_lines,
    "image and colorbar": image_and_colorbar,
    "bar race": bar_race,
    "2000 points": scatter,
    "scrolling window": scrolling_window,
    "rotation in 3D": rotation,
    "line at 1280 x 960": large_line,
}
