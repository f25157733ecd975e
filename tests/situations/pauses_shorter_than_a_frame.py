# clip: 35 frames, 25 fps, 11 pictures
# note: 10 of 21 captures are not in the video
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(2, 1))
(line,) = ax.plot([0, 1, 2])
ax.set_ylim(-1, 60)


for i in range(20):
    line.set_ydata([0, 2.5 * i, 2])
    plt.pause(0.02)
line.set_ydata([50, 50, 50])
plt.pause(1)
