"""Fair bets make a few people rich: the yard-sale model."""

import matplotlib.pyplot as plt
import numpy as np
from sphinxcontrib_animvideo import capture

rng = np.random.default_rng(9)
people = 1000
wealth = np.ones(people)
share = np.linspace(0, 1, people + 1)

fig, (bars_ax, ax) = plt.subplots(1, 2, figsize=(7.2, 3.6))
fig.subplots_adjust(left=0.08, right=0.97, top=0.9, bottom=0.14, wspace=0.2)
bins = np.geomspace(0.01, 100, 41)
bars = bars_ax.stairs(np.zeros(40), bins, fill=True, color="C0")
bars_ax.set(xscale="log", ylim=(0, 200), xlabel="wealth (1 at the start)", title="People")
ax.plot([0, 1], [0, 1], ":", color="0.6", linewidth=1)
(curve,) = ax.plot([], [], color="C1")
(area,) = ax.fill([], [], color="C1", alpha=0.15, linewidth=0)
ax.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", xlabel="share of the people")
for bets in range(121):
    owned = np.concatenate([[0], np.cumsum(np.sort(wealth))]) / people
    curve.set_data(share, owned)
    area.set_xy(np.transpose([share, owned]))
    gini = 1 - (owned[1:] + owned[:-1]).sum() / people
    ax.set_title(f"Share of the wealth; Gini {gini:.2f}")
    bars.set_data(np.histogram(wealth, bins)[0])
    capture()
    a, b = rng.permutation(people).reshape(2, -1)
    stake = 0.25 * np.minimum(wealth[a], wealth[b]) * rng.choice([-1, 1], people // 2)
    wealth[a] += stake
    wealth[b] -= stake
