# clip: 3 frames, 10 fps
import matplotlib.pyplot as plt
from matplotlib.backends.backend_pdf import PdfPages

fig, ax = plt.subplots(figsize=(2, 1))
with PdfPages("pages.pdf") as pages:
    for i in range(3):
        ax.plot([0, i], [i, 0])
        pages.savefig(fig)
        plt.pause(0.1)
fig.savefig("page.svg", backend="svg")
