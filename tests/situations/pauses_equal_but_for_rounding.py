# clip: 5 frames, 10 fps
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(2, 1))
times = [0.1 * i for i in range(6)]
for i in range(5):
    ax.plot([0, i], [i, 0])
    plt.pause(times[i + 1] - times[i])
