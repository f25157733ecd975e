# clip: 3 frames, 10 fps
import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(2, 1))
for i in range(3):
    ax.plot([0, i], [i, 0])
    plt.pause(0.1)
