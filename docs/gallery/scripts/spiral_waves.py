"""Spiral waves in an excitable tissue: the Barkley model."""

import matplotlib.pyplot as plt
import numpy as np
from sphinxcontrib_animvideo import capture

a, b, epsilon, dt, dx = 0.75, 0.06, 0.02, 0.02, 0.45
u = np.zeros((150, 220))
v = np.zeros_like(u)
u[:, :110] = 1
v[:75] = a / 2


def laplacian(field):
    padded = np.pad(field, 1, mode="edge")
    around = padded[2:, 1:-1] + padded[:-2, 1:-1] + padded[1:-1, 2:] + padded[1:-1, :-2]
    return (around - 4 * field) / dx**2


fig = plt.figure(figsize=(6.6, 4.5))
ax = fig.add_axes([0, 0, 1, 1])
ax.axis("off")
image = ax.imshow(u, cmap="magma", vmin=0, vmax=1, interpolation="bicubic")
for step in range(6000):
    threshold = (v + b) / a
    u, v = (
        u + dt * (u * (1 - u) * (u - threshold) / epsilon + laplacian(u)),
        v + dt * (u - v),
    )
    if step >= 1500 and step % 30 == 0:
        image.set_data(u)
        capture()
