"""The Lorenz system, saved by the script itself: python lorenz.py"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import FuncAnimation


def velocity(state):
    x, y, z = state
    return np.array([10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z])


states = [np.array([[1, 1.001], [1, 1], [20, 20]])]  # two initial states, side by side
for _ in range(4800):  # the classical Runge-Kutta method
    s, dt = states[-1], 0.005
    k1 = velocity(s)
    k2 = velocity(s + dt / 2 * k1)
    k3 = velocity(s + dt / 2 * k2)
    k4 = velocity(s + dt * k3)
    states.append(s + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4))
paths = np.transpose(states)

fig, ax = plt.subplots(figsize=(5, 4.5))
ax.set(xlim=(-22, 22), ylim=(0, 52), xlabel="x", ylabel="z")
ax.set_title("two starts, 0.001 apart")
trails = [ax.plot([], [], linewidth=1, alpha=0.8)[0] for _ in paths]
heads = [ax.plot([], [], "o", color=trail.get_color())[0] for trail in trails]


def draw(end):
    for (x, _, z), trail, head in zip(paths, trails, heads):
        trail.set_data(x[:end], z[:end])
        head.set_data(x[end - 1 : end], z[end - 1 : end])


animation = FuncAnimation(fig, draw, frames=range(40, 4801, 40))
animation.save("lorenz.mp4", fps=20)
plt.show()
