"""What importing costs, and what holds the project together."""

import subprocess
import sys

import pytest

import sphinxcontrib_animvideo


@pytest.mark.parametrize(
    "module",
    [
        "sphinxcontrib_animvideo",
        "sphinxcontrib_animvideo.sphinxext.setup",
        "sphinxcontrib_animvideo.core.rendering.render",
    ],
)
def test_importing_imports_no_matplotlib(module):
    program = f"import sys, {module}; assert not {{'matplotlib', 'numpy'}} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_package_itself_imports_no_sphinx():
    program = (
        "import sys, sphinxcontrib_animvideo; assert not {'sphinx', 'docutils'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_public_names():
    assert callable(sphinxcontrib_animvideo.capture)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        sphinxcontrib_animvideo.nothing  # noqa: B018


def test_capture_outside_of_a_recording_shows_the_picture(tmp_path):
    program = """
import matplotlib
matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np
from sphinxcontrib_animvideo import capture
shown = []
plt.pause = lambda seconds: shown.append((plt.gcf().number, seconds))
fig, ax = plt.subplots()
plt.figure()
capture(fig)
capture(ax, hold=0.5)
capture(np.zeros((4, 4, 3)))
assert shown[:2] == [(1, 0.04), (1, 0.5)], shown
assert len(shown) == 3
"""
    subprocess.run([sys.executable, "-c", program], check=True, cwd=tmp_path)
