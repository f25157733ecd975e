# clip: 50 frames, 25 fps, 1 pictures
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(2, 1))
(line,) = ax.plot([0, 1, 2])
ax.set_ylim(-1, 60)


plt.pause(2)
