"""The Metropolis algorithm explores a curved distribution."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import FuncAnimation


def density(x, y):
    return np.exp(-(x**2) / 2 - 3 * (y - 0.5 * x**2) ** 2)


rng = np.random.default_rng(3)
chain, steps = [np.array([-2.2, 1.5])], 1200
for _ in range(steps):
    proposal = chain[-1] + rng.normal(0, 0.6, 2)
    accepted = rng.random() < density(*proposal) / density(*chain[-1])
    chain.append(proposal if accepted else chain[-1])
fig, (ax, bars) = plt.subplots(2, figsize=(6, 5.2), sharex=True, height_ratios=[3, 1])
fig.subplots_adjust(left=0.08, right=0.97, top=0.93, bottom=0.09, hspace=0.08)
x, y = np.meshgrid(np.linspace(-3, 3, 150), np.linspace(-1.5, 4, 150))
ax.contourf(x, y, density(x, y), 12, cmap="cividis", alpha=0.9)
ax.set(xlim=(-3, 3), ylim=(-1.5, 4), ylabel="y")
(samples,) = ax.plot([], [], ".", color="white", markersize=3, alpha=0.5)
(path,) = ax.plot([], [], "o-", color="C1", markersize=3, linewidth=1)
bins = np.linspace(-3, 3, 41)
steps_drawn = bars.stairs(np.zeros(40), bins, fill=True, color="C0", alpha=0.8)
bars.plot(x[0], np.exp(-(x[0] ** 2) / 2) / np.sqrt(2 * np.pi), color="C1")
bars.set(ylim=(0, 0.6), xlabel="x", yticks=[])


def draw(n):
    samples.set_data(*np.transpose(chain[:n]))
    path.set_data(*np.transpose(chain[max(0, n - 12) : n]))
    steps_drawn.set_data(np.histogram(np.array(chain)[:n, 0], bins, density=True)[0])
    ax.set_title(f"{n} samples")


animation = FuncAnimation(fig, draw, range(8, steps + 1, 8), interval=40)
