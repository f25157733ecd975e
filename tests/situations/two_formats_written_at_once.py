# clip: 4 frames, 20 fps
import matplotlib.pyplot as plt
from matplotlib.animation import HTMLWriter, PillowWriter

fig, ax = plt.subplots(figsize=(2, 1))
first, second = PillowWriter(fps=20), HTMLWriter(fps=20)
with first.saving(fig, "one.gif", 100), second.saving(fig, "two.html", 100):
    for i in range(4):
        ax.plot([0, i], [i, 0])
        first.grab_frame()
        second.grab_frame()
