# clip: 14 frames, 10 fps
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

fig, (left, right) = plt.subplots(1, 2, figsize=(2, 1))
(line,) = left.plot([0, 1])
(other,) = right.plot([0, 1])
left.set_ylim(0, 20)
right.set_ylim(0, 20)
shown = []


def clock(i):
    other.set_ydata([i, 0])
    if i == 2:
        slow.pause()
    if i == 6:
        slow.resume()


slow = FuncAnimation(fig, lambda i: shown.append(i), 5, interval=200, init_func=list)
fast = FuncAnimation(fig, clock, 12, interval=100, init_func=list)
plt.show()
assert shown == [0, 1, 2, 3, 4], shown
