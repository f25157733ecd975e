"""Circles on circles draw the partial sums of Fourier series."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import FuncAnimation


def square_wave():
    n = np.arange(1, 16, 2)
    return epicycles(n, 4 / (np.pi * n), "square wave")


def sawtooth():
    n = np.arange(1, 9)
    return epicycles(n, 2 / np.pi * (-1.0) ** (n + 1) / n, "sawtooth")


def epicycles(harmonics, amplitudes, name):
    fig = plt.figure(figsize=(7, 3.3))
    ax = fig.add_axes([0.01, 0.01, 0.98, 0.88], aspect="equal", xlim=(-2.7, 6.2), ylim=(-1.7, 1.7))
    ax.set_axis_off()
    ax.set_title(f"{name}: {len(harmonics)} circles")
    colors = plt.colormaps["viridis"](np.linspace(0.15, 0.9, len(harmonics)))
    circles = [plt.Circle((0, 0), abs(a), fill=False, ec=c) for a, c in zip(amplitudes, colors)]
    list(map(ax.add_patch, circles))
    (curve,) = ax.plot([], [], linewidth=2)
    arms, bridge = ax.plot([], [], "o-", [], [], ":", color="0.5", markersize=2.5, linewidth=1)
    past = np.linspace(0, 2 * np.pi, 300)

    def draw(time):
        joints = np.cumsum([0, *(amplitudes * np.exp(1j * harmonics * time))])
        for circle, joint in zip(circles, joints):
            circle.center = joint.real, joint.imag
        arms.set_data(joints.real, joints.imag)
        height = np.sin(np.outer(time - past, harmonics)) @ amplitudes
        curve.set_data(2.8 + past / 2, height)
        bridge.set_data([joints[-1].real, 2.8], [height[0], height[0]])

    return FuncAnimation(fig, draw, np.linspace(0, 2 * np.pi, 100, endpoint=False), interval=40)
