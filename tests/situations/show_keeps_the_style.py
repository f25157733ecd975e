# clip: 3 frames, 5 fps, first 0 0 0
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

with plt.style.context("dark_background"):
    fig, ax = plt.subplots(figsize=(2, 1))

    def update(i):
        ax.clear()
        ax.plot([0, i])

    ani = FuncAnimation(fig, update, 3)
    plt.show()
