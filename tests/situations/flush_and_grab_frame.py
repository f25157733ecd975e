# clip: 4 frames, 15 fps
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(2, 1))
(line,) = ax.plot([0, 1, 2])
ax.set_ylim(-1, 20)


def update(i):
    line.set_ydata([0, 3 * i, 2])
    return [line]


from matplotlib.animation import PillowWriter

writer = PillowWriter(fps=15)
with writer.saving(fig, "x.gif", 100):
    for i in range(4):
        update(i)
        fig.canvas.draw()
        fig.canvas.flush_events()
        writer.grab_frame()
