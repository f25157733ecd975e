# clip: 1 frames, 5 fps
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

fig, ax = plt.subplots(figsize=(2, 1))
(line,) = ax.plot([0, 1])
ax.set_ylim(0, 9)


def update(i):
    line.set_ydata([i, 0])
    if i == 0:
        ani.pause()


ani = FuncAnimation(fig, update, 5)
plt.show()
