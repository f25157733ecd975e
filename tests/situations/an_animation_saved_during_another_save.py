# clip: 3 frames, 20 fps
# clip: 4 frames, 10 fps
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation, PillowWriter

one, ax = plt.subplots(figsize=(2, 1))
other, lower = plt.subplots(figsize=(1, 1))
(line,) = lower.plot([0, 1])
lower.set_ylim(0, 4)
ani = FuncAnimation(other, lambda i: line.set_ydata([i, 0]), 4)
writer = PillowWriter(fps=20)
with writer.saving(one, "one.gif", 100):
    for i in range(3):
        ax.plot([0, i], [i, 0])
        writer.grab_frame()
        if i == 1:
            ani.save("two.gif", writer="pillow", fps=10)
