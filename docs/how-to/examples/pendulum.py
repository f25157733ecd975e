"""A pendulum that starts at a small or at a large angle."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import FuncAnimation


def swing(start, color):
    angle, speed, step = np.radians(start), 0.0, 0.01
    angles = []
    for i in range(750):
        if i % 10 == 0:
            angles.append(angle)
        speed -= np.sin(angle) * step
        angle += speed * step

    fig, ax = plt.subplots(figsize=(3.2, 2.6), layout="constrained")
    ax.set(xlim=(-1.2, 1.2), ylim=(-1.2, 0.6), aspect="equal", title=f"from {start}°")
    ax.set_axis_off()
    (rod,) = ax.plot([], [], "-o", color=color, markevery=[1], markersize=14)

    def update(angle):
        rod.set_data([0, np.sin(angle)], [0, -np.cos(angle)])

    return FuncAnimation(fig, update, angles, interval=40)


def small():
    return swing(20, "C0")


def large():
    return swing(100, "C1")
