# clip: 5 frames, 100 fps
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(2, 1))
(line,) = ax.plot([0, 1, 2])
ax.set_ylim(-1, 60)


for i in range(5):
    line.set_ydata([0, 9 * i, 2])
    plt.pause(0.01)
