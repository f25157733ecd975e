"""A base drops into an acid until the indicator turns pink."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import FuncAnimation

ph = np.linspace(2.88, 12.52, 4000)  # 25 mL of 0.1 mol/L acetic acid, with 0.1 mol/L of a base
h, oh = 10.0**-ph, 10.0 ** (ph - 14)
charged = 10**-4.76 / (10**-4.76 + h)
needed = 25 * (0.1 * charged - h + oh) / (0.1 + h - oh)  # so that all charges are balanced
added = np.linspace(0, 50, 151)
values = np.interp(added, needed, ph)
pink = 1 / (1 + 10 ** (9.3 - values))  # the share of phenolphthalein that is pink

fig, (flask, ax) = plt.subplots(1, 2, figsize=(7, 3.5), width_ratios=[1, 2.2])
fig.subplots_adjust(left=0.02, right=0.97, top=0.9, bottom=0.14, wspace=0.15)
flask.set(xlim=(-1.2, 1.2), ylim=(-0.1, 2.4), aspect="equal")
flask.axis("off")
(liquid,) = flask.fill([], [], alpha=0.85)
glass = [-0.2, -0.2, -1, -0.85, 0.85, 1, 0.2, 0.2], [2.3, 1.5, 0.2, 0, 0, 0.2, 1.5, 2.3]
flask.plot(*glass, color="0.6", linewidth=2)
ax.set(xlim=(0, 50), ylim=(2, 13), xlabel="base added (mL)", title="pH")
ax.axhspan(8.2, 10, color="C3", alpha=0.2, linewidth=0)
ax.text(49, 9.1, "the indicator turns pink", ha="right", va="center", fontsize=8.5)
(line,) = ax.plot([], [])
(head,) = ax.plot([], [], "o", color="C1")


def draw(n):
    level = 0.5 + 0.7 * added[n] / 50
    x = np.interp(level, [0.2, 1.5], [1, 0.2])
    liquid.set_xy([(-x, level), (-1, 0.2), (-0.85, 0), (0.85, 0), (1, 0.2), (x, level)])
    color = np.array([0.75, 0.85, 0.95]) + pink[n] * np.array([0.15, -0.65, -0.35])
    liquid.set_facecolor(color)
    line.set_data(added[: n + 1], values[: n + 1])
    head.set_data(added[n : n + 1], values[n : n + 1])


animation = FuncAnimation(fig, draw, added.size, interval=40)
