"""A tone rises past half the sampling rate, and its samples tell another story."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import FuncAnimation

rate = 20
time, samples = np.linspace(0, 1, 1000), np.arange(rate + 1) / rate
frequencies = np.linspace(1, 19, 145)
apparent = np.abs(frequencies - rate * np.round(frequencies / rate))

fig, (ax, fold) = plt.subplots(1, 2, figsize=(7.2, 3), width_ratios=[2, 1])
fig.subplots_adjust(left=0.03, right=0.97, top=0.89, bottom=0.17, wspace=0.22)
ax.set(xlim=(0, 1), ylim=(-1.15, 1.15), xlabel="time (s)", yticks=[])
(tone,) = ax.plot([], [], color="0.65", linewidth=1)
(alias,) = ax.plot([], [], color="C1", linewidth=2)
(dots,) = ax.plot([], [], "o", color="C0", markersize=5)
fold.plot(frequencies, apparent, color="0.65", linewidth=1)
fold.axvline(rate / 2, color="0.65", linewidth=1, linestyle=":")
(mark,) = fold.plot([], [], "o", color="C1", markersize=8)
fold.set(xlabel="tone (Hz)", ylabel="heard (Hz)", xlim=(0, 20), ylim=(0, 11))


def draw(n):
    frequency, heard = frequencies[n], apparent[n]
    sign = 1 if frequency < rate / 2 else -1
    tone.set_data(time, np.sin(2 * np.pi * frequency * time))
    alias.set_data(time, sign * np.sin(2 * np.pi * heard * time))
    dots.set_data(samples, np.sin(2 * np.pi * frequency * samples))
    mark.set_data([frequency], [heard])
    ax.set_title(f"{frequency:.1f} Hz, sampled {rate} times a second: {heard:.1f} Hz")


animation = FuncAnimation(fig, draw, frequencies.size, interval=60)
