# clip: 3 frames, 5 fps, 3 pictures, first 0 0 0
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

fig, ax = plt.subplots(figsize=(2, 1))
ani = FuncAnimation(fig, lambda i: fig.set_facecolor((i / 2, 0, 0)), 3)
