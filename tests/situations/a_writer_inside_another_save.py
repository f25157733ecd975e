# clip: 4 frames, 5 fps
# clip: 4 frames, 10 fps
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation, PillowWriter

fig, ax = plt.subplots(figsize=(2, 1))
other, lower = plt.subplots(figsize=(1, 1))
(line,) = ax.plot([0, 1])
ax.set_ylim(0, 9)
writer = PillowWriter(fps=10)
frames = iter(range(4))


def update(i):
    line.set_ydata([i, 0])
    if i == 0 and not lower.lines:
        with writer.saving(other, "other.gif", 100):
            for k in range(4):
                lower.plot([0, k], [k, 0])
                writer.grab_frame()


ani = FuncAnimation(fig, update, 4, init_func=list)
ani.save("x.gif", writer="pillow")
