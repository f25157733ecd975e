"""The sun moves over a mountain range for one day."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LightSource
from sphinxcontrib_animvideo import capture

rng = np.random.default_rng(8)
rows, columns = 270, 480
frequency = np.hypot(np.fft.fftfreq(rows)[:, None], np.fft.rfftfreq(columns))
frequency[0, 0] = np.inf
noise = np.fft.rfft2(rng.normal(size=(rows, columns))) / frequency**2.3
height = np.fft.irfft2(noise, (rows, columns))
height = (height - height.min()) / np.ptp(height)
land = np.maximum(height, 0.36)
steps = [(0, "#2f6f8f"), (0.02, "#8fae6b"), (0.35, "#5f7f4f"), (0.65, "#8d7b68"), (1, "#fbfbfb")]
colors = plt.matplotlib.colors.LinearSegmentedColormap.from_list("land", steps)
rgb = colors((land - 0.36) / 0.64)[..., :3]

fig = plt.figure(figsize=(6.4, 3.6))
ax = fig.add_axes([0, 0, 1, 1])
ax.axis("off")
image = ax.imshow(rgb, interpolation="bilinear")
clock = ax.text(0.97, 0.93, "", transform=ax.transAxes, color="white", ha="right", fontsize=13)
for hour in np.linspace(5.5, 18.5, 131):
    elevation = 62 * np.sin(np.pi * (hour - 5) / 14)
    sun = LightSource(azdeg=90 + 180 * (hour - 5) / 14, altdeg=elevation)
    shade = sun.hillshade(land, vert_exag=170)[..., None]
    warm = np.array([1, 0.72, 0.5]) + np.array([0, 0.28, 0.5]) * min(1, elevation / 35)
    image.set_data(np.clip(rgb * (0.25 + 0.95 * shade * warm), 0, 1))
    clock.set_text(f"{int(hour):02}:{int(hour % 1 * 60):02}")
    capture()
