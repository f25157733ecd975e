import sys
from pathlib import Path

from sphinxcontrib_animvideo import __version__

here = Path(__file__).parent
sys.path[:0] = [str(here / "_ext"), str(here / "how-to")]

project = "sphinxcontrib-animvideo"
author = "the sphinxcontrib-animvideo developers"
copyright = author
version = release = __version__

extensions = [
    "sphinxcontrib_animvideo",
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "gallery",
    "live_example",
    "module_list",
    "option_reference",
]
exclude_patterns = ["_build"]
numfig = True
autodoc_typehints = "none"
nitpick_ignore_regex = [("py:exc", r"\w+Error"), ("py:class", r"numpy\..*")]  # Raises, Returns

html_theme = "furo"
html_title = f"{project} {version}"
html_static_path = ["_static"]
html_css_files = ["docs.css"]
html_js_files = ["docs.js"]
