"""From user code to frames: ``capture()``, the recorder, and the Matplotlib backend."""
