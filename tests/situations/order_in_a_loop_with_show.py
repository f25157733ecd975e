# clip: 2 frames, 5 fps
# clip: 3 frames, 5 fps
# clip: 4 frames, 5 fps
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

for k in range(3):
    fig, ax = plt.subplots(figsize=(2, 1))
    (line,) = ax.plot([0, 9])
    ani = FuncAnimation(fig, lambda i, line=line: line.set_ydata([3 * i, 0]), 2 + k)
    plt.show()
