"""Simulated annealing finds a short tour through 70 cities."""

import matplotlib.pyplot as plt
import numpy as np
from sphinxcontrib_animvideo import capture

rng = np.random.default_rng(12)
cities = rng.uniform(0, 1, (70, 2)) * [1.6, 1]
distance = np.hypot(*(cities[:, None] - cities).T)
tour = rng.permutation(70)


def length(tour):
    return distance[tour, np.roll(tour, 1)].sum()


fig, (ax, curve) = plt.subplots(1, 2, figsize=(7.2, 3.4), width_ratios=[1.8, 1])
fig.subplots_adjust(left=0.02, right=0.97, top=0.9, bottom=0.15, wspace=0.2)
ax.set(aspect="equal", xlim=(-0.03, 1.63), ylim=(-0.03, 1.03))
ax.axis("off")
(path,) = ax.plot([], [], color="C0", linewidth=1.5)
ax.plot(*cities.T, "o", color="C1", markersize=4)
(line,) = curve.plot([], [], color="C0")
curve.set(xlim=(0, 150), ylim=(0, 45), xlabel="frame", title="Length of the tour")

lengths = []
for temperature in np.geomspace(0.2, 0.003, 150):
    for _ in range(250):
        i, j = np.sort(rng.integers(0, 71, 2))
        changed = np.concatenate([tour[:i], tour[i:j][::-1], tour[j:]])
        longer = length(changed) - length(tour)
        if longer < 0 or rng.random() < np.exp(-longer / temperature):
            tour = changed
    lengths.append(length(tour))
    path.set_data(*cities[[*tour, tour[0]]].T)
    line.set_data(range(len(lengths)), lengths)
    capture()
