# clip: 4 frames, 25 fps
import matplotlib.pyplot as plt

from sphinxcontrib_animvideo import capture

fig, ax = plt.subplots(figsize=(2, 1))
ax.plot([0, 1], label="a")
ax.add_artist(ax.legend())
for i in range(4):
    ax.set_title(f"{i}{i}")
    capture(fig)
