# clip: 12 frames, 10 fps, 12 pictures
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

fig, (left, right) = plt.subplots(1, 2, figsize=(2, 1))
(line,) = left.plot([0, 1])
(other,) = right.plot([0, 1])
right.set_ylim(0, 20)
shown = []
short = FuncAnimation(fig, shown.append, 3, interval=100, repeat_delay=500, init_func=list)
long = FuncAnimation(fig, lambda i: other.set_ydata([i, 0]), 12, interval=100)
plt.show()
assert shown == [0, 1, 2, 0, 1, 2], shown
