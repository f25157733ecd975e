# clip: 4 frames, 10 fps
import io

from PIL import Image

from sphinxcontrib_animvideo import capture

pictures = [Image.new("RGB", (40, 30), (60 * i, 0, 0)) for i in range(4)]
buffer = io.BytesIO()
pictures[0].save(buffer, "GIF", save_all=True, append_images=pictures[1:], duration=100)
capture(buffer.getvalue())
