"""The directive beside what else a documentation is made of: Markdown, docstrings, other tools."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import tomllib
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from PIL import Image

from tests.conftest import FIGURE, directive

# Other extensions use what newer versions of Sphinx deprecate.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
]

CODE = FIGURE + "capture()\n"
ROOT = Path(__file__).parents[2]


def indent(text: str, by: int) -> str:
    return "".join(" " * by + line + "\n" if line else "\n" for line in text.splitlines())


def told(warnings: list[str]) -> list[tuple[str, int]]:
    """Return the file and the line that each warning names."""
    found = [re.match(r"(?:.*/)?([^/]*):(\d+): WARNING: ", warning) for warning in warnings]
    return sorted((match[1], int(match[2])) for match in found if match)


# -- Markdown ------------------------------------------------------------------------------

FENCES = {
    "backticks": "```{animvideo}\nx = 1\n1 / 0\n```",
    "keys": "```{animvideo}\n:fps: 5\n:loop:\n\nx = 1\n1 / 0\n```",
    "keys-at-once": "```{animvideo}\n:fps: 5\nx = 1\n1 / 0\n```",
    "long-key": "```{animvideo}\n:caption: |\n:  one\n:  two\n\nx = 1\n1 / 0\n```",
    "yaml": "```{animvideo}\n---\nfps: 5\nloop:\n---\n\nx = 1\n1 / 0\n```",
    "yaml-at-once": "```{animvideo}\n---\ncaption: |\n  one\n  two\n---\nx = 1\n1 / 0\n```",
    "empty-lines": "```{animvideo}\n\n\nx = 1\n1 / 0\n```",
    "colons": ":::{animvideo}\nx = 1\n1 / 0\n:::",
    "colons-keys": ":::{animvideo}\n:fps: 5\n\nx = 1\n1 / 0\n:::",
    "colons-yaml": ":::{animvideo}\n---\nfps: 5\n---\nx = 1\n1 / 0\n:::",
    "colons-in-colons": ":::::{tip}\n::::{note}\n:::{animvideo}\n:fps: 5\n\n1 / 0\n:::\n::::\n:::::",
    "backticks-in-colons": "::::{note}\n```{animvideo}\n:fps: 5\n\n1 / 0\n```\n::::",
    "list": "- item\n\n  ```{animvideo}\n  :fps: 5\n\n  1 / 0\n  ```",
    "quote": "> ```{animvideo}\n> :fps: 5\n>\n> 1 / 0\n> ```",
    "eval-rst": "```{eval-rst}\nText.\n\n.. animvideo::\n   :fps: 5\n\n   x = 1\n   1 / 0\n```",
    "eval-rst-at-once": "```{eval-rst}\n.. animvideo::\n\n   1 / 0\n```",
    "eval-rst-in-colons": "::::{note}\n:class: x\n\n```{eval-rst}\n.. animvideo::\n\n   1 / 0\n```\n::::",
}


@pytest.fixture
def markdown(project):
    project.write(
        "conf.py",
        "extensions = ['sphinxcontrib_animvideo', 'myst_parser']\n"
        "myst_enable_extensions = ['colon_fence']\n",
    )
    return project


def test_markdown_warnings_name_the_line_of_the_mistake(markdown):
    expected = []
    for name, fence in FENCES.items():
        # In the page, and in a file that it includes.
        markdown.write(f"{name}.md", f"---\norphan: true\n---\n# Page\n\n{fence}\n\n")
        with (markdown.folder / f"{name}.md").open("a") as page:
            page.write(f"```{{include}} {name}.txt\n```\n")
        markdown.write(f"{name}.txt", f"Text.\n\n{fence}\n")
        for file in (f"{name}.md", f"{name}.txt"):
            lines = (markdown.folder / file).read_text().splitlines()
            expected += [(file, n) for n, line in enumerate(lines, 1) if line.endswith("1 / 0")]
    markdown.write("index.md", "# Page\n")
    assert told(markdown.build().warnings) == sorted(expected)


def test_markdown_options_of_all_forms_count(markdown):
    options = {
        "keys": ":fps: 5\n:alt: one\n:loop:\n\n",
        "yaml": "---\nfps: 5\nalt: one\nloop:\n---\n",
    }
    fences = [
        f"{fence}{{animvideo}}\n{text}{CODE}{fence}\n"
        for fence in ("```", ":::")
        for text in options.values()
    ]
    rst = "```{eval-rst}\n" + directive(CODE, ":fps: 5\n:alt: one\n:loop:") + "```\n"
    markdown.write("index.md", "# Page\n\n" + "\n".join([*fences, rst]))
    build = markdown.build()
    assert build.warnings == []
    videos = re.findall(r"<video[^>]*>", build.page())
    assert len(videos) == 5
    assert len(set(videos)) == 1
    assert all(word in videos[0] for word in (' loop="', 'data-fps="5"', 'aria-label="one"'))


# -- docstrings ----------------------------------------------------------------------------

GOOGLE = '''\
def google(a):
    """Do it.

    Args:
        a: What.

    Examples:
        Text.

{good}
    Animation:
        Text.

{bad}
    """


'''
NUMPY = '''\
def numpy(a):
    """Do it.

    Parameters
    ----------
    a : int
        What.

    Examples
    --------
    Text.

{good}
    Animation
    ---------
    Text.

{bad}
    """
'''


def test_napoleon(project):
    good, bad = directive(CODE, ":alt: moves"), directive("x = {}\n1 / 0")
    project.write(
        "module_of_napoleon.py",
        '"""Module."""\n\n'
        + GOOGLE.format(good=indent(good, 8), bad=indent(bad.format(1), 8))
        + NUMPY.format(good=indent(good, 4), bad=indent(bad.format(2), 4)),
    )
    project.write("index.rst", "P\n=\n\n.. automodule:: module_of_napoleon\n   :members:\n")
    project.write(
        "conf.py",
        f"import sys\nsys.path.insert(0, {str(project.folder)!r})\n"
        "extensions = ['sphinxcontrib_animvideo', 'sphinx.ext.autodoc', 'sphinx.ext.napoleon']\n"
        "napoleon_custom_sections = ['Animation']\n",
    )
    build = project.build()
    first, second = sorted(build.warnings)
    for name, warning in (("google", first), ("numpy", second)):
        place = rf".*module_of_napoleon\.py:docstring of module_of_napoleon\.{name}:\d+: WARNING"
        assert re.match(place, warning), warning
        assert "    1 / 0" in warning
    html = build.page()
    assert html.count("<video") == 2
    assert html.count("Animation could not be rendered") == 2
    for section in html.split('<p class="rubric">Examples</p>')[1:]:
        examples, _, animation = section.partition('<p class="rubric">Animation</p>')
        assert "<video" in examples
        assert "Animation could not be rendered" in animation


# -- sphinxext-opengraph -------------------------------------------------------------------

SITE = "https://example.org/docs/"


def shared(html: str) -> dict[str, str]:
    """Return the picture that a page gives to those who link to it."""
    return dict(re.findall(r'<meta property="og:(image[^"]*)" content="([^"]*)"', html))


@pytest.fixture
def shared_pages(project):
    video = directive(CODE, ":alt: a wave")
    Image.new("RGB", (10, 10)).save(project.folder / "picture.png")
    picture = ".. image:: /picture.png\n   :alt: a picture\n\n"
    own = ":og:image: https://example.org/own.png\n:og:image:alt: own\n\n"
    pages = {
        "index": (
            "",
            video + directive("x = 1\n" + CODE) + ".. toctree::\n   :glob:\n\n   sub/*\n",
        ),
        "sub/field": (own, video),
        "sub/words": (":og:image:alt: own words\n\n", video),
        "sub/picture": ("", picture + video),
        "sub/without-alt": ("", directive(CODE)),
        "sub/dark": ("", directive(CODE, ":dark: dark_background")),
        "sub/gif": ("", directive(CODE, ":formats: gif")),
        "sub/poster": ("", directive(CODE, ":poster: /picture.png")),
        "sub/none": ("", "Text.\n"),
    }
    for name, (fields, body) in pages.items():
        project.write(f"{name}.rst", f"{fields}Page\n====\n\nText.\n\n{body}")
    project.write(
        "conf.py",
        "extensions = ['sphinxcontrib_animvideo', 'sphinxext.opengraph']\n"
        f"ogp_site_url = {SITE!r}\nproject = 'Project'\n",
    )
    return project


@pytest.mark.parametrize("cards", [True, False])
def test_the_first_poster_is_the_picture_that_is_shared(shared_pages, cards):
    build = shared_pages.build(ogp_social_cards={"enable": cards})
    assert build.warnings == []

    def poster_of(page: str) -> str:
        """Return the PNG with the pixels of the page's poster, which is a WebP."""
        html = build.page(f"{page}.html")
        path = re.search(r'(?:<img src|srcset)="([^"]*_images/[^"]*)"', html)[1]
        shown = Image.open(build.outdir / path.removeprefix("../")).convert("RGB")
        (found,) = (
            path.name
            for path in build.files("_images/animvideo-*.png")
            if Image.open(path).convert("RGB").tobytes() == shown.tobytes()
        )
        return f"{SITE}_images/{found}"

    def image(page: str) -> dict[str, str]:
        return shared(build.page(f"{page}.html"))

    wave = {"image": poster_of("index"), "image:alt": "a wave"}
    assert (build.outdir / wave["image"].removeprefix(SITE)).is_file()
    assert image("index") == wave
    assert image("sub/field") == {"image": "https://example.org/own.png", "image:alt": "own"}
    assert image("sub/words") == wave | {"image:alt": "own words"}
    assert image("sub/picture") == wave
    for page in ("without-alt", "dark", "gif", "poster"):
        assert image(f"sub/{page}") == {"image": poster_of(f"sub/{page}"), "image:alt": "Project"}
    assert "social_previews" in image("sub/none")["image"] if cards else image("sub/none") == {}


def test_a_picture_for_all_pages_wins_and_the_first_picture_does_where_it_is_wanted(shared_pages):
    everywhere = "https://example.org/everywhere.png"
    build = shared_pages.build("dirhtml", ogp_image=everywhere)
    assert build.warnings == []
    assert shared(build.page())["image"] == everywhere
    build = shared_pages.build(ogp_image=everywhere, ogp_use_first_image=True)
    assert "/animvideo-" in shared(build.page())["image"]
    assert shared(build.page("sub/picture.html"))["image:alt"] == "a picture"
    assert shared(build.page("sub/none.html"))["image"] == everywhere


# -- sphinx-autobuild ----------------------------------------------------------------------


@contextmanager
def autobuild(project):
    """Run sphinx-autobuild; yield a function that waits for some builds and tells what they did."""
    log = project.folder.parent / "log"
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-m", "sphinx_autobuild", "--port", "0", "--delay", "0"]
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, str(project.folder), str(project.folder.parent / "out")],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment | {"NO_COLOR": "1"},
        )

    def builds(wanted: int) -> list[str]:
        for _ in range(600):
            text = log.read_text("utf-8")
            if text.count("Serving on") >= wanted:
                break
            assert process.poll() is None, text
            time.sleep(0.1)
        return re.findall(r"animvideo: (\d+ rendered, \d+ cached, \d+ failed)", text)

    try:
        yield builds
    finally:
        process.terminate()
        process.wait()


def files_of(folder: Path) -> set[Path]:
    return {path.relative_to(folder) for path in folder.rglob("*")}


def test_autobuild_renders_what_is_edited_once(project):
    project.write("helper.py", "HEIGHT = 1\n")
    project.write("data.csv", "1")
    videos = [
        directive(
            f"import helper\nopen('data.csv').read()\n{FIGURE}capture()\ncapture()\nx = {n}\n"
        )
        for n in range(3)
    ]
    project.write("index.rst", "P\n=\n\n.. toctree::\n\n   b\n\n" + videos[0] + videos[1])
    page = project.write("b.rst", "B\n=\n\n" + videos[2])
    before = files_of(project.folder)
    with autobuild(project) as builds:
        assert builds(1) == ["3 rendered, 0 cached, 0 failed"]
        time.sleep(2)  # it says that it is watching before it does
        page.write_text(page.read_text().replace("x = 2", "x = 9"))
        expected = ["3 rendered, 0 cached, 0 failed", "1 rendered, 2 cached, 0 failed"]
        assert builds(2) == expected
        time.sleep(3)  # a build that changes what is watched would be followed by another
        assert builds(0) == expected
    assert files_of(project.folder) == before


# -- myst-nb -------------------------------------------------------------------------------


def test_notebooks_beside_ours(project):
    project.write(
        "conf.py",
        "extensions = ['sphinxcontrib_animvideo', 'myst_nb']\nnb_execution_mode = 'off'\n"
        # Extensions add to Sphinx's own default, which the next project of the process would have.
        "source_suffix = {'.rst': 'restructuredtext'}\n",
    )
    project.write("index.md", "# Page\n\n```{toctree}\nnotebook\nplain\n```\n")
    project.page(CODE, name="plain.rst")
    fence = f"```{{animvideo}}\n:alt: in a notebook\n\n{CODE}```\n"
    output = {"output_type": "execute_result", "execution_count": 1, "metadata": {}}
    output["data"] = {"text/plain": "42"}
    text = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": f"# Notebook\n\n{fence}"}
    code = {"cell_type": "code", "id": "b", "metadata": {}, "source": "6 * 7"}
    code |= {"execution_count": 1, "outputs": [output]}
    python = {
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "language_info": {"name": "python", "pygments_lexer": "ipython3"},
    }
    notebook = {"cells": [text, code], "metadata": python, "nbformat": 4, "nbformat_minor": 5}
    project.write("notebook.ipynb", json.dumps(notebook))
    build = project.build()
    assert build.warnings == []
    html = build.page("notebook.html")
    assert 'aria-label="in a notebook"' in html
    assert ">42\n<" in html
    assert "<video" in build.page("plain.html")


# -- Read the Docs -------------------------------------------------------------------------


@pytest.mark.parametrize("home", [None, os.devnull])
def test_nothing_but_the_package_is_needed(project, tmp_path, home):
    project.page(CODE, ":alt: moves\n:formats: mp4 webm gif")
    empty = tmp_path / "empty"
    empty.mkdir()
    kept = {name: os.environ[name] for name in ("PYTHONPATH", "SYSTEMROOT") if name in os.environ}
    run = subprocess.run(
        f"{sys.executable} -m sphinx -T -W --keep-going -b html -d _build/doctrees -D language=en . out".split(),
        cwd=project.folder,
        env=kept | {"PATH": str(empty)} | ({"HOME": home} if home else {}),
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    assert {path.suffix for path in (project.folder / "out/_images").iterdir()} == {
        ".mp4",
        ".webm",
        ".gif",
        ".png",
        ".webp",
    }


def test_our_own_configuration_for_read_the_docs():
    settings = yaml.safe_load((ROOT / ".readthedocs.yaml").read_text("utf-8"))
    assert settings["version"] == 2
    assert set(settings["build"]) == {"os", "tools"}  # no packages of the system
    assert (ROOT / settings["sphinx"]["configuration"]).is_file()
    (install,) = settings["python"]["install"]
    assert (install["method"], install["path"]) == ("pip", ".")
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert set(install["extra_requirements"]) <= set(extras["optional-dependencies"])
