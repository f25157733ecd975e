# clip: 3 frames, 5 fps
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

fig, ax = plt.subplots(figsize=(2, 1))
(line,) = ax.plot([0, 1, 2])
ax.set_ylim(-1, 20)


def update(i):
    line.set_ydata([0, 3 * i, 2])
    return [line]


(other,) = ax.plot([1, 1, 1])
one = FuncAnimation(fig, update, 3)
two = FuncAnimation(fig, lambda i: other.set_ydata([9 - i, 9, 9]), 3)
one.save("x.mp4", extra_anim=[two])
