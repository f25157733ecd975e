# clip: 4 frames, 20 fps
# clip: 4 frames, 20 fps
# clip: 4 frames, 20 fps
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

from sphinxcontrib_animvideo.moviewriter import MovieWriter

fig, ax = plt.subplots()
(line,) = ax.plot([0, 1])
first = FuncAnimation(fig, lambda i: line.set_ydata([0, i / 4]), 4)
first.save("first.mp4", writer="animvideo", fps=20)

fig, ax = plt.subplots()
(other,) = ax.plot([0, 1])
second = FuncAnimation(fig, lambda i: other.set_ydata([0, i / 4]), 4)
second.save("second.mp4", writer=MovieWriter(fps=20))

writer = MovieWriter(fps=20)
fig, ax = plt.subplots()
(third,) = ax.plot([0, 1])
with writer.saving(fig, "third.mp4", 100):
    for i in range(4):
        third.set_ydata([0, i / 4])
        writer.grab_frame()
