"""Kepler's second law: equal areas in equal times."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import FuncAnimation

eccentricity, sectors, steps = 0.6, 8, 15


def position(time):
    """Return the place on the orbit at a time; one revolution takes a time of 1."""
    mean = anomaly = 2 * np.pi * time
    for _ in range(30):  # Kepler's equation, solved by Newton's method
        error = anomaly - eccentricity * np.sin(anomaly) - mean
        anomaly = anomaly - error / (1 - eccentricity * np.cos(anomaly))
    height = np.sqrt(1 - eccentricity**2) * np.sin(anomaly)
    return np.array([np.cos(anomaly) - eccentricity, height])


fig = plt.figure(figsize=(6.4, 4.6))
ax = fig.add_axes([0.02, 0.02, 0.96, 0.9], aspect="equal", xlim=(-1.75, 0.6), ylim=(-0.95, 0.95))
ax.set_axis_off()
ax.plot(*position(np.linspace(0, 1, 300)), color="0.6", linewidth=1)
colors = plt.colormaps["cividis"](np.linspace(0.15, 0.95, sectors))
swept = [ax.fill([], [], color=color, alpha=0.85)[0] for color in colors]
ax.plot(0, 0, "o", markersize=15, color="#f2a900")
(planet,) = ax.plot([], [], "o", markersize=8, color="C0")
title = ax.set_title("")


def draw(step):
    n = step // steps
    times = np.linspace(n / sectors, (step + 1) / sectors / steps, 40)
    swept[n].set_xy(np.column_stack([(0, 0), position(times)]).T)
    planet.set_data(*position(times[-1:]))
    title.set_text(f"{n + 1} of {sectors} equal times, {sectors} equal areas")


animation = FuncAnimation(fig, draw, sectors * steps, interval=40)
