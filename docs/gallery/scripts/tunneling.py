"""A wave packet meets a barrier; a part of it tunnels through."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import FuncAnimation

x = np.linspace(-60, 60, 1024, endpoint=False)
k = 2 * np.pi * np.fft.fftfreq(x.size, x[1] - x[0])
barrier = 0.62 * (np.abs(x) < 1)
psi = np.exp(-(((x + 25) / 7) ** 2) + 1j * x)  # energy 0.5, below the barrier
psi /= np.sqrt(np.sum(np.abs(psi) ** 2) * (x[1] - x[0]))
half, full = np.exp(-0.025j * barrier), np.exp(-0.025j * k**2)

fig, ax = plt.subplots()
fig.subplots_adjust(left=0.02, right=0.98, top=0.97, bottom=0.14)
ax.set(xlim=(-55, 55), ylim=(-0.48, 0.56), xlabel="position", yticks=[])
ax.spines["left"].set_visible(False)
ax.fill_between(x, barrier / 1.6, step="mid", color="0.5", alpha=0.35, linewidth=0)
(real,) = ax.plot([], [], color="C0", linewidth=1, label="Re ψ")
(size,) = ax.plot([], [], color="C1", linewidth=2.2, label="|ψ|")
ax.legend(loc="upper left")
share = ax.text(0.98, 0.92, "", transform=ax.transAxes, ha="right")


def draw(frame):
    global psi
    for _ in range(8 * (frame > 0)):  # the split-step method
        psi = half * np.fft.ifft(full * np.fft.fft(half * psi))
    real.set_data(x, psi.real)
    size.set_data(x, np.abs(psi))
    through = np.sum(np.abs(psi[x > 1]) ** 2) * (x[1] - x[0])
    share.set_text(f"beyond the barrier: {through:.0%}")


animation = FuncAnimation(fig, draw, 140, interval=40)
