# clip: 8 frames, 10 fps, 8 pictures
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

fig, (left, right) = plt.subplots(1, 2, figsize=(2, 1))
(line,) = left.plot([0, 1])
(other,) = right.plot([0, 1])
left.set_ylim(0, 8)
right.set_ylim(0, 8)
calls = []


def update(i):
    calls.append(i)
    if i == 2:
        raise StopIteration
    line.set_ydata([i, 0])


short = FuncAnimation(fig, update, 9, interval=100, repeat=False, init_func=list)
long = FuncAnimation(fig, lambda i: other.set_ydata([i, 0]), 8, interval=100)
plt.show()
assert calls == [0, 1, 2], calls
