# clip: 3 frames, 5 fps
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

fig = plt.figure(figsize=(2, 1))
left, right = fig.subfigures(1, 2)
(line,) = left.subplots().plot([0, 1])
right.subplots().plot([0, 1])
ani = FuncAnimation(left, lambda i: line.set_ydata([0, 1 + i]), 3)
plt.show()
