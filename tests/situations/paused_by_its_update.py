# clip: 6 frames, 25 fps
import itertools

import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

fig, ax = plt.subplots(figsize=(2, 1))
(line,) = ax.plot([0, 1])
ax.set_ylim(0, 8)


def update(i):
    line.set_ydata([i, 0])
    if i == 5:
        ani.pause()


ani = FuncAnimation(fig, update, itertools.count(), interval=40, cache_frame_data=False)
plt.show()
