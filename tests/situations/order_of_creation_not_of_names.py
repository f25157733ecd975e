# clip: 3 frames, 5 fps
# clip: 6 frames, 5 fps
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

fig, ax = plt.subplots(figsize=(2, 1))
(line,) = ax.plot([0, 1, 2])
ax.set_ylim(-1, 20)


def update(i):
    line.set_ydata([0, 3 * i, 2])
    return [line]


final = None
first = FuncAnimation(fig, update, 3)
fig2, ax2 = plt.subplots(figsize=(2, 1))
(line2,) = ax2.plot([0, 9])
final = FuncAnimation(fig2, lambda i: line2.set_ydata([2 * i, 0]), 6)
