# clip: 3 frames, 20 fps
# clip: 2 frames, 10 fps
import matplotlib.pyplot as plt
from matplotlib.animation import PillowWriter

one, ax = plt.subplots(figsize=(2, 1))
other, lower = plt.subplots(figsize=(1, 1))
first, second = PillowWriter(fps=20), PillowWriter(fps=10)
first.setup(one, "one.gif", 100)
second.setup(other, "other.gif", 100)
for i in range(3):
    ax.plot([0, i], [i, 0])
    first.grab_frame()
    if i == 0:
        lower.plot([0, 1])
        second.grab_frame()
first.finish()
lower.plot([1, 0])
second.grab_frame()
second.finish()
