"""A planet passes in front of its star, and the light of the star fades."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import FuncAnimation

radius, impact = 0.14, 0.35
y, x = np.mgrid[-1.15:1.15:230j, -2.95:2.95:590j]
depth = np.sqrt(np.clip(1 - x**2 - y**2, 0, 1))
star = np.where(depth > 0, 1 - 0.6 * (1 - depth), 0)  # darker near its edge
time = np.linspace(-1.9, 1.9, 150)
planets = (np.hypot(x - t, y - impact) < radius for t in time)
light = np.array([star[~planet].sum() for planet in planets]) / star.sum()
measured = 100 * light + np.random.default_rng(2).normal(0, 0.06, time.size)

fig = plt.figure(figsize=(6.4, 5))
sky = fig.add_axes([0, 0.5, 1, 0.5])
sky.imshow(star, cmap="afmhot", vmax=1.25, extent=(-2.95, 2.95, -1.15, 1.15), aspect="auto")
sky.axis("off")
planet = sky.add_patch(plt.Circle((0, impact), radius, color="black"))
curve = fig.add_axes([0.11, 0.11, 0.86, 0.34])
curve.set(xlim=(-2.1, 2.1), ylim=(97, 100.4), xlabel="time (hours)", ylabel="brightness (%)")
(dots,) = curve.plot([], [], ".", color="0.55", markersize=4)
(line,) = curve.plot([], [], color="C1")


def draw(n):
    planet.center = time[n], impact
    dots.set_data(time[: n + 1], measured[: n + 1])
    line.set_data(time[: n + 1], 100 * light[: n + 1])


animation = FuncAnimation(fig, draw, time.size, interval=40)
