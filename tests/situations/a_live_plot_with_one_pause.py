# clip: 53 frames, 25 fps, 51 pictures
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(2, 1))
(line,) = ax.plot([0, 1, 2])
ax.set_ylim(-1, 60)


plt.ion()
plt.show(block=False)
plt.pause(0.1)
for i in range(50):
    line.set_ydata([0, i, 2])
    fig.canvas.draw_idle()
    fig.canvas.flush_events()
