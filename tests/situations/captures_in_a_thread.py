# clip: 4 frames, 25 fps
# not-in: gallery, magic, pytest
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from sphinxcontrib_animvideo import capture

capture(np.zeros((20, 20)))


def work():
    for level in (0.2, 0.4):
        time.sleep(0.1)
        capture(np.full((20, 20), level))


pool = ThreadPoolExecutor(1)  # its thread waits for more work
pool.submit(time.sleep, 0).result()
threading.Thread(target=work).start()
timer = threading.Timer(0.5, lambda: capture(np.ones((20, 20))))
timer.start()
