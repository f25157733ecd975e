"""An epidemic spreads from one person, and dies out."""

import matplotlib.pyplot as plt
import numpy as np
from sphinxcontrib_animvideo import capture

rng = np.random.default_rng(7)
days, count = 90, 400
place = rng.uniform(0, 1, (count, 2))
ill_since = np.full(count, np.inf)
ill_since[np.hypot(*(place - 0.5).T).argmin()] = 0
states = {"susceptible": "C0", "ill": "C1", "recovered": "C2"}

fig, (map_ax, ax) = plt.subplots(1, 2, figsize=(7.2, 3.5), width_ratios=[1, 1.1])
fig.subplots_adjust(left=0.01, right=0.97, top=0.9, bottom=0.14, wspace=0.05)
map_ax.set(aspect="equal", xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
map_ax.axis("off")
dots = map_ax.scatter(*place.T, s=16, linewidths=0)
ax.set(xlim=(0, days), ylim=(0, count), xlabel="day", title="People")
lines = [ax.plot([], [], color=color, label=name)[0] for name, color in states.items()]
ax.legend(loc="center right")

history = []
for day in range(days + 1):
    ill = (ill_since <= day) & (day < ill_since + 12)
    recovered = ill_since + 12 <= day
    history.append([count - ill.sum() - recovered.sum(), ill.sum(), recovered.sum()])
    dots.set_color(np.array(list(states.values()))[ill + 2 * recovered])
    for line, numbers in zip(lines, np.transpose(history)):
        line.set_data(range(day + 1), numbers)
    map_ax.set_title(f"Day {day}")
    capture()
    place = np.clip(place + rng.normal(0, 0.012, place.shape), 0, 1)
    distance = np.hypot(*(place[:, None] - place).T)
    chance = 1 - 0.75 ** ((distance < 0.06) & ill).sum(1)
    ill_since[(ill_since == np.inf) & (rng.random(count) < chance)] = day + 1
