# clip: 3 frames, 10 fps
# clip: 2 frames, 25 fps
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
ani.save("first.mp4", fps=10)
line.set_color("red")
capture(fig)
line.set_color("green")
capture(fig)
