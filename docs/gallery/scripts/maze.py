"""A search from one corner floods a maze."""

import random

import matplotlib.pyplot as plt
import numpy as np
from sphinxcontrib_animvideo import capture

random.seed(5)
rows, columns = 31, 49
free = np.zeros((rows, columns), bool)


def neighbors(cell, step):
    ways = [(0, step), (step, 0), (0, -step), (-step, 0)]
    around = [(cell[0] + dy, cell[1] + dx) for dy, dx in ways]
    return [(y, x) for y, x in around if 0 < y < rows and 0 < x < columns]


stack = [(1, 1)]
free[1, 1] = True
while stack:  # carve the maze
    y, x = stack[-1]
    if closed := [cell for cell in neighbors((y, x), 2) if not free[cell]]:
        new_y, new_x = random.choice(closed)
        free[(y + new_y) // 2, (x + new_x) // 2] = free[new_y, new_x] = True
        stack.append((new_y, new_x))
    else:
        stack.pop()

distance = {(1, 1): 0}
for cell in (queue := [(1, 1)]):  # breadth first
    queue += (new := [c for c in neighbors(cell, 1) if free[c] and c not in distance])
    distance |= dict.fromkeys(new, distance[cell] + 1)
picture = np.where(free[..., None], 0.93, [0.17, 0.18, 0.21])
for n, cell in enumerate(queue, 1):
    picture[cell] = plt.colormaps["viridis"](distance[cell] / max(distance.values()))[:3]
    if n % 5 == 0 or n == len(queue):
        capture(picture.repeat(12, 0).repeat(12, 1))
