# clip: 4 frames, 15 fps
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(2, 1))
(line,) = ax.plot([0, 1, 2])
ax.set_ylim(-1, 20)


def update(i):
    line.set_ydata([0, 3 * i, 2])
    return [line]


from matplotlib.animation import FFMpegWriter

writer = FFMpegWriter(fps=15)
with writer.saving(fig, "x.mp4", 100):
    for i in range(4):
        update(i)
        plt.pause(0.01)
        writer.grab_frame()
