"""The Lorenz system, saved by the script itself: python lorenz.py"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import FuncAnimation


def velocity(state):
    x, y, z = state
    return np.array([10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z])


def path(state, steps, dt=0.005):
    """Integrate with the classical Runge-Kutta method."""
    states = [np.array(state, float)]
    for _ in range(steps):
        s = states[-1]
        k1 = velocity(s)
        k2 = velocity(s + dt / 2 * k1)
        k3 = velocity(s + dt / 2 * k2)
        k4 = velocity(s + dt * k3)
        states.append(s + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4))
    return np.array(states)


fig, ax = plt.subplots(figsize=(5, 4.5))
ax.set(xlim=(-22, 22), ylim=(0, 52), xlabel="x", ylabel="z")
ax.set_title("two starts, 0.001 apart")
pairs = []
for start, color in [((1, 1, 20), "tab:blue"), ((1.001, 1, 20), "tab:orange")]:
    (trail,) = ax.plot([], [], color=color, linewidth=1, alpha=0.8)
    (head,) = ax.plot([], [], "o", color=color)
    pairs.append((path(start, 4800), trail, head))


def draw(end):
    for states, trail, head in pairs:
        trail.set_data(states[:end, 0], states[:end, 2])
        head.set_data(states[end - 1 : end, 0], states[end - 1 : end, 2])


animation = FuncAnimation(fig, draw, frames=range(40, 4801, 40))
animation.save("lorenz.mp4", fps=20)
plt.show()
