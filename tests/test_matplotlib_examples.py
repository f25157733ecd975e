"""Matplotlib's own examples of animations become videos of what Matplotlib itself draws.

They are in its source distribution, and so is the code of its user guide on animations. Of long
animations the first frames are compared. What fails with Matplotlib has to fail with us.
"""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
import tarfile
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urljoin
from urllib.request import urlopen

import matplotlib
import numpy as np
import pytest

from sphinxcontrib_animvideo.cli import main
from sphinxcontrib_animvideo.core.cache.environment import examine
from sphinxcontrib_animvideo.core.model.settings import Arithmetic
from sphinxcontrib_animvideo.core.rendering.variables import fixed_variables
from tests.video import decode

BATCHES = 5  # of scripts: which there are is known after the tests are collected
SCRIPT = re.compile(r"[^/]+/galleries/(?:examples/animation|users_explain/animations)/(\w+\.py)")
DIFFERENT = {
    # A window shows no animated artists during the first pause. In the second part a handler of
    # draw_event draws them; in a figure that is saved, as frames are, they are drawn twice then.
    "blitting": [*range(3), *range(103, 205)],
}
"""Scripts, and their frames in which at most one value in a hundred is not as in a window."""
FIRST_FRAMES = """\
from itertools import islice as _islice
from matplotlib.animation import FuncAnimation as _Cut
_Cut.new_saved_frame_seq = lambda self, _all=_Cut.new_saved_frame_seq: _islice(_all(self), 12)
"""
"""What is added at the start of each script."""
REFERENCE = """
import math, pathlib, random, sys, traceback
import matplotlib as mpl
import numpy as np
from matplotlib import animation, pyplot as plt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

created, saved, clips, window = [], [], [], []

def on_white(picture):
    white = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(white, picture.convert("RGBA")).convert("RGB")

def add_clip(rate, pictures):
    clips.append(script.parent / f"{len(clips)}.npz")
    np.savez(clips[-1], rate=rate, pictures=[on_white(picture) for picture in pictures])

class Writer(animation.PillowWriter):
    def finish(self):
        add_clip(self.fps, self._frames)

def save(animations):
    for first in animations:
        if first not in saved:
            together = [one for one in animations if one._fig is first._fig]
            saved.extend(together)
            rate = 1000 / first._interval if first._interval >= 10 else 25
            first.save("none", Writer(rate), dpi="figure", extra_anim=together[1:])

def show(block=None):
    if block is not False:
        save([one for one in created if plt.fignum_exists(one._fig.number)])

def draw_later(canvas):  # as in a window, but not in Agg
    canvas.is_waiting = True

def look(canvas, seconds=None):
    if getattr(canvas, "is_waiting", False):
        canvas.draw()
        canvas.is_waiting = False
    window.append((seconds, Image.fromarray(np.array(canvas.buffer_rgba()))))

def add_window():
    steady = window[0][0] and len({seconds for seconds, _ in window}) == 1
    rate, end, pictures = 1 / window[0][0] if steady else 25, 0, []
    for seconds, picture in window:
        end += seconds * rate if seconds else 1
        pictures += [picture] * (math.floor(end + 0.5) - len(pictures))
    add_clip(rate, pictures)

def initialize(self, *args, _original=animation.Animation.__init__, **options):
    created.append(self)
    _original(self, *args, **options)

animation.Animation.__init__ = initialize
animation.FFMpegWriter = Writer
FigureCanvasAgg.draw_idle = draw_later
FigureCanvasAgg.start_event_loop = FigureCanvasAgg.flush_events = look
plt.show = show
for script in map(pathlib.Path, sys.argv[1:]):
    for found in (created, saved, clips, window):
        found.clear()
    plt.close("all")
    mpl.rcdefaults()
    random.seed(0)
    np.random.seed(0)
    try:
        exec(script.read_text("utf-8"), {"__name__": "__main__"})
        save(created)
    except Exception:
        traceback.print_exc()
        for clip in clips:
            clip.unlink()
    else:
        if window:
            add_window()
"""
"""Saves what scripts animate, and what they show in a window, with Matplotlib alone."""


def fetch(folder: Path) -> None:
    """Save the scripts of Matplotlib's source distribution, which pip would begin to build."""
    pip = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(pip, capture_output=True, text=True, check=False).stdout
    known = dict(re.findall(r"^(:env:|global)\.index-url='(.*)'$", listed, re.MULTILINE))
    index = known.get(":env:") or known.get("global") or "https://pypi.org/simple"
    name = f"matplotlib-{matplotlib.__version__}.tar.gz"
    with urlopen(f"{index.rstrip('/')}/matplotlib/", timeout=60) as answer:
        pattern = rf'href="([^"]*{re.escape(name)}(?:[?#][^"]*)?)"'
        link = re.search(pattern, answer.read().decode())
    if link is None:
        raise FileNotFoundError(f"the index has no {name}")
    url = urljoin(answer.url, html.unescape(link[1]))
    with urlopen(url, timeout=60) as data, tarfile.open(fileobj=data, mode="r|gz") as archive:
        for member in archive:
            if found := SCRIPT.match(member.name):
                (folder / found[1]).write_bytes(archive.extractfile(member).read())


@pytest.fixture(scope="session")
def scripts(pytestconfig: pytest.Config) -> list[Path]:
    """Return Matplotlib's scripts, which stay in the cache of pytest."""
    cache = pytestconfig.cache.mkdir(f"matplotlib-{matplotlib.__version__}")
    folder = cache / "scripts"
    if not folder.is_dir():
        with TemporaryDirectory(dir=cache) as temporary:
            (complete := Path(temporary, "complete")).mkdir()
            try:
                fetch(complete)
            except OSError as error:
                problem = f"the source distribution of Matplotlib cannot be downloaded: {error}"
                (pytest.fail if os.environ.get("CI") else pytest.skip)(problem)
            with suppress(OSError):  # another worker of xdist was first
                complete.rename(folder)
    found = sorted(folder.glob("*.py"))
    assert len(found) > 15, "they are in other folders now"
    return found


def differences(folder: Path) -> list[str]:
    """Return how the videos in *folder* are not as Matplotlib draws them."""
    videos, clips = sorted(folder.glob("*.mkv")), sorted(folder.glob("*.npz"))
    wrong = [f"{len(videos)} videos instead of {len(clips)}"] * (len(videos) != len(clips))
    for video, clip in zip(map(decode, videos), clips, strict=False):
        with np.load(clip) as reference:
            rate, pictures = float(reference["rate"]), reference["pictures"]
        clip.unlink()  # it is large
        if float(video.fps) != pytest.approx(rate):
            wrong.append(f"{video.fps} fps instead of {rate}")
        if (shape := (len(video.frames), *video.frames[0].shape)) != pictures.shape:
            wrong.append(f"frames of {shape} instead of {pictures.shape}")
            continue
        pairs = zip(video.frames, pictures, strict=True)
        shares = [float((frame != picture).mean()) for frame, picture in pairs]
        frames = [number for number, share in enumerate(shares) if share]
        if frames != DIFFERENT.get(folder.name, []) or max(shares) > 0.01:
            wrong.append(f"frames {frames} differ in up to {max(shares):.2%} of the values")
    return wrong


@pytest.mark.parametrize(
    "batch",
    [pytest.param(n, marks=[pytest.mark.once] if n in (1, 2) else []) for n in range(BATCHES)],
)
def test_frames_are_those_of_matplotlib(
    batch: int, scripts: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    paths = [tmp_path / script.stem / script.name for script in scripts[batch::BATCHES]]
    for path, script in zip(paths, scripts[batch::BATCHES], strict=True):
        path.parent.mkdir()
        path.write_text(FIRST_FRAMES + script.read_text("utf-8"), "utf-8")
        main(["render", str(path), "-o", str(path.with_suffix(".mkv")), "-q", "--quality=lossless"])
    # The last digit of a sine depends on variables that are fixed for our workers.
    environment = os.environ | fixed_variables(examine(tmp_path / "environment.json", Arithmetic()))
    subprocess.run([sys.executable, "-c", REFERENCE, *paths], env=environment, check=True)
    found = {path.stem: differences(path.parent) for path in paths}
    assert found == {path.stem: [] for path in paths}
