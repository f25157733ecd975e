"""A window slides along a signal, and its spectra make a spectrogram."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import FuncAnimation

rate, size, hop = 1000, 128, 12
time = np.arange(0, 2, 1 / rate)
sweep = np.sin(2 * np.pi * (40 * time + 60 * time**2))
signal = sweep * np.exp(-((time - 1) ** 2)) + 0.6 * np.sin(2 * np.pi * 330 * time) * (time > 1)
window = np.hanning(size)
starts = np.arange(0, time.size - size, hop)
spectra = [np.abs(np.fft.rfft(window * signal[s : s + size])) for s in starts]
levels = 20 * np.log10(np.transpose(spectra) + 1e-3)

fig, (wave, image_ax) = plt.subplots(2, figsize=(6.4, 4.4), sharex=True, height_ratios=[1, 2])
fig.subplots_adjust(left=0.11, right=0.97, top=0.96, bottom=0.11, hspace=0.12)
wave.plot(time, signal, color="0.6", linewidth=0.7)
(piece,) = wave.plot([], [], color="C1", linewidth=1)
wave.set(ylabel="signal", yticks=[])
shown = np.full_like(levels, np.nan)
extent = (size / 2 / rate, (starts[-1] + size / 2) / rate, 0, rate / 2)
image = image_ax.imshow(shown, "inferno", aspect="auto", origin="lower", extent=extent)
image.set_clim(-30, 32)
image_ax.set(xlim=(0, 2), xlabel="time (s)", ylabel="frequency (Hz)")


def draw(n):
    part = slice(starts[n], starts[n] + size)
    piece.set_data(time[part], window * signal[part])
    shown[:, n] = levels[:, n]
    image.set_data(shown)


animation = FuncAnimation(fig, draw, starts.size, interval=40)
