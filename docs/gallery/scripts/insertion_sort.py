"""Watch insertion sort work: python insertion_sort.py"""

import random

import matplotlib.pyplot as plt

random.seed(4)
values = random.sample(range(1, 19), 18)

plt.ion()
fig, ax = plt.subplots(figsize=(6, 3.5))
bars = ax.bar(range(len(values)), values, color="lightsteelblue")
ax.set_axis_off()


def show(moving, title):
    for index, (bar, value) in enumerate(zip(bars, values, strict=True)):
        bar.set_height(value)
        bar.set_color("crimson" if index == moving else "lightsteelblue")
    ax.set_title(title)
    plt.pause(0.08)


swaps = 0
for end in range(1, len(values)):
    at = end
    show(at, f"insertion sort: {swaps} swaps")
    while at > 0 and values[at - 1] > values[at]:
        values[at - 1], values[at] = values[at], values[at - 1]
        at -= 1
        swaps += 1
        show(at, f"insertion sort: {swaps} swaps")

for _ in range(10):
    show(None, f"sorted after {swaps} swaps")
plt.show()
