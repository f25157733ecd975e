# clip: 6 frames, 25 fps, 2 pictures
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(2, 1))
(line,) = ax.plot([0, 1, 2])
ax.set_ylim(-1, 60)


from sphinxcontrib_animvideo import capture

capture(fig, hold=0.2)
line.set_ydata([50, 0, 50])
capture(fig)
