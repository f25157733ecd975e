# clip: 10 frames, 10 fps
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(2, 1))
(line,) = ax.plot([0, 1, 2])
ax.set_ylim(-1, 60)

for i in range(10):
    line.set_ydata([0, 5 * i, 2])
    fig.canvas.draw_idle()
    fig.canvas.flush_events()
    plt.pause(0.1)
