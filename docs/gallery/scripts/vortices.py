"""A vortex street behind a cylinder, by the lattice Boltzmann method."""

import matplotlib.pyplot as plt
import numpy as np
from sphinxcontrib_animvideo import capture

omega, inflow = 1.8, 0.13
moves = np.array([(x, y) for x in (0, 1, -1) for y in (0, 1, -1)])
weights = np.array([(4 / 9, 1 / 9, 1 / 36)[abs(x) + abs(y)] for x, y in moves])[:, None, None]
reverse = [np.flatnonzero((moves == -move).all(1))[0] for move in moves]
y, x = np.mgrid[:64, :200]
cylinder = np.hypot(x - 35, y - 31) < 6.5


def equilibrium(density, u, v):
    along = 3 * np.tensordot(moves, [u, v], 1)
    return weights * density * (1 + along + along**2 / 2 - 1.5 * (u**2 + v**2))


flow = equilibrium(1, inflow * (1 + 0.1 * np.sin(y / 9)), 0 * x)
initial = flow.copy()
fig = plt.figure(figsize=(6.4, 2.1))
ax = fig.add_axes([0, 0, 1, 1])
ax.axis("off")
image = ax.imshow(x, cmap="RdBu_r", clim=(-0.05, 0.05), interpolation="bicubic", aspect="auto")
ax.set(xlim=(2, 194))
ax.add_patch(plt.Circle((35, 31), 6.5, color="0.35"))
for step in range(2600):
    density = flow.sum(0)
    u, v = np.tensordot(moves.T, flow, 1) / density
    bounced = flow[reverse][:, cylinder]
    flow += omega * (equilibrium(density, u, v) - flow)
    flow[:, cylinder] = bounced
    flow = np.stack([np.roll(f, move[::-1], (0, 1)) for f, move in zip(flow, moves)])
    flow[:, :, [0, -1]] = initial[:, :, [0, -1]]
    if step >= 1600 and step % 10 == 0:
        image.set_data(np.where(cylinder, 0, np.gradient(v, axis=1) - np.gradient(u, axis=0)))
        capture()
