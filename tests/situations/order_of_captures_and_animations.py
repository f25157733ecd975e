# clip: 2 frames, 25 fps
# clip: 3 frames, 5 fps
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

fig, ax = plt.subplots(figsize=(2, 1))
(line,) = ax.plot([0, 1, 2])
ax.set_ylim(-1, 20)


def update(i):
    line.set_ydata([0, 3 * i, 2])
    return [line]


from sphinxcontrib_animvideo import capture

ani = FuncAnimation(fig, update, 3)
other, axes = plt.subplots(figsize=(2, 1))
capture(other)
axes.plot([0, 1])
capture(other)
