# clip: 4 frames, 20 fps
# clip: 4 frames, 10 fps, 2 pictures
import matplotlib.pyplot as plt
from matplotlib.animation import PillowWriter

one, ax = plt.subplots(figsize=(2, 1))
other, lower = plt.subplots(figsize=(1, 1))
first, second = PillowWriter(fps=20), PillowWriter(fps=10)
with first.saving(one, "one.gif", 100), second.saving(other, "other.gif", 100):
    for i in range(4):
        ax.plot([0, i], [i, 0])
        if i == 2:
            lower.plot([0, 1])
        first.grab_frame()
        second.grab_frame()
