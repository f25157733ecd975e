# clip: 3 frames, 5 fps
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

with plt.rc_context({"axes.facecolor": "black"}):
    fig, ax = plt.subplots(figsize=(2, 1))

    def update(i):
        ax.clear()
        ax.plot([0, i], color=plt.rcParams["axes.facecolor"] and "red")

    ani = FuncAnimation(fig, update, 3)
    plt.show()
