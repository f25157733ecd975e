# clip: 12 frames, 25 fps, 6 pictures
import matplotlib.pyplot as plt
from matplotlib.animation import ArtistAnimation, FuncAnimation

fig, (left, right) = plt.subplots(1, 2, figsize=(2, 1))
(line,) = left.plot([0, 1])
left.set_ylim(0, 20)
slow = FuncAnimation(fig, lambda i: line.set_ydata([i, 0]), 6, interval=80)
still = [right.plot([0, 1])] * 3
fast = ArtistAnimation(fig, still, interval=40)
