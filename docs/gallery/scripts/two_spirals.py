"""A neural network with a random first layer learns to tell two spirals apart."""

import matplotlib.pyplot as plt
import numpy as np
from sphinxcontrib_animvideo import capture

rng = np.random.default_rng(0)
label = np.arange(300) % 2
turn = np.sqrt(rng.uniform(0.02, 1, 300)) * 3 * np.pi
angle = turn + np.pi * label
points = (turn * [np.cos(angle), np.sin(angle)]).T / 10 + rng.normal(0, 0.02, (300, 2))
x, y = np.meshgrid(np.linspace(-1.15, 1.15, 160), np.linspace(-1.15, 1.15, 160))

frequencies, phases = rng.normal(0, 4.5, (2, 300)), rng.uniform(0, 2 * np.pi, 300)
weights, speed = np.zeros((2, 300))


def first_layer(x, y):
    return np.cos(np.stack([x, y], -1) @ frequencies + phases)


inputs, grid = first_layer(*points.T), first_layer(x, y)
fig = plt.figure(figsize=(4.8, 4.8))
ax = fig.add_axes([0, 0, 1, 1])
ax.axis("off")
field = ax.imshow(x, "RdBu", origin="lower", extent=(-1.15, 1.15, -1.15, 1.15))
field.set(clim=(-0.2, 1.2), interpolation="bilinear")
ax.scatter(*points.T, c=label, cmap="RdBu", s=18, edgecolors="white", linewidths=0.7)
for step in range(600):
    if step % 5 == 0:
        field.set_data(1 / (1 + np.exp(-grid @ weights)))
        capture()
    error = label - 1 / (1 + np.exp(-inputs @ weights))
    speed = 0.9 * speed + 0.002 * inputs.T @ error
    weights = weights + speed
