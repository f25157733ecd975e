# clip: 6 frames, 10 fps, first 255 255 255
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

fig, (left, right) = plt.subplots(1, 2, figsize=(2, 1))
(line,) = left.plot([0, 1])
(other,) = right.plot([0, 1])
left.set_ylim(0, 8)
right.set_ylim(0, 8)
short = FuncAnimation(fig, lambda i: line.set_ydata([i, 0]), 2, interval=100)
long = FuncAnimation(fig, lambda i: other.set_ydata([i // 2, 0]), 6, interval=100)
