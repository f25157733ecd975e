# clip: 3 frames, 5 fps
# clip: 3 frames, 5 fps
# clip: 4 frames, 5 fps, 2 pictures
import gc

import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

for _ in range(2):
    fig, ax = plt.subplots(figsize=(2, 1))
    (line,) = ax.plot([0, 1])
    ax.set_ylim(0, 8)
    ani = FuncAnimation(fig, lambda i, line=line: line.set_ydata([i, 0]), 3)
fig, ax = plt.subplots(figsize=(2, 1))
(line,) = ax.plot([0, 1])
ax.set_ylim(0, 8)
ani = FuncAnimation(fig, lambda i: line.set_ydata([i, 0]), 8)
ani = FuncAnimation(fig, lambda i: line.set_ydata([i // 2, 0]), 4)
gc.collect()
