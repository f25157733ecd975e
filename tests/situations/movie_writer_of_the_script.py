# clip: 4 frames, 20 fps
# clip: 4 frames, 10 fps
import matplotlib.pyplot as plt
from matplotlib import animation


class Counting(animation.AbstractMovieWriter):
    count = 0

    @classmethod
    def isAvailable(cls):
        return True

    def setup(self, fig, outfile, dpi=None):
        self.fig, self.outfile, self.dpi = fig, outfile, dpi

    def grab_frame(self, **savefig_kwargs):
        self.count += 1

    def finish(self):
        assert self.count == 4


animation.writers.register("counting")(Counting)
fig, ax = plt.subplots()
(line,) = ax.plot([0, 1])
first = animation.FuncAnimation(fig, lambda i: line.set_ydata([0, i / 4]), 4)
first.save("first", writer="counting", fps=20)

fig, ax = plt.subplots()
(other,) = ax.plot([0, 1])
second = animation.FuncAnimation(fig, lambda i: other.set_ydata([0, i / 4]), 4)
second.save("second", writer=Counting(fps=10))
