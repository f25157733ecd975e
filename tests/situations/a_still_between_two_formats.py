# clip: 3 frames, 5 fps
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

fig, ax = plt.subplots(figsize=(2, 1))
(line,) = ax.plot([0, 1])
ax.set_ylim(0, 4)
ani = FuncAnimation(fig, lambda i: line.set_ydata([i, 0]), 3)
ani.save("wave.gif", writer="pillow")
fig.savefig("still.png")
ani.save("wave.html", writer="html")
