"""Where it is day and where it is night, around the year."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import FuncAnimation

hours, latitudes = np.linspace(0, 24, 361), np.linspace(-90, 90, 181)
latitude = np.radians(latitudes)[:, None]
turn = np.pi * (hours - 12) / 12
months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()

fig, ax = plt.subplots(figsize=(6.4, 3.8))
fig.subplots_adjust(left=0.11, right=0.97, top=0.91, bottom=0.13)
image = ax.imshow(
    np.zeros((181, 361)), "cividis", aspect="auto", origin="lower", extent=(0, 24, -90, 90)
)
image.set(clim=(-0.35, 1), interpolation="bilinear")
(border,) = ax.plot([], [], ".", color="white", markersize=1.5)
for name, degrees in {"Oslo": 60, "Cairo": 30, "Nairobi": -1, "Sydney": -34}.items():
    ax.axhline(degrees, color="white", linewidth=0.6, alpha=0.5)
    ax.text(0.3, degrees + 2, name, color="white", fontsize=8)
ax.set(xlabel="local time (h)", ylabel="latitude (°)", xticks=range(0, 25, 6))
ax.set(yticks=range(-90, 91, 30))


def draw(day):
    tilt = np.radians(-23.44) * np.cos(2 * np.pi * (day + 10) / 365)
    height = np.sin(latitude) * np.sin(tilt) + np.cos(latitude) * np.cos(tilt) * np.cos(turn)
    image.set_data(np.where(height > 0, height, height - 0.15))
    row, column = np.nonzero(np.diff(height > 0, axis=1))
    border.set_data(hours[column], latitudes[row])
    ax.set_title(f"Height of the sun in {months[int(day / 30.42)]}")


animation = FuncAnimation(fig, draw, np.arange(0, 365, 3), interval=60)
