# clip: 3 frames, 10 fps
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(2, 1))
(line,) = ax.plot([0, 1, 2])
ax.set_ylim(-1, 60)

manager = plt.get_current_fig_manager()
manager.window.state("zoomed")
manager.window.showMaximized()
manager.set_window_title("A title")
manager.full_screen_toggle()
for i in range(3):
    line.set_ydata([0, 5 * i, 2])
    plt.pause(0.1)
