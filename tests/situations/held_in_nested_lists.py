# clip: 4 frames, 5 fps
# clip: 2 frames, 5 fps
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

fig, ax = plt.subplots(figsize=(2, 1))
(line,) = ax.plot([0, 1, 2])
ax.set_ylim(-1, 20)


def update(i):
    line.set_ydata([0, 3 * i, 2])
    return [line]


kept = [[FuncAnimation(fig, update, 4)]]
other, axes = plt.subplots(figsize=(2, 1))
(second,) = axes.plot([0, 9])
kept.append({"b": FuncAnimation(other, lambda i: second.set_ydata([5 * i, 0]), 2)})
