# clip: 2 frames, 5 fps
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

fig, ax = plt.subplots(figsize=(2, 1))
with PdfPages("pages.pdf") as pages:
    pages.savefig(Figure(figsize=(1, 1)))

    def update(i):
        ax.plot([0, i], [i, 1])
        fig.savefig("x.pdf", backend="PDF")

    ani = FuncAnimation(fig, update, 2, init_func=list)
    plt.show()
