# clip: 4 frames, 5 fps, 2 pictures
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

fig, ax = plt.subplots(figsize=(2, 1))
(line,) = ax.plot([0, 1])
ax.set_ylim(0, 8)
ani = FuncAnimation(fig, lambda i: line.set_ydata([i, 0]), 8)
ani = FuncAnimation(fig, lambda i: line.set_ydata([i // 2, 0]), 4)
