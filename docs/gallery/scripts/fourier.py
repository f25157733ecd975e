"""Circles on circles draw the partial sums of Fourier series."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import FuncAnimation


def square_wave():
    """Odd harmonics, falling as 1/n."""
    harmonics = np.arange(1, 16, 2)
    return epicycles(harmonics, 4 / (np.pi * harmonics), "square wave")


def sawtooth():
    """All harmonics, falling as 1/n, with changing sign."""
    harmonics = np.arange(1, 9)
    signs = (-1.0) ** (harmonics + 1)
    return epicycles(harmonics, 2 / np.pi * signs / harmonics, "sawtooth")


def epicycles(harmonics, amplitudes, name, steps=100):
    fig = plt.figure(figsize=(7, 3.3))
    ax = fig.add_axes([0.01, 0.01, 0.98, 0.9])
    ax.set_aspect("equal")
    ax.set_xlim(-2.7, 6.2)
    ax.set_ylim(-1.7, 1.7)
    ax.set_axis_off()
    ax.set_title(f"{name}: {len(harmonics)} circles")

    colors = plt.colormaps["viridis"](np.linspace(0.15, 0.9, len(harmonics)))
    circles = [
        ax.add_patch(plt.Circle((0, 0), abs(amplitude), fill=False, color=color))
        for amplitude, color in zip(amplitudes, colors, strict=True)
    ]
    (arms,) = ax.plot([], [], "o-", color="0.5", markersize=2.5, linewidth=1)
    (bridge,) = ax.plot([], [], ":", color="0.5", linewidth=1)
    (curve,) = ax.plot([], [], color=colors[0], linewidth=2)
    later = np.linspace(0, 2 * np.pi, 300)
    reach = 2.8 + later / 2

    def draw(time):
        tips = np.cumsum(amplitudes * np.exp(1j * harmonics * time))
        joints = np.concatenate([[0], tips])
        for circle, joint in zip(circles, joints[:-1], strict=True):
            circle.center = joint.real, joint.imag
        arms.set_data(joints.real, joints.imag)
        waves = amplitudes * np.sin(np.outer(time - later, harmonics))
        height = waves.sum(axis=1)
        curve.set_data(reach, height)
        bridge.set_data([tips[-1].real, reach[0]], [height[0], height[0]])

    times = np.linspace(0, 2 * np.pi, steps, endpoint=False)
    return FuncAnimation(fig, draw, frames=times, interval=40)
