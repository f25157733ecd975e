# clip: 22 frames, 25 fps, 21 pictures
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(2, 1))
(line,) = ax.plot([0, 1, 2])
ax.set_ylim(-1, 60)


line.set_animated(True)
plt.show(block=False)
plt.pause(0.08)
background = fig.canvas.copy_from_bbox(fig.bbox)
ax.draw_artist(line)
fig.canvas.blit(fig.bbox)
for i in range(20):
    fig.canvas.restore_region(background)
    line.set_ydata([0, 2 + 2 * i, 5])
    ax.draw_artist(line)
    fig.canvas.blit(fig.bbox)
    fig.canvas.flush_events()
