# clip: 3 frames, 5 fps
# clip: 4 frames, 25 fps
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

fig, ax = plt.subplots(figsize=(2, 1))
(line,) = ax.plot([0, 1])
ax.set_ylim(0, 9)
ani = FuncAnimation(fig, lambda i: line.set_ydata([i, 0]), 3, init_func=list)
plt.show()
plt.pause(0.1)  # nothing has changed
for i in range(4):
    line.set_ydata([5 + i, 3])
    fig.canvas.draw()
    fig.canvas.flush_events()
