# clip: 3 frames, 5 fps
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

fig, ax = plt.subplots(figsize=(2, 1))
before = plt.get_fignums()


def update(i):
    fig.canvas.manager.set_window_title(f"frame {i}")
    plt.sca(ax)
    plt.plot([0, i], [i, 1])


ani = FuncAnimation(fig, update, 3, init_func=list)
plt.show()
assert plt.get_fignums() == before
