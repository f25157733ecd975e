"""Two tones of nearly the same pitch beat."""

import matplotlib.pyplot as plt
import numpy as np


def frames(count=48):
    time = np.linspace(0, 1, 600)
    fig, ax = plt.subplots(figsize=(6, 2.4), layout="constrained")
    (line,) = ax.plot(time, 0 * time)
    ax.set(ylim=(-2.1, 2.1), xlabel="time")
    for difference in np.linspace(0, 6, count):
        line.set_ydata(np.sin(120 * time) + np.sin((120 + 2 * np.pi * difference) * time))
        ax.set_title(f"{difference:.1f} beats")
        yield fig
