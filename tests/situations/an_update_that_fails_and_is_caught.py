# clip: 2 frames, 5 fps
# clip: 4 frames, 10 fps
import contextlib

import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

fig, ax = plt.subplots(figsize=(2, 1))
(line,) = ax.plot([0, 1])
ax.set_ylim(0, 9)


def update(i):
    if i == 2:
        raise ValueError("no data")
    line.set_ydata([i, 0])


ani = FuncAnimation(fig, update, 5, init_func=list)
with contextlib.suppress(ValueError):
    plt.show()
for i in range(4):
    line.set_ydata([5 + i, 5])
    plt.pause(0.1)
