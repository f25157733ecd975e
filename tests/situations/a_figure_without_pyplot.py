# not-in: pytest
# clip: 4 frames, 5 fps
from matplotlib.animation import FuncAnimation
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

fig = Figure(figsize=(2, 1))
FigureCanvasAgg(fig)
(line,) = fig.subplots().plot([0, 9])
ani = FuncAnimation(fig, lambda i: line.set_ydata([3 * i, 0]), 4)
