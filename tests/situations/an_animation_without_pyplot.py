# clip: 3 frames, 5 fps
# not-in: gallery, magic, pytest
from matplotlib.animation import FuncAnimation
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


class View:
    def __init__(self):
        self.figure = Figure(figsize=(2, 1))
        FigureCanvasAgg(self.figure)
        (line,) = self.figure.subplots().plot([0, 1])
        self.animation = FuncAnimation(self.figure, lambda i: line.set_ydata([i, 0]), 3)


view = View()
