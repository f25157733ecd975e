"""Two galaxies pass and pull stars out of each other."""

import matplotlib.pyplot as plt
import numpy as np
from sphinxcontrib_animvideo import capture

rng = np.random.default_rng(1)
cores = np.array([[-7.0, -4.6], [7.0, 4.6]])
core_speeds = np.array([[0.25, 0.03], [-0.25, -0.03]])
radius, angle = rng.uniform(0.8, 5, (2, 1500, 1)), rng.uniform(0, 2 * np.pi, (2, 1500))
direction = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
tangent = direction[..., ::-1] * [-1, 1]
stars = (cores[:, None] + radius * direction).reshape(-1, 2)
speeds = core_speeds[:, None] + radius / (radius**2 + 0.15) ** 0.75 * tangent
speeds = speeds.reshape(-1, 2)


def gravity(points):
    """Return the acceleration that the two cores cause, softened near them."""
    away = cores[:, None] - points
    return (away / ((away**2).sum(2, keepdims=True) + 0.15) ** 1.5).sum(0)


fig = plt.figure(figsize=(6.4, 4), facecolor="#05060f")
ax = fig.add_axes([0, 0, 1, 1], xlim=(-14.4, 14.4), ylim=(-9, 9))
ax.axis("off")
colors = np.repeat(["#7fb7ff", "#ffb86b"], 1500)
dots = ax.scatter(*stars.T, s=1.6, c=colors, alpha=0.8, linewidths=0)
centers = ax.scatter(*cores.T, s=22, c="white", zorder=3)
for frame in range(130):
    for _ in range(6):
        core_speeds += 0.05 * gravity(cores)
        speeds += 0.05 * gravity(stars)
        cores += 0.05 * core_speeds
        stars += 0.05 * speeds
    dots.set_offsets(stars)
    centers.set_offsets(cores)
    capture()
