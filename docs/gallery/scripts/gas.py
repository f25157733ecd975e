"""Molecules that start with equal speeds collide, and reach Maxwell's distribution."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import FuncAnimation

rng = np.random.default_rng(6)
radius, bins, share = 0.012, np.linspace(0, 3, 31), np.zeros(30)
place = np.stack(np.meshgrid(*[np.linspace(0.05, 0.95, 20)] * 2), -1).reshape(-1, 2)
velocity = rng.normal(size=(400, 2))
velocity /= np.hypot(*velocity.T)[:, None]

fig, (box, ax) = plt.subplots(1, 2, figsize=(7.2, 3.4), width_ratios=[1, 1.1])
fig.subplots_adjust(left=0.02, right=0.97, top=0.95, bottom=0.15, wspace=0.12)
box.set(aspect="equal", xlim=(0, 1), ylim=(0, 1), xticks=[], yticks=[])
box.spines[:].set_visible(True)
dots = box.scatter(*place.T, c=place[:, 0], s=20, cmap="plasma", clim=(0, 2.2), linewidths=0)
bars = ax.stairs(share, bins, fill=True, alpha=0.7)
ax.plot(bins, 2 * bins * np.exp(-(bins**2)), color="C1", label="Maxwell, in two dimensions")
ax.set(xlim=(0, 3), ylim=(0, 1.5), xlabel="speed", yticks=[])
ax.legend()


def draw(frame):
    for _ in range(2):
        place[:] += 0.004 * velocity
        outside = np.abs(place - 0.5) > 0.5 - radius
        velocity[outside & ((place - 0.5) * velocity > 0)] *= -1
        away = place[:, None] - place
        for i, j in np.argwhere(np.triu(np.hypot(*away.T) < 2 * radius, 1)):
            normal = away[i, j] / np.hypot(*away[i, j])
            approach = min(0, (velocity[i] - velocity[j]) @ normal) * normal
            velocity[i], velocity[j] = velocity[i] - approach, velocity[j] + approach
    dots.set(offsets=place, array=(speed := np.hypot(*velocity.T)))
    share[:] += 0.06 * (np.histogram(speed, bins, density=True)[0] - share)
    bars.set_data(share)


animation = FuncAnimation(fig, draw, 160, interval=40)
