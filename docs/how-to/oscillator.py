"""A damped oscillator, documented with an animation in its docstring."""

import numpy as np


def oscillator(time, damping=0.1):
    """Return the displacement of a damped oscillator, released at 1.

    .. animvideo::
       :alt: An oscillation dies away, faster and faster as the damping grows.
       :caption: Damping from 0 to 0.5.

       import matplotlib.pyplot as plt
       import numpy as np

       from oscillator import oscillator

       time = np.linspace(0, 30, 400)
       fig, ax = plt.subplots(figsize=(6, 2.4))
       (line,) = ax.plot(time, oscillator(time, 0))
       for damping in np.linspace(0, 0.5, 40):
           line.set_ydata(oscillator(time, damping))
           ax.set_title(f"damping {damping:.2f}")
           capture()
    """
    return np.exp(-damping * time) * np.cos(np.sqrt(1 - damping**2) * time)
