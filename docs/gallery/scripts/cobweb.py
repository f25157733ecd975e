"""Prices and harvests chase each other: the cobweb model."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import FuncAnimation

quantities, prices = [2.2], [8.8]
for _ in range(14):  # farmers plan with the price of last year, and buyers pay what they must
    quantities.append(1 + 0.85 * prices[-1])
    prices.append(11 - quantities[-1])
corner = np.arange(2 * len(prices) - 1)
moments = np.linspace(0, corner[-1], 169)
x = np.interp(moments, corner, np.repeat(quantities, 2)[1:])
y = np.interp(moments, corner, np.repeat(prices, 2)[:-1])

fig, (ax, years) = plt.subplots(1, 2, figsize=(7.2, 3.6), width_ratios=[1.2, 1])
fig.subplots_adjust(left=0.06, right=0.97, top=0.9, bottom=0.14, wspace=0.18)
ax.plot([1, 10], [10, 1])
ax.plot([1, 9.5], [0, 10])
ax.text(8.6, 2.9, "demand", color="C0")
ax.text(8.8, 8.4, "supply", color="C1")
(web,) = ax.plot([], [], color="0.6", linewidth=1)
(head,) = ax.plot([], [], "o", color="C2", markersize=7)
ax.set(xlim=(1, 10), ylim=(0, 10), xlabel="quantity", title="Price")
(line,) = years.plot([], [], "o-", color="C2", markersize=4, linewidth=1)
years.set(xlim=(-0.2, 14.2), ylim=(0, 10), xlabel="year", title="Price, year by year")


def draw(n):
    web.set_data(x[: n + 1], y[: n + 1])
    head.set_data(x[n : n + 1], y[n : n + 1])
    past = int(moments[n] + 1e-9) // 2 + 1
    line.set_data(range(past), prices[:past])


animation = FuncAnimation(fig, draw, moments.size, interval=50)
