# clip: 2 frames, 10 fps
# clip: 3 frames, 5 fps
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation, PillowWriter

fig, ax = plt.subplots(figsize=(2, 1))
writer = PillowWriter(fps=10)
with writer.saving(fig, "x.gif", 100):
    ax.plot([0, 1])
    writer.grab_frame()
    other, lower = plt.subplots(figsize=(1, 1))
    (line,) = lower.plot([0, 1])
    lower.set_ylim(0, 20)
    step = 5
    ani = FuncAnimation(other, lambda i: line.set_ydata([i * step, 0]), 3, init_func=list)
    plt.show()
    step = 0
    ax.plot([1, 0])
    writer.grab_frame()
