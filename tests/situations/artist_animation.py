# clip: 3 frames, 10 fps
import matplotlib.pyplot as plt
from matplotlib.animation import ArtistAnimation

fig, ax = plt.subplots(figsize=(2, 1))
artists = [ax.plot([0, i], color="b") for i in range(3)]
ani = ArtistAnimation(fig, artists, interval=100)
