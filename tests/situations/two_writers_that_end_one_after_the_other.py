# clip: 2 frames, 10 fps
# clip: 3 frames, 10 fps
# clip: 2 frames, 25 fps
import matplotlib.pyplot as plt
from matplotlib.animation import PillowWriter

fig, ax = plt.subplots(figsize=(2, 1))
first, second = PillowWriter(fps=10), PillowWriter(fps=10)
first.setup(fig, "one.gif", 100)
second.setup(fig, "two.gif", 100)
for i in range(5):
    ax.plot([0, i], [i, 0])
    if i < 2:
        first.grab_frame()
    if i == 1:
        second.grab_frame()
        first.finish()
    if i >= 2:
        second.grab_frame()
second.finish()
for i in range(2):
    ax.plot([0, i], [9, i])
    fig.canvas.flush_events()
