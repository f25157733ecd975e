# clip: 10 frames, 20 fps
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(2, 1))
(line,) = ax.plot([0, 1, 2])
ax.set_ylim(-1, 60)

plt.ion()
for i in range(10):
    line.set_ydata([0, 5 * i, 2])
    plt.draw()
    plt.pause(0.05)
    fig.canvas.flush_events()
