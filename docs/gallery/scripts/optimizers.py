"""Three optimizers on their way down the same valley."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import FuncAnimation


def gradient(p):  # of (1 - x)² + 8 (y - x²)²
    return 16 * (p[1] - p[0] ** 2) * np.array([-2 * p[0], 1]) + [2 * (p[0] - 1), 0]


paths = np.full((160, 3, 2), [-1.4, 1.1])
speed, mean, square = np.zeros((3, 2))
for n in range(1, 160):
    descent, momentum, adam = map(gradient, paths[n - 1])
    speed = 0.9 * speed + 0.002 * momentum
    mean, square = 0.9 * mean + 0.1 * adam, 0.99 * square + 0.01 * adam**2
    step = 0.1 * mean / (1 - 0.9**n) / np.sqrt(square / (1 - 0.99**n))
    paths[n] = paths[n - 1] - [0.008 * descent, speed, step]

fig, ax = plt.subplots(figsize=(6.4, 4), subplot_kw={"xticks": [], "yticks": []})
fig.subplots_adjust(left=0.02, right=0.98, top=0.92, bottom=0.02)
x, y = np.meshgrid(np.linspace(-1.8, 1.8, 200), np.linspace(-0.8, 2, 150))
loss = (1 - x) ** 2 + 8 * (y - x**2) ** 2
ax.contour(x, y, np.log(loss + 0.02), 22, cmap="cividis", linewidths=0.7, alpha=0.6)
ax.plot(1, 1, "*", color="0.5", markersize=15)
lines = [ax.plot([], [], label=name)[0] for name in ("gradient descent", "momentum", "Adam")]
heads = ax.scatter(*paths[0].T, c=["C0", "C1", "C2"], s=45, zorder=3)
ax.legend(loc="lower left")


def draw(n):
    for line, path in zip(lines, paths.transpose(1, 2, 0)):
        line.set_data(path[:, : n + 1])
    heads.set_offsets(paths[n])
    ax.set_title(f"Step {n}")


animation = FuncAnimation(fig, draw, len(paths), interval=40)
