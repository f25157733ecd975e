# clip: 4 frames, 25 fps
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(2, 1))
(line,) = ax.plot([0, 1, 2])
ax.set_ylim(-1, 60)

other, axes = plt.subplots(figsize=(2, 1))
(second,) = axes.plot([0, 1])
for i in range(2):
    line.set_ydata([0, 5 * i + 3, 2])
    second.set_ydata([i, 5])
    for figure in (fig, other):
        figure.canvas.draw_idle()
        figure.canvas.flush_events()
