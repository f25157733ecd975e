# clip: 3 frames, 5 fps
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

fig, ax = plt.subplots(figsize=(2, 1))
(line,) = ax.plot([0, 1, 2])
ax.set_ylim(-1, 20)


def update(i):
    line.set_ydata([0, 3 * i, 2])
    return [line]


import tempfile

with tempfile.TemporaryFile("w+") as file:
    file.write("1\n3\n5\n")
    file.seek(0)

    def read(i):
        line.set_ydata([0, 3 * int(file.readline() or 9), 2])

    ani = FuncAnimation(fig, read, 3, init_func=list, repeat=False)
    plt.show()
