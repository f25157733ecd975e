"""Directives that show nothing, and those that are not part of the page."""

import pytest

from tests.conftest import FIGURE, directive

SET_UP = FIGURE + "speed = 3\n"


def build(project, *directives, **config):
    project.write("index.rst", "Page\n====\n\n" + "".join(directives))
    return project.build(**config)


def test_a_directive_that_only_sets_up(project):
    found = build(
        project,
        directive(SET_UP + "plt.pause(0.1)", ":context: reset\n:nofigs:\n:include-source:"),
        directive("for _ in range(speed): capture(fig)", ":context:"),
    )
    assert found.warnings == []
    page = found.page()
    assert page.count("<video") == 1
    assert page.count("<figure") == 1
    assert "speed" in page
    assert project.build().summary == (0, 2, 0)


def test_a_mistake_in_a_directive_that_only_sets_up(project):
    found = build(
        project,
        directive("1 / 0", ":context:\n:nofigs:"),
        directive("capture(fig)", ":context:"),
    )
    (warning,) = found.warnings
    assert "index.rst:8: WARNING: the code raised ZeroDivisionError" in warning
    assert "not run because an earlier directive of this context failed" in found.page()


@pytest.mark.parametrize("extra", ["ani.save('a.mp4')", "plt.show()", "capture(fig)"])
def test_nothing_is_recorded_where_nothing_is_shown(project, extra):
    code = FIGURE + "from matplotlib.animation import FuncAnimation\ncalls = []\n"
    code += f"ani = FuncAnimation(fig, calls.append, 3, init_func=list)\n{extra}\n"
    found = build(
        project,
        directive(code, ":context:\n:nofigs:"),
        directive("capture(fig)", ":context:"),
    )
    assert found.warnings == []
    assert found.page().count("<video") == 1


def test_an_animation_that_was_set_up_is_shown_later(project):
    code = FIGURE + "from matplotlib.animation import FuncAnimation\n"
    code += "ani = FuncAnimation(fig, lambda i: line.set_ydata([i, 0]), 3)\n"
    found = build(
        project,
        directive(code, ":context:\n:nofigs:"),
        directive("plt.show()", ":context:"),
        directive("ani.save('a.mp4', fps=3)", ":context:"),
    )
    assert len(found.warnings) == 1  # it is in the video of the second directive
    assert "index.rst:19: WARNING: the code ran, but no frames were captured." in found.warnings[0]
    assert found.page().count("<video") == 1


def test_code_without_frames_does_not_stop_a_context(project):
    found = build(
        project,
        directive(SET_UP, ":context:"),
        directive("for _ in range(speed): capture(fig)", ":context:"),
    )
    (warning,) = found.warnings
    assert "index.rst:4: WARNING: the code ran, but no frames were captured." in warning
    assert "[animvideo.no_frame]" in warning
    assert found.page().count("<video") == 1
    assert found.summary == (1, 0, 1)
    assert project.build().summary == (0, 1, 1)


@pytest.mark.parametrize(
    "condition",
    [
        "only:: latex",
        "only:: not html",
        "ifconfig:: language == 'xx'",
        "ifconfig:: builder == 'latex'",
    ],
)
def test_what_is_not_part_of_the_page_is_not_run(project, condition):
    project.write("conf.py", 'extensions = ["sphinxcontrib_animvideo", "sphinx.ext.ifconfig"]\n')
    inner = directive("open('ran', 'w').close(); 1 / 0").replace("\n", "\n   ")
    text = f".. {condition}\n\n   {inner}\n\n" + directive(FIGURE + "capture(fig)")
    found = build(project, text)
    assert found.warnings == []
    assert found.page().count("<video") == 1
    assert "could not be rendered" not in found.page()
    assert not (project.folder / "ran").exists()
    assert project.build(animvideo_lock_mode="update").warnings == []
    assert (project.folder / "animvideo.lock").read_text("utf-8").count('"source"') == 1


def test_what_is_part_of_the_page_is_run(project):
    inner = directive(FIGURE + "capture(fig)").replace("\n", "\n   ")
    found = build(project, f".. only:: html\n\n   {inner}\n")
    assert found.warnings == []
    assert found.page().count("<video") == 1


USES = "line.set_ydata([1, 0])\ncapture(fig)"


@pytest.mark.parametrize(
    ("first", "options", "second", "is_named"),
    [
        (FIGURE + "capture()", "", USES, True),
        (FIGURE + "capture()", ":dark: dark_background", USES, True),
        (FIGURE + "capture()", "", "def draw():\n    line.remove()\ndraw()", True),
        ("line, fig = 1, 2\n1 / 0", "", USES, True),
        (">>> line = 1\n>>> 1 / 0", ":context:", USES, True),
        ("def line(): pass\nclass fig: pass", "", USES, True),
        ("import math as line", "", USES, True),
        ("for fig, line in []: pass", "", USES, True),
        ("print(lines)\ndef f(): line = 1", "", USES, False),
        ("x = (line", "", USES, False),
        ("global line", "", "capture(fig)", False),
    ],
)
def test_a_name_that_another_directive_defines(project, first, options, second, is_named):
    page = directive(first, options) + "\n\n" + directive(second, options.replace(":context:", ""))
    project.write("index.rst", "Page\n====\n\n" + page)
    project.write("other.rst", ":orphan:\n\nPage\n====\n\n" + directive("line.remove()"))
    for _ in range(2):
        build = project.build()
        found = "".join(
            w for w in build.warnings if w.startswith(str(project.folder / "index.rst"))
        )
        hint = (
            "NameError: name 'line' is not defined. The directive on line 4 defines it, but each "
            "directive runs in its own namespace. To share one namespace, add :context: to both "
            "directives."
        )
        assert (hint in found) == is_named, build.warnings
        assert ("The directive on line 4 defines it" in build.page()) == is_named
        (alone,) = [text for text in build.warnings if "other.rst" in text]
        assert "The directive" not in alone


def test_a_name_that_is_used_too_early_or_deleted(project):
    pages = [
        directive("capture(line)\nline = 1", ":dark: dark_background"),
        directive(FIGURE + "capture()", ":context: reset"),
        directive("del line", ":context:\n:nofigs:"),
        directive("line", ":context:\n:nofigs:"),
    ]
    project.write("index.rst", "Page\n====\n\n" + "\n\n".join(pages))
    build = project.build()
    assert len(build.warnings) == 2
    assert not [text for text in build.warnings if "The directive on line" in text]
