# clip: 3 frames, 10 fps
# clip: 3 frames, 25 fps
# clip: 3 frames, 30 fps
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import FuncAnimation

fig, ax = plt.subplots(figsize=(2, 1))
for i in range(3):
    ax.plot([0, i], [i, 0])
    plt.pause(np.float32(0.1))

fig, ax = plt.subplots(figsize=(2, 1))
ani = FuncAnimation(fig, lambda i: ax.plot([0, i]), 3, interval=np.float32(40))
plt.show()

fig, ax = plt.subplots(figsize=(2, 1))
saved = FuncAnimation(fig, lambda i: ax.plot([0, i]), 3)
saved.save("x.gif", writer="pillow", fps=np.float32(30))
