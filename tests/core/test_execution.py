import textwrap

import pytest

from sphinxcontrib_animvideo.core.capture.scripts import plain_code
from sphinxcontrib_animvideo.core.capture.user_code import UserCode, compile_code
from sphinxcontrib_animvideo.core.model.job import SourceLocation
from sphinxcontrib_animvideo.errors import CodeSyntaxError, ExecutionError, FrameError


def test_doctest_code_keeps_its_lines():
    text = ">>> x = 1\n>>> for i in range(2):\n...     x += i\n...\n>>> x\n2\n\nprose\n>>> y = x\n"
    lines = plain_code(text).splitlines()
    assert lines[0] == "x = 1"
    assert lines[1:3] == ["for i in range(2):", "    x += i"]
    assert lines[8] == "y = x"
    assert "prose" not in lines


def test_doctests_that_are_not_run_or_fail_on_purpose_are_removed():
    text = (
        ">>> x = 1\n>>> 1 / 0  # doctest: +SKIP\n>>> int('a')\nTraceback (most recent call last):\n"
    )
    text += "  ...\nValueError: invalid literal\n>>> y = 2\n"
    lines = plain_code(text).splitlines()
    assert [line for line in lines if line] == ["x = 1", "y = 2"]
    assert lines[6] == "y = 2"


def test_plain_code_is_left_alone():
    for text in ("x = '>>> '\n", '"""Doc.\n\n>>> 1\n1\n"""\nx = 1\n'):
        assert plain_code(text) == text


def test_syntax_errors_stand_at_the_users_line():
    with pytest.raises(CodeSyntaxError) as error:
        compile_code("x = 1\ny = (\n", SourceLocation("page.rst", 10))
    assert (error.value.file, error.value.line) == ("page.rst", 11)


def run(code, line=10):
    user_code = UserCode(100)
    user_code.add("page.rst")
    with user_code.errors_at_user_lines():
        exec(compile_code(code, SourceLocation("page.rst", line)), {})


def test_tracebacks_hold_the_users_code_only():
    with pytest.raises(ExecutionError) as error:
        run("import json\n\ndef load():\n    json.loads('{')\n\nload()\n")
    assert error.value.line == 13
    assert "json.loads('{')" in error.value.detail
    assert "decoder.py" not in error.value.detail
    assert "execution.py" not in error.value.detail
    assert "JSONDecodeError" in error.value.message


CAUSES = {
    "from": """
        def load():
            return {}["first"]

        try:
            load()
        except KeyError as error:
            raise RuntimeError("second") from error
        """,
    "while handling": """
        try:
            {}["first"]
        except KeyError:
            int("second")
        """,
    "group": """
        raise ExceptionGroup("second", [KeyError("first"), ValueError("third")])
        """,
}


@pytest.mark.parametrize("code", CAUSES.values(), ids=CAUSES)
def test_tracebacks_hold_the_causes(code):
    with pytest.raises(ExecutionError) as error:
        run(textwrap.dedent(code))
    detail = error.value.detail
    assert "KeyError: 'first'" in detail
    assert "second" in detail
    assert "second" in error.value.message
    assert "execution.py" not in detail


def test_a_long_chain_of_causes():
    code = "error = None\nfor n in range(3000):\n    try:\n        raise ValueError(n) from error\n"
    code += "    except ValueError as caught:\n        error = caught\nraise error\n"
    with pytest.raises(ExecutionError, match="ValueError: 2999"):
        run(code)


def test_causes_that_the_code_hides_are_hidden():
    with pytest.raises(ExecutionError) as error:
        run("try:\n    {}['first']\nexcept KeyError:\n    raise ValueError('second') from None\n")
    assert "first" not in error.value.detail.replace("{}['first']", "")


def test_our_own_errors_get_the_users_line():
    with pytest.raises(FrameError) as error:
        run("from sphinxcontrib_animvideo.errors import FrameError\nraise FrameError('no')\n")
    assert (error.value.file, error.value.line) == ("page.rst", 11)


@pytest.mark.parametrize("code", ["import sys; sys.exit()", "raise SystemExit(0)"])
def test_a_script_may_end_itself(code):
    run(code)


def test_a_script_that_exits_with_a_message_failed():
    with pytest.raises(ExecutionError, match="the code exited: no data"):
        run("import sys; sys.exit('no data')")
