"""A flock of birds, each of which looks at its neighbors only."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import FuncAnimation

rng = np.random.default_rng(4)
count = 220
place = rng.uniform(-8, 8, count) + 1j * rng.uniform(-4.5, 4.5, count)
heading = np.exp(2j * np.pi * rng.random(count))

fig = plt.figure(figsize=(6.4, 3.6))
ax = fig.add_axes([0, 0, 1, 1], xlim=(-8, 8), ylim=(-4.5, 4.5))
ax.axis("off")
style = {"scale": 40, "width": 0.004, "headwidth": 4, "headlength": 6, "headaxislength": 5}
start = place.real, place.imag, heading.real, heading.imag, place.real
birds = ax.quiver(*start, cmap="viridis", clim=(0, 26), pivot="mid", **style)


def wrap(z):  # what leaves on one side comes back on the other
    return z - 16 * np.round(z.real / 16) - 9j * np.round(z.imag / 9)


def fly(frame):
    global place, heading
    away = wrap(place - place[:, None])
    near = np.abs(away) < 1.2
    align = (near * heading).sum(1) / near.sum(1)
    cohere = (near * away).sum(1) / near.sum(1)
    separate = -((np.abs(away) < 0.4) * away).sum(1)
    wanted = heading + 0.5 * align + 0.15 * cohere + 1.2 * separate
    heading = np.exp(1j * (np.angle(wanted) + rng.normal(0, 0.08, count)))
    place = wrap(place + 0.09 * heading)
    birds.set_offsets(np.transpose([place.real, place.imag]))
    birds.set_UVC(heading.real, heading.imag, near.sum(1))


animation = FuncAnimation(fig, fly, 180, interval=40)
